#!/usr/bin/env bash
# `pip install forewarn`: the wheel is built, installed into an empty environment, and run.
#
#   tests/wheel/run.sh FOREWARN       the program as `cargo install` made it, which the wheel's is compared with
#
# Exit code: 0 all is as it must be, or Python or maturin cannot be had here, which is said; 1 something differs.
#
# maturin compiles in target/ with the profile and features of `cargo install --locked --path .`, so that after it nothing is
# compiled twice.
set -euo pipefail

here=$(cd "$(dirname "$0")/../.." && pwd)
installed=${1:?say which forewarn to compare with}
installed=$(cd "$(dirname "$installed")" && pwd)/$(basename "$installed")
temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT

skip() {
    echo "SKIPPED: the wheel was NOT built and tested, because $1 cannot be had"
    exit 0
}

fail() {
    echo "FAILED: $1" >&2
    exit 1
}

command -v python3 >/dev/null || skip python3
python3 -m venv "$temp/build" >"$temp/log" 2>&1 || skip "Python's venv"
# the versions that pyproject.toml asks for
maturin=$(sed -n 's/^requires = \["\(maturin[^"]*\)"\]$/\1/p' "$here/pyproject.toml")
[ -n "$maturin" ] || fail "pyproject.toml does not name maturin"
if ! "$temp/build/bin/pip" install --quiet --disable-pip-version-check --retries 1 "$maturin" >>"$temp/log" 2>&1; then
    tail -n 1 "$temp/log"
    skip "$maturin from PyPI"
fi

cd "$here"
start=$SECONDS
# --compatibility linux: the wheel is for this machine, whatever its glibc
"$temp/build/bin/maturin" build --release --locked --compatibility linux --out "$temp/dist" >"$temp/log" 2>&1 ||
    fail "the wheel cannot be built: $(cat "$temp/log")"
"$temp/build/bin/maturin" sdist --out "$temp/dist" >"$temp/log" 2>&1 || fail "there is no sdist: $(cat "$temp/log")"
echo "The wheel was built in $((SECONDS - start)) s."

python3 tests/wheel/contents.py "$temp/dist" "$here"

python3 -m venv "$temp/fresh"
"$temp/fresh/bin/pip" install --quiet --disable-pip-version-check --no-index --find-links "$temp/dist" --only-binary :all: forewarn
wheel=$temp/fresh/bin/forewarn
[ "$(head -c 2 "$wheel")" != '#!' ] || fail "the command is a script"

# same COMMAND...: the program of the wheel does what the installed one does, byte for byte and in its exit code
same() {
    local ours=0 theirs=0
    "$installed" "$@" >"$temp/installed.out" 2>"$temp/installed.err" || ours=$?
    "$wheel" "$@" >"$temp/wheel.out" 2>"$temp/wheel.err" || theirs=$?
    [ "$ours" = "$theirs" ] || fail "forewarn $*: exit code $theirs, not $ours"
    cmp "$temp/installed.out" "$temp/wheel.out" || fail "forewarn $*: another output"
    cmp "$temp/installed.err" "$temp/wheel.err" || fail "forewarn $*: other messages"
}

# the archives of a release have the program of the wheel
program=$(ci/release.sh program "$temp/dist/"*.whl "$temp/unpacked")
cmp "$program" "$wheel" || fail "the program taken out of the wheel is another"
"$program" --version >"$temp/log" || fail "the program taken out of the wheel does not start"

same --version
grep -qx "forewarn $(ci/release.sh version)" "$temp/wheel.out" || fail "this is no version: $(cat "$temp/wheel.out")"
same check fixtures/readme
[ -s "$temp/wheel.out" ] || fail "nothing is found in fixtures/readme"
same check fixtures --output json
same suggest fixtures/readme/the-ferryman.txt
same check fixtures/no-such-file.txt

# the mirror for pre-commit, as docs/releasing.md shows it: pre-commit installs the wheel, and compiles nothing
mirror() {
    local pre_commit=$temp/build/bin/pre-commit file said code=0
    if ! "$temp/build/bin/pip" install --quiet --disable-pip-version-check --retries 1 pre-commit >"$temp/log" 2>&1; then
        echo "SKIPPED: the mirror for pre-commit was NOT tested, because pre-commit cannot be had from PyPI"
        return
    fi
    unset "${!GIT_@}"
    export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 PRE_COMMIT_HOME=$temp/cache PRE_COMMIT_COLOR=never
    export GIT_AUTHOR_NAME=Tess GIT_AUTHOR_EMAIL=tess@example.org GIT_COMMITTER_NAME=Tess GIT_COMMITTER_EMAIL=tess@example.org
    mkdir "$temp/mirror" "$temp/stories"
    for file in pyproject.toml .pre-commit-hooks.yaml; do
        awk -v file="$file" '/^```/ { inside = $2 == file; next } inside' docs/releasing.md >"$temp/mirror/$file"
    done
    cp fixtures/readme/*.txt "$temp/stories/"
    for folder in mirror stories; do git -C "$temp/$folder" init -q -b main; done
    git -C "$temp/mirror" add . && git -C "$temp/mirror" commit -q -m "Take forewarn from PyPI"
    cd "$temp/stories"
    printf 'repos:\n  - repo: %s\n    rev: %s\n    hooks:\n      - id: forewarn\n        args: [--fail-on, warning, "--"]\n' \
        "$temp/mirror" "$(git -C "$temp/mirror" rev-parse HEAD)" >.pre-commit-config.yaml
    git add .
    # without a compiler; the wheel is not on PyPI yet
    ln -s "$(command -v false)" "$temp/build/bin/cargo"
    said=$(PATH=$temp/build/bin:$PATH PIP_FIND_LINKS=$temp/wheels PIP_ONLY_BINARY=:all: "$pre_commit" run --all-files 2>&1) || code=$?
    cd "$here"
    if [ "$code" != 1 ] || [[ $said != *"[core/duplicate-tag]"* ]]; then fail "the mirror ended with $code: $said"; fi
}
# so that the sdist is not found
mkdir "$temp/wheels" && mv "$temp/dist/"*.whl "$temp/wheels/"
mirror

# gone without a trace
"$temp/fresh/bin/pip" uninstall --quiet --disable-pip-version-check --yes forewarn
[ ! -e "$wheel" ] || fail "the command is still there after pip uninstall"

echo "All is as it must be."

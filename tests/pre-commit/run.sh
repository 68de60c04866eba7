#!/usr/bin/env bash
# The hooks of .pre-commit-hooks.yaml, run by the real pre-commit in a scratch repository of twenty chapters.
#
#   tests/pre-commit/run.sh
#
# Exit code: 0 all is as it must be, or pre-commit cannot be had from PyPI, which is said; 1 something differs.
#
# The hooks are those of the last commit of this checkout. pre-commit compiles forewarn as it does for everybody, in
# release mode; it does so in target/, where `cargo install --path .` has left the crates that forewarn needs.
set -euo pipefail

here=$(cd "$(dirname "$0")/../.." && pwd)
temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT

if [ -z "${PRE_COMMIT:-}" ]; then
    if ! python3 -m venv "$temp/venv" >"$temp/pip.log" 2>&1 ||
        ! "$temp/venv/bin/pip" install --quiet --disable-pip-version-check pre-commit >>"$temp/pip.log" 2>&1; then
        tail -n 3 "$temp/pip.log"
        echo "pre-commit cannot be had from PyPI: its hooks were NOT tested."
        exit 0
    fi
    PRE_COMMIT=$temp/venv/bin/pre-commit
fi

# nothing of the settings of whoever runs this, or of the hook in which it runs
unset "${!GIT_@}"
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
export GIT_AUTHOR_NAME=Tess GIT_AUTHOR_EMAIL=tess@example.org GIT_COMMITTER_NAME=Tess GIT_COMMITTER_EMAIL=tess@example.org
export PRE_COMMIT_HOME=$temp/cache CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$here/target} PRE_COMMIT_COLOR=never

fail() {
    echo "FAILED: $1" >&2
    shift
    printf '%s\n' "$@" >&2
    exit 1
}

# run EXPECTED-CODE ARGUMENTS: runs pre-commit; what it prints is in $said
run() {
    local expected=$1 code=0
    shift
    said=$("$PRE_COMMIT" run "$@" 2>&1) || code=$?
    [ "$code" = "$expected" ] || fail "pre-commit run $* ended with $code, not $expected:" "$said"
}

says() {
    case $said in *"$1"*) ;; *) fail "this is not said: $1" "$said" ;; esac
}

says_not() {
    case $said in *"$1"*) fail "this must not be said: $1" "$said" ;; esac
}

# chapter NUMBER WORDS: a chapter of at least so many words with a header that fits
chapter() {
    awk -v n="$1" -v words="$2" 'BEGIN {
        print "Title: The Salt Road, chapter " n
        print "Rating: General Audiences"
        print "Archive Warnings: No Archive Warnings Apply"
        print "Fandom: Original Work"
        print "Language: English"
        print "Additional Tags: Seaside, Family\n"
        who = "Ilse Marten Hanne Joost Grete Piet"; split(who, name, " ")
        what = "mended the nets by the window|carried water up from the well|counted the jars on the shelf"
        what = what "|walked along the dike to the mill|wrote a letter to her cousin in town|set the table for six"
        split(what, did, "|")
        why = "because the morning was bright and the kitchen was cold|while the kettle sang on the stove"
        why = why "|and she thought of the road that led over the hill|before the others came down the stairs"
        why = why "|as he had done every spring since the house was built"
        split(why, reason, "|")
        for (i = n; count < words; i++) {
            line = name[i % 6 + 1] " " did[int(i / 6) % 6 + 1] " " reason[i % 5 + 1] "."
            count += split(line, parts, " ")
            printf "%s%s", line, i % 4 == 3 ? "\n\n" : " "
        }
        print ""
    }'
}

mkdir "$temp/stories"
cd "$temp/stories"
git init -q -b main
commit=$(git -C "$here" rev-parse HEAD)
hooks() {
    printf 'repos:\n  - repo: %s\n    rev: %s\n    hooks:\n      - id: %s\n' "$here" "$commit" "$1" >.pre-commit-config.yaml
    git add .pre-commit-config.yaml
}
hooks forewarn
echo 'exclude = ["drafts/**"]' >forewarn.toml
for n in $(seq 20); do chapter "$n" 200 >"chapter-$n.txt"; done
git add .

echo "pre-commit compiles forewarn at its first run; this can take minutes."
start=$SECONDS
"$PRE_COMMIT" install-hooks >"$temp/install.log" 2>&1 || fail "the hook cannot be installed" "$(tail -n 40 "$temp/install.log")"
echo "It took $((SECONDS - start)) s."

# clean: passes, and says nothing else
run 0
says "Passed"
[ "$(printf '%s\n' "$said" | wc -l)" = 1 ] || fail "a clean run is not quiet" "$said"
git commit -q -m "Write twenty chapters"

# a finding: fails and shows it, of the changed file only
sed -i.bak 's/^Archive Warnings: .*/&, Major Character Death/' chapter-7.txt && rm chapter-7.txt.bak
git add .
run 1
says "Failed"
says "chapter-7.txt"
says "No Archive Warnings Apply"
says_not "chapter-8.txt"

# what forewarn.toml excludes is left out although pre-commit names it
mkdir drafts
git mv -f chapter-7.txt drafts/chapter-7.txt
run 0
says "Passed"

# what is no story is no failure
printf '# The Salt Road\n\nTwenty chapters. See the wiki for how to send one.\n' >README.md
printf 'numpy\n' >requirements.txt
printf 'body { color: black }\n' >style.css
git add .
run 0
git commit -q -m "Move a draft"

# odd names, in which nothing is for the shell
# shellcheck disable=SC2016
odd=('-n.txt' '--help.txt' 'two words.txt' "it's.txt" '"quoted".txt' '$(touch gone).txt' 'Käse.txt' 'UPPER.TXT')
for name in "${odd[@]}"; do
    chapter 21 100 >"./$name"
done
git add .
run 0
for name in "${odd[@]}"; do
    sed -i.bak 's/^Archive Warnings: .*/&, Major Character Death/' "./$name" && rm "./$name.bak"
done
git add .
run 1
for name in "${odd[@]}"; do says "$name"; done
[ ! -e gone ] || fail "a name was run as a command"
git commit -q -m "Name files oddly" --no-verify

# forewarn-fix: mends what is safe, and pre-commit says that files were modified; then it passes and is quiet
hooks forewarn-fix
sed -i.bak 's/^Additional Tags: .*/&, seaside/' chapter-8.txt && rm chapter-8.txt.bak
git add .
run 1
says "files were modified by this hook"
grep -q '^Additional Tags: Seaside, Family$' chapter-8.txt || fail "the tag that stood twice was not mended" "$(head -n 7 chapter-8.txt)"
git diff --quiet -- . ':!chapter-8.txt' || fail "another file was changed" "$(git diff --stat)"
git add .
run 0 --files chapter-8.txt
says "Passed"
[ "$(printf '%s\n' "$said" | wc -l)" = 1 ] || fail "a run with nothing to mend is not quiet" "$said"

# what is left after mending still fails
sed -i.bak -e 's/^Archive Warnings: .*/&, Major Character Death/' -e 's/^Additional Tags: .*/&, seaside/' chapter-9.txt
rm chapter-9.txt.bak
git add .
run 1
says "chapter-9.txt"
says "No Archive Warnings Apply"
grep -q '^Additional Tags: Seaside, Family$' chapter-9.txt || fail "chapter-9.txt was not mended" "$said"
git add .
run 1
says_not "files were modified by this hook"

echo "All is as it must be."

#!/usr/bin/env bash
# The steps of action.yml.
#
#   ci/action.sh version    a hash of what forewarn is compiled from, and the folder to install it to
#   ci/action.sh install    fetches the program of a release, or compiles it, unless a cache brought it
#   ci/action.sh check      runs it, with what FOREWARN_* say
#
# GitHub gives GITHUB_ACTION_PATH (this repository), GITHUB_OUTPUT (a file for outputs), GITHUB_SERVER_URL, RUNNER_TEMP,
# RUNNER_OS and RUNNER_ARCH.
set -euo pipefail

folder=$RUNNER_TEMP/forewarn

# output NAME VALUE: hands a value of one line to later steps
output() {
    printf '%s=%s\n' "$1" "$2" >>"$GITHUB_OUTPUT"
}

refuse() {
    printf '::error title=forewarn::%s\n' "$1"
    output exit-code 2
    exit 2
}

version() {
    local files
    cd "$GITHUB_ACTION_PATH"
    files=$(find Cargo.toml Cargo.lock build.rs src rules -type f | LC_ALL=C sort | while IFS= read -r file; do
        git hash-object --no-filters "$file"
    done)
    output hash "$(printf '%s\n' "$files" | git hash-object --stdin)"
    output folder "$folder"
}

install() {
    if [ -x "$folder/bin/forewarn" ] || [ -x "$folder/bin/forewarn.exe" ]; then
        echo "forewarn was installed by an earlier run."
        return
    fi
    fetch || cargo install --locked --path "$GITHUB_ACTION_PATH" --root "$folder"
}

# The target of Rust for this runner, as ci/release.sh names archives.
target() {
    case ${RUNNER_OS:-}-${RUNNER_ARCH:-} in
        Linux-X64) echo x86_64-unknown-linux-gnu ;;
        Linux-ARM64) echo aarch64-unknown-linux-gnu ;;
        macOS-X64) echo x86_64-apple-darwin ;;
        macOS-ARM64) echo aarch64-apple-darwin ;;
        Windows-X64) echo x86_64-pc-windows-msvc ;;
        *) return 1 ;;
    esac
}

# Fetches the program of the release whose tag the action was asked for by. Fails where there is none for this runner;
# one that is not what the release says ends the run.
fetch() {
    local target archive from temp sum
    target=$(target) || return 1
    [ "$FOREWARN_ACTION_REF" = "v$("$GITHUB_ACTION_PATH/ci/release.sh" version)" ] || return 1
    archive=$("$GITHUB_ACTION_PATH/ci/release.sh" name "$target")
    from=$GITHUB_SERVER_URL/$FOREWARN_ACTION_REPOSITORY/releases/download/$FOREWARN_ACTION_REF
    temp=$folder/fetched
    rm -rf "$temp"
    mkdir -p "$temp" "$folder/bin"
    for file in SHA256SUMS "$archive"; do
        curl --fail --silent --show-error --location --retry 3 --output "$temp/$file" "$from/$file" || return 1
    done
    sum=$( (cd "$temp" && { sha256sum "$archive" 2>/dev/null || shasum -a 256 "$archive"; }) | cut -d ' ' -f 1)
    grep -q "^$sum [ *]$archive\$" "$temp/SHA256SUMS" || refuse "$archive is not what SHA256SUMS of the release says."
    case $archive in
        *.zip) unzip -q "$temp/$archive" -d "$temp" ;;
        *) tar -C "$temp" -xzf "$temp/$archive" ;;
    esac
    mv "$temp"/*/forewarn* "$folder/bin/"
    rm -rf "$temp"
    # on a system that the program was not built for, as one without glibc, it is compiled after all
    if ! "$folder/bin/forewarn" --version; then
        rm -rf "${folder:?}/bin"
        return 1
    fi
}

# Adds `--since` and the commit to compare with to the arguments, or says why all is checked.
only_changed() {
    local base=$FOREWARN_BASE
    if [ -z "$base" ] || [ -z "${base//0/}" ]; then
        echo "::notice title=forewarn::This event has no commit to compare with, so everything is checked."
    elif ! git cat-file -e "$base^{commit}" 2>/dev/null && [ "$(git rev-parse --is-shallow-repository)" = false ]; then
        echo "::notice title=forewarn::The commit before this push is gone, so everything is checked."
    else
        arguments+=(--since "$base")
    fi
}

check() {
    local arguments=(--output github) paths=() more=() line code=0 sarif=$FOREWARN_SARIF_FILE
    while IFS= read -r line; do
        line=${line%$'\r'}
        [ -z "$line" ] || paths+=("$line")
    done <<<"$FOREWARN_PATHS"
    while read -ra more; do
        arguments+=(${more[@]+"${more[@]}"})
    done <<<"$FOREWARN_ARGS"
    [ -z "$FOREWARN_CONFIG" ] || arguments+=("--config=$FOREWARN_CONFIG")
    [ -z "$FOREWARN_FAIL_ON" ] || arguments+=("--fail-on=$FOREWARN_FAIL_ON")
    [ -z "$FOREWARN_BASELINE" ] || arguments+=("--baseline=$FOREWARN_BASELINE")
    case $FOREWARN_CHANGED_ONLY in
        true) only_changed ;;
        false | "") ;;
        *) refuse "changed-only is either true or false." ;;
    esac
    if [ -n "$sarif" ]; then
        case $sarif in *$'\n'*) refuse "sarif-file is the name of one file." ;; esac
        # one of an earlier step must not stand for this run
        rm -f -- "$sarif"
        arguments+=("--output=sarif=$sarif")
    fi
    "$folder/bin/forewarn" check "${arguments[@]}" -- ${paths[@]+"${paths[@]}"} || code=$?
    output exit-code "$code"
    if [ -n "$sarif" ] && [ -f "$sarif" ]; then output sarif-file "$sarif"; fi
    return "$code"
}

case ${1:-} in
    version | install | check) "$1" ;;
    *)
        echo "usage: ci/action.sh version|install|check" >&2
        exit 2
        ;;
esac

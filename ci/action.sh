#!/usr/bin/env bash
# The steps of action.yml.
#
#   ci/action.sh version    a hash of what forewarn is compiled from, and the folder to install it to
#   ci/action.sh install    compiles and installs it, unless a cache brought it
#   ci/action.sh check      runs it, with what FOREWARN_* say
#
# GitHub gives GITHUB_ACTION_PATH (this repository), GITHUB_OUTPUT (a file for outputs) and RUNNER_TEMP.
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
    cargo install --locked --path "$GITHUB_ACTION_PATH" --root "$folder"
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

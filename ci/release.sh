#!/usr/bin/env bash
# What the release workflow (.github/workflows/release.yml) makes out of a built program, so that it can be run anywhere.
#
#   ci/release.sh version                       the version in Cargo.toml
#   ci/release.sh check TAG ADDRESS             whether a release of this tag and repository can be made of this checkout
#   ci/release.sh name TARGET                   the archive for a target of Rust: the one place that says how archives are called
#   ci/release.sh program WHEEL FOLDER          takes the program out of a wheel into a folder, and prints where it is
#   ci/release.sh archive TARGET PROGRAM DIST   puts the program with README and licences into that archive, in the folder DIST
#   ci/release.sh sums DIST                     writes DIST/SHA256SUMS of all other files there
#
# ci/action.sh and [package.metadata.binstall] in Cargo.toml look for these names; tests/release.rs compares all of them.
set -euo pipefail

here=$(cd "$(dirname "$0")/.." && pwd)

refuse() {
    printf '%s\n' "$1" >&2
    exit 1
}

# package KEY: a text of the first table of Cargo.toml
package() {
    awk -F '"' -v key="$1" '/^\[/ && $0 != "[package]" { exit } $1 == key " = " { print $2 }' "$here/Cargo.toml"
}

version() {
    package version
}

check() {
    [ "$1" = "v$(version)" ] || refuse "The tag is $1, and Cargo.toml has version $(version)."
    [ "$(package repository)" = "$2" ] ||
        refuse "Cargo.toml needs repository = \"$2\": cargo binstall, crates.io and PyPI take the address from there."
}

# without .tar.gz or .zip, the folder in the archive
stem() {
    echo "forewarn-v$(version)-$1"
}

name() {
    case $1 in
        *-windows-*) echo "$(stem "$1").zip" ;;
        *) echo "$(stem "$1").tar.gz" ;;
    esac
}

python() {
    "$(type -P python || type -P python3)" "$@"
}

program() {
    rm -rf "$2"
    # Python is on every runner, and zip and unzip are not
    python -m zipfile -e "$1" "$2"
    set -- "$2"/*.data/scripts/forewarn*
    chmod +x "$1"
    echo "$1"
}

archive() {
    local target=$1 program=$2 dist=$3 folder made
    mkdir -p "$dist"
    dist=$(cd "$dist" && pwd)
    made=$dist/$(name "$target")
    folder=$dist/$(stem "$target")
    rm -rf "$folder" "$made"
    mkdir "$folder"
    cp "$program" "$here/README.md" "$here/LICENSE-MIT" "$here/LICENSE-APACHE" "$folder/"
    case $made in
        *.zip) (cd "$dist" && python -m zipfile -c "$(name "$target")" "$(stem "$target")/") ;;
        *) tar -C "$dist" -czf "$made" "$(stem "$target")" ;;
    esac
    rm -rf "$folder"
    echo "$made"
}

sums() {
    local sums
    cd "$1"
    # macOS has no sha256sum
    if command -v sha256sum >/dev/null; then set -- sha256sum; else set -- shasum -a 256; fi
    sums=$(for file in *; do [ ! -f "$file" ] || [ "$file" = SHA256SUMS ] || "$@" "$file"; done)
    printf '%s\n' "$sums" >SHA256SUMS
}

case "${1:-} $#" in
    "version 1" | "check 3" | "name 2" | "program 3" | "archive 4" | "sums 2") "$@" ;;
    *)
        sed -n 's/^#   //p' "$0" >&2
        exit 2
        ;;
esac

#!/bin/sh
# Real files of a word processor: LibreOffice makes them of two stories, and forewarn must read the same out of each.
#
#   tests/office/run.sh [path of forewarn]      (target/debug/forewarn by default)
#
# Exit code: 0 all is as it must be, or there is no LibreOffice here, which is said; 1 something differs.
#
# story.fodt has all that only documents have: a header table, bold labels, a footnote, a comment, a tracked deletion,
# hidden text, italics within words, a non-breaking space, letters of several scripts. As FODT, ODT, DOCX and RTF it must
# read the same to the last word. It is not compared in other formats, since LibreOffice itself writes another text there:
# what was deleted or hidden stands in TXT and EPUB, and footnotes stand in the story. As DOC it must be refused in one line.
#
# plain.fodt has nothing of that, and must read the same in every format. Only the author may differ, since an e-book must
# name one and LibreOffice writes “Unknown Author”.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
forewarn=${1:-$here/../../target/debug/forewarn}
if ! command -v soffice >/dev/null 2>&1; then
    echo "LibreOffice (soffice) is not installed: its files were not tested."
    exit 0
fi
if [ ! -x "$forewarn" ]; then
    echo "There is no program at $forewarn: build it first." >&2
    exit 1
fi
temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT
forewarn=$(cd "$(dirname "$forewarn")" && pwd)/$(basename "$forewarn")

# $1: what to convert to; the rest: the files. LibreOffice takes one kind of file a call.
convert() {
    kind=$1
    shift
    if ! soffice "-env:UserInstallation=file://$temp/profile" --headless --convert-to "$kind" --outdir "$temp" "$@" \
        >"$temp/log" 2>&1; then
        cat "$temp/log" >&2
        exit 1
    fi
}

# What is read of a file: fields, chapters with their words, and findings with the words they point at.
told() {
    "$forewarn" inspect "$1" | sed -n '/^  Fields/,/^  Claims/p' |
        sed -e 's/, from .*//' -e '/\[author\]/d' -e '/^ *$/d'
    # places are lines in one format and paragraphs in another, and lines are wrapped elsewhere
    "$forewarn" check --exit-zero --output jsonl "$1" | sed -e 's/\\n\(\\t\)*/ /g' |
        grep -oE '"(rule|subject|message|quote|words)":("([^"\\]|\\.)*"|[0-9]+)'
}

failed=0
# $1: the story; the rest: endings of the files that must read as it does.
same() {
    story=$1
    shift
    told "$temp/$story.fodt" >"$temp/expected"
    if ! grep -q '"rule"' "$temp/expected"; then
        echo "$story.fodt: nothing was found in it" >&2
        failed=1
    fi
    for ending in "$@"; do
        told "$temp/$story.$ending" >"$temp/found" || true
        if diff -u "$temp/expected" "$temp/found" >"$temp/differs"; then
            echo "$story.$ending: the same"
        else
            echo "$story.$ending: differs from $story.fodt"
            sed -n '3,$p' "$temp/differs"
            failed=1
        fi
    done
}

cp "$here/story.fodt" "$here/plain.fodt" "$temp"
for kind in odt docx rtf; do
    convert "$kind" "$temp/story.fodt" "$temp/plain.fodt"
done
convert doc "$temp/story.fodt"
convert html "$temp/plain.fodt"
convert epub "$temp/plain.fodt"
convert "txt:Text (encoded):UTF8" "$temp/plain.fodt"

same story odt docx rtf
same plain odt docx rtf html epub txt
if "$forewarn" check "$temp/story.doc" >"$temp/found" 2>&1 || ! grep -q 'not read\. \[core/unreadable\]' "$temp/found"; then
    echo "story.doc: is not refused"
    cat "$temp/found"
    failed=1
else
    echo "story.doc: refused"
fi
exit $failed

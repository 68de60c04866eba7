#!/usr/bin/env bash
# forewarn beside other tools on the same files: CPU time, peak memory and ratios.
#
#   benches/compare.sh CORPUS PHRASES COMMON_WORDS [ROUNDS]
#
# CORPUS is a folder of Markdown works with front matter, PHRASES has a phrase a line, COMMON_WORDS a word a line, the most
# frequent first. Each tool that is not installed is said to be missing. The commands are run in turn, so that a busy
# machine slows all of them alike; quote the ratios, not single times. PAIR names the script that runs and times them.
set -euo pipefail

if [ $# -lt 3 ]; then
    sed -n '2,9s/^# \{0,1\}//p' "$0" >&2
    exit 2
fi
here=$(cd "$(dirname "$0")" && pwd)
corpus=$(realpath "$1") phrases=$(realpath "$2") common=$(realpath "$3") rounds=${4:-5}
forewarn=${FOREWARN:-$(command -v forewarn || echo "$here/../target/release/forewarn")}
pair=${PAIR:-$here/pair.py}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export FOREWARN_CACHE_DIR=$work/cache

echo 'packs = ["core", "ao3"]' >"$work/bundled.toml"
mkdir "$work/phrases"
python3 "$here/phrases_pack.py" "$phrases" "$common" "$work/phrases/pack"
chapter=$work/chapter.md
# a chapter is some 20 KB
first=$(find "$corpus" -name '*.md' -size +20k | sort | sed -n 1p)
head -c 20000 "$first" >"$chapter"

has() { command -v "$1" >/dev/null || { echo "missing: $1" >&2; return 1; }; }
check="$forewarn check -o json --exit-zero --config"

echo "== phrases: every place of each, as a pack of one's own (one thread)"
commands=("forewarn=RAYON_NUM_THREADS=1 $check $work/phrases/forewarn.toml $corpus")
if has rg; then
    commands+=("rg-ascii=rg --no-unicode -j1 -oiwFf $phrases $corpus" "rg=rg -j1 -oiwFf $phrases $corpus")
fi
if has ugrep; then commands+=("ugrep=ugrep -J1 -roiwFf $phrases $corpus"); fi
python3 "$pair" -n "$rounds" --corpus "$corpus" --timeout 300 "${commands[@]}"

echo "== linters at their usual rules"
commands=(
    "forewarn=RAYON_NUM_THREADS=1 $check $work/bundled.toml $corpus"
    "forewarn-2-threads=RAYON_NUM_THREADS=2 $check $work/bundled.toml $corpus"
)
if has typos; then commands+=("typos=typos -j1 --format json $corpus"); fi
if has rumdl; then commands+=("rumdl=RAYON_NUM_THREADS=1 rumdl check --no-cache --output-format json $corpus"); fi
python3 "$pair" -n "$rounds" --corpus "$corpus" --timeout 600 "${commands[@]}"

echo "== start to finish on one chapter"
commands=(
    "forewarn=$check $work/bundled.toml $chapter"
    "forewarn-phrases=$check $work/phrases/forewarn.toml $chapter"
    "forewarn-phrases-no-cache=$check $work/phrases/forewarn.toml --no-cache $chapter"
)
if has typos; then commands+=("typos=typos -j1 $chapter"); fi
if has rumdl; then commands+=("rumdl=rumdl check --no-cache $chapter"); fi
if has proselint; then commands+=("proselint=proselint $chapter"); fi
python3 "$pair" -n "$((rounds * 3))" "${commands[@]}"

#!/usr/bin/env bash
# Runs each fuzz target for so many seconds (default 60), or only those that are named: run.sh [seconds] [target…].
# Stops at the first finding. SANITIZER=none measures memory without the address sanitizer's own.
set -euo pipefail
cd "$(dirname "$0")"

seconds=${1:-60}
shift $(($# > 0 ? 1 : 0))
targets=${*:-text html containers tables packs pipeline}
sanitizer=${SANITIZER:-address}
if ! cargo +nightly fuzz --version >/dev/null 2>&1; then
    echo "cargo-fuzz and a nightly toolchain are needed: rustup toolchain install nightly; cargo install cargo-fuzz" >&2
    exit 2
fi

# a container of the fixtures, kept there as a folder, as the list of its entries that the targets read
listed() {
    (cd "$1" && find . -type f | sed 's|^\./||' | awk '{ print ($0 == "mimetype" ? 0 : 1), $0 }' | sort | cut -d' ' -f2- |
        while IFS= read -r entry; do
            printf '>>> %s\n' "$entry"
            cat "$entry"
            echo
        done)
}

# the stories and packs of the repository as seeds, not stored twice
seeds=work/seeds
rm -rf "$seeds"
mkdir -p "$seeds"/{text,html,containers,tables,packs,pipeline}
for story in ../fixtures/*/*.*; do
    name=$(basename "$(dirname "$story")")-$(basename "$story")
    case $story in
        */expected.txt) continue ;;
        *.html) kind=html ;;
        *.json | *.jsonl | *.csv | *.tsv) kind=tables ;;
        *.toml | *.yaml) kind=packs ;;
        *.epub | *.docx | *.odt | *.rtf) kind=containers ;;
        *) kind=text ;;
    esac
    if [ -d "$story" ]; then listed "$story" >"$seeds/$kind/$name"; else cp "$story" "$seeds/$kind/$name"; fi
    if [ $kind != packs ]; then cp "$seeds/$kind/$name" "$seeds/pipeline/$name"; fi
done
find ../rules -name '*.toml' -size -8k | while IFS= read -r pack; do
    cp "$pack" "$seeds/packs/$(echo "${pack#../rules/}" | tr / -)"
done

for target in $targets; do
    echo "$target: $seconds seconds"
    mkdir -p "work/corpus/$target" "corpus/$target" "regressions/$target" "artifacts/$target"
    dictionaries=()
    if [ -f "dictionaries/$target.dict" ]; then dictionaries=("-dict=dictionaries/$target.dict"); fi
    # the first folder is the one that is written to; following compares costs two thirds of the time, and finds what the
    # dictionaries have
    if ! cargo +nightly fuzz run -s "$sanitizer" --no-trace-compares "$target" \
        "work/corpus/$target" "corpus/$target" "regressions/$target" "$seeds/$target" -- \
        -max_total_time="$seconds" -rss_limit_mb="${RSS_LIMIT_MB:-512}" -timeout=10 -report_slow_units=1 -max_len=65536 \
        -print_final_stats=1 "${dictionaries[@]}" >"work/$target.log" 2>&1; then
        tail -40 "work/$target.log" >&2
        echo "$target: FINDING, the input is in fuzz/artifacts/$target (whole log: fuzz/work/$target.log)" >&2
        exit 1
    fi
    grep -E '^stat::|slow-unit' "work/$target.log" || true
    grep -E '#[0-9]+.*DONE' "work/$target.log" || true
done
echo "no findings"

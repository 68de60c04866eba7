#!/usr/bin/env bash
# Renews the stored corpus of each target, or of those that are named, from what runs have kept in work/corpus: the fewest
# small inputs that reach all code which small inputs reach.
set -euo pipefail
cd "$(dirname "$0")"

for target in ${*:-text html containers tables packs pipeline}; do
    new=work/minimized/$target
    rm -rf "$new"
    mkdir -p "$new" "corpus/$target" "work/corpus/$target"
    # how often code is reached is left out, or there would be thousands
    cargo +nightly fuzz run -s none --no-trace-compares "$target" "$new" "corpus/$target" "work/corpus/$target" -- \
        -set_cover_merge=1 -use_counters=0 -max_len=4096 >"work/minimize-$target.log" 2>&1
    rm -rf "corpus/$target"
    mv "$new" "corpus/$target"
    echo "$target: $(find "corpus/$target" -type f | wc -l) files, $(du -sh --apparent-size "corpus/$target" | cut -f1)"
done

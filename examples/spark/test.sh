#!/bin/sh
# check.py on a cluster of two workers, of which one is killed while it runs: nothing is lost or doubled.
#
#   examples/spark/test.sh [path of forewarn]      (target/debug/forewarn by default)
#
# Exit code: 0 it holds, or Java or PySpark cannot be had, which is said; 1 it does not hold.
# PYTHON names another python3, as one that has PySpark.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
forewarn=${1:-$here/../../target/debug/forewarn}
python=${PYTHON:-python3}
skip() {
    echo "SKIPPED: nothing was run on Spark, because of what is not there: $1"
    exit 0
}
if [ ! -x "$forewarn" ]; then
    echo "There is no program at $forewarn: build it first." >&2
    exit 1
fi
command -v java >/dev/null 2>&1 || skip "Java 17 or later (on Debian: default-jre-headless)"
command -v "$python" >/dev/null 2>&1 || skip "$python"
[ -r /proc/self/io ] || skip "Linux's /proc, by which the test finds whom to kill"
temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT
if ! "$python" -c 'import pyspark' 2>/dev/null; then
    "$python" -m venv "$temp/venv" >"$temp/log" 2>&1 || skip "PySpark, and no venv can be made for it"
    "$temp/venv/bin/python" -m pip install --quiet --disable-pip-version-check --retries 1 -r "$here/requirements.txt" \
        >>"$temp/log" 2>&1 || skip "PySpark, which cannot be had from PyPI"
    python=$temp/venv/bin/python
fi
"$python" "$here/test.py" "$forewarn" "$temp" 2>"$temp/spark.log" || { tail -n 30 "$temp/spark.log" >&2; exit 1; }

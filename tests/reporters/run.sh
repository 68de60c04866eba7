#!/bin/sh
# Other people's readers of JUnit and SARIF read the reports of forewarn over fixtures/.
#
#   tests/reporters/run.sh [path of forewarn]      (target/debug/forewarn by default)
#
# Exit code: 0 all of them do, or some cannot be had from PyPI, which is said; 1 one of them refuses a report.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
forewarn=${1:-$here/../../target/debug/forewarn}
if [ ! -x "$forewarn" ]; then
    echo "There is no program at $forewarn: build it first." >&2
    exit 1
fi
if ! command -v python3 >/dev/null 2>&1; then
    echo "SKIPPED: no other program read the reports, because of what is not installed: python3"
    exit 0
fi
temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT
python=python3
if python3 -m venv "$temp/venv" >"$temp/log" 2>&1; then
    python=$temp/venv/bin/python
    # one by one, so that one that cannot be had takes no other along
    while read -r package; do
        "$python" -m pip install --quiet --disable-pip-version-check --retries 1 "$package" >>"$temp/log" 2>&1 </dev/null || tail -n 1 "$temp/log"
    done <"$here/requirements.txt"
fi
"$python" "$here/../measure/reporters.py" "$forewarn"

#!/bin/sh
# The HTML report in headless Chromium: links, keyboard, accessibility (axe-core), and that nothing runs and nothing is asked for.
#
#   tests/browser/run.sh [path of forewarn]      (target/debug/forewarn by default)
#
# Exit code: 0 all is as it must be, or there is no Chromium, node or npm here, which is said; 1 something is wrong.
# Set CHROMIUM to use another browser of that family, SCREENSHOTS to a folder to keep the pictures.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
forewarn=${1:-$here/../../target/debug/forewarn}
browser=${CHROMIUM:-/usr/bin/chromium}
missing=
[ -x "$browser" ] || missing="$missing chromium"
for tool in node npm; do
    command -v "$tool" >/dev/null 2>&1 || missing="$missing $tool"
done
if [ -z "$missing" ] && [ "$(node -p 'parseInt(process.versions.node)')" -lt 20 ]; then
    missing=" node 20 or later"
fi
if [ -n "$missing" ]; then
    echo "SKIPPED: the HTML report was not tested in a browser, because of what is not installed:$missing"
    exit 0
fi
if [ ! -x "$forewarn" ]; then
    echo "There is no program at $forewarn: build it first." >&2
    exit 1
fi
forewarn=$(cd "$(dirname "$forewarn")" && pwd)/$(basename "$forewarn")
cd "$here"
if ! PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --silent --no-audit --no-fund; then
    echo "SKIPPED: the HTML report was not tested in a browser, because npm could not fetch axe-core and playwright-core."
    exit 0
fi
CHROMIUM=$browser node report.mjs "$forewarn"

#!/bin/sh
# The private page: that it says what the command line says, and that people can use it in headless Chromium.
#
#   tests/browser/page.sh [path of forewarn]      (target/debug/forewarn by default)
#
# It tests target/web/forewarn.html, which web/build.sh makes. Exit code: 0 all is as it must be, or what it needs is not installed,
# which is said; 1 something is wrong. Set CHROMIUM to use another browser of that family, SCREENSHOTS to a folder to keep the pictures.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
forewarn=${1:-$root/target/debug/forewarn}
page=$root/target/web/forewarn.html
browser=${CHROMIUM:-/usr/bin/chromium}
if [ ! -f "$page" ]; then
    echo "SKIPPED: the page was not tested, because it is not there: web/build.sh makes it."
    exit 0
fi
for tool in node npm; do
    if ! command -v "$tool" >/dev/null 2>&1; then
        echo "SKIPPED: the page was not tested, because $tool is not installed."
        exit 0
    fi
done
forewarn=$(cd "$(dirname "$forewarn")" && pwd)/$(basename "$forewarn")
cd "$here"
if ! PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --silent --no-audit --no-fund; then
    echo "SKIPPED: the page was not tested, because npm could not fetch axe-core and playwright-core."
    exit 0
fi

# the files that the tests of the readers make to do harm
hostile=$(mktemp -d)
trap 'rm -rf "$hostile"' EXIT
(cd "$root" && HOSTILE_FILES=$hostile cargo test -q --locked --test hostile -- --ignored files_are_written >/dev/null)

# on the command line, in an editor and on the page
(cd "$root" && FOREWARN_MODULE=$(pwd)/target/web/forewarn.wasm cargo test -q --locked --test same_findings)
node parity.mjs "$forewarn" "$root/target/web/forewarn.wasm" "$hostile"
if [ ! -x "$browser" ]; then
    echo "SKIPPED: the page was not used in a browser, because Chromium is not installed."
    exit 0
fi
CHROMIUM=$browser node page.mjs "$page" "$hostile"

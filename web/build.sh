#!/bin/sh
# Makes the page: target/web/forewarn.html, one file that opens from a disk or a server.
#
#   web/build.sh
#
# It needs node 20 or later and a Rust compiler with the standard library of WebAssembly: rustup's
# (`rustup target add wasm32-unknown-unknown`), or Debian's packages rustc-web, cargo-web, rust-web-src and lld-22, which it fetches
# itself as root. Exit code: 0 the page is made, 3 the compiler or node cannot be had here, which is said, 1 something is wrong.
set -eu

cd "$(dirname "$0")/.."
target=$PWD/target/web
debian="rustc-web cargo-web rust-web-src lld-22"

if ! command -v node >/dev/null 2>&1 || [ "$(node -p 'parseInt(process.versions.node)')" -lt 20 ]; then
    echo "The page cannot be made here: node 20 or later is not installed." >&2
    exit 3
fi

has_rustup() {
    command -v rustup >/dev/null 2>&1 && rustup target list --installed 2>/dev/null | grep -qx wasm32-unknown-unknown
}
has_debian() {
    dpkg -s $debian >/dev/null 2>&1
}

if ! has_rustup && ! has_debian && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    { apt-get update -q && apt-get install -qy --no-install-recommends $debian; } >/dev/null 2>&1 || true
fi

# no more memory than a phone has to spare, and a stack for deep documents
flags="-C link-arg=--max-memory=1073741824 -C link-arg=-zstack-size=4194304"
if has_rustup; then
    RUSTFLAGS=$flags cargo build --locked --release --manifest-path web/wasm/Cargo.toml --target wasm32-unknown-unknown \
        --target-dir "$target/build"
elif has_debian; then
    # with another cargo in front, the wrong compiler would build the wrong library
    PATH=/usr/bin:/bin RUSTC_BOOTSTRAP=1 RUSTFLAGS=$flags CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=wasm-ld-22 \
        cargo build --locked --release --manifest-path web/wasm/Cargo.toml --target wasm32-unknown-unknown \
        -Zbuild-std=std,panic_abort --target-dir "$target/build"
else
    echo "The page cannot be made here: no Rust compiler for WebAssembly (wasm32-unknown-unknown) can be had." >&2
    exit 3
fi
cp "$target/build/wasm32-unknown-unknown/release/forewarn_web.wasm" "$target/forewarn.wasm"
node web/assemble.mjs "$target/forewarn.wasm" "$target/forewarn.html"

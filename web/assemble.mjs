// Puts the page together: one HTML file of the sources beside this one and the compiled library.
//
//   node web/assemble.mjs MODULE.wasm PAGE.html
//
// The modules become one script: their names are their own, so that imports and exports can go. Scripts and styles are let in by
// what they are (their hash), not by where they stand, so that no other script would run.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const [wasm, target] = process.argv.slice(2);
const here = (name) => readFileSync(fileURLToPath(new URL(name, import.meta.url)), "utf8");

/** Most bytes of the page. */
const MOST = 4_000_000;
/** In the order in which they need each other. */
const MODULES = ["shut", "dom", "engine", "text", "findings", "map", "fields", "block", "settings", "main"];

const plain = (name) => here(`${name}.js`).replace(/^import .*;\n/gm, "").replace(/^export /gm, "");
const script = `"use strict";\n(() => {\n${MODULES.map(plain).join("\n")}})();\n`;
const style = here("../src/report/html/style.css") + here("style.css");
const worker = here("worker.js");
for (const text of [script, worker]) if (/<\/script|<!--/i.test(text)) throw new Error("a script must not hold its own end");

const hash = (text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
const policy = [
  "default-src 'none'",
  `script-src ${hash(script)} 'wasm-unsafe-eval'`,
  `style-src ${hash(style)}`,
  "worker-src blob:",
  "form-action 'none'",
  "base-uri 'none'",
  // markup made of strings is refused, and of scripts only the worker's is let in
  "require-trusted-types-for 'script'",
  "trusted-types forewarn",
].join("; ");

const parts = {
  POLICY: policy,
  STYLE: style,
  MODULE: gzipSync(readFileSync(wasm), { level: 9 }).toString("base64"),
  WORKER: worker,
  SCRIPT: script,
};
const page = here("page.html").replace(/%([A-Z]+)%/g, (whole, name) => parts[name] ?? whole);
if (page.length > MOST) throw new Error(`the page has ${page.length} bytes, and may have ${MOST}`);
writeFileSync(target, page);
console.log(`${target}: ${(page.length / 1e6).toFixed(2)} MB`);

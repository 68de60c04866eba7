// What the tests of pages share: how Chromium is started, and files that are kept unpacked.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join, relative, sep } from "node:path";
import { crc32, deflateRawSync } from "node:zlib";
import { chromium } from "playwright-core";

export const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** The standards that axe-core checks by. */
export const STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** Chromium without what it does of its own accord. */
export const launch = () => chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
  ],
});

/** Finds text that a box cuts off, but for what is hidden on purpose and what can be scrolled to. */
export const cutOff = (page) => page.$$eval("body *", (all) => all.filter((e) => {
  const box = e.getBoundingClientRect();
  if (e.closest(".hidden, .skip") || e.closest(".scroll") && !e.closest("caption span, .map th")) return false;
  if (!e.textContent.trim() || box.width === 0) return false;
  if (e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0) return true;
  return !e.closest(".map th") && (box.right > innerWidth + 1 || box.left < 0);
}).map((e) => e.outerHTML.slice(0, 120)));

/** The stories of `fixtures/` as name and bytes; a folder like `work.epub/` is a container kept unpacked. */
export function stories(root) {
  return readdirSync(root).sort().flatMap((folder) => {
    const files = readdirSync(join(root, folder)).filter((name) => name !== "expected.txt").sort();
    return files.map((name) => {
      const path = join(root, folder, name);
      return { folder, name, bytes: statSync(path).isDirectory() ? zipped(path) : readFileSync(path) };
    });
  });
}

/** A folder as a zip file, `mimetype` and `[Content_Types].xml` before all others. */
export function zipped(folder) {
  const files = readdirSync(folder, { recursive: true }).map(String).filter((name) => statSync(join(folder, name)).isFile());
  const rank = (name) => ["mimetype", "[Content_Types].xml"].indexOf(basename(name)) >>> 0;
  files.sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  return zip(files.map((name) => [relative(folder, join(folder, name)).split(sep).join("/"), readFileSync(join(folder, name))]));
}

/** A zip file of names and contents; `mimetype` is not packed, as EPUB and ODT demand. */
export function zip(files) {
  const parts = [], directory = [];
  let at = 0;
  for (const [path, content] of files) {
    const stored = path === "mimetype";
    const packed = stored ? content : deflateRawSync(content);
    const name = Buffer.from(path);
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(0x800, 2); // names are UTF-8
    fields.writeUInt16LE(stored ? 0 : 8, 4);
    fields.writeUInt16LE(0x21, 8); // the first day of 1980
    fields.writeUInt32LE(crc32(content), 10);
    fields.writeUInt32LE(packed.length, 14);
    fields.writeUInt32LE(content.length, 18);
    fields.writeUInt16LE(name.length, 22);
    const place = Buffer.alloc(4);
    place.writeUInt32LE(at);
    parts.push(Buffer.from("PK\x03\x04"), fields, name, packed);
    directory.push(Buffer.from("PK\x01\x02\x14\0"), fields, Buffer.alloc(10), place, name);
    at += 30 + name.length + packed.length;
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06");
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, ...directory, end]);
}

/** A text as a document of a word processor, a paragraph for each line. */
export function docx(text) {
  const escaped = (line) => line.replace(/&/g, "&amp;").replace(/</g, "&lt;");
  const body = text.split(/\n+/).filter(Boolean).map((line) => `<w:p><w:r><w:t xml:space="preserve">${escaped(line)}</w:t></w:r></w:p>`);
  const main = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
  const types = `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`;
  return zip([
    ["[Content_Types].xml", Buffer.from(types)],
    ["word/document.xml", Buffer.from(`<w:document xmlns:w="${main}"><w:body>${body.join("")}</w:body></w:document>`)],
  ]);
}

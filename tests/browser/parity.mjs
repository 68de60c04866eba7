// The page and the command line say the same of every story in fixtures/, and of files made to do harm.
//
//   node parity.mjs FOREWARN MODULE.wasm FOLDER
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { stories } from "./browser.mjs";
import { load } from "./module.mjs";

const [forewarn, wasm, hostile] = process.argv.slice(2);
const ask = await load(wasm);
/** Quotes of so many characters may be cut off. */
const LONG = 290;
/** What is left of words when markup is gone. */
const letters = (text) => text.toLowerCase().replace(/<[^>]*>|&[^;]*;|[^a-z0-9]/g, "");
const root = mkdtempSync(join(tmpdir(), "forewarn-parity-"));
let works = 0, findings = 0, marked = 0;

// what the command line prints of a file that lies alone in a folder
function printed(folder, { name, bytes }, options) {
  const place = join(root, folder);
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, name), bytes);
  const out = execFileSync(forewarn, ["check", "--exit-zero", "--output", "json", name, ...options], { cwd: place, stdio: ["ignore", "pipe", "inherit"], maxBuffer: 2 ** 28 });
  return JSON.parse(out).works;
}

// what the page is told of each work of a file
function told({ name, bytes }, declare) {
  const reports = [];
  for (let work = 0, count = 1; work < count; work++) {
    const answer = ask({ do: "check", name, work, text: true, declare }, bytes);
    assert(answer.report, `${name}: ${JSON.stringify(answer).slice(0, 300)}`);
    count = answer.count;
    assert.equal(answer.findings.length, answer.report.diagnostics.length);
    for (const [i, finding] of answer.findings.entries()) {
      const { labels } = answer.report.diagnostics[i];
      assert.equal(finding.places.length, labels.length);
      for (const [j, number] of finding.places.entries()) {
        if (number === null || labels[j].quote.length >= LONG) continue;
        const { block, start, end } = answer.places[number];
        const shown = answer.blocks[block].text.slice(start, end);
        assert.equal(letters(shown), letters(labels[j].quote), `${name}: what is marked is what is quoted`);
        marked++;
      }
    }
    for (const place of answer.places) {
      const text = answer.blocks[place.block].text.slice(place.start, place.end);
      assert(text && text === text.trim(), `${name}: “${text}” at ${JSON.stringify(place)}`);
    }
    const { version, ...report } = answer.report;
    assert.equal(version, 1);
    reports.push(report);
  }
  return reports;
}

try {
  const all = stories(fileURLToPath(new URL("../../fixtures", import.meta.url)));
  assert(all.length > 50, `only ${all.length} stories`);
  const declared = ["Rating: General Audiences", "Additional Tags: Drowning, Hurt/Confort"];
  for (const [i, story] of all.entries()) {
    const expected = printed(`${i}`, story, []);
    assert.deepEqual(told(story, []), expected, `${story.folder}/${story.name}`);
    works += expected.length;
    findings += expected.flatMap((work) => work.diagnostics).length;
    const options = declared.flatMap((line) => ["--declare", line]);
    assert.deepEqual(told(story, declared), printed(`${i}`, story, options), `${story.folder}/${story.name}, with fields`);
  }
  assert(works > 60 && findings > 60 && marked > 60, `${works} works, ${findings} findings, ${marked} places`);
  const harmful = readdirSync(hostile).map((name) => ({ name, bytes: readFileSync(join(hostile, name)) }));
  assert(harmful.length > 50, `only ${harmful.length} hostile files`);
  for (const [i, file] of harmful.entries()) assert.deepEqual(told(file, []), printed(`hostile-${i}`, file, []), file.name);
  console.log(`${all.length} files and ${harmful.length} hostile ones, ${works} works, ${findings} findings: the page and the command line say the same.`);
} finally {
  rmSync(root, { recursive: true, force: true });
}

// The private page in headless Chromium, used as people use it: three steps, choices, attempts to leak, hostile files. See page.sh.
//
//   node page.mjs PAGE.html [FOLDER of hostile files]
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { axe, cutOff, docx, launch, STANDARDS } from "./browser.mjs";
import { leaks } from "./leaks.mjs";

const [built, hostile] = process.argv.slice(2);
const address = pathToFileURL(resolve(built)).href;
const folder = mkdtempSync(join(tmpdir(), "forewarn-page-"));
const pictures = process.env.SCREENSHOTS ?? join(folder, "pictures");
mkdirSync(pictures, { recursive: true });
const fixture = (path) => readFileSync(fileURLToPath(new URL(`../../fixtures/${path}`, import.meta.url)), "utf8");
const ferryman = fixture("readme/the-ferryman.txt");
const lighthouse = fixture("readme/the-lighthouse.txt");

const many = (text, words) => {
  const paragraphs = text.split(/\n\n+/);
  const chapters = [];
  for (let count = 0, n = 1; count < words; n++) {
    const chapter = Array.from({ length: 3 }, () => paragraphs).flat().join("\n\n");
    chapters.push(`Chapter ${n}\n\n${chapter}`);
    count += chapter.split(/\s+/).length;
  }
  return chapters.join("\n\n");
};
const body = (text) => text.split("\n\n").slice(2).join("\n\n");
const calm = many(body(lighthouse), 20_000);
const files = {
  "The Ferryman.docx": docx(`The Ferryman\n\n${ferryman}`),
  "the-lighthouse.txt": lighthouse,
  "long.txt": `Title: A Long One\nRating: General Audiences\nArchive Warnings: No Archive Warnings Apply\nFandom: Original Work\nLanguage: English\n\n${calm}\n\n${many(ferryman, 3_000).replaceAll("Chapter ", "Chapter 9")}\n\n${calm}`,
  "hundred.txt": `Title: A Hundred Thousand\nRating: General Audiences\n\n${many(`${body(lighthouse)}\n\n${ferryman}`, 100_000)}`,
  "hostile.html": `<html><head><title>x</title><meta http-equiv="refresh" content="0;url=https://example.invalid/"><base href="https://example.invalid/">
    <script>document.title = "RUN"; fetch("https://example.invalid/")</script></head><body onload="document.title='RUN'"><h1>Chapter 1</h1>
    <p>Rating: General Audiences</p><p>${ferryman.replaceAll("\n\n", "</p><p>")}</p><img src="https://example.invalid/x.png" onerror="document.title='RUN'">
    <p>&lt;img src=x onerror="document.title='RUN'"&gt; <a href="javascript:document.title='RUN'">He was very drunk</a>, and drunk again by the bottles.</p>
    <iframe src="https://example.invalid/"></iframe><form action="https://example.invalid/"><input name=a><button>Go</button></form>
    <svg onload="document.title='RUN'"></svg></body></html>`,
  "works.jsonl": [lighthouse, ferryman, lighthouse].map((text, id) => JSON.stringify({ id, rating: "Mature", text: body(text) || text })).join("\n"),
  "scan.pdf": "%PDF-1.4\n%nothing\n",
  "empty.txt": "",
  "weather.toml": `[[tag]]\nid = "snow"\nname = "Snow"\ncategory = "content"\n\n[[rule]]\nid = "no-ferries"\nseverity = "warning"\nsummary = "There is a ferry in the title."\ncheck = "not-a-check"\n`,
  "house.toml": `[[rule]]\nid = "series"\nseverity = "warning"\nsummary = "The house wants a {field}."\ncheck = "missing-field"\nfields = ["rating", "series"]\n`,
};
for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
const at = (name) => join(folder, name);

const browser = await launch();

// Opens the page and notes whatever it should not do.
async function open(settings = {}, where = address, before = () => {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, permissions: ["clipboard-read", "clipboard-write"], ...settings });
  const page = await context.newPage();
  const wrong = [];
  page.on("request", (request) => /^blob:/.test(request.url()) || request.url().split("#")[0] === where || wrong.push(`asks for ${request.url()}`));
  page.on("dialog", (dialog) => { wrong.push(`dialog ${dialog.message()}`); dialog.dismiss(); });
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && wrong.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => wrong.push(`error: ${error.message}`));
  page.on("framenavigated", (frame) => frame.url().split("#")[0] === where || wrong.push(`goes to ${frame.url()}`));
  await before(page);
  await page.goto(where);
  await page.waitForFunction(() => document.getElementById("archive").options.length > 0);
  return { page, context, wrong };
}

const idle = (page) => page.waitForFunction(() => document.getElementById("busy").hidden);
async function read(page, name) {
  await page.setInputFiles("#file", at(name));
  await page.waitForFunction(() => !document.getElementById("found").hidden || document.getElementById("trouble").textContent);
}
const picture = (page, name, whole = true) => page.screenshot({ path: join(pictures, `${name}.png`), fullPage: whole });
const text = (page, selector) => page.locator(selector).innerText();

// From a document on the desktop to a block that can be pasted.
async function threeSteps() {
  const { page, context, wrong } = await open();
  await picture(page, "step-1");
  // dropped, as a person does
  const bytes = [...readFileSync(at("The Ferryman.docx"))];
  const dropped = await page.evaluateHandle((bytes) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([new Uint8Array(bytes)], "The Ferryman.docx"));
    return transfer;
  }, bytes);
  await page.dispatchEvent("#drop", "dragover", { dataTransfer: dropped });
  await page.dispatchEvent("#drop", "drop", { dataTransfer: dropped });
  await page.waitForSelector("#found:not([hidden])");
  assert.match(await text(page, "#status"), /The Ferryman\.docx: \d+ words of story were read/);
  assert((await page.locator(".finding").count()) > 0, "there are findings");
  assert((await page.locator("#text mark").count()) > 3, "they are marked in the text");
  assert.match(await page.textContent("#text"), /“You promised,” said Ida/, "the text is as it was written");
  await picture(page, "step-2");

  // from a finding to its words and back
  const go = page.locator(".finding button.go").first();
  await go.click();
  const focus = () => page.evaluate(() => [document.activeElement.tagName, document.activeElement.textContent, document.activeElement.closest("#text") !== null]);
  const [tag, words, inText] = await focus();
  assert(tag === "MARK" && inText, `the place has the focus: ${tag}`);
  const quote = await page.locator(".finding .places li mark").first().innerText();
  assert.equal(words, quote, "it is the place that the finding quotes");
  await page.keyboard.press("Escape");
  assert.equal(await go.evaluate((e) => e === document.activeElement), true, "and back");
  await page.locator("#text mark.warning, #text mark.info, #text mark.error").first().click();
  assert(await page.evaluate(() => document.activeElement.classList.contains("finding")), "a click on a mark leads to its finding");
  await page.locator(".map td button").first().click();
  assert.equal((await focus())[0], "MARK", "a cell of the map leads to the text");

  // what only the author can answer
  await page.getByRole("button", { name: "No Archive Warnings Apply" }).click();
  await page.fill("#field-fandom", "Original Work");
  await page.locator("#field-additional-tag").pressSequentially("Seaside, hurt/c");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  assert.equal(await page.inputValue("#field-additional-tag"), "Seaside, Hurt/Comfort, ", "a tag is completed");
  await page.fill("#field-language", "English");
  await page.waitForFunction(() => /No Archive Warnings Apply/.test(document.getElementById("block").value) && /English/.test(document.getElementById("block").value));
  // what is suggested can be taken into the header, which settles what was found
  assert.match(await page.textContent("#findings"), /The header has no rating/);
  await page.getByRole("button", { name: "Rating: take Teen And Up Audiences" }).click();
  await page.waitForFunction(() => !/The header has no rating/.test(document.getElementById("findings").textContent));
  assert.equal(await page.inputValue("#field-rating"), "Teen And Up Audiences");
  const block = await page.inputValue("#block");
  const labels = block.trim().split("\n").map((line) => line.split(":")[0]);
  assert.deepEqual(labels, ["Title", "Rating", "Archive Warnings", "Fandom", "Additional Tags", "Language"].filter((l) => labels.includes(l)), "in the archive's order");
  assert.match(block, /Rating: Teen And Up Audiences\n/);
  assert.match(block, /Additional Tags: .*Drinking/);
  assert.match(block, /Fandom: Original Work\n/);
  // what was added can be left out, and taken in again
  const violence = page.getByLabel("Violence (new)");
  await violence.uncheck();
  await page.waitForFunction(() => !/Violence/.test(document.getElementById("block").value));
  assert(await violence.evaluate((e) => e === document.activeElement && !e.checked), "the focus stays on the box");
  await violence.check();
  await page.waitForFunction((block) => document.getElementById("block").value === block, block);
  // and so can whatever is written by hand, which stays
  await page.fill("#block", `${block}Summary: A ferry.\n`);
  await page.fill("#field-character", "Ida, Tam");
  await page.waitForFunction(() => /Ida, Tam/.test(document.getElementById("text").textContent));
  assert.equal(await page.inputValue("#block"), `${block}Summary: A ferry.\n`);
  await page.click("#anew");
  assert.match(await page.inputValue("#block"), /Characters: Ida, Tam\n/);
  await page.getByRole("button", { name: "Characters: clear" }).click();
  await page.waitForFunction((block) => document.getElementById("block").value === block, block);
  await page.click("#copy");
  await page.waitForFunction(() => document.getElementById("copied").textContent);
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), block, "the block is on the clipboard");
  await page.locator("#step-3").scrollIntoViewIfNeeded();
  await picture(page, "step-3");
  await page.getByRole("button", { name: "Copy Additional Tags" }).click();
  const tags = block.match(/Additional Tags: (.*)/)[1];
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), tags, "and a single field");
  for (const [style, start] of [["yaml", "---\n"], ["toml", "rating = "], ["storygraph", "StoryGraph content warnings\n"], ["lines", "Rating: "]]) {
    await page.selectOption("#style", style);
    await page.waitForFunction((start) => document.getElementById("block").value.includes(start), start);
  }
  assert.deepEqual(await page.evaluate(() => [localStorage.length, sessionStorage.length, document.cookie]), [0, 0, ""], "nothing is stored");
  assert.deepEqual(wrong, []);
  await context.close();
}

async function choices() {
  const { page, context, wrong } = await open();
  await read(page, "the-lighthouse.txt");
  const findings = () => page.locator(".finding h4").allInnerTexts();
  const has = async (words) => (await findings()).some((f) => f.includes(words));
  assert(await has("Greif/Mourning"), "a misspelling");
  assert.equal(await page.inputValue("#field-rating"), "General Audiences", "the file's own header fills the form");
  // a rule off, and as usual again
  await page.locator(".finding", { hasText: "may be a misspelling" }).locator("summary").click();
  await page.locator(".finding", { hasText: "may be a misspelling" }).getByRole("button", { name: "Switch this rule off" }).click();
  await page.waitForFunction(() => !document.getElementById("findings").textContent.includes("may be a misspelling"));
  await page.locator("#choices > summary").click();
  await page.locator("#rules > summary").click();
  await page.click("#rules-usual");
  await page.waitForFunction(() => document.getElementById("findings").textContent.includes("may be a misspelling"));
  // a field of one's own, and the file's again
  await page.fill("#field-rating", "Muture");
  await page.waitForFunction(() => /Muture/.test(document.getElementById("findings").textContent));
  await page.getByRole("button", { name: "Rating: as in the file" }).click();
  await page.waitForFunction(() => !/Muture/.test(document.getElementById("findings").textContent));
  assert.equal(await page.inputValue("#field-rating"), "General Audiences");
  // another archive
  await page.selectOption("#archive", "ffn");
  await page.getByRole("button", { name: "K+" }).click();
  await page.waitForFunction(() => /^Rating: K\+$/m.test(document.getElementById("block").value));
  await page.selectOption("#archive", "ao3");
  await page.getByRole("button", { name: "Teen And Up Audiences" }).waitFor();
  await page.getByRole("button", { name: "Rating: as in the file" }).click();
  // a reader's profile, remembered when that is asked for
  await page.fill("#profile-find", "animal death");
  await page.locator("#profile-list input:visible").first().check();
  await page.fill("#profile-find", "drinking");
  await page.locator("#profile-list input:visible").first().check();
  await page.waitForSelector("#answers:not([hidden])");
  assert.match(await text(page, "#answers-list"), /Animal Death: /);
  await picture(page, "profile");
  assert.equal(await page.evaluate(() => localStorage.length), 0);
  await page.check("#remember");
  const kept = await page.evaluate(() => JSON.stringify(localStorage));
  assert(/animal-death/.test(kept) && !/lamp|Ida/.test(kept), kept);
  await page.reload();
  await page.waitForFunction(() => document.getElementById("archive").options.length > 0);
  assert.equal(await page.locator("#profile-list input:checked").count(), 2, "it is remembered");
  await page.locator("#choices > summary").click();
  await page.uncheck("#remember");
  assert.equal(await page.evaluate(() => localStorage.length), 0, "and forgotten");
  // own packs: one that is well, one with mistakes
  await read(page, "the-lighthouse.txt");
  await page.setInputFiles("#pack", at("house.toml"));
  await page.waitForFunction(() => document.getElementById("findings").textContent.includes("The house wants a series"));
  await page.setInputFiles("#pack", at("weather.toml"));
  await page.waitForFunction(() => /mistakes/.test(document.getElementById("pack-said").textContent));
  assert.match(await text(page, "#pack-said"), /weather\.toml, line \d+: .*not-a-check/);
  await page.waitForFunction(() => !document.getElementById("findings").textContent.includes("The house wants a series"));
  assert((await page.locator(".finding").count()) > 0, "the page goes on without it");
  // a file of several works
  await read(page, "works.jsonl");
  await page.waitForSelector("#several:not([hidden])");
  assert.equal(await page.locator("#work option").count(), 3);
  assert.doesNotMatch(await page.textContent("#text"), /very drunk/);
  await page.selectOption("#work", "1");
  await page.waitForFunction(() => /very drunk/.test(document.getElementById("text").textContent));
  // pasted
  await page.locator("#pasting > summary").click();
  await page.fill("#paste", lighthouse);
  await page.click("#read-paste");
  await page.waitForFunction(() => /pasted\.txt/.test(document.getElementById("status").textContent));
  assert(await has("Greif/Mourning"));
  assert.deepEqual(wrong, []);
  await context.close();
}

async function inert() {
  const { page, context, wrong } = await open();
  const elements = () => page.evaluate(() => ["script", "img", "iframe", "svg", "base", "object", "embed", "link"].map((t) => document.querySelectorAll(t).length));
  const before = await elements();
  await read(page, "hostile.html");
  assert.match(await page.textContent("#text"), /<img src=x onerror=/, "what the draft says is shown as it is");
  assert.deepEqual(await elements(), before, "and makes no element");
  assert.notEqual(await page.title(), "RUN");
  assert.equal(await page.locator("a:not([href^='#'])").count(), 0, "no link leads anywhere");
  await page.fill("#field-additional-tag", `"><img src=x onerror="document.title='RUN'">`);
  await page.waitForTimeout(800);
  await idle(page);
  assert.deepEqual(await elements(), before);
  assert.notEqual(await page.title(), "RUN");
  assert.deepEqual(wrong, []);
  await context.close();
}

// Drops a text of so many megabytes.
const dropLarge = (page, count, name) => page.evaluate(([count, name]) => {
  const line = new TextEncoder().encode("It rained over the boats, and nobody minded it much.\n".repeat(2e4));
  const file = new File(Array.from({ length: count }, () => line), name);
  const transfer = new DataTransfer();
  transfer.items.add(file);
  document.getElementById("drop").dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
}, [count, name]);

// A reader that takes too long is ended, and the next one reads on. The page's clock goes faster here.
async function late() {
  const { page, context, wrong } = await open({}, address, (page) => page.clock.install());
  await dropLarge(page, 100, "long.txt");
  await page.waitForFunction(() => !document.getElementById("busy").hidden);
  await page.clock.fastForward("10:00");
  await page.waitForFunction(() => /took too long/.test(document.getElementById("trouble").textContent));
  await read(page, "the-lighthouse.txt");
  await page.waitForSelector(".finding");
  assert.deepEqual(wrong, []);
  await context.close();
}

async function badFiles() {
  const { page, context, wrong } = await open();
  for (const [name, said] of [["scan.pdf", /PDF/], ["empty.txt", /empty|nothing/i]]) {
    await read(page, name);
    assert.match(await text(page, "#trouble"), said, name);
  }
  // what takes long can be stopped
  await dropLarge(page, 100, "long.txt");
  await page.click("#stop");
  await page.waitForFunction(() => /Stopped/.test(document.getElementById("trouble").textContent));
  // more than there is memory for: the reader breaks, and is started anew
  await dropLarge(page, 235, "too-much.txt");
  await page.waitForFunction(() => /broke off/.test(document.getElementById("trouble").textContent), null, { timeout: 120_000 });
  let refused = 0, taken = 0;
  for (const name of hostile ? readdirSync(hostile).sort() : []) {
    const started = performance.now();
    await page.setInputFiles("#file", join(hostile, name));
    await page.waitForFunction((name) => document.getElementById("trouble").textContent.includes(name) || document.getElementById("status").textContent.includes(name), name, { timeout: 60_000 });
    const seconds = (performance.now() - started) / 1000;
    assert(seconds < 15, `${name} took ${seconds} s`);
    if (await page.locator("#found:not([hidden])").count()) taken++;
    else refused++;
    assert((await page.evaluate(() => 1 + 1)) === 2, `${name}: the page lives`);
  }
  await read(page, "the-lighthouse.txt");
  assert((await page.locator(".finding").count()) > 0, "and a story is read as before");
  assert.deepEqual(wrong, []);
  await context.close();
  return { refused, taken };
}

// Every size of the page with nothing open, and with a story.
async function accessible() {
  const looks = {
    desktop: { colorScheme: "light" },
    dark: { colorScheme: "dark" },
    phone: { viewport: { width: 360, height: 740 } },
    // a window of 1280 pixels at 200 % is 640 wide to the page
    zoomed: { viewport: { width: 640, height: 450 } },
    forced: { forcedColors: "active" },
    print: { viewport: { width: 800, height: 1100 } },
  };
  for (const [look, settings] of Object.entries(looks)) {
    const { page, context } = await open({ bypassCSP: true, ...settings });
    for (const state of ["empty", "open"]) {
      if (state === "open") {
        await page.locator("#choices > summary").click();
        await page.locator("#profile-list input").nth(2).check();
        await read(page, "long.txt");
        await idle(page);
        await page.locator("#field-additional-tag").pressSequentially("an");
        await page.waitForTimeout(600);
        await idle(page);
      }
      if (look === "print") {
        await page.pdf({ path: join(pictures, `${state}.pdf`), format: "A4" });
        continue;
      }
      await page.$$eval("details", (all) => all.forEach((d) => (d.open = true)));
      assert.deepEqual(await cutOff(page), [], `${look}, ${state}: cut off`);
      await page.evaluate(axe);
      const { violations } = await page.evaluate((runOnly) => axe.run({ runOnly }), STANDARDS);
      const told = violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.html} ${n.failureSummary}`));
      assert.deepEqual(told, [], `${look}, ${state}`);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert(wide <= 0, `${look}, ${state}: the page is ${wide}px wider than the window`);
      await page.$$eval("#choices, #rules, .promise details, .finding details, #pasting", (all) => all.forEach((d) => (d.open = false)));
      await picture(page, `${look}-${state}`);
    }
    await context.close();
  }
}

// Without a mouse: a file, a field, the block.
async function keyboard() {
  const { page, context, wrong } = await open();
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
  await page.keyboard.press("Enter");
  await page.setInputFiles("#file", at("the-lighthouse.txt"));
  await page.waitForSelector("#found:not([hidden])");
  assert.equal(await page.evaluate(() => document.activeElement.id), "step-2", "the focus goes on to what was found");
  const reached = new Set();
  for (let i = 0; i < 400; i++) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => {
      const { activeElement: e } = document;
      return { id: e.id, seen: e === document.body || getComputedStyle(e).outlineStyle !== "none", html: e.outerHTML.slice(0, 100), body: e === document.body };
    });
    if (at.body) break;
    assert(at.seen, `the focus is seen on ${at.html}`);
    reached.add(at.id);
  }
  for (const id of ["field-rating", "field-additional-tag", "text", "style", "block", "copy"]) assert(reached.has(id), `${id} is reached by Tab`);
  await page.focus("#copy");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.getElementById("copied").textContent);
  assert.deepEqual(wrong, []);
  await context.close();
}

// How long 100,000 words take after the first time, and whether the page answers meanwhile.
async function speed() {
  const { page, context } = await open();
  const times = [];
  const started = await page.evaluate(() => performance.now());
  for (let i = 0; i < 6; i++) {
    await page.evaluate(() => {
      window.longest = 0;
      let last = performance.now();
      window.beat = setInterval(() => {
        window.longest = Math.max(window.longest, performance.now() - last);
        last = performance.now();
      }, 5);
    });
    const took = await page.evaluate(async (bytes) => {
      document.getElementById("status").textContent = "";
      const file = new File([bytes], "hundred.txt");
      const transfer = new DataTransfer();
      transfer.items.add(file);
      const start = performance.now();
      document.getElementById("drop").dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
      await new Promise((done) => {
        const look = () => (document.getElementById("status").textContent.includes("hundred.txt") ? done() : setTimeout(look, 2));
        setTimeout(look, 2);
      });
      return performance.now() - start;
    }, files["hundred.txt"]);
    times.push({ took, longest: await page.evaluate(() => (clearInterval(window.beat), window.longest)) });
  }
  const after = times.slice(1).map((t) => t.took);
  assert(Math.min(...after) < 300, `100,000 words take ${after.map(Math.round)} ms`);
  const words = (await text(page, "#status")).match(/([\d,]+) words/)[1];
  await context.close();
  return { words, started, times };
}

try {
  await threeSteps();
  console.log("three steps: from a dropped document to a block on the clipboard");
  await choices();
  console.log("choices: rules, fields, archive, profile, packs, paste");
  await inert();
  console.log("a hostile draft stays text");
  const tried = await leaks(open, address, readFileSync(built));
  console.log(`${tried} attempts to leak failed, from a disk and from a server`);
  const bad = await badFiles();
  console.log(`bad files: ${bad.refused} refused, ${bad.taken} read, and the page went on`);
  await late();
  console.log("a reader that takes too long is ended");
  await keyboard();
  console.log("without a mouse");
  await accessible();
  console.log("accessible: light, dark, phone, 200 %, forced colours, print");
  const { words, started, times } = await speed();
  const told = times.map((t) => `${Math.round(t.took)} ms (page held up ${Math.round(t.longest)} ms)`);
  console.log(`ready after ${Math.round(started)} ms; ${words} words, from drop to findings: ${told.join(", ")}`);
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}

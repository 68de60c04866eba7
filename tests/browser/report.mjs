// Makes reports with forewarn and uses them in headless Chromium as people do. See run.sh.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { axe, cutOff, launch, STANDARDS } from "./browser.mjs";

const forewarn = process.argv[2];
const work = mkdtempSync(join(tmpdir(), "forewarn-browser-"));
const pictures = process.env.SCREENSHOTS ?? join(work, "pictures");
mkdirSync(pictures, { recursive: true });

const header = (more) =>
  `Title: The Harbour Light\nAuthor: A. Nonymous\nRating: Teen And Up Audiences\nFandom: Original Work\nLanguage: English\n${more}\n`;
const calm =
  "The boats came in one after another, and the gulls followed them along the quay. Maren counted the lamps on the far shore. ";
const fight =
  "He struck him with the iron bar, and the blood ran from the wound. She screamed as the knife cut into his arm and he was stabbed. ";
const drink = "He drank whisky from the bottle until he was drunk, and by noon he was drunk again among the empty bottles. ";
const chapter = (number, words) => `Chapter ${number}\n\n${words}\n\n`;
const paragraphs = (text, many) => Array.from({ length: many }, () => text.repeat(5).trim()).join("\n\n");

const story =
  header("Archive Warnings: No Archive Warnings Apply\nAdditional Tags: Angst, Hurt/Confort, Hurt/Confort") +
  chapter(1, paragraphs(calm, 40)) +
  chapter(2, paragraphs(calm, 12) + "\n\n" + paragraphs(fight, 3) + "\n\n" + paragraphs(calm, 8)) +
  chapter(3, paragraphs(calm + drink, 4) + "\n\n" + paragraphs(calm, 30));
const clean =
  header("Archive Warnings: No Archive Warnings Apply\nAdditional Tags: Fluff\nSummary: An evening at the quay.") +
  "\n" + paragraphs(calm, 12);
const attack = `</pre></style><script>document.title="RUN"</script><img src="https://example.invalid/x.png" onerror="document.title='RUN'">`;
const hostile =
  `Title: ${attack}\nRating: ${attack}\nArchive Warnings: ${attack}\nFandom: "'><svg onload=alert(1)>\n` +
  `Additional Tags: javascript:alert(1), <a href="https://example.invalid">here</a>, ${attack}\nLanguage: English\n\n` +
  paragraphs(fight + attack + " https://example.invalid/page ", 4);

const files = {
  "clean.txt": clean,
  "story.txt": story,
  "several/one.txt": story,
  "several/two.txt": clean,
  "several/three.txt": hostile,
  "several/letter.pdf": "%PDF-1.4\n%nothing\n",
  "hostile.txt": hostile,
};
mkdirSync(join(work, "several"));
for (const [name, text] of Object.entries(files)) writeFileSync(join(work, name), text);

// makes the report and gives its address
function report(name, ...options) {
  const file = join(work, `${name}.html`);
  execFileSync(forewarn, ["check", "--exit-zero", "--output", `html=${file}`, ...options], { cwd: work, stdio: "pipe" });
  const first = readFileSync(file);
  execFileSync(forewarn, ["check", "--exit-zero", "--output", `html=${file}`, ...options], { cwd: work, stdio: "pipe" });
  assert(first.equals(readFileSync(file)), "the same input gives the same bytes, in the place of the older report");
  return pathToFileURL(file).href;
}

const reports = {
  clean: report("clean", "clean.txt"),
  findings: report("findings", "story.txt"),
  several: report("several-works", "several"),
  hostile: report("hostile", "hostile.txt"),
  bare: report("bare", "story.txt", "--no-excerpts"),
};

const browser = await launch();

// Opens a report and notes whatever it should not do.
async function open(address, settings = {}) {
  const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, ...settings });
  const page = await context.newPage();
  const wrong = [];
  page.on("request", (request) => request.url().split("#")[0] === address || wrong.push(`asks for ${request.url()}`));
  page.on("dialog", (dialog) => { wrong.push(`dialog ${dialog.message()}`); dialog.dismiss(); });
  page.on("console", (message) => wrong.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => wrong.push(`error: ${error.message}`));
  await page.goto(address);
  return { page, context, wrong };
}

const inView = (element) => {
  const box = element.getBoundingClientRect();
  return box.bottom > 0 && box.top < innerHeight;
};

async function links(name, address) {
  const { page, context, wrong } = await open(address);
  const hrefs = await page.$$eval("a[href]", (all) => all.map((a) => a.getAttribute("href")));
  assert(hrefs.every((href) => href.startsWith("#")), `${name}: every link stays on the page`);
  const cells = await page.$$eval(".map td a", (all) => all.map((a) => [a.id, a.textContent, a.getAttribute("href").slice(1)]));
  for (const [id, said, target] of cells) {
    await page.click(`[id="${id}"]`);
    const place = page.locator(`[id="${target}"]`);
    assert(await place.evaluate(inView), `${name}: ${said} leads to its place`);
    const [where, score] = said.replace(/^./, "").match(/^(.*): .*, (\w+ \([\d.]+\))$/).slice(1);
    const text = await place.textContent();
    assert(text.includes(where) && text.includes(score), `${name}: the place of “${said}” says the same: ${text}`);
    assert((await place.locator("ul li").count()) > 0, `${name}: ${said} has places`);
    if (name !== "bare") assert((await place.locator("blockquote mark").count()) > 0, `${name}: ${said} has its quote`);
    await place.locator("a.back").click();
    assert(await page.locator(`[id="${id}"]`).evaluate(inView), `${name}: and back`);
  }
  assert.deepEqual(wrong, [], name);
  await context.close();
  return cells.length;
}

// Tabs from the top to the end: everything that can be used is reached, in order, and shows where the focus is.
async function keyboard(name, address) {
  const { page, context } = await open(address);
  const usable = await page.$$eval("a[href], summary, pre[tabindex], .scroll", (all) => all.length);
  const reached = [];
  for (let i = 0; i <= usable + 2; i++) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => {
      const element = document.activeElement;
      if (element === document.body) return null;
      const all = [...document.querySelectorAll("*")];
      return { at: all.indexOf(element), outline: getComputedStyle(element).outlineStyle };
    });
    if (at === null) break;
    assert.notEqual(at.outline, "none", `${name}: the focus is seen`);
    reached.push(at.at);
  }
  assert.equal(reached.length, usable, `${name}: everything is reached by Tab`);
  assert.deepEqual(reached, [...reached].sort((a, b) => a - b), `${name}: in order`);
  await page.goto(address);
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "skip", "the first stop skips to the report");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "report");
  const details = page.locator("details summary").first();
  if (await details.count()) {
    await details.focus();
    await page.keyboard.press("Enter");
    assert(await page.locator("details").first().evaluate((d) => d.open), "details open by keyboard");
  }
  await context.close();
}

async function accessible(name, address) {
  const looks = {
    light: { colorScheme: "light" },
    dark: { colorScheme: "dark" },
    narrow: { viewport: { width: 400, height: 800 } },
    // a window of 1280 pixels at 200 % is 640 wide to the page
    zoomed: { viewport: { width: 640, height: 450 } },
    forced: { forcedColors: "active" },
    print: { viewport: { width: 800, height: 1100 } },
  };
  for (const [look, settings] of Object.entries(looks)) {
    // the page forbids all scripts, also those of the test
    const { page, context } = await open(address, { bypassCSP: true, ...settings });
    if (look === "print") {
      await page.emulateMedia({ media: "print" });
      // nobody can unfold paper
      const folded = await page.$$eval("details > :not(summary)", (all) => all.filter((e) => !e.checkVisibility()).length);
      assert.equal(folded, 0, `${name}: what is folded is printed`);
      await page.pdf({ path: join(pictures, `${name}.pdf`), format: "A4" });
    } else {
      await page.$$eval("details", (all) => all.forEach((d) => (d.open = true)));
    }
    assert.deepEqual(await cutOff(page), [], `${name}, ${look}: cut off`);
    const maps = await page.$$eval(".map tbody", (all) =>
      all.map((map) => [...map.querySelectorAll("tr:first-child td")].map((e) => e.getBoundingClientRect().width)));
    for (const widths of maps)
      assert(widths.every((width) => width > 6 && width < widths[0] * 1.25), `${name}, ${look}: cells are of one width: ${widths}`);
    await page.evaluate(axe);
    const { violations } = await page.evaluate((runOnly) => axe.run({ runOnly }), STANDARDS);
    const told = violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.html} ${n.failureSummary}`));
    assert.deepEqual(told, [], `${name}, ${look}`);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert(wide <= 0, `${name}, ${look}: the page is ${wide}px wider than the window`);
    await page.screenshot({ path: join(pictures, `${name}-${look}.png`), fullPage: true });
    await context.close();
  }
}

try {
  let cells = 0;
  for (const [name, address] of Object.entries(reports)) {
    cells += await links(name, address);
    await keyboard(name, address);
    await accessible(name, address);
  }
  assert(cells > 10, `only ${cells} cells were clicked`);

  const text = async (address, check) => {
    const { page, context, wrong } = await open(address);
    await check(page, await page.locator("body").textContent());
    assert.deepEqual(wrong, []);
    await context.close();
  };
  await text(reports.clean, async (page, said) => {
    assert(said.includes("Nothing to mend"));
    assert.equal(await page.locator(".finding").count(), 0);
    assert((await page.locator("pre").textContent()).includes("Title: The Harbour Light"));
  });
  await text(reports.findings, async (page, said) => {
    assert(said.includes("Graphic Depictions Of Violence") && said.includes("Chapter 2"));
    assert((await page.locator(".finding").count()) > 2);
    const classes = await page.$$eval(".finding", (all) => all.map((f) => ["error", "warning", "info"].findIndex((c) => f.classList.contains(c))));
    assert.deepEqual(classes, [...classes].sort(), "the worst first");
  });
  await text(reports.several, async (page, said) => {
    assert.equal(await page.locator(".overview li").count(), 3);
    assert(said.includes("letter.pdf") && said.includes("could not be read"));
  });
  await text(reports.hostile, async (page, said) => {
    assert.notEqual(await page.title(), "RUN");
    assert.equal(await page.locator("script, img, svg, a[href^=http]").count(), 0);
    assert(said.includes("<script>"), "what the story says is shown as it is");
  });
  await text(reports.bare, async (page, said) => {
    assert(!/screamed|iron bar|whisky|Nonymous/.test(said), "no words of the story");
    assert.equal(await page.locator("blockquote, pre").count(), 0);
  });
  console.log(`${Object.keys(reports).length} reports, ${cells} cells clicked: all as it must be.`);
} finally {
  await browser.close();
  rmSync(work, { recursive: true, force: true });
}

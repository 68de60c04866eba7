// The page: open, look, copy.

import { Block } from "./block.js";
import { by, goTo, make, plural } from "./dom.js";
import { Engine } from "./engine.js";
import { Fields } from "./fields.js";
import { inPage, Lists, verdict } from "./findings.js";
import { drawn } from "./map.js";
import { Settings } from "./settings.js";
import { Reading } from "./text.js";

/** Milliseconds after the last key until the story is checked again, and until somebody is told that it takes long. */
const PAUSE = 350;
const SOON = 400;
/** The largest file that is read, as the library has it. */
const LARGEST = 256 * 2 ** 20;

const engine = new Engine(by("module").textContent, by("worker").textContent);
by("module").remove();
const settings = new Settings((rules) => (rules ? link() : again()));
const reading = new Reading(chosen);
const lists = new Lists({ reading, go: (place, from) => reading.goTo(place, from), off, rules: () => settings.known });
const fields = new Fields(again);
const block = new Block(lists, () => again(0));

/** The story that is open: name, bytes, which of its works; and the finding of each place. */
let story;
let found = new Map();
let clock;
let busy = 0;
let linked;

// leads from a mark to its finding
function chosen(place) {
  const card = found.get(place);
  if (card) goTo(card);
}

// a rule that is switched off takes its findings with it, and the button that was pressed
function off(id) {
  goTo(by("findings-name"));
  settings.off(id);
}

function trouble(...sentences) {
  by("trouble").replaceChildren(...sentences.map((sentence) => make("p", { class: "verdict error" }, sentence)));
}

// does something, tells when it takes long, and tells when it goes wrong
async function patiently(words, work) {
  busy++;
  const slow = setTimeout(() => {
    by("busy-words").textContent = words;
    by("busy").hidden = false;
  }, SOON);
  try {
    return await work();
  } catch (error) {
    trouble(error.message);
    if (error.detail) console.info(error.detail);
  } finally {
    clearTimeout(slow);
    if (--busy === 0) by("busy").hidden = true;
  }
}

// links the rules that are chosen, and checks what is open by them
function link() {
  linked = patiently("Getting the rules ready…", async () => {
    const choices = await engine.ask({ do: "choices", rules: settings.rules });
    if (choices.faults) return faulty(choices.faults);
    settings.offer(choices);
    fields.offer(choices.fields, choices.tags);
    if (story) await check();
  });
  return linked;
}

// a pack with mistakes is not used
function faulty(faults) {
  const shown = faults.slice(0, 5).join(" ");
  const more = faults.length > 5 ? ` And ${plural(faults.length - 5, "more mistake", "more mistakes")}.` : "";
  if (settings.hasPack) settings.dropPack(`The pack has mistakes and is not used. ${shown}${more}`);
  else trouble(shown);
}

function again(pause = PAUSE) {
  clearTimeout(clock);
  if (story) clock = setTimeout(() => patiently("Checking…", check), pause);
}

async function open(files) {
  const packs = files.filter((file) => /\.toml$/i.test(file.name));
  const [file, ...others] = files.filter((file) => !packs.includes(file));
  if (packs.length && !file) {
    by("choices").open = true;
    return settings.takePack(packs);
  }
  if (!file) return;
  trouble();
  if (file.size > LARGEST) return trouble("This file is larger than 256 MB, which is more than is read here.");
  let bytes;
  try {
    bytes = await file.arrayBuffer();
  } catch {
    return trouble("The file cannot be read. A folder cannot be opened here: choose a file in it.");
  }
  await start(file.name, bytes);
  if (others.length) by("status").append(` One story at a time: ${plural(others.length, "other file was", "other files were")} left alone.`);
}

async function start(name, bytes) {
  close();
  await linked;
  story = { name, bytes, work: 0, fresh: true };
  await patiently(`Reading ${name}…`, () => check(true));
}

// nothing is open any more
function close() {
  clearTimeout(clock);
  story = undefined;
  found = new Map();
  for (const id of ["found", "suggested"]) by(id).hidden = true;
  for (const id of ["nothing-yet", "no-block"]) by(id).hidden = false;
  by("several").hidden = true;
  by("status").textContent = "";
  reading.clear();
  fields.clear();
  block.clear();
}

async function check(first = false) {
  const asked = story;
  const question = { do: "check", name: asked.name, work: asked.work, text: asked.fresh, declare: fields.lines(), without: block.without, ...settings.asked };
  let answer;
  try {
    answer = await engine.ask(question, asked.bytes);
  } catch (error) {
    if (asked === story && asked.fresh) close();
    throw error;
  }
  if (asked !== story) return;
  trouble();
  if (answer.faults) return faulty(answer.faults);
  if (answer.report.format === null) return refused(answer.report);
  if (asked.fresh) by("cut").hidden = !answer.cut;
  asked.fresh = false;
  show(answer);
  if (first) {
    by("status").textContent = `${asked.name}: ${plural(answer.report.words, "word", "words")} of story were read. Go on to step 2.`;
    goTo(by("step-2"));
    by("step-2").scrollIntoView({ block: "start" });
  }
}

// what cannot be read says why
function refused(report) {
  const sentences = report.diagnostics.map((d) => inPage([d.message, d.help].filter(Boolean).join(" ")));
  const name = story.name;
  const several = !by("several").hidden;
  if (!several) close();
  trouble(`${name} could not be read. ${sentences.join(" ")}`);
}

function show(answer) {
  const { report, places } = answer;
  works(answer);
  const { said, tone } = verdict(report);
  by("verdict").className = `verdict ${tone}`;
  // said aloud when it changes, and only then
  if (by("verdict").textContent !== said) by("verdict").replaceChildren(make("strong", {}, said));
  looks(answer);
  const { cards, elements } = lists.findings(report, answer.findings, places);
  found = elements;
  by("findings").replaceChildren(...cards);
  section("answers", answer.answers.map((a) => lists.answer(a, places)));
  const { suggestion } = answer;
  const open = [...(suggestion?.conflicts ?? []), ...(suggestion?.questions ?? [])];
  section("questions", open.map((reason) => lists.reason(reason, places)));
  const notes = (suggestion?.lines ?? []).filter((line) => line.note).map((line) => [line.field, line.note]);
  const added = (line) => line.values.filter((value) => value.is_added && !value.is_left_out).map((value) => value.text);
  fields.fill(answer.declared, notes, (suggestion?.lines ?? []).map((line) => [line.field, added(line)]));
  by("map").hidden = !answer.map;
  by("map-table").replaceChildren(...(answer.map ? drawn(answer.map, (place, from) => reading.goTo(place, from)) : []));
  by("found").hidden = false;
  by("nothing-yet").hidden = true;
  by("suggested").hidden = !suggestion;
  by("no-block").hidden = Boolean(suggestion);
  if (suggestion) block.show(suggestion, places, settings.asked.style);
  else by("no-block").textContent = "This does not look like a story, so there is no block for it.";
}

// marks what findings are about by how much it matters, and other places lightly
function looks(answer) {
  const looks = answer.places.map(() => "trace");
  const order = ["info", "warning", "error"];
  answer.report.diagnostics.forEach((finding, i) => {
    for (const place of answer.findings[i].places)
      if (place !== null && order.indexOf(looks[place]) < order.indexOf(finding.severity)) looks[place] = finding.severity;
  });
  reading.show(answer.blocks, answer.places, looks);
}

function section(id, items) {
  by(id).hidden = !items.length;
  by(`${id}-list`).replaceChildren(...items);
}

function works({ works, count, work }) {
  by("several").hidden = count < 2;
  by("work").replaceChildren(...works.map((name, i) => make("option", { value: i, selected: i === work }, name)));
}

by("file").addEventListener("change", () => open([...by("file").files]));
by("work").addEventListener("change", () => {
  story = { ...story, work: Number(by("work").value), fresh: true };
  fields.clear();
  block.clear();
  reading.clear();
  patiently("Reading…", check);
});
by("read-paste").addEventListener("click", () => {
  trouble();
  const text = by("paste").value;
  if (!text.trim()) return trouble("There is nothing to read yet: paste your story first.");
  start("pasted.txt", new TextEncoder().encode(text).buffer);
});
by("stop").addEventListener("click", () => engine.stop());

// a file may be dropped anywhere; what else is dropped is not the page's business
for (const kind of ["dragover", "drop"])
  document.addEventListener(kind, (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    by("drop").classList.toggle("over", kind === "dragover");
    if (kind === "drop") open([...event.dataTransfer.files]);
  });
document.addEventListener("dragleave", (event) => event.relatedTarget || by("drop").classList.remove("over"));

link();

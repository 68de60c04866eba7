// The text that was read, with what was found marked in it. It is built a bit at a time, so that a long work does not stop the page.

import { by, goTo, make } from "./dom.js";

/** Paragraphs that are built before the page may do something else, and the longest that is shown in one piece. */
const AT_ONCE = 150;
const LONGEST = 20_000;
/** How a place may be marked, the strongest first. */
const LOOKS = ["error", "warning", "info", "trace"];

export class Reading {
  #root = by("text");
  #head = make("div");
  #body = make("div");
  #blocks = [];
  #texts = [];
  #places = [];
  #looks = [];
  #ofBlock = new Map();
  /** How many blocks are fields; they stand first. */
  #first = 0;
  /** Paragraphs of the fields and of the sections: block, range, element, and what is marked in it. */
  #fields = [];
  #paragraphs = [];
  #built = 0;
  #turn = 0;
  #from;

  /** `chosen` is called with the number of a place when its mark is clicked. */
  constructor(chosen) {
    this.#root.append(this.#head, this.#body);
    this.#root.addEventListener("click", (event) => {
      const mark = event.target.closest("mark");
      if (mark) chosen(Number(mark.dataset.place));
    });
    by("back").addEventListener("click", () => this.#back());
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.#from && event.target.closest?.("#text, #back-bar")) this.#back();
    });
  }

  /** Shows a work. `looks`: of each place how it is marked, or nothing. Sections without text are those of the last time. */
  show(blocks, places, looks) {
    const sections = this.#texts.slice(this.#first);
    this.#first = blocks.filter((block) => block.kind === "field").length;
    this.#texts = blocks.map((block, i) => block.text ?? sections[i - this.#first] ?? "");
    this.#blocks = blocks;
    this.#places = places;
    this.#looks = looks;
    this.#sortPlaces();
    this.#fields = this.#cutUp(0, this.#first);
    this.#head.replaceChildren(...this.#fields.map((paragraph) => this.#element(paragraph)));
    if (blocks.slice(this.#first).some((block) => block.text !== null)) {
      this.#paragraphs = this.#cutUp(this.#first, blocks.length);
      this.#body.replaceChildren();
      this.#built = 0;
      this.#build(++this.#turn);
    } else {
      const shift = this.#first - (this.#paragraphs[0]?.block ?? this.#first);
      for (const paragraph of this.#paragraphs) paragraph.block += shift;
      this.#markAnew();
    }
  }

  /** The text of a block. */
  text(block) {
    return this.#texts[block] ?? "";
  }

  /** Shows nothing. */
  clear() {
    this.#turn++;
    this.#blocks = this.#texts = this.#fields = this.#paragraphs = [];
    this.#first = this.#built = 0;
    this.#head.replaceChildren();
    this.#body.replaceChildren();
    this.#leave();
  }

  /** Goes to a place; `from` is where Back leads. */
  goTo(place, from) {
    const at = this.#places[place];
    const all = at.block < this.#first ? this.#fields : this.#paragraphs;
    const paragraph = all.find((p) => p.block === at.block && p.end >= at.end) ?? all.find((p) => p.block === at.block);
    if (!paragraph) return;
    while (!paragraph.element) this.#next();
    const mark = [...paragraph.element.querySelectorAll("mark")].find((m) => m.dataset.all.split(" ").includes(String(place)));
    this.#root.querySelector(".here")?.classList.remove("here");
    const target = mark ?? paragraph.element;
    target.classList.add("here");
    this.#from = from;
    by("back-bar").hidden = !from;
    goTo(target);
  }

  #back() {
    const from = this.#from;
    this.#leave();
    if (from?.isConnected) goTo(from);
  }

  #leave() {
    this.#from = undefined;
    by("back-bar").hidden = true;
  }

  // the places that are marked, by block and in order
  #sortPlaces() {
    this.#ofBlock = new Map();
    this.#places.forEach((place, number) => {
      const look = this.#looks[number];
      if (!look) return;
      if (!this.#ofBlock.has(place.block)) this.#ofBlock.set(place.block, []);
      this.#ofBlock.get(place.block).push({ ...place, number, look });
    });
    for (const list of this.#ofBlock.values()) list.sort((a, b) => a.start - b.start || a.end - b.end);
  }

  #cutUp(from, to) {
    const paragraphs = [];
    for (let block = from; block < to; block++) {
      const text = this.#texts[block];
      for (let start = 0; start <= text.length; ) {
        const found = text.indexOf("\n\n", start);
        const end = found < 0 ? text.length : found;
        let piece = start;
        for (; end - piece > LONGEST; piece += LONGEST) paragraphs.push({ block, start: piece, end: piece + LONGEST });
        paragraphs.push({ block, start: piece, end });
        start = end + 2;
      }
    }
    return paragraphs;
  }

  #build(turn) {
    if (turn !== this.#turn) return;
    for (let i = 0; i < AT_ONCE && this.#built < this.#paragraphs.length; i++) this.#next();
    if (this.#built < this.#paragraphs.length) requestAnimationFrame(() => this.#build(turn));
  }

  // builds the next paragraph of a section
  #next() {
    const paragraph = this.#paragraphs[this.#built++];
    const block = this.#blocks[paragraph.block];
    if (paragraph.start === 0 && block.name && block.kind === "section") this.#body.append(make("h4", {}, block.name));
    this.#body.append(this.#element(paragraph));
  }

  #element(paragraph) {
    const { kind } = this.#blocks[paragraph.block];
    paragraph.element = kind === "heading" ? make("h4") : make("p", { class: kind });
    this.#fill(paragraph, this.#marks(paragraph));
    return paragraph.element;
  }

  #marks({ block, start, end }) {
    return (this.#ofBlock.get(block) ?? []).filter((mark) => mark.start < end && mark.end > start);
  }

  #fill(paragraph, marks) {
    const { block, start, end, element } = paragraph;
    paragraph.marks = told(marks);
    const { label } = this.#blocks[block];
    const cuts = [start, end, ...marks.flatMap((m) => [m.start, m.end]), label].filter((c) => c >= start && c <= end);
    const order = [...new Set(cuts)].sort((a, b) => a - b);
    const nodes = order.slice(1).map((to, i) => {
      const from = order[i];
      const over = marks.filter((m) => m.start <= from && m.end >= to);
      const top = LOOKS.map((look) => over.find((m) => m.look === look)).find(Boolean);
      let node = this.#texts[block].slice(from, to);
      if (top) node = make("mark", { class: top.look, "data-place": top.number, "data-all": over.map((m) => m.number).join(" ") }, node);
      return to <= label ? make("strong", {}, node) : node;
    });
    element.replaceChildren(...nodes);
  }

  // the same text with other marks
  #markAnew() {
    for (const paragraph of this.#paragraphs.slice(0, this.#built)) {
      const marks = this.#marks(paragraph);
      if (told(marks) !== paragraph.marks) this.#fill(paragraph, marks);
    }
  }
}

const told = (marks) => marks.map((m) => `${m.number} ${m.start} ${m.end} ${m.look}`).join();

// The block to copy, as a whole and field by field, and why each line of it is so.

import { button, by, make } from "./dom.js";

export class Block {
  #area = by("block");
  #made = "";
  #lists;
  #changed;
  #without = [];

  /** `changed` is called when somebody leaves something out, or takes it in again. */
  constructor(lists, changed) {
    this.#lists = lists;
    this.#changed = changed;
    by("copy").addEventListener("click", () => this.#copy(this.#area.value, "The block is copied. Paste it where you post.", by("copy")));
    by("anew").addEventListener("click", () => this.#write(this.#made));
    this.#area.addEventListener("input", () => this.#edited());
  }

  /** What is left out: the field and the value. */
  get without() {
    return this.#without;
  }

  /** A new story: nothing is left out, and nothing was changed by hand. */
  clear() {
    this.#without = [];
    this.#write("");
  }

  /** Shows what is suggested for a work. */
  show(suggestion, places, style) {
    // what somebody wrote by hand stays until they want it written anew
    if (this.#area.value === this.#made) this.#write(suggestion.block);
    this.#made = suggestion.block;
    this.#edited();
    by("read").textContent = suggestion.read;
    const filled = suggestion.lines.filter((line) => line.text);
    const single = style === "lines" ? filled : [];
    by("lines").replaceChildren(...single.map((line) => make("li", {},
      button(`Copy ${line.label}`, (event) => this.#copy(this.#line(line), `${line.label}: copied.`, event.currentTarget)))));
    by("reasons").replaceChildren(...this.#reasons(suggestion, places));
    // the box that was ticked is a new one now
    if (this.#ticked) by(this.#ticked)?.focus();
    this.#ticked = undefined;
  }

  #write(text) {
    if (this.#made === text && this.#area.value === text) return;
    this.#made = text;
    this.#area.value = text;
    this.#area.rows = Math.min(20, text.split("\n").length + 3);
    this.#edited();
    by("copied").textContent = "";
  }

  #edited() {
    by("anew").hidden = this.#area.value === this.#made;
  }

  // a line as it stands in the block now
  #line({ label, text }) {
    const line = this.#area.value.split("\n").find((l) => l.startsWith(`${label}:`));
    return line === undefined ? text : line.slice(label.length + 1).trim();
  }

  #reasons(suggestion, places) {
    const items = [];
    const told = new Map();
    for (const line of suggestion.lines) {
      const changed = line.values.filter((value) => value.change || value.reasons.length);
      if (!changed.length && !line.note) continue;
      items.push(make("h3", {}, line.label));
      if (line.note) items.push(make("p", {}, line.note));
      for (const value of changed) {
        items.push(value.is_added ? this.#tick(line, value) : make("p", {}, make("strong", {}, value.text), value.change));
        const reasons = value.reasons.map((reason) => {
          const key = reason.places.join();
          const above = key && told.get(key);
          if (!above) told.set(key, line.label);
          return above ? make("li", {}, `${reason.text} The places stand above, under ${above}.`) : this.#lists.reason(reason, places);
        });
        if (reasons.length) items.push(make("ul", {}, ...reasons));
      }
    }
    if (items.length) items.unshift(make("h3", {}, "Why it is so"));
    if (suggestion.missing.length) items.unshift(make("p", { class: "verdict warning" }, `Still to be filled in: ${suggestion.missing.join(", ")}.`));
    items.push(...suggestion.remarks.map((remark) => make("p", {}, remark)));
    return items;
  }

  // a value that was added, to leave in or out
  #tick({ field, label }, { text, change, is_left_out }) {
    const tick = (event) => {
      this.#without = this.#without.filter(([f, t]) => f !== field || t !== text);
      if (!event.target.checked) this.#without.push([field, text]);
      this.#ticked = event.target.id;
      this.#changed();
    };
    const id = `in-${field}-${text}`.replace(/[^\w-]+/g, "-");
    const box = make("input", { type: "checkbox", id, checked: !is_left_out, change: tick });
    return make("p", { class: "tick" }, box, " ", make("label", { for: id }, text, make("span", { class: "quiet" }, `${change}: in the block under ${label}`)));
  }
  #ticked;

  async #copy(text, said, from) {
    const done = await copied(text);
    by("copied").textContent = done ? said : "This browser does not let the page copy. Select the text and copy it yourself.";
    if (!done) this.#area.select();
    else from.focus();
  }
}

// Pages opened from a disk may write to the clipboard in most browsers; the older way works in the others.
async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = make("textarea", { class: "hidden", "aria-hidden": "true" });
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}

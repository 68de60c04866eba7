// The block to copy, as a whole and field by field, and why each line of it is so.

import { button, by, make } from "./dom.js";

export class Block {
  #area = by("block");
  #made = "";
  #lists;

  constructor(lists) {
    this.#lists = lists;
    by("copy").addEventListener("click", () => this.#copy(this.#area.value, "The block is copied. Paste it where you post.", by("copy")));
    by("anew").addEventListener("click", () => this.#write(this.#made));
    this.#area.addEventListener("input", () => this.#edited());
  }

  /** Shows what is suggested for a work. */
  show(suggestion, places, style) {
    if (this.#made !== suggestion.block) this.#write(suggestion.block);
    by("read").textContent = suggestion.read;
    const filled = suggestion.lines.filter((line) => line.text);
    const single = style === "lines" ? filled : [];
    by("lines").replaceChildren(...single.map((line) => make("li", {},
      button(`Copy ${line.label}`, (event) => this.#copy(this.#line(line), `${line.label}: copied.`, event.currentTarget)))));
    by("reasons").replaceChildren(...this.#reasons(suggestion, places));
  }

  #write(text) {
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
        items.push(make("p", {}, make("strong", {}, value.text), value.change));
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

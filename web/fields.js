// The header as a form. Each field completes from the vocabulary; what nobody changed stays as the file has it.

import { button, by, make } from "./dom.js";

/** Most completions that are offered of free tags, and most values that stand there as buttons. */
const OFFERED = 8;
const FEW = 7;

export class Fields {
  #form = by("fields");
  #fields = [];
  #changed;
  #inputs = new Map();
  #notes = new Map();
  #own = new Map();
  #edited = new Set();
  #tags = [];

  /** `changed` is called when somebody changes a value. */
  constructor(changed) {
    this.#changed = changed;
  }

  /** Makes the form. What was filled in stays where the field is still there. */
  offer(fields, tags) {
    const before = new Map([...this.#edited].map((id) => [id, this.#inputs.get(id)?.value ?? ""]));
    this.#fields = fields;
    this.#tags = tags;
    this.#inputs.clear();
    this.#notes.clear();
    this.#form.replaceChildren(...fields.map((field) => this.#row(field)));
    this.#edited = new Set([...before.keys()].filter((id) => this.#inputs.has(id)));
    for (const id of this.#edited) this.#inputs.get(id).value = before.get(id);
    this.#tell();
  }

  /** A new file: nothing is filled in. */
  clear() {
    this.#edited.clear();
    this.fill([], []);
  }

  /** Fills in what the file declares; `notes` says of fields what is open, `suggested` what might stand there. */
  fill(declared, notes, suggested = []) {
    const values = new Map(declared);
    for (const { id } of this.#fields) {
      if (this.#edited.has(id)) continue;
      this.#own.set(id, values.get(id) ?? "");
      this.#inputs.get(id).value = this.#own.get(id);
    }
    this.#tell(new Map(notes), new Map(suggested));
  }

  /** The lines of what was changed, `Rating: Mature`. */
  lines() {
    const of = this.#fields.filter(({ id }) => this.#edited.has(id));
    return of.map(({ id, label }) => `${label}: ${this.#inputs.get(id).value.replace(/\s+/g, " ").trim()}`);
  }

  #tell(open = new Map(), suggested = new Map()) {
    for (const field of this.#fields) {
      const edited = this.#edited.has(field.id);
      const value = this.#inputs.get(field.id).value.trim();
      const from = edited ? "Yours." : value ? "From your file." : "";
      const note = this.#notes.get(field.id);
      const undo = this.#own.get(field.id) ? "As in the file" : "Clear";
      const again = edited && button(undo, () => this.#reset(field.id), { class: "small", "aria-label": `${field.label}: ${undo.toLowerCase()}` });
      const names = suggested.get(field.id) ?? [];
      // the button goes with its suggestion, so the focus goes to the field
      const take = (name) => {
        this.#inputs.get(field.id).focus();
        this.#choose(field, name);
      };
      const offered = names.map((name) => button(name, () => take(name), { class: "small", "aria-label": `${field.label}: take ${name}` }));
      const parts = [from, again, open.get(field.id), offered.length ? "Suggested:" : "", ...offered].filter(Boolean);
      note.replaceChildren(...parts.flatMap((part, i) => (i ? [" ", part] : [part])));
      const values = split(field, this.#inputs.get(field.id).value).map((v) => v.toLowerCase());
      for (const chip of this.#form.querySelectorAll(`[data-field="${field.id}"]`))
        chip.setAttribute("aria-pressed", values.includes(chip.textContent.toLowerCase()));
    }
  }

  #reset(id) {
    this.#edited.delete(id);
    this.#inputs.get(id).value = this.#own.get(id) ?? "";
    this.#inputs.get(id).focus();
    this.#tell();
    this.#changed();
  }

  #edit(id) {
    this.#edited.add(id);
    this.#tell();
    this.#changed();
  }

  #row(field) {
    const id = `field-${field.id}`;
    const input = make("input", {
      id, type: "text", autocomplete: "off", spellcheck: "false", dir: "auto", "aria-describedby": `${id}-note`,
      input: () => this.#edit(field.id),
    });
    const note = make("p", { id: `${id}-note`, class: "note" });
    this.#inputs.set(field.id, input);
    this.#notes.set(field.id, note);
    const offered = field.closed ?? (field.tags ? this.#tags : []);
    const chips = field.closed && field.closed.length <= FEW;
    const choices = chips ? make("div", { class: "chips", role: "group", "aria-label": `Choose: ${field.label}` }, ...field.closed.map((name) =>
      button(name, () => this.#choose(field, name), { "aria-pressed": "false", "data-field": field.id }))) : null;
    const list = offered.length ? completing(input, offered, field.listed, `${id}-list`, () => this.#edit(field.id)) : null;
    const hint = field.listed ? " (several with commas between them)" : "";
    return make("div", { class: "row" },
      make("label", { for: id }, field.label, make("span", { class: "quiet" }, hint)), make("div", { class: "entry" }, input, list), choices, note);
  }

  // puts a value in, or takes it out
  #choose(field, name) {
    const input = this.#inputs.get(field.id);
    const values = split(field, input.value);
    const at = values.findIndex((v) => v.toLowerCase() === name.toLowerCase());
    if (at >= 0) values.splice(at, 1);
    else if (field.listed) values.push(name);
    else values.splice(0, values.length, name);
    input.value = values.join(", ");
    this.#edit(field.id);
  }
}

const split = (field, value) => (field.listed ? value.split(/[,，、]/) : [value]).map((v) => v.trim()).filter(Boolean);

// A list under an input that completes the value at the caret. Arrow keys choose, Enter takes, Escape closes.
function completing(input, names, listed, id, taken) {
  const list = make("ul", { id, role: "listbox", class: "offers", hidden: true, "aria-label": "Completions" });
  const plain = names.map((name) => name.toLowerCase());
  let at = -1;
  for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-controls", id], ["aria-expanded", "false"]])
    input.setAttribute(name, value);

  const part = () => {
    const caret = input.selectionStart ?? input.value.length;
    const start = listed ? input.value.lastIndexOf(",", caret - 1) + 1 : 0;
    const next = listed ? input.value.indexOf(",", caret) : -1;
    return { start, end: next < 0 ? input.value.length : next };
  };
  const close = () => {
    list.hidden = true;
    at = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const take = (name) => {
    const { start, end } = part();
    const [before, after] = [input.value.slice(0, start).trimEnd(), input.value.slice(end)];
    const whole = `${before}${before ? " " : ""}${name}`;
    const rest = listed && !after ? ", " : after;
    input.value = whole + rest;
    const caret = whole.length + (listed && !after ? 2 : 0);
    input.setSelectionRange(caret, caret);
    close();
    taken();
  };
  const open = (all) => {
    const { start, end } = part();
    const typed = input.value.slice(start, end).trim().toLowerCase();
    const starts = [], holds = [];
    plain.forEach((name, i) => {
      const where = typed || all ? name.indexOf(typed) : -1;
      if (where === 0 && name !== typed) starts.push(names[i]);
      else if (where > 0) holds.push(names[i]);
    });
    const found = [...starts, ...holds].slice(0, names.length <= 2 * OFFERED ? names.length : OFFERED);
    list.replaceChildren(...found.map((name, i) => make("li", {
      role: "option", id: `${id}-${i}`, "aria-selected": "false",
      mousedown: (event) => { event.preventDefault(); take(name); },
    }, name)));
    list.hidden = !found.length;
    at = -1;
    input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-expanded", String(!list.hidden));
  };
  const choose = (step) => {
    if (list.hidden) open(true);
    const options = [...list.children];
    if (!options.length) return;
    at = (at + step + options.length + (at < 0 && step < 0 ? 1 : 0)) % options.length;
    options.forEach((option, i) => option.setAttribute("aria-selected", String(i === at)));
    input.setAttribute("aria-activedescendant", options[at].id);
    options[at].scrollIntoView({ block: "nearest" });
  };
  input.addEventListener("input", () => open(false));
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      choose(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && at >= 0) {
      event.preventDefault();
      take(list.children[at].textContent);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    }
  });
  return list;
}

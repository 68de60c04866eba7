// What people choose: the archive, what they want to be warned of, rules, a pack. It is kept only when they ask for that.

import { by, make } from "./dom.js";

const KEY = "forewarn";

export class Settings {
  #changed;
  #severities = {};
  #profile = new Set();
  #pack = [];
  #offered;

  /** `changed` is called when somebody chooses something else; with `true` when other rules are to be linked. */
  constructor(changed) {
    this.#changed = (rules) => {
      this.#keep();
      changed(rules);
    };
    this.#remembered();
    by("archive").addEventListener("change", () => this.#changed(true));
    by("style").addEventListener("change", () => this.#changed());
    by("remember").addEventListener("change", () => this.#keep());
    by("rules-usual").addEventListener("click", () => this.#usual());
    by("profile-none").addEventListener("click", () => {
      this.#profile.clear();
      this.#tick();
      this.#changed();
    });
    by("profile-find").addEventListener("input", () => this.#find());
    by("pack").addEventListener("change", () => this.takePack([...by("pack").files]));
    by("pack-none").addEventListener("click", () => this.dropPack());
  }

  /** By which rules. */
  get rules() {
    return { archive: by("archive").value || this.archive || "", pack: this.#pack };
  }

  /** What a check is asked with. */
  get asked() {
    return { rules: this.rules, severities: this.#severities, profile: [...this.#profile], style: by("style").value || this.style || "" };
  }

  /** The rules that there are. */
  get known() {
    return this.#offered?.rules ?? [];
  }

  /** Shows what there is to choose from. */
  offer(choices) {
    this.#offered = choices;
    fill(by("archive"), choices.archives, this.archive);
    fill(by("style"), choices.styles, this.style);
    by("version").textContent = choices.version;
    const tick = (kind) => ([id, name]) => make("li", {}, make("label", {}, make("input", { type: "checkbox", value: id, change: kind }), " ", name));
    by("profile-list").replaceChildren(...choices.content.map(tick((event) => this.#want(event.target))));
    by("rules-list").replaceChildren(...choices.rules.map((rule) => make("li", {},
      make("label", {}, make("input", { type: "checkbox", value: rule.id, change: (event) => this.#switch(rule, event.target.checked) }), " ",
        make("code", {}, rule.id), ` ${rule.summary}`))));
    this.#tick();
  }

  /** Switches a rule off. */
  off(id) {
    const rule = this.known.find((r) => r.id === id);
    if (rule) this.#switch(rule, false);
    this.#tick();
  }

  /** Takes TOML files as a pack; says what is wrong when it cannot be used. */
  async takePack(files) {
    if (!files.length) return;
    this.#pack = await Promise.all(files.map(async (file) => [file.name, await file.text()]));
    by("pack-none").hidden = false;
    by("pack-said").textContent = `Used: ${files.map((file) => file.name).join(", ")}.`;
    this.#changed(true);
  }

  /** Does without the pack; says why. */
  dropPack(why = "") {
    this.#pack = [];
    by("pack").value = "";
    by("pack-none").hidden = true;
    by("pack-said").textContent = why;
    this.#changed(true);
  }

  /** Whether a pack is used. */
  get hasPack() {
    return this.#pack.length > 0;
  }

  #want({ value, checked }) {
    if (checked) this.#profile.add(value);
    else this.#profile.delete(value);
    this.#changed();
  }

  #switch(rule, on) {
    const usually = rule.severity !== "off";
    if (on === usually) delete this.#severities[rule.id];
    else this.#severities[rule.id] = on ? "info" : "off";
    this.#changed();
  }

  #usual() {
    this.#severities = {};
    this.#tick();
    this.#changed();
  }

  #tick() {
    for (const box of by("profile-list").querySelectorAll("input")) box.checked = this.#profile.has(box.value);
    const severity = new Map(this.known.map((rule) => [rule.id, rule.severity]));
    for (const box of by("rules-list").querySelectorAll("input"))
      box.checked = (this.#severities[box.value] ?? severity.get(box.value)) !== "off";
  }

  #find() {
    const wanted = by("profile-find").value.trim().toLowerCase();
    for (const item of by("profile-list").children) item.hidden = !item.textContent.toLowerCase().includes(wanted);
  }

  // only choices, never a story; a browser may refuse to keep anything
  #keep() {
    try {
      if (!by("remember").checked) return localStorage.removeItem(KEY);
      const { archive } = this.rules;
      localStorage.setItem(KEY, JSON.stringify({ archive, style: by("style").value, severities: this.#severities, profile: [...this.#profile] }));
    } catch {
      by("remember").checked = false;
      by("remember").disabled = true;
    }
  }

  #remembered() {
    try {
      const kept = JSON.parse(localStorage.getItem(KEY));
      if (!kept) return;
      this.archive = String(kept.archive ?? "");
      this.style = String(kept.style ?? "");
      this.#severities = Object.fromEntries(Object.entries(kept.severities ?? {}).map(([id, name]) => [id, String(name)]));
      this.#profile = new Set((kept.profile ?? []).map(String));
      by("remember").checked = true;
    } catch {
      // what was kept is of no use
    }
  }
}

function fill(select, options, chosen) {
  const value = select.value || chosen;
  select.replaceChildren(...options.map(([id, name]) => make("option", { value: id }, name)));
  if (options.some(([id]) => id === value)) select.value = value;
}

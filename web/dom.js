// Elements made of text, never of markup: whatever stands in a story stays text.

/** The element of that id. */
export const by = (id) => document.getElementById(id);

/** An element with attributes, of which functions are listeners, and children, of which strings are text. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== undefined && value !== null) element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

/** A button. */
export const button = (words, click, attributes = {}) => make("button", { type: "button", click, ...attributes }, words);

/** Text for screen readers only. */
export const aside = (words) => make("span", { class: "hidden" }, words);

/** `1 word`, `1,234 words`. */
export const plural = (n, one, many) => `${n.toLocaleString("en")} ${n === 1 ? one : many}`;

/** Words with what stands between backticks as code. */
export const coded = (text) => text.split("`").map((piece, i) => (i % 2 ? make("code", {}, piece) : piece));

/** Paragraphs of a rule's words. */
export function paragraphs(text) {
  return text.split("\n\n").map((p) => p.trim()).filter(Boolean).map((p) => make("p", {}, ...coded(p)));
}

/** Moves the focus to an element and brings it into view. */
export function goTo(element) {
  if (!element.matches("a, button, input, select, textarea, [tabindex]")) element.tabIndex = -1;
  element.focus({ preventScroll: true });
  element.scrollIntoView({ block: "center" });
}

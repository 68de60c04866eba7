// Findings, questions and answers as lists, each with the places it is about.

import { button, coded, make, paragraphs, plural } from "./dom.js";

const SEVERITIES = { error: "Error", warning: "Warning", info: "Suggestion" };
const ORDER = ["error", "warning", "info"];
/** Most findings that are listed, and characters of the text around a place. */
const MOST = 500;
const AROUND = 70;
const MOST_PLACES = 5;
const LONGEST_QUOTE = 300;

/** What it comes to, for one who reads nothing else. */
export function verdict(report) {
  const count = (severity) => report.diagnostics.filter((d) => d.severity === severity).length;
  const [errors, warnings, infos] = ORDER.map(count);
  const things = (n) => plural(n, "thing", "things");
  const are = `There ${infos === 1 ? "is" : "are"} ${plural(infos, "suggestion", "suggestions")}`;
  let said = "Nothing to mend: no rule found anything amiss.";
  if (errors) said = `To be mended before posting: ${things(errors)}.` + (warnings ? ` Worth a look besides: ${warnings}.` : "");
  else if (warnings) said = `Worth a look before posting: ${things(warnings)}.`;
  else if (infos) said = `Fine as it is. ${are}, to take or to leave.`;
  if (errors + warnings && infos) said += ` ${are} too.`;
  return { said, tone: errors ? "error" : warnings ? "warning" : "fine" };
}

/** Lists findings, places and reasons; `go` leads to a place, `off` switches a rule off. */
export class Lists {
  constructor({ reading, go, off, rules }) {
    Object.assign(this, { reading, go, off, rules });
  }

  /** The elements for the findings of a work, the worst first, and the finding that each place is of. */
  findings(report, besides, places) {
    const order = report.diagnostics.map((d, i) => [ORDER.indexOf(d.severity), i]).sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    const elements = new Map();
    const cards = order.slice(0, MOST).map(([, i]) => {
      const card = this.#card(report.diagnostics[i], besides[i], places, i);
      besides[i].places.forEach((place) => place !== null && !elements.has(place) && elements.set(place, card));
      return card;
    });
    const more = order.length - cards.length;
    if (more > 0) cards.push(make("p", {}, `${plural(more, "more finding is", "more findings are")} not shown.`));
    if (!order.length) cards.push(make("p", {}, "None."));
    if (report.allowed.length) cards.push(make("p", {}, `${plural(report.allowed.length, "finding is", "findings are")} accepted in the work itself, and not shown.`));
    return { cards, elements };
  }

  #card(finding, beside, places, number) {
    const id = `f${number}`;
    const severity = make("span", { class: "severity" }, SEVERITIES[finding.severity]);
    const labels = finding.labels.slice(0, MOST_PLACES).map((label, i) => ({ ...label, place: beside.places[i] ?? null }));
    const shown = [
      ...labels.filter((label) => label.place === null).map(elsewhere),
      ...this.quotes(labels.filter((label) => label.place !== null), places),
    ];
    const more = finding.labels.length - labels.length;
    if (more > 0) shown.push(make("li", {}, `And ${plural(more, "more place", "more places")}.`));
    const rule = this.rules().find((r) => r.id === finding.rule);
    return make(
      "article", { class: `finding ${finding.severity}`, id, "aria-labelledby": `${id}-what`, tabindex: "-1" },
      make("h4", { id: `${id}-what` }, severity, " ", finding.message),
      finding.help ? make("p", {}, make("strong", {}, "What to do: "), ...coded(inPage(finding.help))) : null,
      beside.fix ? make("p", {}, beside.fix) : null,
      shown.length ? make("ul", { class: "places" }, ...shown) : null,
      make(
        "details", {}, make("summary", {}, "Why this is reported"),
        beside.score ? make("p", {}, beside.score) : null,
        ...paragraphs(inPage(rule?.docs ?? "")),
        make("p", {}, "The rule is ", make("code", {}, finding.rule), ". ",
          rule ? button("Switch this rule off", () => this.off(finding.rule)) : null),
      ),
    );
  }

  /** Items for places, each with a button that leads there and the words around it; places near each other share one. */
  quotes(labels, places) {
    const groups = [];
    for (const label of labels) {
      const { block, start, end } = places[label.place];
      const last = groups.at(-1);
      const near = last && last.block === block && start >= last.start && start - last.end < AROUND;
      if (near && !this.reading.text(block).slice(last.end, start).includes("\n\n")) {
        last.labels.push(label);
        last.end = Math.max(last.end, end);
      } else groups.push({ block, start, end, labels: [label] });
    }
    return groups.map((group) => this.#quote(group, places));
  }

  #quote({ block, start, end, labels }, places) {
    const [first] = labels;
    const text = this.reading.text(block);
    const go = button(places[first.place].where, (event) => this.go(first.place, event.currentTarget), { class: "go" });
    const what = [...new Set(labels.map((label) => label.text).filter(Boolean))].join("; ");
    const quote = [cutStart(text.slice(Math.max(0, start - AROUND), start), start > AROUND)];
    let at = start;
    for (const { place } of labels) {
      const [from, to] = [Math.max(at, places[place].start), Math.min(places[place].end, places[place].start + LONGEST_QUOTE)];
      if (to <= at) continue;
      quote.push(text.slice(at, from), make("mark", {}, text.slice(from, to)));
      at = to;
    }
    quote.push(at < end ? "…" : cutEnd(text.slice(end, end + AROUND), end + AROUND < text.length));
    return make("li", {}, go, what && `: ${what}`, make("blockquote", { dir: "auto" }, ...quote));
  }

  /** A list item for a reason, with its places. */
  reason(reason, places) {
    const items = this.quotes(reason.places.map((place) => ({ place })), places);
    return make("li", {}, reason.text, items.length ? make("ul", { class: "places" }, ...items) : null);
  }

  /** A list item for what a reader asked. */
  answer(answer, places) {
    const quoted = this.quotes([...answer.claims, ...answer.places].map((place) => ({ place })), places);
    const shown = { strong: "The text shows it, all but certainly", clear: "The text seems to show it", weak: "There is a trace of it in the text, perhaps nothing" }[answer.level];
    const scenes = answer.level && answer.level !== "weak" ? ` (${plural(answer.scenes, "scene", "scenes")})` : "";
    const sentences = [
      answer.declared ? "The work warns of it." : answer.denied ? "The work says that it is not there." : answer.withheld ? "The work openly declines to warn." : "The work does not warn of it.",
      shown ? `${shown}${scenes}.` : "Nothing of it was found in the text, which does not mean that nothing is there.",
    ];
    const tone = answer.level === "strong" || answer.level === "clear" || answer.declared ? "warning" : "fine";
    return make(
      "li", { class: tone }, make("strong", {}, answer.name), `: ${sentences.join(" ")}`,
      quoted.length ? make("details", {}, make("summary", {}, "Where (this quotes the text)"), make("ul", { class: "places" }, ...quoted)) : null,
    );
  }
}

// a place that stands in nothing that is shown
function elsewhere({ quote, text, source, line }) {
  const what = text ? `: ${text}` : "";
  return make("li", {}, make("span", { class: "where" }, source ?? `Line ${line}`), what, quote ? make("blockquote", {}, make("mark", {}, quote)) : null);
}

// what is done with options and settings on the command line is done otherwise here, or not at all
export const inPage = (words) => words
  .replace(/, or give them with `--declare`/, ", or fill in the fields here")
  .replace(/switch the rule off in `forewarn\.toml`/, "switch the rule off below")
  .replace(/ To read it all the same, raise `[\w-]+` under `\[limits\]` in `forewarn\.toml`\./, "");

function cutStart(text, cut) {
  const line = text.slice(text.lastIndexOf("\n") + 1);
  return cut && line === text ? `…${line.slice(line.indexOf(" ") + 1)}` : line;
}

function cutEnd(text, cut) {
  const [line] = text.split("\n");
  if (!cut || line !== text) return line;
  const space = line.lastIndexOf(" ");
  return `${space > 0 ? line.slice(0, space) : line}…`;
}

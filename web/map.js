// The content map: a table of cells, each a button that leads to the words it stands for.

import { aside, make } from "./dom.js";

const SIGNS = { weak: "·", clear: "○", strong: "●" };
const MEANINGS = { weak: "weak: a trace, not reported", clear: "clear: enough to be reported", strong: "strong: all but certain" };

/** The elements of a map; `go` leads to a place. */
export function drawn(map, go) {
  const legend = Object.entries(MEANINGS).map(([level, meaning]) =>
    make("li", {}, make("span", { class: `key ${level}`, "aria-hidden": "true" }, SIGNS[level]), ` ${meaning}`));
  const heads = columns(map);
  const first = map.cells.some((cell) => cell[1]) ? "Content by chapter" : "Content";
  const row = (strip) => make(
    "tr", {},
    make("th", { scope: "row" }, ...broken(strip.name), " ", make("span", { class: "all" }, `in all: ${strip.all}`)),
    ...strip.spots.map((spot, i) => {
      if (!spot) return make("td", {}, aside("none"));
      const said = `${map.cells[i][0]}: ${strip.name}, ${spot.said}`;
      const sign = make("span", { "aria-hidden": "true" }, SIGNS[spot.level]);
      const look = `${spot.level} s${spot.shade}`;
      const click = (event) => spot.places.length && go(spot.places[0], event.currentTarget);
      return make("td", {}, make("button", { type: "button", class: look, title: said, click }, sign, aside(said)));
    }),
  );
  const table = make(
    "table", { class: heads.length > 20 ? "map many" : "map" },
    make("caption", {}, make("span", {}, `Where which content stands, ${map.unit}`)),
    make("thead", {}, make("tr", {}, make("th", { scope: "col" }, first), ...heads)),
    make("tbody", {}, ...map.strips.map(row)),
  );
  const more = map.more.length ? make("p", {}, `Found too, with less certainty, and not drawn: ${map.more.join(", ")}.`) : null;
  return [
    make("ul", { class: "legend", "aria-label": "Signs in the map" }, ...legend),
    make("div", { class: "scroll", role: "group", "aria-labelledby": "map-name", tabindex: "0" }, table),
    more,
  ].filter(Boolean);
}

// the heads of the columns: a chapter may have several cells
function columns(map) {
  const heads = [];
  for (const [, chapters] of map.cells) {
    const key = JSON.stringify(chapters);
    if (heads.at(-1)?.key === key) heads.at(-1).cells++;
    else heads.push({ key, chapters, cells: 1 });
  }
  return heads.map(({ chapters, cells }) => {
    const attributes = { scope: "colgroup", colspan: cells };
    if (!chapters) return make("th", attributes, "The text");
    const [from, to] = chapters;
    return from === to
      ? make("th", attributes, aside("Chapter "), String(from))
      : make("th", attributes, aside("Chapters "), `${from}–${to}`);
  });
}

// a name may break behind a slash
const broken = (name) => name.split("/").flatMap((part, i) => (i ? ["/", make("wbr"), part] : [part]));

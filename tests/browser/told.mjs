// What the page is told of stories, in the form in which the command line prints it.
//
//   node told.mjs MODULE.wasm STORY...
import { readFileSync } from "node:fs";
import { load } from "./module.mjs";

const [wasm, ...stories] = process.argv.slice(2);
const ask = await load(wasm);
const works = [];
for (const name of stories) {
  const bytes = readFileSync(name);
  for (let work = 0, count = 1; work < count; work++) {
    const answer = ask({ do: "check", name, work, text: false, declare: [] }, bytes);
    if (!answer.report) throw new Error(`${name}: ${JSON.stringify(answer).slice(0, 300)}`);
    count = answer.count;
    works.push(answer.report);
  }
}
console.log(JSON.stringify({ works }));

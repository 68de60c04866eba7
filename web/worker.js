// Runs forewarn, compiled to WebAssembly, apart from the page, so that the page never waits.
// The first message brings the module, each other one a question with the bytes that it is about.

let forewarn;

async function compiled(module) {
  if (typeof module !== "string") return module;
  const packed = Uint8Array.from(atob(module), (c) => c.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return WebAssembly.compile(await new Response(stream).arrayBuffer());
}

// Asks: four bytes of length, the question as JSON, the file.
function ask(question, file) {
  const json = new TextEncoder().encode(JSON.stringify(question));
  const length = 4 + json.length + file.byteLength;
  const start = forewarn.alloc(length);
  const memory = new Uint8Array(forewarn.memory.buffer, start, length);
  new DataView(memory.buffer, start).setUint32(0, json.length, true);
  memory.set(json, 4);
  memory.set(new Uint8Array(file), 4 + json.length);
  const answer = BigInt.asUintN(64, forewarn.call(start, length));
  forewarn.free(start, length);
  const [at, size] = [Number(answer >> 32n), Number(answer & 0xffffffffn)];
  const text = new TextDecoder().decode(new Uint8Array(forewarn.memory.buffer, at, size));
  forewarn.free(at, size);
  return JSON.parse(text);
}

onmessage = async ({ data }) => {
  try {
    if (data.module) {
      const module = await compiled(data.module);
      forewarn = (await WebAssembly.instantiate(module, {})).exports;
      postMessage({ ready: module });
    } else {
      postMessage({ id: data.id, answer: ask(data.question, data.file) });
    }
  } catch (error) {
    postMessage({ id: data.id, broken: String(error) });
  }
};

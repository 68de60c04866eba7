// Attempts to send words out of the page: none may reach the server that listens for them.
import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { createServer } from "node:http";

const WORDS = "words-of-the-story";

/** Runs in the page: tries everything that sends without leaving the page. Gives what each attempt came to. */
async function attempts([server, calls, words]) {
  const url = (way) => `${server}/${way}?${words}`;
  const until = (element, ...events) => new Promise((done) => {
    for (const event of events) element.addEventListener(event, () => done(event));
    setTimeout(() => done("nothing"), 1500);
  });
  const added = (tag, attributes, parent = document.body) => {
    const element = Object.assign(document.createElement(tag), attributes);
    parent.append(element);
    return element;
  };
  const refused = async (work) => { try { return await work(); } catch (error) { return `refused: ${error.name}`; } };
  const inWorker = (code) => refused(() => new Promise((done) => {
    const worker = new Worker(URL.createObjectURL(new Blob([code])));
    worker.onmessage = ({ data }) => done(data);
    worker.onerror = () => done("refused: worker");
    setTimeout(() => done("nothing"), 1500);
  }));
  const ways = {
    fetch: () => refused(() => fetch(url("fetch"), { mode: "no-cors" })),
    post: () => refused(() => fetch(url("post"), { method: "POST", body: words, mode: "no-cors", keepalive: true })),
    xhr: () => refused(() => new Promise((done, fail) => {
      const request = new XMLHttpRequest();
      request.open("POST", url("xhr"));
      request.onerror = () => fail(new Error("error"));
      request.onload = () => done("sent");
      request.send(words);
    })),
    beacon: () => refused(() => (navigator.sendBeacon(url("beacon"), words), "tried")),
    socket: () => refused(() => until(new WebSocket(url("socket").replace("http", "ws")), "open", "error")),
    events: () => refused(() => until(new EventSource(url("events")), "open", "error")),
    image: () => until(added("img", { src: url("image") }), "load", "error"),
    background: async () => (added("div", { style: `background: url(${url("background")}); height: 9px` }), "tried"),
    sheet: () => until(added("link", { rel: "stylesheet", href: url("sheet") }, document.head), "load", "error"),
    prefetch: () => until(added("link", { rel: "prefetch", href: url("prefetch") }, document.head), "load", "error"),
    preconnect: async () => (added("link", { rel: "preconnect", href: url("preconnect") }, document.head), "tried"),
    script: () => until(added("script", { src: url("script") }), "load", "error"),
    inline: () => refused(async () => (added("script", { textContent: `window.ran = true` }), window.ran ? "ran" : "refused")),
    markup: () => refused(async () => (added("div", { innerHTML: `<img src="${url("markup")}">` }), "made")),
    handler: async () => { added("img", {}).setAttribute("onclick", "window.ran = true"); document.body.lastChild.click(); return window.ran ? "ran" : "refused"; },
    module: () => refused(() => import(url("module"))),
    font: () => refused(async () => (await new FontFace("f", `url(${url("font")})`).load(), "loaded")),
    audio: () => until(added("audio", { src: url("audio"), preload: "auto" }), "loadeddata", "error"),
    video: async () => (added("video", { poster: url("video") }), "tried"),
    object: () => until(added("object", { data: url("object") }), "load", "error"),
    embed: () => until(added("embed", { src: url("embed") }), "load", "error"),
    frame: () => until(added("iframe", { src: url("frame") }), "load", "error"),
    framed: () => until(added("iframe", { srcdoc: `<img src="${url("framed")}">` }), "error"),
    form: async () => { const form = added("form", { action: url("form"), method: "post", target: "_self" }); added("input", { name: "a", value: words }, form); form.submit(); return "tried"; },
    formGet: async () => { const form = added("form", { action: url("form-get"), target: "elsewhere" }); added("input", { name: "a", value: words }, form); form.requestSubmit(); return "tried"; },
    ping: async () => { const link = added("a", { href: "#step-1", ping: url("ping"), textContent: "x" }); link.click(); return "tried"; },
    manifest: async () => (added("link", { rel: "manifest", href: url("manifest") }, document.head), "tried"),
    worker: () => refused(() => new Promise((done) => { const w = new Worker(url("worker")); w.onerror = () => done("refused"); })),
    service: () => refused(async () => (await navigator.serviceWorker.register(url("service")), "registered")),
    inWorker: () => inWorker(`fetch(${JSON.stringify(url("in-worker"))}, { mode: "no-cors" }).then(() => postMessage("sent"), (e) => postMessage("refused: " + e.name))`),
    transport: () => refused(async () => { await new WebTransport(url("transport").replace("http:", "https:")).ready; return "sent"; }),
    call: () => refused(async () => {
      const call = new RTCPeerConnection({ iceServers: [{ urls: `stun:${calls}` }] });
      call.createDataChannel("x");
      await call.setLocalDescription(await call.createOffer());
      return "sent";
    }),
    callInWorker: () => inWorker(`postMessage(typeof RTCPeerConnection === "undefined" ? "refused" : "open")`),
    speculation: async () => (added("script", { type: "speculationrules", textContent: JSON.stringify({ prefetch: [{ source: "list", urls: [url("speculation")] }] }) }), "tried"),
    imported: () => inWorker(`try { importScripts(${JSON.stringify(url("imported"))}); postMessage("loaded") } catch (e) { postMessage("refused: " + e.name) }`),
    socketInWorker: () => inWorker(`try { const s = new WebSocket(${JSON.stringify(url("worker-socket").replace("http", "ws"))}); s.onopen = () => postMessage("sent"); s.onerror = () => postMessage("refused") } catch (e) { postMessage("refused: " + e.name) }`),
  };
  const came = {};
  for (const [way, tried] of Object.entries(ways)) came[way] = String(await refused(tried));
  return came;
}

/** A server that notes whatever reaches it, also connections without a word. */
async function listening() {
  const heard = [];
  const server = createServer((request, response) => {
    heard.push(`${request.method} ${request.url}`);
    response.writeHead(200, { "access-control-allow-origin": "*" }).end();
  });
  server.on("upgrade", (request, socket) => { heard.push(`socket ${request.url}`); socket.destroy(); });
  server.on("connection", () => heard.push("a connection"));
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const calls = createSocket("udp4");
  calls.on("message", () => heard.push("a call"));
  await new Promise((done) => calls.bind(0, "127.0.0.1", done));
  const end = () => { server.closeAllConnections(); server.close(); calls.close(); };
  return { heard, end, at: [`http://127.0.0.1:${server.address().port}`, `127.0.0.1:${calls.address().port}`, WORDS] };
}

/** Tries to leak from the page as it lies on a disk and as a server gives it; `open` opens it. Gives how many attempts were made. */
export async function leaks(open, address, bytes) {
  const asked = [];
  const host = createServer((request, response) => {
    if (request.url === "/forewarn.html") return response.writeHead(200, { "content-type": "text/html" }).end(bytes);
    if (request.url !== "/favicon.ico") asked.push(`${request.method} ${request.url}`);
    return response.writeHead(404).end();
  });
  await new Promise((done) => host.listen(0, "127.0.0.1", done));
  let tried = 0;
  try {
    for (const where of [address, `http://127.0.0.1:${host.address().port}/forewarn.html`]) {
      // the same page without its policy is heard, or this would prove nothing
      const control = await listening();
      const free = await open({ bypassCSP: true }, where);
      await free.page.evaluate(([server, , words]) => fetch(`${server}/free?${words}`, { mode: "no-cors" }).catch(() => {}), control.at);
      await free.page.waitForTimeout(300);
      assert(control.heard.some((line) => line.includes(`/free?${WORDS}`)), "the listener hears");
      await free.context.close();
      control.end();

      const listener = await listening();
      const { page, context } = await open({}, where);
      const came = await page.evaluate(attempts, listener.at);
      await page.waitForTimeout(500);
      // Chromium connects to where a form or frame would go before it refuses, and says nothing there
      const said = listener.heard.filter((line) => line !== "a connection");
      assert.deepEqual(said, [], "nothing was heard");
      assert(listener.heard.length <= 3, `${listener.heard.length} empty connections, for two forms and a frame`);
      assert.deepEqual(asked, [], "nor by the server of the page");
      assert.equal(page.url().split("#")[0], where, "the page is where it was");
      // a refused frame has loaded an empty page, and a refused object nothing
      const done = /^(sent|ran|made|load|loaded|open|registered|loadeddata)$/;
      for (const [way, what] of Object.entries(came))
        assert(!done.test(what) || ["frame", "framed", "object", "embed"].includes(way), `${way}: ${what}`);
      tried += Object.keys(came).length;
      await context.close();
      listener.end();
    }
  } finally {
    host.closeAllConnections();
    host.close();
  }
  return tried;
}

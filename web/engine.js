// The worker and what is asked of it. One question at a time; a worker that breaks or takes too long is ended and started anew.

/** Seconds that an answer may take, and as many more for each megabyte. */
const PATIENCE = { least: 20, each: 2 };

/** What lets the worker's program in, where browsers ask for that. */
const LETS_IN = globalThis.trustedTypes?.createPolicy("forewarn", { createScriptURL: (address) => address });

export class Engine {
  #source;
  #module;
  #worker;
  #ready;
  #waiting = Promise.resolve();
  #current;
  #count = 0;

  /** `module`: the compiled library as gzip in base64; `script`: the worker's program. */
  constructor(module, script) {
    this.#module = module;
    this.#source = script;
    this.#start();
  }

  #start() {
    const address = URL.createObjectURL(new Blob([this.#source], { type: "text/javascript" }));
    const worker = new Worker(LETS_IN ? LETS_IN.createScriptURL(address) : address);
    this.#worker = worker;
    this.#ready = new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => {
        if (worker !== this.#worker) return;
        if (data.ready) {
          URL.revokeObjectURL(address);
          this.#module = data.ready;
          resolve();
        } else if (data.id === undefined) {
          reject(new Trouble("This browser cannot run the program in this page. A newer one can.", data.broken));
        } else {
          this.#current?.settle(data);
        }
      };
      worker.onerror = (event) => {
        event.preventDefault();
        const trouble = new Trouble("The reader stopped working.", event.message);
        reject(trouble);
        this.#current?.settle({ broken: event.message });
      };
    });
    this.#ready.catch(() => {});
    worker.postMessage({ module: this.#module });
  }

  #restart() {
    this.#worker.terminate();
    this.#start();
  }

  /** Asks, after what was asked before. `file`: the bytes that it is about. Fails with a [`Trouble`]. */
  ask(question, file = new ArrayBuffer(0)) {
    const asked = this.#waiting.then(() => this.#ask(question, file));
    this.#waiting = asked.catch(() => {});
    return asked;
  }

  async #ask(question, file) {
    await this.#ready;
    const id = ++this.#count;
    const seconds = PATIENCE.least + (PATIENCE.each * file.byteLength) / 2 ** 20;
    let clock;
    const reply = await new Promise((resolve) => {
      this.#current = { settle: resolve };
      clock = setTimeout(() => resolve({ late: true }), seconds * 1000);
      this.#worker.postMessage({ id, question, file });
    });
    clearTimeout(clock);
    this.#current = undefined;
    if (reply.answer) {
      if (reply.answer.fault) throw new Trouble(reply.answer.fault);
      return reply.answer;
    }
    this.#restart();
    if (reply.stopped) throw new Trouble("Stopped. Nothing of it was kept.");
    if (reply.late) throw new Trouble("Reading took too long and was stopped. If this is a story, and not a very large or damaged file, paste its text instead.");
    throw new Trouble("Reading broke off: the file may be damaged, or need more memory than there is. If it is a story, paste its text instead.", reply.broken);
  }

  /** Ends what is being done. */
  stop() {
    this.#current?.settle({ stopped: true });
  }
}

/** What went wrong, as a sentence for people. */
export class Trouble extends Error {
  constructor(sentence, detail) {
    super(sentence);
    this.detail = detail;
  }
}

// Tries the extension without VS Code: that it starts the program as its settings say, and that the library with which
// VS Code speaks the protocol understands the program. `FOREWARN=path/to/forewarn npm run check`.
"use strict";

const assert = require("node:assert");
const { spawn } = require("node:child_process");
const Module = require("node:module");
const protocol = require("vscode-languageserver-protocol/node");

const STORY = "Title: The Pier\nRating: Mature\nFandom: Original Work\nAdditional Tags: Boats, boats\n\nIt rained.\n";

/** What the extension asks of VS Code, and the client that it makes. */
async function extension() {
  const made = [];
  const registered = [];
  const settings = { path: "/opt/forewarn", config: "" };
  const stubs = {
    vscode: {
      commands: { registerCommand: (name) => registered.push(name) },
      window: { showErrorMessage: assert.fail },
      workspace: { getConfiguration: () => ({ get: (name) => settings[name] }) },
    },
    "vscode-languageclient/node": {
      LanguageClient: class {
        constructor(id, name, server, client) {
          made.push({ server, client });
        }
        async start() {}
        async stop() {
          made.push("stopped");
        }
      },
    },
  };
  const load = Module._load;
  Module._load = (name, ...rest) => stubs[name] ?? load(name, ...rest);
  const own = require("./extension.js");
  Module._load = load;
  await own.activate({ subscriptions: [] });
  assert.deepStrictEqual(made[0].server, { command: "/opt/forewarn", args: ["lsp"] });
  assert(made[0].client.documentSelector.some((document) => document.language === "markdown"));
  assert.deepStrictEqual(registered, ["forewarn.restart"]);
  const declared = require("./package.json").contributes;
  assert.deepStrictEqual(registered, declared.commands.map((command) => command.command));
  assert.deepStrictEqual(Object.keys(settings), Object.keys(declared.configuration.properties).map((key) => key.slice(9)));
  await own.deactivate();
  assert.strictEqual(made[1], "stopped");
}

/** Speaks with the program as VS Code does. */
async function server(program) {
  const child = spawn(program, ["lsp", "--stdio"], { stdio: ["pipe", "pipe", "inherit"] });
  const connection = protocol.createProtocolConnection(
    new protocol.StreamMessageReader(child.stdout),
    new protocol.StreamMessageWriter(child.stdin),
  );
  connection.onError((error) => assert.fail(String(error)));
  const published = new Promise((told) => {
    connection.onNotification(protocol.PublishDiagnosticsNotification.type, told);
  });
  connection.listen();
  const { capabilities } = await connection.sendRequest(protocol.InitializeRequest.type, {
    processId: process.pid,
    rootUri: null,
    workspaceFolders: null,
    capabilities: { workspace: { workspaceEdit: { documentChanges: true } } },
  });
  assert.strictEqual(capabilities.positionEncoding, "utf-16");
  await connection.sendNotification(protocol.InitializedNotification.type, {});
  const uri = "untitled:Untitled-1";
  const textDocument = { uri, languageId: "plaintext", version: 1, text: STORY };
  await connection.sendNotification(protocol.DidOpenTextDocumentNotification.type, { textDocument });
  const { diagnostics } = await published;
  const twice = diagnostics.find((diagnostic) => diagnostic.code === "core/duplicate-tag");
  assert.deepStrictEqual(twice.range.start, { line: 3, character: 24 });
  const actions = await connection.sendRequest(protocol.CodeActionRequest.type, {
    textDocument: { uri },
    range: twice.range,
    context: { diagnostics: [twice] },
  });
  assert(actions.some((action) => action.isPreferred && action.edit.documentChanges.length === 1));
  await connection.sendRequest(protocol.ShutdownRequest.type);
  await connection.sendNotification(protocol.ExitNotification.type);
  const code = await new Promise((ended) => child.on("exit", ended));
  assert.strictEqual(code, 0);
}

extension()
  .then(() => server(process.env.FOREWARN ?? "forewarn"))
  .then(() => console.log("The extension starts the program, and VS Code's library understands it."))
  .catch((error) => {
    console.error(error);
    process.exit(1);
  });

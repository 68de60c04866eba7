// Starts `forewarn lsp` and lets VS Code speak with it. All that it knows of stories is in the program.
"use strict";

const { commands, window, workspace } = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

/** Documents that may be stories, and what says something about them. */
const DOCUMENTS = [
  { language: "markdown" },
  { language: "plaintext" },
  { language: "html", scheme: "file" },
  { scheme: "file", pattern: "**/*.toml" },
];

/** @type {LanguageClient | undefined} */
let client;

async function start() {
  const settings = workspace.getConfiguration("forewarn");
  const command = settings.get("path") || "forewarn";
  client = new LanguageClient(
    "forewarn",
    "forewarn",
    { command, args: ["lsp"] },
    {
      documentSelector: DOCUMENTS,
      initializationOptions: { config: settings.get("config") || "" },
      synchronize: { configurationSection: "forewarn" },
    },
  );
  try {
    await client.start();
  } catch (error) {
    client = undefined;
    window.showErrorMessage(
      `forewarn does not start: is “${command}” installed? The setting “forewarn.path” says where it is. (${error.message})`,
    );
  }
}

async function stop() {
  const running = client;
  client = undefined;
  await running?.stop();
}

exports.activate = async (context) => {
  const restart = async () => {
    await stop();
    await start();
  };
  context.subscriptions.push(commands.registerCommand("forewarn.restart", restart));
  await start();
};

exports.deactivate = stop;

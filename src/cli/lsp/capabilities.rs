//! What a client can show, and what the server offers.

use gen_lsp_types as lsp;
use serde_json::{Value, json};

use super::actions::FIX_ALL;
use super::completion::TRIGGERS;
use super::diagnostics::Client;
use super::lines::Units;

/// What a client can show. It is looked up by name, so that a client which says something that nobody knows is
/// understood in all the rest.
pub fn client(all: &Value) -> Client {
    let is = |path: &str| all.pointer(path).and_then(Value::as_bool).unwrap_or(false);
    let list = |path: &str| all.pointer(path).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let lists = |path: &str, wanted: &Value| list(path).contains(wanted);
    let units = list("/general/positionEncodings").iter().filter_map(|name| serde_json::from_value(name.clone()).ok());
    Client {
        units: Units::of(&units.collect::<Vec<_>>()),
        related: is("/textDocument/publishDiagnostics/relatedInformation"),
        unnecessary: lists("/textDocument/publishDiagnostics/tagSupport/valueSet", &json!(1)),
        markdown: lists("/textDocument/hover/contentFormat", &json!("markdown")),
        nested_symbols: is("/textDocument/documentSymbol/hierarchicalDocumentSymbolSupport"),
        versioned_edits: is("/workspace/workspaceEdit/documentChanges"),
        resolves: is("/textDocument/codeAction/dataSupport")
            && lists("/textDocument/codeAction/resolveSupport/properties", &json!("edit")),
        watches: is("/workspace/didChangeWatchedFiles/dynamicRegistration"),
    }
}

/// What the server offers to a client.
pub fn offered(client: &Client) -> Value {
    json!({
        "capabilities": {
            "positionEncoding": client.units.name(),
            "textDocumentSync": { "openClose": true, "change": lsp::TextDocumentSyncKind::Incremental, "save": true },
            "completionProvider": { "triggerCharacters": TRIGGERS },
            "hoverProvider": true,
            "documentSymbolProvider": { "label": "forewarn" },
            "codeActionProvider": { "codeActionKinds": [lsp::CodeActionKind::QuickFix, FIX_ALL], "resolveProvider": true },
            "workspace": { "workspaceFolders": { "supported": true } },
        },
        "serverInfo": { "name": "forewarn", "version": env!("CARGO_PKG_VERSION") },
    })
}

/// What is to be watched: what says something about stories and may be changed by other programs.
pub fn watched() -> Value {
    let watchers: Vec<Value> =
        ["**/*.toml", "**/_index.md"].into_iter().map(|glob| json!({ "globPattern": glob })).collect();
    json!({ "registrations": [{
        "id": "files",
        "method": "workspace/didChangeWatchedFiles",
        "registerOptions": { "watchers": watchers },
    }] })
}

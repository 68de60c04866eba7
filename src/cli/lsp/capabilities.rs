//! What a client can show, and what the server offers.

use gen_lsp_types as lsp;
use serde_json::{Value, json};

use super::actions::FIX_ALL;
use super::completion::TRIGGERS;
use super::diagnostics::Client;
use super::lines::Units;

/// What a client can show.
pub fn client(capabilities: &lsp::ClientCapabilities) -> Client {
    // looked up by name: most of it is optional at every level
    let all = serde_json::to_value(capabilities).unwrap_or_default();
    let is = |path: &str| all.pointer(path).and_then(Value::as_bool).unwrap_or(false);
    let lists = |path: &str, wanted: &dyn Fn(&Value) -> bool| {
        all.pointer(path).and_then(Value::as_array).is_some_and(|list| list.iter().any(wanted))
    };
    let units = capabilities.general.as_ref().and_then(|g| g.position_encodings.as_deref());
    Client {
        units: units.map_or(Units::default(), Units::of),
        related: is("/textDocument/publishDiagnostics/relatedInformation"),
        unnecessary: lists("/textDocument/publishDiagnostics/tagSupport/valueSet", &|tag| *tag == json!(1)),
        markdown: lists("/textDocument/hover/contentFormat", &|format| *format == json!("markdown")),
        nested_symbols: is("/textDocument/documentSymbol/hierarchicalDocumentSymbolSupport"),
        versioned_edits: is("/workspace/workspaceEdit/documentChanges"),
        resolves: is("/textDocument/codeAction/dataSupport")
            && lists("/textDocument/codeAction/resolveSupport/properties", &|name| *name == json!("edit")),
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

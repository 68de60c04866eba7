//! What the client asks and tells.

use std::collections::BTreeMap;

use gen_lsp_types::{self as lsp, Uri};
use lsp_server::{ErrorCode, Notification, Request, RequestId};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::actions::{Action, Asked, FIX_ALL, offered};
use super::check::Checked;
use super::document::{Document, concerns_others};
use super::server::Server;
use super::{completion, hover, paths, symbols};
use crate::cli::load::CONFIG;

/// Most findings of one document that are published: an editor shows no more, and a data set may have a million.
const MOST: usize = 1_000;

impl Server {
    /// A request of a client that runs.
    pub(super) fn asked(&mut self, request: Request) {
        match request.method.as_str() {
            "textDocument/completion" => self.completion(request),
            "textDocument/hover" => self.hover(request),
            "textDocument/codeAction" => self.code_actions(request),
            "codeAction/resolve" => self.resolve(request),
            "textDocument/documentSymbol" => self.symbols(request),
            method => {
                let message = format!("forewarn does not know {method}");
                self.refuse(request.id, ErrorCode::MethodNotFound, message);
            }
        }
    }

    /// A notification of a client that runs. What cannot be understood is passed over, as the protocol has no answer.
    pub(super) fn told(&mut self, notification: Notification) {
        fn read<P: DeserializeOwned>(params: Value) -> Option<P> {
            serde_json::from_value(params).ok()
        }
        let params = notification.params;
        match notification.method.as_str() {
            "initialized" => self.watch_files(),
            "textDocument/didOpen" => {
                if let Some(lsp::DidOpenTextDocumentParams { text_document }) = read(params) {
                    self.opened(Document::new(text_document));
                }
            }
            "textDocument/didChange" => {
                if let Some(params) = read::<lsp::DidChangeTextDocumentParams>(params) {
                    self.changed(params);
                }
            }
            "textDocument/didSave" => {
                if let Some(params) = read::<lsp::DidSaveTextDocumentParams>(params) {
                    self.saved(&params.text_document.uri);
                }
            }
            "textDocument/didClose" => {
                if let Some(params) = read::<lsp::DidCloseTextDocumentParams>(params) {
                    self.closed(&params.text_document.uri);
                }
            }
            "workspace/didChangeConfiguration" => {
                self.configure(params.get("settings"));
                self.schedule_others(None, true);
            }
            "workspace/didChangeWatchedFiles" => self.schedule_others(None, false),
            "workspace/didChangeWorkspaceFolders" => {
                let added = params.pointer("/event/added/0/uri").and_then(Value::as_str);
                if self.folder.is_none() {
                    self.folder = added.and_then(|uri| paths::path(&Uri::from(uri)));
                }
            }
            "$/cancelRequest" => {
                if let Some(id) = params.get("id").cloned().and_then(read::<RequestId>) {
                    self.cancel(&id);
                }
            }
            _ => {}
        }
    }

    fn opened(&mut self, document: Document) {
        let (uri, concerns_others) = (document.open.uri.clone(), document.concerns_others());
        // what was asked about one that was open already is not about this one
        let waiting = self.documents.insert(uri.clone(), document).map(|before| before.waiting).unwrap_or_default();
        waiting.into_iter().for_each(|request| self.answer(request.id, Value::Null));
        self.schedule(&uri, true);
        if concerns_others {
            self.schedule_others(Some(&uri), true);
        }
    }

    fn changed(&mut self, params: lsp::DidChangeTextDocumentParams) {
        let lsp::VersionedTextDocumentIdentifier { version, text_document_identifier } = params.text_document;
        let uri = text_document_identifier.uri;
        let units = self.client.units;
        let Some(document) = self.documents.get_mut(&uri) else { return };
        document.change(version, params.content_changes, units);
        let (concerns_others, waits) = (document.concerns_others(), !document.waiting.is_empty());
        self.schedule(&uri, waits);
        if concerns_others {
            self.schedule_others(Some(&uri), false);
        }
    }

    fn saved(&mut self, uri: &Uri) {
        let Some(document) = self.documents.get_mut(uri) else { return };
        document.saved = true;
        document.touch();
        self.schedule(uri, true);
        if paths::path(uri).is_some_and(|path| concerns_others(&path)) {
            self.schedule_others(Some(uri), true);
        }
    }

    fn closed(&mut self, uri: &Uri) {
        let Some(document) = self.documents.remove(uri) else { return };
        for request in document.waiting.iter().cloned() {
            self.answer(request.id, Value::Null);
        }
        self.publish(uri, BTreeMap::new());
        if document.concerns_others() {
            self.schedule_others(None, true);
        }
    }

    /// Takes what was found in a document, publishes it, and answers what waited for it.
    pub(super) fn found(&mut self, uri: &Uri, checked: Checked, revision: u64) {
        let mut by_file: BTreeMap<String, (Uri, Vec<lsp::Diagnostic>)> = BTreeMap::new();
        let own = checked.findings.iter().map(|f| f.diagnostic.clone()).collect();
        by_file.insert(uri.to_string(), (uri.clone(), own));
        for (path, found) in &checked.elsewhere {
            let open = self.documents.values().find(|d| d.path.as_ref() == Some(path));
            let address = open.map_or_else(|| paths::uri(path), |d| d.open.uri.clone());
            let all = found.iter().map(|(diagnostic, _)| diagnostic.clone());
            by_file.entry(address.to_string()).or_insert_with(|| (address, Vec::new())).1.extend(all);
        }
        let Some(document) = self.documents.get_mut(uri) else { return };
        let is_new = checked.binary && !document.binary;
        document.take(checked, revision);
        let waiting = std::mem::take(&mut document.waiting);
        if is_new {
            let name = document.path.as_deref().and_then(|p| p.file_name()).unwrap_or_default().to_string_lossy();
            let message = format!(
                "{name} is no text, so forewarn reads the file itself: its findings stand at the top and say where they are."
            );
            self.show(lsp::MessageType::Info, message);
        }
        self.publish(uri, by_file);
        for request in waiting {
            self.asked(request);
        }
    }

    /// Publishes what was found in the check of a document, in all the files that it is about now or was before.
    fn publish(&mut self, owner: &Uri, by_file: BTreeMap<String, (Uri, Vec<lsp::Diagnostic>)>) {
        let owner_name = owner.to_string();
        let mut touched: Vec<Uri> = Vec::new();
        for (file, told) in &mut self.published {
            if told.remove(&owner_name).is_some() {
                touched.push(file.clone());
            }
        }
        for (_, (file, found)) in by_file {
            self.published.entry(file.clone()).or_default().insert(owner_name.clone(), found);
            if !touched.contains(&file) {
                touched.push(file);
            }
        }
        for file in touched {
            let mut diagnostics: Vec<lsp::Diagnostic> = Vec::new();
            // of a configuration, a pack or metadata that is open its own check is the newest
            let only = self.documents.get(&file).filter(|d| d.is_data()).map(|_| file.to_string());
            let told = self.published.get(&file).into_iter().flatten();
            for (_, found) in told.filter(|(by, _)| only.as_ref().is_none_or(|only| only == *by)) {
                // chapters share the metadata of their folder, and each finds its mistakes
                let new: Vec<_> = found.iter().filter(|d| !diagnostics.contains(d)).cloned().collect();
                diagnostics.extend(new);
            }
            diagnostics.truncate(MOST);
            self.published.retain(|_, told| !told.is_empty());
            let version = self.documents.get(&file).map(|d| d.open.version);
            let params = lsp::PublishDiagnosticsParams { uri: file, version, diagnostics };
            self.notify("textDocument/publishDiagnostics", params);
        }
    }

    /// Keeps a request until its document is checked; gives it back when that is done already, or there is no document.
    fn wait(&mut self, uri: &Uri, request: Request, is_ready: impl Fn(&Document) -> bool) -> Option<Request> {
        let Some(document) = self.documents.get_mut(uri) else {
            self.answer(request.id, Value::Null);
            return None;
        };
        if is_ready(document) {
            return Some(request);
        }
        document.waiting.push(request);
        if document.due.is_some() || document.checked.is_none() {
            self.schedule(uri, true);
        }
        None
    }

    fn completion(&mut self, request: Request) {
        let Some((_, params)) = self.params::<lsp::CompletionParams>(request.clone()) else { return };
        let lsp::TextDocumentPositionParams { text_document, position } = params.text_document_position_params;
        let Some(request) = self.wait(&text_document.uri, request, |d| d.checked.is_some()) else { return };
        let units = self.client.units;
        let list = self.documents.get(&text_document.uri).and_then(|document| {
            let setup = document.checked.as_ref()?.setup.as_ref()?;
            let lines = &document.open.lines;
            let offset = lines.offset(position, units);
            let data = match document.path.as_deref() {
                Some(path) if path.file_name().is_some_and(|name| name == CONFIG) => {
                    let above = (0..=lines.line_at(offset)).rev().map(|n| lines.words(n).trim());
                    above.filter(|line| line.starts_with('[')).find(|l| l.ends_with(']')).filter(|l| *l == "[work]")?;
                    true
                }
                Some(path) => path.to_string_lossy().ends_with(".forewarn.toml"),
                None => false,
            };
            completion::at(lines, offset, &setup.rules, units, data)
        });
        self.answer(request.id, list);
    }

    fn hover(&mut self, request: Request) {
        let Some((_, params)) = self.params::<lsp::HoverParams>(request.clone()) else { return };
        let lsp::TextDocumentPositionParams { text_document, position } = params.text_document_position_params;
        let Some(request) = self.wait(&text_document.uri, request, |d| d.checked.is_some()) else { return };
        let client = self.client;
        let hover = self.documents.get(&text_document.uri).and_then(|document| {
            let lines = &document.open.lines;
            hover::at(lines.offset(position, client.units), lines, document.checked.as_ref()?, &client)
        });
        self.answer(request.id, hover);
    }

    fn symbols(&mut self, request: Request) {
        let Some((_, params)) = self.params::<lsp::DocumentSymbolParams>(request.clone()) else { return };
        let uri = params.text_document.uri;
        let Some(request) = self.wait(&uri, request, Document::is_checked) else { return };
        let client = self.client;
        let answer = self.documents.get(&uri).and_then(|document| {
            let outline = if document.binary { &[][..] } else { &document.checked.as_ref()?.outline };
            Some(symbols::answer(outline, &document.open, &client))
        });
        self.answer(request.id, answer);
    }

    fn code_actions(&mut self, request: Request) {
        let Some((_, params)) = self.params::<Asked>(request.clone()) else { return };
        let uri = params.text_document.uri.clone();
        let Some(request) = self.wait(&uri, request, Document::is_checked) else { return };
        let client = self.client;
        let Some(document) = self.documents.get(&uri) else { return };
        let Some(checked) = document.checked.as_ref().filter(|_| !document.binary) else {
            return self.answer(request.id, Value::Null);
        };
        let mut actions = offered(checked, &params, &document.open.lines, &client);
        if checked.mendable && params.wants(FIX_ALL) {
            if client.resolves {
                actions.push(fix_all(json!({ "uri": uri })));
            } else if params.is_choosy() {
                // to be made at once, and a list of all that may be done must not wait for it
                self.to_mend.push((request, uri));
                return;
            }
        }
        self.answer(request.id, actions);
    }

    /// Makes the edit of an action that was chosen.
    fn resolve(&mut self, request: Request) {
        let uri = request.params.pointer("/data/uri").and_then(Value::as_str).map(Uri::from);
        match uri.filter(|uri| self.documents.contains_key(uri)) {
            Some(uri) => self.to_mend.push((request, uri)),
            // what came with its edit needs no more
            None => self.answer(request.id, request.params),
        }
    }

    /// Answers a request for all safe fixes.
    pub(super) fn offer_mended(&mut self, request: Request, action: Option<&Action>) {
        let client = self.client;
        let edit = action.map(|action| action.edit(&client));
        let made = lsp::CodeAction { data: None, edit, ..fix_all(Value::Null) };
        match (request.method.as_str(), action) {
            ("codeAction/resolve", Some(_)) => self.answer(request.id, made),
            ("codeAction/resolve", None) => {
                let message = "there is nothing left to mend, or the text has changed".to_owned();
                self.refuse(request.id, ErrorCode::ContentModified, message);
            }
            (_, Some(_)) => self.answer(request.id, vec![made]),
            (_, None) => self.answer(request.id, Value::Array(Vec::new())),
        }
    }
}

/// The action that makes all safe fixes, without its edit.
fn fix_all(data: Value) -> lsp::CodeAction {
    lsp::CodeAction {
        title: "Mend everything that needs no asking".to_owned(),
        kind: Some(lsp::CodeActionKind::new(FIX_ALL)),
        data: Some(data),
        ..lsp::CodeAction::default()
    }
}

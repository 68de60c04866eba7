//! The server: messages in, answers out. What takes long is done by the worker, so that a keystroke never waits for a
//! check.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use gen_lsp_types::{self as lsp, Uri};
use lsp_server::{ErrorCode, Message, Notification, Request, RequestId, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::check::Task;
use super::diagnostics::Client;
use super::document::Document;
use super::transport::{self, Outgoing};
use super::worker::{self, Done, Job, Outcome};
use super::{capabilities, paths};

/// How long nothing is typed before a document is checked.
const PAUSE: Duration = Duration::from_millis(200);
/// How long the client may take to read what is left when it asked for the end.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// What happens.
#[derive(Debug)]
pub enum Event {
    /// The client says something.
    Message(Message),
    /// The client said what is no message; this is the answer.
    Refused(Value),
    /// The worker is done with a job.
    Done(Box<Done>),
    /// The client says nothing more.
    Closed,
}

/// How far the client has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Waiting,
    Running,
    ShutDown,
}

/// The server.
pub struct Server {
    stage: Stage,
    pub(super) client: Client,
    /// The configuration that was named when it was started.
    config: Option<PathBuf>,
    /// The configuration that the editor's settings name.
    pub(super) configured: Option<PathBuf>,
    pub(super) folder: Option<PathBuf>,
    pub(super) documents: HashMap<Uri, Document>,
    /// What is published of each file, by the document in whose check it was found.
    pub(super) published: HashMap<Uri, BTreeMap<String, Vec<lsp::Diagnostic>>>,
    /// The document that is being worked on.
    busy: Option<Uri>,
    /// Documents that are to be mended, with the request that wants it and the version it is for.
    pub(super) to_mend: Vec<(Request, Uri)>,
    mending: Option<(Request, u64)>,
    jobs: Sender<Job>,
    outgoing: Sender<Outgoing>,
    requests: i32,
}

/// Serves until the client ends it or is gone. Gives whether it ended as the protocol asks for.
///
/// # Errors
/// Threads that the system does not start.
pub fn serve(config: Option<PathBuf>) -> io::Result<bool> {
    let (events, received) = channel();
    let (written, all_written) = channel();
    let outgoing = transport::start(events.clone(), written)?;
    let jobs = worker::start(events)?;
    let mut server = Server {
        stage: Stage::Waiting,
        client: Client::default(),
        config,
        configured: None,
        folder: None,
        documents: HashMap::new(),
        published: HashMap::new(),
        busy: None,
        to_mend: Vec::new(),
        mending: None,
        jobs,
        outgoing,
        requests: 0,
    };
    let is_clean = server.run(&received);
    // once nobody can send more, the writer ends behind the last message
    drop(server);
    let _ = all_written.recv_timeout(LAST_WORDS);
    Ok(is_clean)
}

impl Server {
    fn run(&mut self, events: &Receiver<Event>) -> bool {
        loop {
            let event = match self.next_due() {
                Some(due) => events.recv_timeout(due.saturating_duration_since(Instant::now())),
                None => events.recv().map_err(|_| RecvTimeoutError::Disconnected),
            };
            match event {
                Ok(Event::Message(Message::Notification(n))) if n.method == "exit" => {
                    return self.stage == Stage::ShutDown;
                }
                Ok(Event::Closed) | Err(RecvTimeoutError::Disconnected) => return false,
                Ok(event) => self.take(event),
                Err(RecvTimeoutError::Timeout) => {}
            }
            self.start_work();
        }
    }

    /// Handles an event. A mistake of ours costs the answer and not the server.
    fn take(&mut self, event: Event) {
        let id = match &event {
            Event::Message(Message::Request(request)) => Some(request.id.clone()),
            _ => None,
        };
        let handled = catch_unwind(AssertUnwindSafe(|| match event {
            Event::Message(Message::Request(request)) => self.request(request),
            Event::Message(Message::Notification(notification)) => self.notification(notification),
            // what the client says to our own requests: it watches files, or it does not
            Event::Message(Message::Response(_)) | Event::Closed => {}
            Event::Refused(answer) => self.send(Outgoing::Refusal(answer)),
            Event::Done(done) => self.done(*done),
        }));
        if let (Err(_), Some(id)) = (handled, id) {
            self.refuse(id, ErrorCode::InternalError, "forewarn made a mistake of its own".to_owned());
        }
    }

    /// When something is to be done without a message.
    fn next_due(&self) -> Option<Instant> {
        if self.busy.is_some() {
            return None;
        }
        self.documents.values().filter_map(|d| d.due).min()
    }

    fn request(&mut self, request: Request) {
        match (self.stage, request.method.as_str()) {
            (Stage::Waiting, "initialize") => self.initialize(request),
            (Stage::Waiting, _) => {
                self.refuse(request.id, ErrorCode::ServerNotInitialized, "`initialize` comes first".to_owned());
            }
            (Stage::Running, "shutdown") => {
                self.stage = Stage::ShutDown;
                self.answer(request.id, Value::Null);
            }
            (Stage::Running, "initialize") => {
                self.refuse(request.id, ErrorCode::InvalidRequest, "`initialize` comes once".to_owned());
            }
            (Stage::Running, _) => self.asked(request),
            (Stage::ShutDown, _) => {
                self.refuse(request.id, ErrorCode::InvalidRequest, "the server is shut down".to_owned());
            }
        }
    }

    fn initialize(&mut self, request: Request) {
        let Request { id, params, .. } = request;
        self.client = capabilities::client(params.get("capabilities").unwrap_or(&Value::Null));
        let folder = ["/workspaceFolders/0/uri", "/rootUri"].into_iter().find_map(|at| params.pointer(at)?.as_str());
        self.folder = folder.and_then(|uri| paths::path(&Uri::from(uri)));
        self.configure(params.get("initializationOptions"));
        self.stage = Stage::Running;
        self.answer(id, capabilities::offered(&self.client));
    }

    /// Takes the settings of the editor: `config`, the path of a configuration.
    pub(super) fn configure(&mut self, settings: Option<&Value>) {
        let own = settings.map(|s| s.get("forewarn").unwrap_or(s));
        let named = own.and_then(|s| s.get("config")).and_then(Value::as_str).filter(|path| !path.trim().is_empty());
        self.configured = named.map(|path| self.folder.clone().unwrap_or_default().join(path));
    }

    fn notification(&mut self, notification: Notification) {
        if self.stage == Stage::Running {
            self.told(notification);
        }
    }

    /// Asks the client to tell of files that change on the disk.
    pub(super) fn watch_files(&mut self) {
        if self.client.watches {
            self.requests += 1;
            let params = capabilities::watched();
            let id = RequestId::from(self.requests);
            let method = "client/registerCapability".to_owned();
            self.send(Outgoing::Message(Request { id, method, params }.into()));
        }
    }

    /// Lets a document be checked: after a pause, or at once.
    pub(super) fn schedule(&mut self, uri: &Uri, at_once: bool) {
        let now = Instant::now();
        if let Some(document) = self.documents.get_mut(uri) {
            document.due = Some(if at_once { now } else { now + PAUSE });
        }
    }

    /// Lets every document be checked, but for one that is scheduled already.
    pub(super) fn schedule_others(&mut self, but: Option<&Uri>, at_once: bool) {
        let all: Vec<Uri> = self.documents.keys().filter(|uri| Some(*uri) != but).cloned().collect();
        for uri in all {
            if let Some(document) = self.documents.get_mut(&uri) {
                document.touch();
            }
            self.schedule(&uri, at_once);
        }
    }

    /// Gives the worker its next job.
    fn start_work(&mut self) {
        if self.busy.is_some() {
            return;
        }
        while !self.to_mend.is_empty() {
            let (request, uri) = self.to_mend.remove(0);
            let Some((revision, task)) = self.task(&uri) else {
                self.answer(request.id, Value::Null);
                continue;
            };
            self.mending = Some((request, revision));
            return self.give(Job { uri, revision, task, mend: true });
        }
        let now = Instant::now();
        let due = self.documents.iter().filter(|(_, d)| d.due.is_some_and(|due| due <= now));
        let Some(uri) = due.min_by_key(|(_, d)| d.due).map(|(uri, _)| uri.clone()) else { return };
        if let Some(document) = self.documents.get_mut(&uri) {
            document.due = None;
        }
        if let Some((revision, task)) = self.task(&uri) {
            self.give(Job { uri, revision, task, mend: false });
        }
    }

    fn give(&mut self, job: Job) {
        self.busy = Some(job.uri.clone());
        // without a worker nothing can be found any more, and the client sees that no answer comes
        let _ = self.jobs.send(job);
    }

    /// What the worker needs for a document.
    fn task(&self, uri: &Uri) -> Option<(u64, Box<Task>)> {
        let document = self.documents.get(uri)?;
        let others = self.documents.iter().filter(|(other, _)| *other != uri);
        let others = others.filter_map(|(_, d)| Some((d.path.clone()?, d.open.clone()))).collect();
        let held = self.documents.values().filter_map(Document::held).collect();
        let task = Task {
            document: document.open.clone(),
            path: document.path.clone(),
            language: document.language.clone(),
            saved: document.saved,
            binary: document.binary,
            others: Arc::new(others),
            held: Arc::new(held),
            client: self.client,
            config: self.configured.clone().or_else(|| self.config.clone()),
            folder: self.folder.clone(),
        };
        Some((document.revision, Box::new(task)))
    }

    fn done(&mut self, done: Done) {
        self.busy = None;
        let Done { uri, revision, outcome } = done;
        let is_current = self.documents.get(&uri).is_some_and(|d| d.revision == revision);
        match outcome {
            Some(Outcome::Mended(action)) => self.mended(action.filter(|_| is_current)),
            Some(Outcome::Checked(checked)) if is_current => self.found(&uri, *checked, revision),
            // something was typed meanwhile, and another check is due
            Some(Outcome::Checked(_)) => {}
            None => {
                let message = "forewarn could not check a document because of a mistake of its own.".to_owned();
                self.show(lsp::MessageType::Error, message);
                if self.mending.is_some() {
                    self.mended(None);
                } else if is_current {
                    self.found(&uri, super::check::Checked::default(), revision);
                }
            }
        }
    }

    fn mended(&mut self, action: Option<super::actions::Action>) {
        if let Some((request, _)) = self.mending.take() {
            self.offer_mended(request, action.as_ref());
        }
    }

    /// Takes back a request that is not wanted any more.
    pub(super) fn cancel(&mut self, id: &RequestId) {
        let mut canceled = false;
        for document in self.documents.values_mut() {
            let before = document.waiting.len();
            document.waiting.retain(|request| request.id != *id);
            canceled |= document.waiting.len() < before;
        }
        let before = self.to_mend.len();
        self.to_mend.retain(|(request, _)| request.id != *id);
        if canceled || self.to_mend.len() < before {
            self.refuse(id.clone(), ErrorCode::RequestCanceled, "canceled".to_owned());
        }
    }

    /// The parameters of a request; those that cannot be understood are answered.
    pub(super) fn params<P: DeserializeOwned>(&mut self, request: Request) -> Option<(RequestId, P)> {
        match serde_json::from_value(request.params) {
            Ok(params) => Some((request.id, params)),
            Err(error) => {
                let message = format!("the parameters of {} are not understood: {error}", request.method);
                self.refuse(request.id, ErrorCode::InvalidParams, message);
                None
            }
        }
    }

    pub(super) fn answer(&mut self, id: RequestId, result: impl Serialize) {
        match serde_json::to_value(result) {
            Ok(result) => self.send(Outgoing::Message(Response { id, response_result: Ok(result) }.into())),
            Err(error) => self.refuse(id, ErrorCode::InternalError, error.to_string()),
        }
    }

    pub(super) fn refuse(&mut self, id: RequestId, code: ErrorCode, message: String) {
        self.send(Outgoing::Message(Response::new_err(id, code as i32, message).into()));
    }

    pub(super) fn notify(&mut self, method: &str, params: impl Serialize) {
        if let Ok(params) = serde_json::to_value(params) {
            self.send(Outgoing::Message(Notification { method: method.to_owned(), params }.into()));
        }
    }

    pub(super) fn show(&mut self, kind: lsp::MessageType, message: String) {
        self.notify("window/showMessage", lsp::ShowMessageParams { kind, message });
    }

    fn send(&mut self, message: Outgoing) {
        // a writer that is gone means a client that is gone, which ends the input, too
        let _ = self.outgoing.send(message);
    }
}

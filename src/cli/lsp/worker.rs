//! The thread that checks: one document at a time, so that the other one can answer at once.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Sender, channel};
use std::thread;

use gen_lsp_types::Uri;

use super::actions::{Action, mended};
use super::check::{Checked, Task, check};
use super::server::Event;

/// What is to be done.
#[derive(Debug)]
pub struct Job {
    /// The document.
    pub uri: Uri,
    /// Its revision.
    pub revision: u64,
    /// What is needed for it.
    pub task: Box<Task>,
    /// Whether it is to be mended, and not checked.
    pub mend: bool,
}

/// What became of it.
#[derive(Debug)]
pub struct Done {
    /// The document.
    pub uri: Uri,
    /// Its revision.
    pub revision: u64,
    /// What was found; nothing where the program made a mistake of its own.
    pub outcome: Option<Outcome>,
}

/// What a job came to.
#[derive(Debug)]
pub enum Outcome {
    /// What was found.
    Checked(Box<Checked>),
    /// All safe fixes, if there are some.
    Mended(Option<Action>),
}

/// Starts the thread.
///
/// # Errors
/// A thread that the system does not start.
pub fn start(events: Sender<Event>) -> std::io::Result<Sender<Job>> {
    let (sender, receiver) = channel::<Job>();
    thread::Builder::new().name("checker".into()).spawn(move || {
        for job in receiver {
            let Job { uri, revision, task, mend } = job;
            let work = || match mend {
                true => Outcome::Mended(mended(&task)),
                false => Outcome::Checked(Box::new(check(&task))),
            };
            // a mistake of ours must not take the other documents along; nothing is shared with the next job
            let outcome = catch_unwind(AssertUnwindSafe(work)).ok();
            if events.send(Event::Done(Box::new(Done { uri, revision, outcome }))).is_err() {
                return;
            }
        }
    })?;
    Ok(sender)
}

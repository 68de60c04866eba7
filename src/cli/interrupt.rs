//! Ctrl-C while files are written: the run ends between two files, so that nothing is left half done.

use std::sync::atomic::{AtomicBool, Ordering};

use super::{Exit, Failure, write};

static ASKED: AtomicBool = AtomicBool::new(false);

/// From here on the first Ctrl-C only asks the run to end; the second ends it at once.
pub fn watch() {
    let end = || {
        if ASKED.swap(true, Ordering::SeqCst) {
            write::give_up(Exit::Failed as i32);
        }
    };
    // without a handler, as where the system has none, Ctrl-C ends the run at once; files are whole all the same
    let _ = ctrlc::set_handler(end);
}

/// Whether the run was asked to end.
pub fn asked() -> bool {
    ASKED.load(Ordering::SeqCst)
}

/// What is said then. `done`: what has been done so far, as a clause, or nothing.
pub fn stopped(done: &str) -> Failure {
    Failure::Request(format!("stopped by Ctrl-C{done}"))
}

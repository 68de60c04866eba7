//! How far a long run is, for people at a terminal: one line on standard error, gone at the end.

use std::io::{self, IsTerminal as _};
use std::time::{Duration, Instant};

use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::output::may_draw;
use crate::model::Totals;

/// Runs shorter than this show nothing.
const PATIENCE: Duration = Duration::from_secs(1);

/// How often the line changes: often enough to live, seldom enough to be read.
const EVERY: Duration = Duration::from_millis(500);

/// The line. It is words without a drawing, so that it makes sense when it is read aloud.
pub struct Progress {
    /// None where nobody watches.
    bar: Option<ProgressBar>,
    /// When the line changes next.
    next: Instant,
    shown: bool,
    /// Whether findings go to the terminal on which the line stands.
    shared: bool,
}

impl Progress {
    /// A run that begins now. Nothing is shown when `quiet`, without a terminal, or where drawing is not wanted.
    pub fn new(quiet: bool) -> Self {
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let wanted = !quiet && !dumb && may_draw() && io::stderr().is_terminal();
        let bar = wanted.then(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
            ProgressStyle::with_template("{wide_msg}").map(|style| bar.clone().with_style(style)).unwrap_or(bar)
        });
        Self { bar, next: Instant::now() + PATIENCE, shown: false, shared: io::stdout().is_terminal() }
    }

    /// Tells how far the run is.
    pub fn tell(&mut self, totals: &Totals) {
        let Some(bar) = &self.bar else { return };
        let now = Instant::now();
        if now < self.next {
            return;
        }
        self.next = now + EVERY;
        if !std::mem::replace(&mut self.shown, true) {
            bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        bar.set_message(words(totals));
        bar.tick();
    }

    /// Whether what is printed now shares the terminal with the line, and so must be whole when the line comes back.
    pub fn is_shared(&self) -> bool {
        self.shown && self.shared
    }

    /// Prints with the line out of the way.
    pub fn aside<T>(&self, print: impl FnOnce() -> T) -> T {
        match &self.bar {
            Some(bar) if self.is_shared() => bar.suspend(print),
            _ => print(),
        }
    }

    /// Takes the line away for good.
    pub fn end(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
        self.shown = false;
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.end();
    }
}

/// The words of the line. A file is done whether or not it could be read.
fn words(totals: &Totals) -> String {
    let files = &totals.files;
    let done = files.read + files.unreadable + files.skipped + files.not_followed;
    let [done, met, works] = [done, files.met, totals.works].map(|n| HumanCount(n as u64));
    format!("Checking: {done} of {met} files done, {works} works read. Ctrl-C stops.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_how_far_it_is() {
        let mut totals = Totals { works: 1203, ..Totals::default() };
        totals.files.met = 40;
        totals.files.read = 11;
        totals.files.skipped = 1;
        assert_eq!(words(&totals), "Checking: 12 of 40 files done, 1,203 works read. Ctrl-C stops.");
    }

    #[test]
    fn without_a_watcher_there_is_none() {
        let mut progress = Progress::new(true);
        progress.next = Instant::now();
        progress.tell(&Totals::default());
        assert!(!progress.shown && !progress.is_shared());
        assert_eq!(progress.aside(|| 1), 1);
    }
}

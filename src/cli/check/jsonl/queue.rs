//! Lines that are read and not yet judged: so many that no thread waits for work, so few that memory stays bounded.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::Numbered;

/// Most lines that wait, and the bytes from which fewer do.
const LINES: usize = 256;
const BYTES: usize = 8 << 20;

/// Lines between the thread that reads and the one that has them judged.
#[derive(Default)]
pub(super) struct Queue {
    waiting: Mutex<Waiting>,
    changed: Condvar,
}

#[derive(Default)]
struct Waiting {
    lines: Vec<Numbered>,
    bytes: usize,
    /// Whether no more come.
    ended: bool,
}

/// The end that lines are put in at. When it is dropped, no more come.
pub(super) struct Filler(Arc<Queue>);

impl Queue {
    /// The one end at which lines are put in.
    pub(super) fn filler(self: &Arc<Self>) -> Filler {
        Filler(Arc::clone(self))
    }

    /// All lines that wait, in their order, as soon as there is one; none at the end.
    pub(super) fn take(&self) -> Vec<Numbered> {
        let waiting = self.lock();
        let wait = self.changed.wait_while(waiting, |w| w.lines.is_empty() && !w.ended);
        let mut waiting = wait.unwrap_or_else(PoisonError::into_inner);
        waiting.bytes = 0;
        self.changed.notify_all();
        std::mem::take(&mut waiting.lines)
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Filler {
    /// Adds a line, once there is room for it.
    pub(super) fn put(&self, line: Numbered) {
        let bytes = line.1.as_ref().map_or(0, Vec::len);
        let is_full =
            |w: &mut Waiting| !w.lines.is_empty() && (w.lines.len() >= LINES || w.bytes.saturating_add(bytes) > BYTES);
        let wait = self.0.changed.wait_while(self.0.lock(), is_full);
        let mut waiting = wait.unwrap_or_else(PoisonError::into_inner);
        waiting.bytes = waiting.bytes.saturating_add(bytes);
        waiting.lines.push(line);
        self.0.changed.notify_all();
    }
}

impl Drop for Filler {
    fn drop(&mut self) {
        self.0.lock().ended = true;
        self.0.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_out_in_order_and_never_too_many_at_once() {
        let queue = Arc::new(Queue::default());
        let filler = queue.filler();
        let sizes = |number: usize| if number.is_multiple_of(100) { 3 * BYTES / 2 } else { number * 50 };
        let thread = std::thread::spawn(move || {
            (1..=2000).for_each(|number| filler.put((number, Ok(vec![b' '; sizes(number)]))));
        });
        let mut next = 1;
        loop {
            let lines = queue.take();
            let bytes: usize = lines.iter().map(|l| l.1.as_ref().unwrap().len()).sum();
            assert!(
                lines.len() <= LINES && (bytes <= BYTES || lines.len() == 1),
                "{} lines, {bytes} bytes",
                lines.len()
            );
            if lines.is_empty() {
                break;
            }
            for (number, _) in lines {
                assert_eq!(number, next);
                next += 1;
            }
        }
        thread.join().unwrap();
        assert_eq!(next, 2001);
    }
}

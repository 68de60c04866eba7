//! The files of a run checked, several at a time, and mended where that is asked for.

use std::sync::Arc;

use rayon::iter::{
    IndexedParallelIterator as _, IntoParallelIterator as _, IntoParallelRefIterator as _, ParallelIterator as _,
};

use super::Arguments;
use super::run::{Fate, Run};
use crate::cli::discover::{Fault, Found, said};
use crate::cli::fix::Story;
use crate::cli::input::{Held, Read, is_stdin};
use crate::cli::load::Setup;
use crate::cli::{Failure, interrupt};
use crate::fix;
use crate::formats::unreadable;
use crate::model::{Diagnostic, Report, Work};

/// Files that are read and checked at a time, and the bytes from which fewer are: enough for every thread, few enough
/// to keep memory bounded.
const BATCH: usize = 32;
const BATCH_BYTES: u64 = 32 << 20;
/// Files of which the results are known that go for one that is checked: few enough for what is read of them to stay in
/// the processor's own memory.
const KNOWN: usize = 8;

/// Works of a data set that are checked at a time, and the bytes of records from which fewer are.
const WORKS: usize = 256;
const BYTES: usize = 8 << 20;

/// The finding for a file that is there and cannot be read.
fn cannot_be_read(fault: &Fault) -> Diagnostic {
    let allow = "Allow it to be read, or name it in .forewarnignore.";
    match fault {
        Fault::Unpacked => unreadable("This is a folder: a book or document that is unpacked.")
            .help("Pack what is in it as a zip file of the same name, or export it anew."),
        Fault::Folder(said) => unreadable(format!("What is in this folder was not checked: {said}.")).help(allow),
        Fault::File(said) => unreadable(format!("The file cannot be read: {said}.")).help(allow),
    }
}

impl Arguments {
    /// Checks all files in their order.
    pub(super) fn check_all(&self, files: &[(Found, Arc<Setup>)], run: &mut Run) -> Result<(), Failure> {
        let mut rest = files;
        while let Some((file, setup)) = rest.first() {
            if self.input.may_be_long(&file.path) && file.fault.is_none() {
                self.go_on(run)?;
                rest = rest.get(1..).unwrap_or_default();
                let streamed = self.mended_stdin(file, setup, run).and_then(|()| self.stream(file, setup, run));
                let settled = self.settle(file, setup, run, streamed);
                run.keep_going(settled)?;
            } else {
                let first = files.len() - rest.len();
                let (batch, after) = rest.split_at(self.batch(rest, first, run));
                rest = after;
                self.check_batch(batch, first, run)?;
            }
        }
        Ok(())
    }

    /// Ends the run when Ctrl-C asked for that.
    fn go_on(&self, run: &Run) -> Result<(), Failure> {
        match interrupt::asked() {
            true => Err(interrupt::stopped(&match &run.results {
                Some(_) => ", and the next run goes on from here".to_owned(),
                None if self.fix.wanted() => run.fixes.so_far(),
                None => String::new(),
            })),
            false => Ok(()),
        }
    }

    /// How many of the next files are read and checked at a time. `first`: the number of the first of them.
    fn batch(&self, files: &[(Found, Arc<Setup>)], first: usize, run: &Run) -> usize {
        let (mut bytes, mut work) = (0, 0);
        let fits = (first..).zip(files).take_while(|(index, (file, _))| {
            if run.results.as_ref().is_some_and(|results| results.is_known(*index)) {
                work += 1;
            } else {
                work += KNOWN;
                bytes += std::fs::metadata(&file.path).map_or(0, |m| m.len());
            }
            work <= BATCH * KNOWN && bytes <= BATCH_BYTES && !self.input.may_be_long(&file.path)
        });
        fits.count().max(1)
    }

    /// Checks some files at once, mends them one after the other, and hands over the reports in their order.
    fn check_batch(&self, batch: &[(Found, Arc<Setup>)], first: usize, run: &mut Run) -> Result<(), Failure> {
        self.go_on(run)?;
        let Run { fixes, results, .. } = &*run;
        let check = |at: usize, of: &(Found, Arc<Setup>)| match results {
            Some(results) => results.of(first + at, of, &self.input, &|held| self.check(&of.0, &of.1, held)),
            None => (self.check(&of.0, &of.1, &fixes.held), None),
        };
        let (checked, fresh): (Vec<_>, Vec<_>) = match batch {
            // starting threads for one file costs more than they spare
            [of] => std::iter::once(check(0, of)).unzip(),
            _ => batch.par_iter().enumerate().map(|(at, of)| check(at, of)).unzip(),
        };
        if let Some(results) = &mut run.results {
            (first..).zip(fresh).for_each(|(index, fresh)| results.keep(index, fresh));
        }
        // of those behind a story whose metadata was mended, which may be theirs too
        let mut is_old = false;
        for ((file, setup), mut reports) in batch.iter().zip(checked) {
            if self.fix.wanted() {
                self.go_on(run)?;
                reports = self.mended(file, setup, reports, &mut is_old, run);
            }
            let taken = reports.and_then(|reports| run.take_all(file, reports, setup, self));
            let settled = self.settle(file, setup, run, taken);
            run.keep_going(settled)?;
        }
        Ok(())
    }

    fn check(&self, file: &Found, setup: &Setup, held: &Held) -> Result<Vec<Report>, Failure> {
        if let Some(fault) = &file.fault {
            let work = Work { name: self.input.name(&file.path), ..Work::default() };
            return Ok(vec![self.judge((work, vec![cannot_be_read(fault)]), setup)]);
        }
        let mut reports = Vec::new();
        self.input.each_held(&file.path, held, setup, &mut |work, notes| {
            reports.push(self.judge((work, notes), setup));
            Ok(())
        })?;
        Ok(reports)
    }

    /// The reports of a file after what can be mended is.
    fn mended(
        &self,
        file: &Found,
        setup: &Setup,
        reports: Result<Vec<Report>, Failure>,
        is_old: &mut bool,
        run: &mut Run,
    ) -> Result<Vec<Report>, Failure> {
        let reports = if *is_old { self.check(file, setup, &run.fixes.held)? } else { reports? };
        let may_be = |report: &Report| fix::any(&report.diagnostics, true);
        if file.fault.is_some() || !matches!(reports.as_slice(), [one] if may_be(one)) {
            return Ok(reports);
        }
        let judge = |read| self.judge(read, setup);
        let story = Story { path: &file.path, input: &self.input, setup, judge: &judge };
        match self.fix.mend(&story, run.baseline.as_mut(), &mut run.fixes) {
            Ok(changed) => {
                *is_old |= changed.beside;
                if !changed.any {
                    return Ok(reports);
                }
            }
            Err(Failure::Request(message)) => run.fail(message),
            Err(other) => return Err(other),
        }
        self.check(file, setup, &run.fixes.held)
    }

    /// Mends standard input before it is checked, and prints it.
    fn mended_stdin(&self, file: &Found, setup: &Setup, run: &mut Run) -> Result<(), Failure> {
        if !self.fix.wanted() || !is_stdin(&file.path) {
            return Ok(());
        }
        run.fixes.hold_stdin(&file.path, &self.input, setup)?;
        let judge = |read| self.judge(read, setup);
        let story = Story { path: &file.path, input: &self.input, setup, judge: &judge };
        self.fix.mend(&story, run.baseline.as_mut(), &mut run.fixes)?;
        if self.fix.prints(true) { run.fixes.print_stdin(&file.path) } else { Ok(()) }
    }

    /// Reports a file that turned out to be one that cannot be read; hands on any other result.
    fn settle(&self, file: &Found, setup: &Setup, run: &mut Run, result: Result<(), Failure>) -> Result<(), Failure> {
        let Err(Failure::Unread(_, error)) = result else { return result };
        let file = Found { fault: Some(Fault::File(said(&error))), ..file.clone() };
        run.take_all(&file, self.check(&file, setup, &Held::new())?, setup, self)
    }

    /// Checks a file that may hold many works, some at a time, and hands over the reports in their order.
    fn stream(&self, file: &Found, setup: &Setup, run: &mut Run) -> Result<(), Failure> {
        let mut fate = Fate::NoWork;
        let mut works: Vec<Read> = Vec::new();
        let mut bytes = 0;
        let all = |works: Vec<Read>| works.into_par_iter().map(|read| self.judge(read, setup)).collect();
        let held = std::mem::take(&mut run.fixes.held);
        let read = self.input.each_held(&file.path, &held, setup, &mut |work, notes| {
            bytes += work.sources.iter().map(|s| s.text.len()).sum::<usize>();
            works.push((work, notes));
            if works.len() < WORKS && bytes < BYTES {
                return Ok(());
            }
            bytes = 0;
            run.take(file, all(std::mem::take(&mut works)), setup, self, &mut fate)
        });
        run.fixes.held = held;
        read?;
        run.take(file, all(works), setup, self, &mut fate)?;
        run.close(file, fate);
        Ok(())
    }
}

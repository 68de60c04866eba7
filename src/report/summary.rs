//! A table of how often each rule found something, and in how many works.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::io;

use super::clean::{clean, width};
use super::{Options, Reporter, sentences};
use crate::model::{Report, Severity, Totals};

/// Counts while the works come in, and writes `severity  rule  findings  works` at the end.
pub(super) struct Summary {
    counts: BTreeMap<(Reverse<Severity>, String), Count>,
    quiet: bool,
}

#[derive(Default)]
struct Count {
    findings: u64,
    works: u64,
}

impl Summary {
    pub(super) fn new(options: &Options) -> Self {
        Self { counts: BTreeMap::new(), quiet: options.quiet }
    }
}

impl Reporter for Summary {
    fn report(&mut self, report: &Report, _: &mut dyn io::Write) -> io::Result<()> {
        let mut met = BTreeSet::new();
        for diagnostic in &report.diagnostics {
            let key = (Reverse(diagnostic.severity), diagnostic.rule.clone());
            let count = self.counts.entry(key.clone()).or_default();
            count.findings += 1;
            count.works += u64::from(met.insert(key));
        }
        Ok(())
    }

    fn finish(&mut self, totals: &Totals, out: &mut dyn io::Write) -> io::Result<()> {
        let mut counts: Vec<_> = std::mem::take(&mut self.counts).into_iter().collect();
        // a stable sort keeps rules of one number in order of name
        counts.sort_by_key(|((severity, _), count)| (*severity, Reverse(count.findings)));
        let row = |((severity, rule), count): &((Reverse<Severity>, String), Count)| {
            let numbers = [count.findings, count.works].map(sentences::grouped);
            let [findings, works] = numbers;
            [sentences::severity(severity.0).to_owned(), clean(rule), findings, works]
        };
        let mut rows = vec![["Severity", "Rule", "Findings", "Works"].map(String::from)];
        rows.extend(counts.iter().map(row));
        if rows.len() > 1 {
            table(&rows, out)?;
        }
        if self.quiet {
            return Ok(());
        }
        if rows.len() > 1 {
            writeln!(out)?;
        }
        out.write_all(sentences::summary(totals).as_bytes())
    }
}

/// Writes words to the left of their columns and numbers to the right.
fn table(rows: &[[String; 4]], out: &mut dyn io::Write) -> io::Result<()> {
    let columns = |text: &str| text.chars().map(width).sum::<usize>();
    let widest = [0, 1, 2, 3].map(|i| rows.iter().filter_map(|r| r.get(i)).map(|t| columns(t)).max().unwrap_or(0));
    for [severity, rule, findings, works] in rows {
        let [a, b, c, d] = widest;
        let space = |text: &str, width: usize| " ".repeat(width.saturating_sub(columns(text)));
        let (after_severity, after_rule) = (space(severity, a), space(rule, b));
        let (before_findings, before_works) = (space(findings, c), space(works, d));
        writeln!(
            out,
            "{severity}{after_severity}  {rule}{after_rule}  {before_findings}{findings}  {before_works}{works}"
        )?;
    }
    Ok(())
}

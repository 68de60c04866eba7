//! A report with as much of its texts as reports print: what is worth keeping for the next run.

use std::ops::Range;

use super::excerpt::{around, bounds};
use super::html;
use crate::model::{ContentMap, Diagnostic, Report, Source, SourceId, Span};

/// The widest window that a format other than `html` cuts.
const COLUMNS: usize = 76;

/// The stretches of a source that are kept, in order, each with where it starts among them.
struct Kept(Vec<(Range<usize>, usize)>);

/// A copy of a report from which every format prints the same, without the text that none of them looks at. What is told
/// only by formats that [suggest](super::Kind::suggests) is kept when there is a `page` of that kind.
pub fn condensed(report: &Report, page: bool) -> Report {
    let mut left = Report {
        name: report.name.clone(),
        address: report.address.clone(),
        format: report.format,
        sources: Vec::new(),
        diagnostics: report.diagnostics.clone(),
        suppressed: report.suppressed.clone(),
        chapters: report.chapters.clone(),
        map: if page { report.map.clone() } else { ContentMap::default() },
        suggested: report.suggested.clone().filter(|_| page),
        words: report.words,
    };
    let mut spans = Vec::new();
    left.each_span(&mut |span| spans.push(*span));
    let columns = if page { html::WIDEST } else { COLUMNS };
    let kept: Vec<Kept> =
        (0..).zip(&report.sources).map(|(id, source)| Kept::of(source, SourceId(id), &spans, columns)).collect();
    left.each_span(&mut |span| {
        let at = span.source.0 as usize;
        if let (Some(source), Some(kept)) = (report.sources.get(at), kept.get(at)) {
            let bytes = bounds(source, *span);
            *span = Span::new(span.source, kept.moved(bytes.start)..kept.moved(bytes.end));
        }
    });
    let ranges = |kept: &Kept| kept.0.iter().map(|k| k.0.clone()).collect::<Vec<_>>();
    left.sources = report.sources.iter().zip(&kept).map(|(source, kept)| source.condensed(&ranges(kept))).collect();
    left
}

impl Kept {
    fn of(source: &Source, id: SourceId, spans: &[Span], columns: usize) -> Self {
        let of_source = spans.iter().filter(|s| s.source == id);
        let mut ranges: Vec<Range<usize>> = of_source.map(|s| around(source, *s, columns)).collect();
        ranges.sort_by_key(|r| r.start);
        let mut kept: Vec<(Range<usize>, usize)> = Vec::new();
        for range in ranges {
            match kept.last_mut() {
                Some((last, _)) if range.start <= last.end => last.end = last.end.max(range.end),
                last => {
                    let at = last.map_or(0, |(last, at)| *at + last.len());
                    kept.push((range, at));
                }
            }
        }
        Self(kept)
    }

    /// Where a byte of the source is among what is kept.
    fn moved(&self, byte: usize) -> usize {
        let next = self.0.partition_point(|(range, _)| range.start <= byte);
        let stretch = next.checked_sub(1).and_then(|i| self.0.get(i));
        stretch.map_or(0, |(range, at)| at + (byte - range.start).min(range.len()))
    }
}

impl Report {
    /// Shows every span to `look`, which may change it.
    fn each_span(&mut self, look: &mut dyn FnMut(&mut Span)) {
        let accepted = self.suppressed.iter_mut().map(|s| &mut s.diagnostic);
        for Diagnostic { labels, fix, .. } in self.diagnostics.iter_mut().chain(accepted) {
            labels.iter_mut().for_each(|label| look(&mut label.span));
            fix.iter_mut().flat_map(|fix| &mut fix.edits).for_each(|edit| look(&mut edit.span));
        }
        let spots = self.map.strips.iter_mut().flat_map(|strip| strip.spots.iter_mut().flatten());
        spots.flat_map(|spot| &mut spot.places).for_each(look);
    }
}

//! Reports as bytes and back. What is read is taken for what any file may hold: it gives a report or nothing.

use crate::formats::FORMATS;
use crate::model::map::{Cell, ContentMap, Level, Spot, Strip};
use crate::model::{
    Before, By, Chapter, Decoding, Diagnostic, Edit, Fix, Holder, Inside, Label, Paragraph, Part, Report, Safety,
    Score, Severity, Source, SourceId, Span, Stretch, Suppressed,
};

/// The reports of a file as bytes; nothing if they could not be read again.
pub fn encode(reports: &[Report]) -> Option<Vec<u8>> {
    if reports.iter().any(|r| format(r.format).is_none()) {
        return None;
    }
    let mut out = Writer(Vec::new());
    out.list(reports, Writer::report);
    Some(out.0)
}

/// The reports that [`encode`] made bytes of; nothing of any other bytes.
pub fn decode(bytes: &[u8]) -> Option<Vec<Report>> {
    let mut reader = Reader(bytes);
    let reports = reader.list(Reader::report)?;
    reader.0.is_empty().then_some(reports)
}

/// The format of that name.
fn format(name: &str) -> Option<&'static str> {
    let known = FORMATS.iter().map(|f| f.name()).chain(["", Report::SETTINGS]);
    known.into_iter().find(|known| *known == name)
}

const SEVERITIES: [Severity; 4] = [Severity::Off, Severity::Info, Severity::Warning, Severity::Error];
const LEVELS: [Level; 3] = [Level::Weak, Level::Clear, Level::Strong];
const SAFETIES: [Safety; 2] = [Safety::Safe, Safety::Suggestion];
const INSIDES: [Inside; 3] = [Inside::No, Inside::Text, Inside::Markup];

struct Writer(Vec<u8>);

impl Writer {
    /// Seven bits a byte, the lowest first.
    fn number(&mut self, number: u64) {
        let mut rest = number;
        while rest > 0x7f {
            self.0.push(rest as u8 | 0x80);
            rest >>= 7;
        }
        self.0.push(rest as u8);
    }

    fn size(&mut self, size: usize) {
        self.number(size as u64);
    }

    fn text(&mut self, text: &str) {
        self.size(text.len());
        self.0.extend_from_slice(text.as_bytes());
    }

    fn float(&mut self, value: f32) {
        self.0.extend_from_slice(&value.to_le_bytes());
    }

    fn list<'t, T: 't>(
        &mut self,
        all: impl IntoIterator<Item = &'t T, IntoIter: ExactSizeIterator>,
        one: fn(&mut Self, &T),
    ) {
        let all = all.into_iter();
        self.size(all.len());
        all.for_each(|item| one(self, item));
    }

    fn option<T>(&mut self, value: Option<&T>, one: fn(&mut Self, &T)) {
        self.list(value, one);
    }

    fn string(&mut self, text: &impl AsRef<str>) {
        self.text(text.as_ref());
    }

    fn one_of<T: PartialEq>(&mut self, all: &[T], one: &T) {
        self.size(all.iter().position(|known| known == one).unwrap_or(0));
    }

    fn report(&mut self, report: &Report) {
        let Report { name, address, format, sources, diagnostics, suppressed, chapters, map, suggested, words } =
            report;
        self.text(name);
        self.option(address.as_ref(), Self::string);
        self.text(format);
        self.list(sources, Self::source);
        self.list(diagnostics, Self::diagnostic);
        self.list(suppressed, Self::suppressed);
        self.list(chapters, Self::chapter);
        self.list(&map.cells, Self::cell);
        self.list(&map.strips, Self::strip);
        self.list(&map.more, Self::string);
        self.option(suggested.as_ref(), Self::string);
        self.number(*words);
    }

    fn source(&mut self, source: &Source) {
        self.text(&source.name);
        self.text(&source.text);
        self.size(source.decoded.breaks().len());
        for (decoded, original, widths) in source.decoded.breaks() {
            self.number(decoded.into());
            self.number(original.into());
            self.0.extend_from_slice(&widths);
        }
        self.one_of(&INSIDES, &source.inside);
        match &source.holder {
            Holder::Itself => self.number(0),
            Holder::Nothing => self.number(1),
            Holder::File(name) => {
                self.number(2);
                self.text(name);
            }
        }
        self.list(&source.paragraphs, |out, paragraph| {
            out.number(paragraph.range.start.into());
            out.number(paragraph.range.end.into());
            out.text(&paragraph.part);
            out.number(paragraph.number.into());
        });
        self.list(source.stretches(), |out, stretch| {
            out.number(stretch.at.into());
            let Before { lines, characters, bytes } = stretch.before;
            [lines, characters, bytes].into_iter().for_each(|n| out.size(n));
        });
    }

    fn span(&mut self, span: &Span) {
        [span.source.0, span.start, span.end].into_iter().for_each(|n| self.number(n.into()));
    }

    fn diagnostic(&mut self, diagnostic: &Diagnostic) {
        let Diagnostic { rule, subject, severity, message, labels, help, fix, score } = diagnostic;
        self.text(rule);
        self.option(subject.as_ref(), Self::string);
        self.one_of(&SEVERITIES, severity);
        self.text(message);
        self.list(labels, |out, Label { span, text, primary }| {
            out.span(span);
            out.text(text);
            out.number(u64::from(*primary));
        });
        self.option(help.as_ref(), Self::string);
        self.option(fix.as_ref(), |out, Fix { title, edits, safety }| {
            out.text(title);
            out.list(edits, |out, edit| {
                out.span(&edit.span);
                out.text(&edit.text);
            });
            out.one_of(&SAFETIES, safety);
        });
        self.option(score.as_ref(), |out, Score { value, threshold, sure, parts }| {
            [value, threshold, sure].into_iter().for_each(|f| out.float(*f));
            out.list(parts, |out, Part { name, count, weight }| {
                out.text(name);
                out.number((*count).into());
                out.float(*weight);
            });
        });
    }

    fn suppressed(&mut self, suppressed: &Suppressed) {
        let Suppressed { diagnostic, by, reason } = suppressed;
        self.diagnostic(diagnostic);
        match by {
            By::Work => self.number(0),
            By::Baseline => self.number(1),
            By::Config(entry) => {
                self.number(2);
                self.size(*entry);
            }
        }
        self.text(reason);
    }

    fn chapter(&mut self, chapter: &Chapter) {
        let Chapter { number, title, words, scores } = chapter;
        self.option(number.as_ref(), |out, n| out.number((*n).into()));
        self.option(title.as_ref(), Self::string);
        self.number((*words).into());
        self.list(scores, |out, (tag, score)| {
            out.text(tag);
            out.float(*score);
        });
    }

    fn cell(&mut self, cell: &Cell) {
        let Cell { chapters, from, words, part } = cell;
        self.option(chapters.as_ref(), |out, (first, last)| {
            out.number((*first).into());
            out.number((*last).into());
        });
        self.number((*from).into());
        self.number((*words).into());
        self.number(u64::from(*part));
    }

    fn strip(&mut self, strip: &Strip) {
        let Strip { tag, name, score, level, spots } = strip;
        self.text(tag);
        self.text(name);
        self.float(*score);
        self.one_of(&LEVELS, level);
        self.list(spots, |out, spot| {
            out.option(spot.as_ref(), |out, Spot { score, level, places, scenes }| {
                out.float(*score);
                out.one_of(&LEVELS, level);
                out.list(places, Self::span);
                out.size(*scenes);
            });
        });
    }
}

struct Reader<'b>(&'b [u8]);

impl<'b> Reader<'b> {
    fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..u64::BITS).step_by(7) {
            let (byte, rest) = self.0.split_first()?;
            self.0 = rest;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    fn small(&mut self) -> Option<u32> {
        self.number()?.try_into().ok()
    }

    fn size(&mut self) -> Option<usize> {
        self.number()?.try_into().ok()
    }

    fn bytes(&mut self, count: usize) -> Option<&'b [u8]> {
        let (bytes, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(bytes)
    }

    fn text(&mut self) -> Option<&'b str> {
        let count = self.size()?;
        std::str::from_utf8(self.bytes(count)?).ok()
    }

    fn string(&mut self) -> Option<String> {
        self.text().map(str::to_owned)
    }

    fn float(&mut self) -> Option<f32> {
        let value = f32::from_le_bytes(self.bytes(4)?.try_into().ok()?);
        value.is_finite().then_some(value)
    }

    fn truth(&mut self) -> Option<bool> {
        self.one_of(&[false, true])
    }

    fn one_of<T: Copy>(&mut self, all: &[T]) -> Option<T> {
        let index = self.size()?;
        all.get(index).copied()
    }

    fn list<T>(&mut self, one: fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let count = self.size()?;
        // whatever it says, each takes a byte at least
        let mut all = Vec::with_capacity(count.min(self.0.len()).min(64));
        for _ in 0..count {
            all.push(one(self)?);
        }
        Some(all)
    }

    fn option<T>(&mut self, one: fn(&mut Self) -> Option<T>) -> Option<Option<T>> {
        if self.truth()? { one(self).map(Some) } else { Some(None) }
    }

    fn report(&mut self) -> Option<Report> {
        Some(Report {
            name: self.string()?,
            address: self.option(Self::string)?,
            format: format(self.text()?)?,
            sources: self.list(Self::source)?,
            diagnostics: self.list(Self::diagnostic)?,
            suppressed: self.list(Self::suppressed)?,
            chapters: self.list(Self::chapter)?,
            map: ContentMap {
                cells: self.list(Self::cell)?,
                strips: self.list(Self::strip)?,
                more: self.list(Self::string)?,
            },
            suggested: self.option(Self::string)?,
            words: self.number()?,
        })
    }

    fn source(&mut self) -> Option<Source> {
        let (name, text) = (self.string()?, self.string()?);
        let mut decoded = Decoding::default();
        let mut last = 0;
        for _ in 0..self.size()? {
            let (at, original) = (self.small()?, self.small()?);
            decoded.push_widths(at, original, self.bytes(4)?.try_into().ok()?);
            // places are looked up among breaks that are in order
            if std::mem::replace(&mut last, at) > at {
                return None;
            }
        }
        let inside = self.one_of(&INSIDES)?;
        let holder = match self.number()? {
            0 => Holder::Itself,
            1 => Holder::Nothing,
            2 => Holder::File(self.string()?),
            _ => return None,
        };
        let paragraphs = self.list(|from| {
            let range = from.small()?..from.small()?;
            Some(Paragraph { range, part: from.string()?, number: from.small()? })
        })?;
        let stretches = self.list(|from| {
            let at = from.small()?;
            let before = Before { lines: from.size()?, characters: from.size()?, bytes: from.size()? };
            // what is counted on from there must not go past what a number holds
            let fits = [before.lines, before.characters, before.bytes].iter().all(|n| u32::try_from(*n).is_ok());
            fits.then_some(Stretch { at, before })
        })?;
        let mut source = Source::new(name, text, decoded).of_stretches(stretches);
        (source.inside, source.holder, source.paragraphs) = (inside, holder, paragraphs);
        Some(source)
    }

    fn span(&mut self) -> Option<Span> {
        let (source, start, end) = (self.small()?, self.small()?, self.small()?);
        (start <= end).then_some(Span { source: SourceId(source), start, end })
    }

    fn diagnostic(&mut self) -> Option<Diagnostic> {
        Some(Diagnostic {
            rule: self.string()?,
            subject: self.option(Self::string)?,
            severity: self.one_of(&SEVERITIES)?,
            message: self.string()?,
            labels: self
                .list(|from| Some(Label { span: from.span()?, text: from.string()?, primary: from.truth()? }))?,
            help: self.option(Self::string)?,
            fix: self.option(|from| {
                Some(Fix {
                    title: from.string()?,
                    edits: from.list(|from| Some(Edit { span: from.span()?, text: from.string()? }))?,
                    safety: from.one_of(&SAFETIES)?,
                })
            })?,
            score: self.option(|from| {
                Some(Score {
                    value: from.float()?,
                    threshold: from.float()?,
                    sure: from.float()?,
                    parts: from.list(|from| {
                        Some(Part { name: from.string()?, count: from.small()?, weight: from.float()? })
                    })?,
                })
            })?,
        })
    }

    fn suppressed(&mut self) -> Option<Suppressed> {
        let diagnostic = self.diagnostic()?;
        let by = match self.number()? {
            0 => By::Work,
            1 => By::Baseline,
            2 => By::Config(self.size()?),
            _ => return None,
        };
        Some(Suppressed { diagnostic, by, reason: self.string()? })
    }

    fn chapter(&mut self) -> Option<Chapter> {
        Some(Chapter {
            number: self.option(Self::small)?,
            title: self.option(Self::string)?,
            words: self.small()?,
            scores: self.list(|from| Some((from.string()?, from.float()?)))?,
        })
    }

    fn cell(&mut self) -> Option<Cell> {
        Some(Cell {
            chapters: self.option(|from| Some((from.small()?, from.small()?)))?,
            from: self.small()?,
            words: self.small()?,
            part: self.truth()?,
        })
    }

    fn strip(&mut self) -> Option<Strip> {
        Some(Strip {
            tag: self.string()?,
            name: self.string()?,
            score: self.float()?,
            level: self.one_of(&LEVELS)?,
            spots: self.list(|from| {
                from.option(|from| {
                    Some(Spot {
                        score: from.float()?,
                        level: from.one_of(&LEVELS)?,
                        places: from.list(Self::span)?,
                        scenes: from.size()?,
                    })
                })
            })?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Totals, UTF8};
    use crate::report::{Options, REPORTERS};

    fn finding(start: u32) -> Diagnostic {
        let span = |start, end| Span { source: SourceId(0), start, end };
        Diagnostic {
            score: Some(Score {
                value: 0.9,
                threshold: 0.5,
                sure: 0.8,
                parts: vec![Part { name: "blows".into(), count: 3, weight: -1.5 }],
            }),
            ..Diagnostic::new("core/undeclared", Severity::Warning, "“Blood” is found.")
                .about("blood")
                .at(span(start, start + 3), "here")
                .at(Span { source: SourceId(1), start: 2, end: 4 }, "")
                .help("Tag it.")
                .fix(Fix {
                    title: "add it".into(),
                    edits: vec![Edit { span: span(1, 1), text: "Blood".into() }],
                    safety: Safety::Suggestion,
                })
        }
    }

    fn report() -> Report {
        let mut decoded = Decoding::shifted(3);
        decoded.push_widths(4, 7, UTF8);
        decoded.push_widths(9, 12, [1, 1, 1, 1]);
        let mut book = Source::new("b.epub:1.xhtml", "<p>One two three</p>", Decoding::default());
        (book.inside, book.holder) = (Inside::Markup, Holder::File("b.epub".into()));
        book.paragraphs.push(Paragraph { range: 2..9, part: "chapter 1".into(), number: 4 });
        let stretches = vec![Stretch { at: 0, before: Before { lines: 3, characters: 1, bytes: 2 } }];
        let spot = Spot { score: 0.7, level: Level::Clear, places: vec![Span::default()], scenes: 2 };
        let strip = Strip {
            tag: "blood".into(),
            name: "Blood".into(),
            score: 0.6,
            level: Level::Strong,
            spots: vec![Some(spot), None],
        };
        let cell = |chapters| Cell { chapters, from: 1, words: 90, part: true };
        Report {
            name: "a.md".into(),
            address: Some("example.org/works/1".into()),
            format: "text",
            sources: vec![Source::new("a.md", "Rating: é\nblood\n", decoded).of_stretches(stretches), book],
            diagnostics: vec![finding(11), finding(12)],
            suppressed: [By::Work, By::Config(3), By::Baseline]
                .map(|by| Suppressed { diagnostic: finding(13), by, reason: "why".into() })
                .to_vec(),
            chapters: vec![Chapter {
                number: Some(1),
                title: Some("One".into()),
                words: 300,
                scores: vec![("blood".into(), 0.25)],
            }],
            map: ContentMap {
                cells: vec![cell(None), cell(Some((1, 2)))],
                strips: vec![strip],
                more: vec!["Sea".into()],
            },
            suggested: Some("Rating: Mature\n".into()),
            words: 123_456,
        }
    }

    #[test]
    fn what_was_kept_is_what_was_found() {
        let reports = [report(), Report::default()];
        let bytes = encode(&reports).unwrap();
        let read = decode(&bytes).unwrap();
        assert_eq!(format!("{read:?}"), format!("{reports:?}"));
        assert!(encode(&[Report { format: "other", ..Report::default() }]).is_none());
    }

    /// Bytes that pass for whole and are not what was written.
    #[test]
    fn forged_bytes_do_no_harm() {
        let whole = encode(&[report()]).unwrap();
        let mut decoded = 0;
        let mut check = |bytes: &[u8]| {
            let Some(reports) = decode(bytes) else { return };
            decoded += 1;
            for kind in REPORTERS {
                let mut reporter = (kind.make)(&Options::default());
                let mut out = Vec::new();
                reports.iter().for_each(|report| reporter.report(report, &mut out).unwrap());
                reporter.finish(&Totals::default(), &mut out).unwrap();
            }
        };
        (0..whole.len()).for_each(|length| check(&whole[..length]));
        for at in 0..whole.len() {
            for byte in [0, 1, 3, 0x60, 0x7f, 0x80, 0xff] {
                let mut bytes = whole.clone();
                bytes[at] = byte;
                check(&bytes);
            }
        }
        assert!(decoded > 100, "{decoded}");
    }
}

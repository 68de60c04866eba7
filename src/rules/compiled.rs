//! Rule sets as bytes: those of the bundled packs, which the build makes, and those of users' packs for their cache.
//!
//! What a run on one work does not need is left out: examples, and the tiny works of rules.

use std::borrow::Cow;
use std::sync::OnceLock;

use super::bytes::Bytes;
use super::codec::{Coded, Reader, coded};
use super::condition::{Condition, Subject, Test, Threshold};
use super::detector::{Detector, Near};
use super::lexicon::{Element, Gap, Lexicon, Phrase};
use super::link::{Loaded, link, link_on};
use super::matcher::{Index, Part};
use super::{Language, Logic, PackText, Rule, RuleSet};

/// A pack that is to be loaded.
#[derive(Debug, Clone)]
pub enum Pack {
    /// One that comes with forewarn, by its name.
    Bundled(String),
    /// One that was read.
    Own(PackText),
}

impl Pack {
    /// As it stands before the slash in `pack/rule`.
    pub fn name(&self) -> &str {
        match self {
            Self::Bundled(name) => name,
            Self::Own(text) => &text.name,
        }
    }

    /// Whether a file of that path is one of its own.
    pub fn holds(&self, path: &str) -> bool {
        self.text().is_some_and(|text| text.files.iter().any(|file| file.0 == path))
    }

    fn text(&self) -> Option<Cow<'_, PackText>> {
        match self {
            Self::Bundled(name) => super::bundled(name).map(Cow::Owned),
            Self::Own(text) => Some(Cow::Borrowed(text)),
        }
    }
}

/// The rule set of packs in their order, as [`link`] makes it but for its examples: made from what was compiled, as far
/// as bundled packs come first. Packs that do not exist are left out.
pub fn load(packs: &[Pack]) -> Loaded {
    let (base, rest) = compiled(packs);
    let clashes = |base: &RuleSet| rest.iter().any(|p| base.packs.iter().any(|known| known == p.name()));
    let texts: Vec<_> = rest.iter().filter_map(Pack::text).collect();
    let rules = match base.filter(|base| !clashes(base)) {
        Some(base) if texts.is_empty() => Some(base),
        Some(base) => link_on(base, texts.iter().map(Cow::as_ref)),
        None => None,
    };
    rules.map_or_else(|| load_whole(packs), |rules| Loaded { rules, reports: Vec::new() })
}

/// The rule set of packs in their order with their examples. Packs that do not exist are left out.
pub fn load_whole(packs: &[Pack]) -> Loaded {
    let texts: Vec<_> = packs.iter().filter_map(Pack::text).collect();
    link(texts.iter().map(Cow::as_ref))
}

/// The compiled rule set of most of the first packs, and the packs behind them.
fn compiled(packs: &[Pack]) -> (Option<RuleSet>, &[Pack]) {
    let names: Vec<&str> =
        packs.iter().map_while(|p| if let Pack::Bundled(n) = p { Some(n.as_str()) } else { None }).collect();
    let Some(bundle) = bundle() else { return (None, packs) };
    let fits = |list: &Compiled| names.iter().zip(&list.packs).filter(|(a, b)| *a == *b).count() == list.packs.len();
    let all = (0..).zip(&bundle.lists).filter(|(_, list)| fits(list));
    let Some((number, list)) = all.max_by_key(|(_, list)| list.packs.len()) else { return (None, packs) };
    let rules = bundle.rules(number, Part::default(), &list.rest);
    (rules, packs.get(list.packs.len()..).unwrap_or_default())
}

/// The bundled packs as compiled.
struct Bundle {
    /// Terms and phrases, which lists of packs share.
    parts: Vec<Part>,
    lists: Vec<Compiled>,
}

/// A list of packs as compiled.
struct Compiled {
    packs: Vec<String>,
    part: usize,
    /// All but the terms.
    rest: Bytes,
}

coded!(Bundle { parts, lists });
coded!(Compiled { packs, part, rest });

fn bundle() -> Option<Bundle> {
    Bundle::read(&mut Reader::new(&Bytes::from(crate::packs::COMPILED)))
}

impl Bundle {
    fn rules(&self, number: u32, added: Part, rest: &Bytes) -> Option<RuleSet> {
        let part = self.parts.get(self.lists.get(number as usize)?.part)?.clone();
        rules(rest, Index::compiled(part, added), Some(number))
    }
}

/// The bundled rule sets as bytes.
#[allow(dead_code)] // only the build makes them
pub(crate) fn bundle_bytes(sets: &[RuleSet]) -> Vec<u8> {
    let mut bundle = Bundle { parts: Vec::new(), lists: Vec::new() };
    let mut written: Vec<Vec<u8>> = Vec::new();
    for rules in sets {
        let [base, _] = rules.index.parts();
        let bytes = coded(base);
        let part = written.iter().position(|known| *known == bytes).unwrap_or_else(|| {
            bundle.parts.push(base.clone());
            written.push(bytes);
            written.len() - 1
        });
        bundle.lists.push(Compiled { packs: rules.packs.clone(), part, rest: rest(rules).into() });
    }
    coded(&bundle)
}

/// A rule set as bytes. What it shares with a bundled one is not among them.
pub fn compile(rules: &RuleSet) -> Vec<u8> {
    let [base, added] = rules.index.parts();
    let mut out = Vec::new();
    rules.base.write(&mut out);
    if rules.base.is_none() {
        base.write(&mut out);
    }
    added.write(&mut out);
    out.extend(rest(rules));
    out
}

/// The rule set that was [compiled](compile) by this build of forewarn, whose bytes start at `start`; none if they are
/// not one.
pub fn decode(bytes: Vec<u8>, start: usize) -> Option<RuleSet> {
    let end = bytes.len();
    let bytes = Bytes::from(bytes).part(start..end)?;
    let mut from = Reader::new(&bytes);
    let number = Option::<u32>::read(&mut from)?;
    let base = if number.is_none() { Part::read(&mut from)? } else { Part::default() };
    let added = Part::read(&mut from)?;
    let rest = from.rest()?;
    match number {
        Some(number) => bundle()?.rules(number, added, &rest),
        None => rules(&rest, Index::compiled(base, added), None),
    }
}

fn coded(value: &impl Coded) -> Vec<u8> {
    let mut out = Vec::new();
    value.write(&mut out);
    out
}

/// All of a rule set but its terms.
pub(crate) fn rest(rules: &RuleSet) -> Vec<u8> {
    let mut out = Vec::new();
    rules.packs.write(&mut out);
    rules.languages.write(&mut out);
    rules.vocabulary.write(&mut out);
    rules.lexicons.write(&mut out);
    rules.patterns.write(&mut out);
    rules.detectors.write(&mut out);
    rules.rules.write(&mut out);
    out
}

fn rules(rest: &Bytes, index: Index, base: Option<u32>) -> Option<RuleSet> {
    let mut from = Reader::new(rest);
    let from = &mut from;
    let rules = RuleSet {
        packs: Coded::read(from)?,
        languages: Coded::read(from)?,
        vocabulary: Coded::read(from)?,
        lexicons: Coded::read(from)?,
        index,
        patterns: Coded::read(from)?,
        detectors: Coded::read(from)?,
        rules: Coded::read(from)?,
        examples: Vec::new(),
        base,
        frequent: OnceLock::new(),
    };
    from.is_done().then_some(rules)
}

coded!(Language { id, code, names, negation, within, sets, common, narrative });
coded!(Lexicon { id, summary, language, negation, within });
coded!(Phrase { elements, gaps });
coded!(Detector { id, summary, tag, bias, weights, near, terms, hold, warn, sure });
coded!(Condition { all });

impl Coded for Near {
    fn write(&self, out: &mut Vec<u8>) {
        let [a, b] = self.lexicons;
        (a, b).write(out);
        self.words.write(out);
        self.weight.write(out);
    }

    fn read(from: &mut Reader<'_>) -> Option<Self> {
        let (a, b) = Coded::read(from)?;
        Some(Self { lexicons: [a, b], words: Coded::read(from)?, weight: Coded::read(from)? })
    }
}

impl Coded for Rule {
    fn write(&self, out: &mut Vec<u8>) {
        self.id.write(out);
        self.severity.write(out);
        self.summary.write(out);
        self.docs.write(out);
        self.help.write(out);
        self.each.write(out);
        self.category.write(out);
        self.per_chapter.write(out);
        self.logic.write(out);
        self.fields.write(out);
        self.limit.write(out);
    }

    fn read(from: &mut Reader<'_>) -> Option<Self> {
        Some(Self {
            id: Coded::read(from)?,
            severity: Coded::read(from)?,
            summary: Coded::read(from)?,
            docs: Coded::read(from)?,
            help: Coded::read(from)?,
            each: Coded::read(from)?,
            category: Coded::read(from)?,
            per_chapter: Coded::read(from)?,
            logic: Coded::read(from)?,
            fields: Coded::read(from)?,
            limit: Coded::read(from)?,
            passes: Vec::new(),
            fails: Vec::new(),
        })
    }
}

/// Codes enums as the place of the variant in the list and its fields.
macro_rules! variants {
    ($type:ident { $($number:literal => $variant:ident $(($($part:ident),+))? $({ $($field:ident),+ })?),+ $(,)? }) => {
        impl Coded for $type {
            fn write(&self, out: &mut Vec<u8>) {
                match self {
                    $(Self::$variant $(($($part),+))? $({ $($field),+ })? => {
                        out.push($number);
                        $($($part.write(out);)+)?
                        $($($field.write(out);)+)?
                    })+
                }
            }

            fn read(from: &mut Reader<'_>) -> Option<Self> {
                from.deeper(|from| match from.byte()? {
                    $($number => {
                        $($(let $part = Coded::read(from)?;)+)?
                        $($(let $field = Coded::read(from)?;)+)?
                        Some(Self::$variant $(($($part),+))? $({ $($field),+ })?)
                    })+
                    _ => None,
                })
            }
        }
    };
}

variants!(Element { 0 => Word(word), 1 => Prefix(word), 2 => Set(name), 3 => Character });
variants!(Gap { 0 => Space, 1 => Exact(gap) });
variants!(Logic { 0 => Condition { when, then, forbid }, 1 => Check(name) });
variants!(Subject { 0 => Each, 1 => Tag(tag) });
variants!(Threshold { 0 => Warn, 1 => Sure, 2 => At(score) });
variants!(Test {
    0 => Tag(subject, degree),
    1 => Denied(subject),
    2 => Withheld(what),
    3 => Evidence(subject, threshold),
    4 => Rating { ladder, level },
    5 => Field(field, count),
    6 => OneOf(field, names),
    7 => Absent(field),
    8 => Any(any),
});

#[cfg(test)]
mod tests {
    use super::*;

    fn packs(names: &[&str]) -> Vec<Pack> {
        names.iter().map(|name| Pack::Bundled((*name).to_owned())).collect()
    }

    fn own(name: &str, toml: &str) -> Pack {
        let files = vec![(format!("{name}.toml"), toml.to_owned())];
        Pack::Own(PackText { name: name.to_owned(), files, bundled: false })
    }

    /// All that a rule set says besides the tables of its terms, which are filed otherwise when they are linked together.
    fn said(rules: &RuleSet) -> (Vec<u8>, Vec<String>) {
        let terms = (0..rules.index.len()).map(crate::model::TermId);
        (rest(rules), terms.map(|id| format!("{:?} {:?}", rules.index.term(id), rules.index.text(id))).collect())
    }

    #[test]
    fn the_compiled_packs_are_what_linking_them_gives() {
        for list in bundle().unwrap().lists {
            let names: Vec<&str> = list.packs.iter().map(String::as_str).collect();
            let (compiled, linked) = (load(&packs(&names)), load_whole(&packs(&names)));
            assert!(compiled.rules.base.is_some() && linked.rules.base.is_none());
            assert_eq!(said(&compiled.rules), said(&linked.rules), "{names:?}");
            let [compiled, linked] = [&compiled.rules, &linked.rules].map(|r| coded(r.index.parts()[0]));
            assert!(compiled == linked, "{names:?}");
        }
    }

    #[test]
    fn packs_on_top_of_compiled_ones_say_what_packs_linked_together_say() {
        let extra = || own("extra", include_str!("../../tests/support/extra.toml"));
        for (names, extra) in [
            (&["core", "ao3", "ffn", "storygraph"][..], Vec::new()),
            (&["core", "ao3"], vec![extra()]),
            (&["core", "ffn"], vec![extra()]),
            (&[], vec![own("alone", "[[field]]\nid = \"tags\"\nname = \"T\"\nnames = [\"T\"]\nholds = \"tags\"")]),
        ] {
            let list: Vec<Pack> = packs(names).into_iter().chain(extra).collect();
            let (on_top, together) = (load(&list), load_whole(&list));
            assert!(together.reports.is_empty(), "{:?}", together.reports);
            assert_eq!(on_top.rules.base.is_some(), !names.is_empty(), "{names:?}");
            assert!(said(&on_top.rules) == said(&together.rules), "{names:?}");
            let kept = decode(compile(&on_top.rules), 0).unwrap();
            assert!(said(&kept) == said(&together.rules), "{names:?} from the cache");
        }
    }

    #[test]
    fn packs_that_change_what_the_bundled_ones_say_are_linked_with_them() {
        for toml in [
            // a fault, which is told as when they are linked together
            "[[tag]]\nid = \"violence\"\nname = \"V\"\ncategory = \"content\"",
            // names of core that are no names of tags as they stand there
            "[[tag]]\nid = \"x\"\nname = \"Vio lence!\"\nsynonyms = [\"Self Harm?\"]\ncategory = \"content\"",
            "[[field]]\nid = \"x\"\nname = \"X\"\nnames = [\"X\"]\nholds = \"tags\"\none-of = \"content\"",
        ] {
            let list = [packs(&["core"]), vec![own("own", toml)]].concat();
            let (on_top, together) = (load(&list), load_whole(&list));
            assert!(on_top.rules.base.is_none(), "{toml}");
            let told = |loaded: &Loaded| loaded.reports.iter().map(|r| r.diagnostics.clone()).collect::<Vec<_>>();
            assert_eq!(told(&on_top), told(&together), "{toml}");
        }
    }
}

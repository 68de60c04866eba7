//! Scenes to the content map.

use std::collections::BTreeMap;

use super::evidence;
use crate::model::map::{Cell, ContentMap, Level, Spot, Strip};
use crate::model::{Facts, Scene, TagId};
use crate::rules::RuleSet;
use crate::rules::detector::Detector;

/// Most cells, so that a strip can be taken in at a glance and each cell can be hit with a finger.
const CELLS: usize = 40;
/// Words of a cell; the first size that gives few enough is taken.
const SIZES: &[u32] = &[1_000, 2_000, 3_000, 5_000, 10_000, 20_000, 50_000, 100_000, 1_000_000];
/// Smaller ones, for works that would have next to no map, with the most cells they may give.
const SMALL: &[u32] = &[250, 500];
const SMALL_CELLS: usize = 16;
/// Most kinds of content that are drawn.
const STRIPS: usize = 12;
/// Most places of a scene that are kept.
const PLACES: usize = 3;

/// The content map of a work. Kinds of which there is no scene that a rule would report are left out.
pub fn content_map(facts: &Facts<'_>, rules: &RuleSet) -> ContentMap {
    if facts.scenes.is_empty() {
        return ContentMap::default();
    }
    let (cells, sections) = cells(facts);
    let mut strips: BTreeMap<TagId, Strip> = BTreeMap::new();
    for scene in &facts.scenes {
        let Some(detector) = rules.detectors.get(scene.detector.0 as usize) else { continue };
        let Some(tag) = rules.vocabulary.tag(scene.tag) else { continue };
        let Some(Some(place)) = sections.get(scene.section as usize) else { continue };
        let strip = strips.entry(scene.tag).or_insert_with(|| Strip {
            tag: tag.id.clone(),
            name: tag.name.clone(),
            score: 0.0,
            level: Level::Weak,
            spots: vec![None; cells.len()],
        });
        let score = facts.scores.get(scene.detector.0 as usize).copied().unwrap_or(0.0);
        if score > strip.score {
            (strip.score, strip.level) = (score, level(score, detector));
        }
        let Some(spot) = strip.spots.get_mut(place.cell(scene.words.start + scene.words.len() as u32 / 2)) else {
            continue;
        };
        let scenes = spot.as_ref().map_or(0, |s| s.scenes) + 1;
        match spot {
            Some(stronger) if stronger.score >= scene.score => stronger.scenes = scenes,
            _ => *spot = Some(Spot { scenes, ..of(scene, detector, facts, rules) }),
        }
    }
    let mut strips: Vec<Strip> = strips.into_values().collect();
    let reported = |s: &Strip| s.level > Level::Weak || s.spots.iter().flatten().any(|spot| spot.level > Level::Weak);
    strips.retain(reported);
    strips.sort_by(|a, b| b.level.cmp(&a.level).then(b.score.total_cmp(&a.score)).then_with(|| a.name.cmp(&b.name)));
    let more = strips.split_off(strips.len().min(STRIPS)).into_iter().map(|s| s.name).collect();
    ContentMap { cells, strips, more }
}

fn of(scene: &Scene, detector: &Detector, facts: &Facts<'_>, rules: &RuleSet) -> Spot {
    let places = evidence(facts, rules, &[scene], PLACES).into_iter().map(|e| e.span).collect();
    Spot { score: scene.score, level: level(scene.score, detector), places, scenes: 1 }
}

fn level(score: f32, detector: &Detector) -> Level {
    match score {
        s if s >= detector.sure => Level::Strong,
        s if s >= detector.warn => Level::Clear,
        _ => Level::Weak,
    }
}

/// Where the words of a section lie among the cells.
struct InCells {
    /// The first cell of its chapter, and how many the chapter has.
    first: usize,
    count: usize,
    /// Words of a cell.
    size: u32,
    /// Words of the chapter before the section, and its own.
    before: u32,
    words: u32,
}

impl InCells {
    fn cell(&self, word: u32) -> usize {
        let word = self.before + word.min(self.words.saturating_sub(1));
        self.first + (word / self.size.max(1)).min(self.count.saturating_sub(1) as u32) as usize
    }
}

/// The cells of a work, and for each of its sections where it lies; none for what is no story.
fn cells(facts: &Facts<'_>) -> (Vec<Cell>, Vec<Option<InCells>>) {
    let mut chapters: Vec<(Option<u32>, u32)> = Vec::new();
    let mut sections: Vec<Option<(usize, u32, u32)>> = Vec::new();
    for (section, measure) in facts.work.sections.iter().zip(&facts.measures) {
        if !section.kind.is_story() {
            sections.push(None);
            continue;
        }
        if chapters.last().is_none_or(|c| c.0 != section.chapter) {
            chapters.push((section.chapter, 0));
        }
        let index = chapters.len().saturating_sub(1);
        let Some(chapter) = chapters.last_mut() else { continue };
        sections.push(Some((index, chapter.1, measure.words)));
        chapter.1 += measure.words;
    }
    let words: Vec<u32> = chapters.iter().map(|c| c.1).collect();
    let size = size(&words);
    let together = if size.is_none() { words.len().div_ceil(CELLS) } else { 1 };
    let size = size.unwrap_or(u32::MAX);
    let mut cells: Vec<Cell> = Vec::new();
    let mut of_chapter: Vec<(usize, usize)> = Vec::new();
    for group in chapters.chunks(together) {
        let all: u32 = group.iter().map(|c| c.1).sum();
        let count = if together > 1 { 1 } else { count(all, size) };
        of_chapter.extend(group.iter().map(|_| (cells.len(), count)));
        let numbers = || group.iter().filter_map(|c| c.0);
        for i in 0..count as u32 {
            let from = if i == 0 { 0 } else { i * size };
            let words = if i + 1 == count as u32 { all - from } else { size };
            let chapters = numbers().min().zip(numbers().max());
            cells.push(Cell { chapters, from, words, part: count > 1 });
        }
    }
    let place = |section: Option<(usize, u32, u32)>| {
        let (chapter, before, words) = section?;
        let (first, count) = of_chapter.get(chapter).copied()?;
        Some(InCells { first, count, size, before, words })
    };
    (cells, sections.into_iter().map(place).collect())
}

/// Words of a cell; none where there are more chapters than cells.
fn size(chapters: &[u32]) -> Option<u32> {
    let cells = |size: u32| chapters.iter().map(|words| count(*words, size)).sum::<usize>();
    let small = SMALL.iter().find(|size| cells(**size) <= SMALL_CELLS);
    small.or_else(|| SIZES.iter().find(|size| cells(**size) <= CELLS)).copied()
}

/// Cells of a chapter; what is left over joins the last.
fn count(words: u32, size: u32) -> usize {
    (words.saturating_add(size / 2) / size.max(1)).max(1) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Measure, Section, SectionKind, Text, Work};

    /// The cells of chapters with so many words, as `chapter:from+words`.
    fn cut(chapters: &[u32]) -> (Vec<String>, Vec<usize>) {
        let section = |number: u32| Section {
            kind: SectionKind::Text,
            chapter: Some(number),
            heading: None,
            text: Text::default(),
        };
        let work = Work { sections: (1..).take(chapters.len()).map(section).collect(), ..Work::default() };
        let measures = chapters.iter().map(|words| Measure { words: *words, ..Measure::default() }).collect();
        let facts = Facts {
            work: &work,
            measures,
            entries: Vec::new(),
            claims: Vec::new(),
            evidence: Vec::new(),
            scenes: Vec::new(),
            by_chapter: std::collections::HashMap::new(),
            scores: Vec::new(),
            is_work: true,
        };
        let (cells, sections) = cells(&facts);
        let name = |c: &Cell| {
            let (first, last) = c.chapters.unwrap();
            format!("{first}-{last}:{}+{}", c.from, c.words)
        };
        let last_words = sections.iter().flatten().map(|s| s.cell(u32::MAX)).collect();
        (cells.iter().map(name).collect(), last_words)
    }

    #[test]
    fn long_chapters_are_cut_and_many_chapters_joined() {
        assert_eq!(cut(&[700]), (vec!["1-1:0+250".into(), "1-1:250+250".into(), "1-1:500+200".into()], vec![2]));
        assert_eq!(cut(&[0]), (vec!["1-1:0+0".into()], vec![0]));
        let (cells, last) = cut(&[30_400, 900]);
        assert_eq!(cells.len(), 31);
        assert_eq!(cells[29], "1-1:29000+1400");
        assert_eq!(last, [29, 30]);
        let (cells, last) = cut(&[100; 100]);
        assert_eq!((cells.len(), cells[0].as_str(), cells[33].as_str()), (34, "1-3:0+300", "100-100:0+100"));
        assert_eq!(last[99], 33);
        assert!(cut(&[50_000; 30]).0.len() <= CELLS);
        assert!(cut(&[900_000; 2]).0.len() <= CELLS);
    }
}

//! A story made for measuring: always the same, of plain words, with the quotes, emphasis and symbols that prose has.

/// A story of chapters.
pub struct Story {
    pub chapters: Vec<Chapter>,
}

/// A title and paragraphs of pieces.
pub struct Chapter {
    pub title: String,
    pub paragraphs: Vec<Vec<Piece>>,
}

/// A stretch of a paragraph.
pub enum Piece {
    /// Words as they are; `&` stands in some.
    Plain(String),
    /// Words in italics.
    Emphasis(String),
}

#[rustfmt::skip]
const WORDS: &[&str] = &[
    "the", "a", "and", "of", "to", "in", "was", "she", "he", "it", "that", "on", "with", "for", "her", "his", "as", "had",
    "at", "but", "from", "by", "they", "were", "not", "all", "one", "so", "out", "up", "when", "there", "then", "over",
    "boat", "harbour", "bread", "kettle", "window", "rain", "cloud", "morning", "lantern", "rope", "flour", "oven", "gull",
    "tide", "sail", "table", "garden", "ladder", "basket", "letter", "compass", "orchard", "weather", "grandmother",
    "watched", "waited", "carried", "mended", "laughed", "remembered", "wandered", "counted", "baked", "answered",
    "slowly", "quietly", "again", "before", "behind", "together", "warm", "wet", "bright", "small", "old", "wooden",
];

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    /// A number below `sides`.
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }
}

/// A story of about that many bytes in chapters of some 20 KB.
pub fn story(bytes: usize) -> Story {
    let mut dice = Dice(7);
    let mut chapters = Vec::new();
    let mut written = 0;
    while written < bytes {
        let title = format!("Chapter {}: {}", chapters.len() + 1, capital(&words(&mut dice, 3)));
        let mut paragraphs = Vec::new();
        let end = written + 20_000;
        while written < end {
            let paragraph = paragraph(&mut dice);
            written += paragraph.iter().map(|p| p.text().len()).sum::<usize>();
            paragraphs.push(paragraph);
        }
        chapters.push(Chapter { title, paragraphs });
    }
    Story { chapters }
}

impl Piece {
    /// The words without their marks.
    pub fn text(&self) -> &str {
        match self {
            Self::Plain(text) | Self::Emphasis(text) => text,
        }
    }
}

impl Story {
    /// The story with each paragraph, each chapter's title and each emphasis put down by a function.
    pub fn render(
        &self,
        title: impl Fn(usize, &str) -> String,
        paragraph: impl Fn(&str) -> String,
        plain: impl Fn(&str) -> String,
        emphasis: impl Fn(&str) -> String,
    ) -> Vec<String> {
        let piece = |piece: &Piece| match piece {
            Piece::Plain(text) => plain(text),
            Piece::Emphasis(text) => emphasis(text),
        };
        let chapter = |(i, chapter): (usize, &Chapter)| {
            let body = chapter.paragraphs.iter().map(|p| paragraph(&p.iter().map(piece).collect::<String>()));
            title(i + 1, &chapter.title) + &body.collect::<String>()
        };
        self.chapters.iter().enumerate().map(chapter).collect()
    }

    /// The story as Markdown, without front matter.
    pub fn markdown(&self) -> String {
        let same = |text: &str| text.to_owned();
        self.render(|_, t| format!("## {t}\n\n"), |p| format!("{p}\n\n"), same, |e| format!("*{e}*")).concat()
    }
}

/// Two to six sentences, one in three of them spoken.
fn paragraph(dice: &mut Dice) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut text = String::new();
    for i in 0..2 + dice.roll(5) {
        if i > 0 {
            text.push(' ');
        }
        let length = 5 + dice.roll(14);
        let sentence = capital(&words(dice, length));
        match dice.roll(12) {
            0..4 => text.push_str(&format!("“{sentence},” she said, “and that’s all.”")),
            4 => text.push_str(&format!("{sentence}—Salt & Sand—{}…", words(dice, 4))),
            5 | 6 => {
                text.push_str(&sentence);
                text.push(' ');
                pieces.push(Piece::Plain(std::mem::take(&mut text)));
                pieces.push(Piece::Emphasis(words(dice, 2)));
                text.push_str(&format!(" {}.", words(dice, 3)));
            }
            _ => text.push_str(&format!("{sentence}.")),
        }
    }
    pieces.push(Piece::Plain(text));
    pieces
}

fn words(dice: &mut Dice, count: usize) -> String {
    (0..count).map(|_| WORDS[dice.roll(WORDS.len())]).collect::<Vec<_>>().join(" ")
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|c| c.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

//! One short work, from which every form of it is made.

/// A chapter.
pub struct Chapter {
    pub title: &'static str,
    pub notes: &'static str,
    pub end_notes: &'static str,
    /// Words between asterisks are in italics.
    pub paragraphs: &'static [&'static str],
}

pub const TITLE: &str = "The Café on the Pier";
pub const AUTHOR: &str = "ada_wren";
pub const URL: &str = "https://archiveofourown.org/works/9000009";
pub const SUMMARY: &str = "Ann keeps the pier. Bo keeps asking her to stop.";
pub const NOTES: &str = "Written on the night ferry.";
pub const END_NOTES: &str = "Thank you for reading to the last stair.";

/// Typed metadata: the label of the archive, the kind of the field in the packs, the values.
pub const FIELDS: &[(&str, &str, &[&str])] = &[
    ("Rating", "rating", &["Teen And Up Audiences"]),
    ("Archive Warnings", "archive-warning", &["No Archive Warnings Apply"]),
    ("Category", "category", &["Gen"]),
    ("Fandom", "fandom", &["Tide & Tackle"]),
    ("Relationship", "relationship", &["Ann Lee & Bo Park"]),
    ("Characters", "character", &["Ann Lee", "Bo Park"]),
    ("Additional Tags", "additional-tag", &["Boats", "Animal Daeth", "Found Family", "found family"]),
    ("Language", "language", &["English"]),
];
/// The same for what the archive counts.
pub const STATS: &[(&str, &str, &str)] = &[
    ("Published", "published", "2026-04-05"),
    ("Completed", "completed", "2026-04-19"),
    ("Words", "words", "912"),
    ("Chapters", "chapters", "3/3"),
];

pub const CHAPTERS: &[Chapter] = &[
    Chapter {
        title: "Low Water",
        notes: "",
        end_notes: "",
        paragraphs: &[
            "The water was low that summer, and the piles stood out of it like the backs of cows.",
            "“You could shut the café,” Bo said. “One turn of the key. It’s not as if anybody counts.”",
            "Ann counted. She had counted since her mother left, and before that her mother had: so many cups in \
             March, so many in *Aug*ust, none at all when the ferry was <late>.",
        ],
    },
    Chapter {
        title: "High & Dry",
        notes: "CW: past illness, drowning (mentioned).",
        end_notes: "He is well again in the next one.",
        paragraphs: &[
            "He had been *drunk* since noon. The bottle stood on the sill, whis*key*, the second that day, and when he \
             poured he did not look at the glass.",
            "“Drink,” said Bo, and drank, and filled it again, and drank the vodka that was left from Sunday after it. \
             He was too drunk to stand and too drunk to sit.",
            "“You’re hungover already,” Ann said, & took the bottle from him. He was drunk enough to let her.",
        ],
    },
    Chapter {
        title: "The Gate",
        notes: "",
        end_notes: "",
        paragraphs: &[
            "They opened the gate together, one turn of the wheel, then one more.",
            "The water came slowly, the way people come back into a room after a quarrel.",
        ],
    },
];

impl Chapter {
    /// The paragraphs as a form writes them, one behind the other.
    pub fn text(&self, paragraph: impl Fn(&str) -> String) -> String {
        self.paragraphs.iter().map(|p| paragraph(p)).collect()
    }
}

/// The chapters with their numbers.
pub fn chapters() -> impl Iterator<Item = (usize, &'static Chapter)> {
    CHAPTERS.iter().enumerate().map(|(i, chapter)| (i + 1, chapter))
}

/// The values of a field of some kind, as the archive joins them.
pub fn joined(kind: &str) -> String {
    FIELDS.iter().filter(|f| f.1 == kind).map(|f| f.2.join(", ")).collect()
}

/// Text without italics.
pub fn plain(text: &str) -> String {
    text.replace('*', "")
}

/// Text with its italics between two marks.
pub fn emphasized(text: &str, open: &str, close: &str) -> String {
    let pieces = text.split('*').enumerate();
    pieces.map(|(i, piece)| if i % 2 == 1 { format!("{open}{piece}{close}") } else { piece.to_owned() }).collect()
}

/// Text as XML, with an entity for every letter that may have one.
pub fn xml(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('é', "&#233;")
}

/// Text as HTML, italics as elements.
pub fn html(text: &str) -> String {
    emphasized(&xml(text), "<em>", "</em>")
}

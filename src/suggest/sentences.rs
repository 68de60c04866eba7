//! The sentences about a suggestion that the command line and the page share.

use super::{Change, Reading, Reason, amount};
use crate::model::Score;

/// `1,204 words of English were read.`
pub fn read(reading: &Reading) -> String {
    let were = if reading.words == 1 { "was" } else { "were" };
    let part = if reading.partial { " The file holds only a part of the work." } else { "" };
    match reading.words {
        0 => format!("No text was read whose content could be judged.{part}"),
        words if reading.assumed => {
            let languages = reading.languages.join(" or ");
            let read = amount(words, &[]);
            format!("{read} {were} read, too few to tell the language, so they were taken for {languages}.{part}")
        }
        words => format!("{} {were} read.{part}", amount(words, &reading.languages)),
    }
}

/// ` (new)`, ` (instead of “General Audiences”)`: how a value differs from what is declared, nothing for what is kept.
pub fn change(change: &Change) -> String {
    match change {
        Change::Kept => String::new(),
        Change::New => " (new)".to_owned(),
        Change::Respelled(was) => format!(" (the archive's spelling of “{was}”)"),
        Change::Moved(field) => format!(" (moved here: it is not one of the choices for {field})"),
        Change::Instead(was) => format!(" (instead of “{was}”)"),
    }
}

/// `, likely: score 0.62, named from 0.50 on.`
pub fn how_sure(reason: &Reason) -> String {
    let sure = match reason.sure {
        Some(true) => ", sure",
        Some(false) => ", likely",
        None => "",
    };
    match &reason.score {
        Some(score) => format!("{sure}: {}.", scored(score)),
        None => format!("{sure}."),
    }
}

/// The end of a sentence that says how sure it is.
pub fn ending(reason: &Reason) -> String {
    let stop = if reason.text.trim_end().ends_with(['?', ':', '!']) { "" } else { "." };
    match (&reason.score, reason.sure) {
        (Some(score), Some(true)) => format!("{stop} Sure: {}.", scored(score)),
        (Some(score), Some(false)) => format!("{stop} Likely: {}.", scored(score)),
        (Some(score), None) => format!("{stop} {}.", capitalized(&scored(score))),
        _ => stop.to_owned(),
    }
}

fn scored(score: &Score) -> String {
    format!("score {:.2}, named from {:.2} on", score.value, score.threshold)
}

/// A phrase as the start of a sentence.
pub fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|c| c.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

//! Text of a work made safe to print, and how wide it is there.

/// Stands for a character that would steer a terminal or turn the direction of the text.
pub const REPLACEMENT: char = '\u{fffd}';

/// Makes text of a work, or a name out of it, safe to print in one line: white space becomes spaces, what is
/// invisible goes, and what would steer a terminal or turn the direction of the text becomes visible.
pub fn clean(text: &str) -> String {
    let mut cleaned = String::with_capacity(text.len());
    push_clean(&mut cleaned, text);
    cleaned
}

/// Whether a character must not reach a terminal as it is: control characters, line separators, bidi controls.
pub fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c,
            // the bidi controls (Unicode `Bidi_Control`), the line separators, the old format controls
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{206f}')
}

/// Appends text as [`clean`] makes it.
pub(super) fn push_clean(out: &mut String, text: &str) {
    let mut rest = text;
    loop {
        // most text is letters, spaces and punctuation, which stay
        let plain = rest.bytes().take_while(|b| (b' '..=b'~').contains(b)).count();
        let (stays, other) = rest.split_at_checked(plain).unwrap_or((rest, ""));
        out.push_str(stays);
        let mut chars = other.chars();
        let Some(c) = chars.next() else { return };
        out.extend(cleaned(c));
        rest = chars.as_str();
    }
}

/// What is printed for a character.
fn cleaned(c: char) -> Option<char> {
    match c {
        '\t' | '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some(' '),
        // control pictures: ESC is shown as ␛
        '\0'..='\x1f' => Some(char::from_u32(0x2400 + c as u32).unwrap_or(REPLACEMENT)),
        '\x7f' => Some('␡'),
        c if is_unsafe(c) => Some(REPLACEMENT),
        c if is_invisible(c) => None,
        c => Some(c),
    }
}

/// Soft hyphen, zero-width space, word joiner, byte order mark: nobody sees them, and terminals disagree on them.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}' | '\u{2060}' | '\u{feff}')
}

/// Columns of a character on a terminal: two for East Asian wide ones and emoji (Unicode `EastAsianWidth.txt`, W and F,
/// by block), none for combining marks.
pub fn width(c: char) -> usize {
    match c {
        '\0'..='~' => 1,
        '\x7f'..='\u{2ff}' if !is_invisible(c) => 1,
        '\u{1100}'..='\u{115f}'
        | '\u{231a}'..='\u{231b}'
        | '\u{23e9}'..='\u{23ec}'
        | '\u{2e80}'..='\u{3029}'
        | '\u{3030}'..='\u{303e}'
        | '\u{3041}'..='\u{3096}'
        | '\u{309b}'..='\u{a4cf}'
        | '\u{a960}'..='\u{a97f}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe6f}'
        | '\u{ff01}'..='\u{ff60}'
        | '\u{ffe0}'..='\u{ffe6}'
        | '\u{16fe0}'..='\u{18dff}'
        | '\u{1b000}'..='\u{1b2ff}'
        | '\u{1f300}'..='\u{1f64f}'
        | '\u{1f680}'..='\u{1f6ff}'
        | '\u{1f900}'..='\u{1faff}'
        | '\u{20000}'..='\u{3fffd}' => 2,
        '\u{200c}' | '\u{200d}' => 0,
        c if is_invisible(c) || unicode_normalization::char::is_combining_mark(c) => 0,
        _ => 1,
    }
}

/// A text for an element of XML or HTML, or for an attribute in double quotes, without what XML 1.0 forbids.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in clean(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\u{fffe}' | '\u{ffff}' => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_steers_the_terminal() {
        let text = "a\tb \x1b[31mred\x1b[0m \u{202e}abc\u{2069} so\u{ad}ft \u{9b}31m \x07\x7f";
        let shown = clean(text);
        assert_eq!(shown, "a b ␛[31mred␛[0m \u{fffd}abc\u{fffd} soft \u{fffd}31m ␇␡");
        assert!(!shown.chars().any(is_unsafe));
    }
}

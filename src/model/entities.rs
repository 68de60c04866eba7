//! The entities that XML and simple HTML write for characters.

/// Text with the entities of XML, the two common ones of HTML for spaces and hyphens, and numbers decoded; any other
/// entity stays as it is.
pub fn unescaped(raw: &str) -> String {
    let mut text = String::new();
    let mut rest = raw;
    while let Some(at) = rest.find('&') {
        let (before, entity) = rest.split_at(at);
        text.push_str(before);
        // no name or number of a character is longer
        let end = entity.bytes().take(12).position(|b| b == b';');
        match end.and_then(|end| Some((character(entity.get(1..end)?)?, end))) {
            Some((c, end)) => {
                text.push(c);
                rest = entity.get(end + 1..).unwrap_or("");
            }
            None => {
                text.push('&');
                rest = entity.get(1..).unwrap_or("");
            }
        }
    }
    text.push_str(rest);
    text
}

/// The character of an entity, by what stands between `&` and `;`.
fn character(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some('\u{a0}'),
        "shy" => Some('\u{ad}'),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::unescaped;

    #[test]
    fn known_entities_are_decoded_and_others_stay() {
        for (raw, text) in [
            ("a &amp; b &lt;&gt;&quot;&apos;", "a & b <>\"'"),
            ("caf&#233;&#xe9;&#XE9;", "cafééé"),
            ("1&nbsp;000 wa&shy;ter", "1\u{a0}000 wa\u{ad}ter"),
            ("&amp;lt;", "&lt;"),
            ("&bogus; &#xd800; &#x110000; &; & &#", "&bogus; &#xd800; &#x110000; &; & &#"),
            ("&ünïcödé;", "&ünïcödé;"),
        ] {
            assert_eq!(unescaped(raw), text);
        }
    }
}

//! What the messages of the YAML and TOML parsers mean to authors, and what to do.

/// What to say about a message of the YAML parser, and what to do.
#[cfg(feature = "markdown")]
pub(super) fn yaml(message: &str) -> (String, &'static str) {
    const QUOTES: &str = "Put quotes around the value, as in title: \"Storm: A Story\".";
    const KNOWN: &[(&str, &str, &str)] = &[
        ("mapping values", "A second colon on this line makes the value before it a key.", QUOTES),
        ("unknown anchor", "A value that starts with * means something else in YAML.", QUOTES),
        ("unexpected character", "A value cannot start with this character.", QUOTES),
        ("anchor", "A value that starts with & or * means something else in YAML.", QUOTES),
        ("tag", "A value that starts with ! means something else in YAML.", QUOTES),
        (
            "trailing content",
            "Words stand behind the closing quote.",
            "Put the quotes around the whole value; in single quotes, write an apostrophe twice.",
        ),
        ("quoted scalar, found unknown escape", "This backslash stands for nothing.", "Use single quotes around it."),
        ("quoted scalar", "The quotes around this value are not closed.", "Put the same quote at its end."),
        (
            "simple key expect",
            "This line is no key with a value: it has no colon.",
            "Write a key, a colon and a space, then the value; or indent the line if it belongs to the one above.",
        ),
        (
            "block sequence entries",
            "A list cannot start on the line of its key.",
            "Start each entry on a line of its own with “- ”, or write the list in brackets: [one, two].",
        ),
        (
            "flow",
            "This list in brackets is not closed.",
            "Put the closing bracket at its end, and a comma between its entries.",
        ),
        ("bracket", "This bracket closes nothing.", "Remove it, or put quotes around the value."),
        (
            "'-' indicator",
            "This line is in a list but is no entry of it.",
            "Start it with “- ”, or move a key to the start of the line.",
        ),
        ("tab", "A tab stands where YAML needs spaces.", "Indent with spaces."),
        (
            "indent",
            "This line is indented differently from those around it.",
            "Give lines that belong together the same number of spaces.",
        ),
        (
            "expected key",
            "This line is indented differently from those around it.",
            "Start each key at the start of a line.",
        ),
        (
            "block scalar",
            "Nothing but a comment may follow > or | on its line.",
            "Start the text on the next line, indented by two spaces.",
        ),
        ("recursion", "These lists stand too deep in each other.", "Write them as a plain list."),
    ];
    match KNOWN.iter().find(|(part, ..)| message.contains(part)) {
        Some((_, says, help)) => ((*says).to_owned(), help),
        None => (
            format!("This is not valid YAML: {message}."),
            "Write a key, a colon and a space, then the value: rating: Mature.",
        ),
    }
}

/// What to say about a message of the TOML parser, and what to do.
pub(super) fn toml(message: &str) -> (String, &'static str) {
    const KNOWN: &[(&str, &str, &str)] = &[
        (
            "string values must be quoted",
            "This text has no quotes around it.",
            "In TOML every text stands in quotes: title = \"The Lamp\".",
        ),
        (
            "key with no value",
            "There is no “=” between this key and its value.",
            "In TOML a line reads: rating = \"Mature\". A colon belongs to YAML, between lines of ---.",
        ),
        ("missing value", "This key has no value.", "Write \"\" for an empty one, or remove the line."),
        ("invalid basic string", "This text is not closed.", "Put a quote (\") at its end, on the same line."),
        ("invalid literal string", "This text is not closed.", "Put a quote (') at its end, on the same line."),
        ("missing escaped value", "This backslash stands for nothing.", "Write two of them, or use single quotes."),
        ("duplicate key", "This key stands here twice.", "Keep one of the two, with all values in it."),
        ("unclosed array", "This list is not closed.", "Put a ] at its end."),
        ("in array", "This list is not closed.", "Put a ] at its end, and a comma between its entries."),
        ("array elements", "A comma is missing in this list.", "Put a comma between its entries."),
        ("recurs", "These lists or tables stand too deep in each other.", "Write them as a plain list."),
    ];
    match KNOWN.iter().find(|(part, ..)| message.contains(part)) {
        Some((_, says, help)) => ((*says).to_owned(), help),
        None => (
            format!("This is not valid TOML: {message}."),
            "In TOML a line reads: rating = \"Mature\", and a list: tags = [\"one\", \"two\"].",
        ),
    }
}

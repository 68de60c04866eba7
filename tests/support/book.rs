//! The smallest EPUB around given files.

/// An EPUB's entries: its frame, and these files as chapters in their order.
pub fn book(files: &[(&str, Vec<u8>)]) -> Vec<(String, Vec<u8>)> {
    let spine: Vec<usize> = (0..files.len()).collect();
    book_in_order(files, &spine)
}

/// The same with another reading order, by the index of the files.
pub fn book_in_order(files: &[(&str, Vec<u8>)], spine: &[usize]) -> Vec<(String, Vec<u8>)> {
    let items = files
        .iter()
        .enumerate()
        .map(|(i, (name, _))| format!(r#"<item id="c{i}" href="{name}" media-type="application/xhtml+xml"/>"#));
    let order = spine.iter().map(|i| format!(r#"<itemref idref="c{i}"/>"#));
    let package = format!(
        r#"<package xmlns:dc="d"><metadata><dc:title>The Pier</dc:title></metadata><manifest>{}</manifest><spine>{}</spine></package>"#,
        items.collect::<String>(),
        order.collect::<String>()
    );
    let mut entries = frame("content.opf", package);
    entries.extend(files.iter().map(|(name, content)| ((*name).to_owned(), content.clone())));
    entries
}

/// An EPUB's first entries and its package document.
pub fn frame(root: &str, package: impl Into<Vec<u8>>) -> Vec<(String, Vec<u8>)> {
    let container = format!(r#"<container><rootfiles><rootfile full-path="{root}"/></rootfiles></container>"#);
    vec![
        ("mimetype".to_owned(), b"application/epub+zip".to_vec()),
        ("META-INF/container.xml".to_owned(), container.into_bytes()),
        (root.to_owned(), package.into()),
    ]
}

/// A file of a book.
pub fn page(body: &str) -> Vec<u8> {
    format!(
        "<html xmlns=\"http://www.w3.org/1999/xhtml\"><head><title>The Pier</title></head><body>{body}</body></html>"
    )
    .into_bytes()
}

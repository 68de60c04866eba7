//! What a page holds besides its story: the frame that a site puts around it, and the footnotes and comments that word
//! processors put below it.

use std::ops::Range;

use crate::formats::markup::Markup;

/// Elements of a site's frame.
const FURNITURE: &[&str] = &["aside", "footer", "form"];
/// Classes of such.
const FURNITURE_CLASSES: &[&str] = &[
    "author-note-portlet",
    "breadcrumb",
    "breadcrumbs",
    "comment-list",
    "comment-respond",
    "comments",
    "comments-area",
    "navbar",
    "post-navigation",
    "screen-reader-text",
    "sidebar",
    "site-footer",
    "site-header",
];

/// Classes of the element that holds the text on pages of Royal Road, WordPress, Blogger and such.
const CONTENT_CLASSES: &[&str] = &["chapter-content", "entry-content", "post-content", "post-body"];
/// The elements that are for it, the better one first.
const CONTENT: &[&str] = &["article", "main"];

/// The class of what an author says before or behind a chapter on Royal Road.
const AUTHOR_NOTE: &[&str] = &["author-note"];

/// A page without its frame.
pub(super) struct Frame {
    /// The nodes that hold the story.
    pub story: Range<usize>,
    /// The footnotes, each the element that holds it.
    pub footnotes: Vec<usize>,
    /// What the author says outside of the story, each the element that holds it.
    pub author_notes: Vec<usize>,
}

/// Hides what is no part of the story of a page, and says where that is.
pub(super) fn remove(markup: &mut Markup<'_>) -> Frame {
    let footnotes = notes(markup);
    let author_notes = outermost(markup, |_| false, AUTHOR_NOTE);
    let furniture = outermost(markup, |name| FURNITURE.contains(&name), FURNITURE_CLASSES);
    if !furniture.is_empty() {
        let shown = shown(markup);
        // on some pages everything stands in a form
        let small = furniture.into_iter().filter(|at| shown.of(markup, *at) * 2 <= shown.all());
        small.collect::<Vec<_>>().into_iter().for_each(|at| markup.hide(at));
    }
    let story = content(markup).map_or(0..markup.len(), |at| markup.inside(at));
    let author_notes = author_notes.into_iter().filter(|at| !story.contains(at)).collect();
    Frame { story, footnotes, author_notes }
}

/// The only element of its kind that is there for the text, if it holds much of what is shown.
fn content(markup: &Markup<'_>) -> Option<usize> {
    let of_class = outermost(markup, |_| false, CONTENT_CLASSES);
    let of_names = CONTENT.iter().map(|content| outermost(markup, |name| name == *content, &[]));
    let found: Vec<Vec<usize>> = [of_class].into_iter().chain(of_names).filter(|found| found.len() == 1).collect();
    if found.is_empty() {
        return None;
    }
    let shown = shown(markup);
    found.into_iter().flatten().find(|at| {
        let of_class = !CONTENT.contains(&markup.name(*at));
        shown.of(markup, *at) * if of_class { 3 } else { 2 } >= shown.all().max(1)
    })
}

/// The elements of certain names and classes that are shown and stand in no other of them.
fn outermost(markup: &Markup<'_>, is_wanted: impl Fn(&str) -> bool, classes: &[&str]) -> Vec<usize> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < markup.len() {
        let is_of_class = || {
            let class = markup.attribute(at, "class").filter(|_| !classes.is_empty()).unwrap_or("");
            class.split_ascii_whitespace().any(|c| classes.contains(&c))
        };
        if markup.is_hidden(at) {
            at = markup.after(at);
        } else if markup.is_element(at) && (is_wanted(markup.name(at)) || is_of_class()) {
            found.push(at);
            at = markup.after(at);
        } else {
            at += 1;
        }
    }
    found
}

/// How many bytes of text are shown before each node.
struct Shown(Vec<usize>);

impl Shown {
    fn all(&self) -> usize {
        self.0.last().copied().unwrap_or(0)
    }

    /// The bytes of text in the element that starts at a node.
    fn of(&self, markup: &Markup<'_>, at: usize) -> usize {
        let Range { start, end } = markup.inside(at);
        let before = |at: usize| self.0.get(at).copied().unwrap_or(0);
        before(end).saturating_sub(before(start))
    }
}

fn shown(markup: &Markup<'_>) -> Shown {
    let mut before = Vec::with_capacity(markup.len() + 1);
    let (mut bytes, mut hidden_to) = (0, 0);
    for at in 0..markup.len() {
        before.push(bytes);
        if markup.is_hidden(at) {
            hidden_to = hidden_to.max(markup.after(at));
        }
        if at >= hidden_to {
            bytes += markup.text_bytes(at);
        }
    }
    before.push(bytes);
    Shown(before)
}

/// What a link between a text and a note below it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Link {
    /// It leads to the note.
    Mark,
    /// It stands in a footnote and leads back.
    Footnote,
    /// It stands in a comment and leads back.
    Comment,
}

/// Reads where a link leads, as Google Docs, Word, LibreOffice and programs that know Markdown write it.
fn link(href: &str) -> Option<Link> {
    let to = href.strip_prefix('#')?;
    let numbered = |prefix: &str| to.strip_prefix(prefix).is_some_and(|n| n.contains(|c: char| c.is_ascii_digit()));
    let of_libreoffice = numbered("sdfootnote") || numbered("sdendnote");
    Some(match to {
        _ if numbered("cmnt_ref") || numbered("_msoanchor_") => Link::Comment,
        _ if numbered("ftnt_ref") || numbered("_ftnref") || numbered("_ednref") || numbered("fnref") => Link::Footnote,
        _ if of_libreoffice && to.ends_with("anc") => Link::Footnote,
        _ if of_libreoffice && to.ends_with("sym") => Link::Mark,
        _ if ["cmnt", "_msocom_", "ftnt", "_ftn", "_edn"].into_iter().any(numbered) => Link::Mark,
        _ if to.starts_with("fn")
            && to.trim_start_matches(['f', 'n', ':', '-']).starts_with(|c: char| c.is_ascii_digit()) =>
        {
            Link::Mark
        }
        _ => return None,
    })
}

/// Hides the notes below a text and the links to them and back; gives the footnotes.
fn notes(markup: &mut Markup<'_>) -> Vec<usize> {
    let mut hidden = Vec::new();
    let mut footnotes: Vec<usize> = Vec::new();
    // the open blocks that may be notes
    let mut open: Vec<usize> = Vec::new();
    for at in markup.elements(0..markup.len()) {
        while open.last().is_some_and(|block| at >= markup.after(*block)) {
            open.pop();
        }
        match markup.name(at) {
            "div" | "li" | "p" | "dd" => open.push(at),
            "a" => {
                let kind = markup.attribute(at, "href").and_then(link);
                // a link of whole words is part of the text
                let Some(kind) =
                    kind.filter(|_| markup.inside(at).len() <= 12 && markup.line(markup.inside(at)).text.len() <= 12)
                else {
                    continue;
                };
                hidden.push(at);
                if kind == Link::Mark {
                    continue;
                }
                let Some(note) = note(markup, &open, at) else { continue };
                hidden.push(note);
                if kind == Link::Footnote && footnotes.last().is_none_or(|last| note >= markup.after(*last)) {
                    footnotes.push(note);
                }
            }
            _ if markup.has_class(at, "msocomtxt") => hidden.push(at),
            _ => {}
        }
    }
    hidden.into_iter().for_each(|at| markup.hide(at));
    footnotes
}

/// The note that a link back stands in: the outermost of the open blocks in which it comes first, or an entry of a
/// list that is named as one.
fn note(markup: &Markup<'_>, open: &[usize], link: usize) -> Option<usize> {
    /// Most nodes before the link that its note starts with.
    const NEAR: usize = 20;
    let entry = open.iter().rev().take(2).find(|at| markup.name(**at) == "li" && markup.id(**at).starts_with("fn"));
    let is_first = |at: &&usize| link - **at <= NEAR && markup.is_blank(**at + 1..link);
    // a page whose first words are a note has no end of them
    let block = open.iter().rev().take(3).take_while(is_first).filter(|at| markup.after(**at) < markup.len()).last();
    entry.or(block).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::markup::Dialect;

    /// The text that is left, and the footnotes.
    fn read(source: &str) -> (String, Vec<String>) {
        let mut markup = Markup::parse(source, 0..source.len(), Dialect::Html, 512);
        let frame = remove(&mut markup);
        let notes = frame.footnotes.iter().map(|at| markup.line(markup.inside(*at)).text);
        (markup.line(frame.story.clone()).text, notes.collect())
    }

    #[test]
    fn footnotes_are_parted_from_the_text_and_comments_left_out() {
        for (mark, note, notes) in [
            // Google Docs
            (
                "<sup><a href='#ftnt1' id='ftnt_ref1'>[1]</a></sup>",
                "<hr><div><p><a href='#ftnt_ref1' id='ftnt1'>[1]</a><span>&nbsp;A pier.</span></p></div>",
                1,
            ),
            (
                "<sup><a href='#cmnt1' id='cmnt_ref1'>[a]</a></sup>",
                "<div class='c1'><p><a href='#cmnt_ref1' id='cmnt1'>[a]</a><span>Cut this?</span></p></div>",
                0,
            ),
            // Word
            (
                "<a href='#_ftn1' name='_ftnref1'><span class=MsoFootnoteReference><![if !supportFootnotes]>[1]<![endif]></span></a>",
                "<div><![if !supportFootnotes]><br clear=all><hr><![endif]><div id=ftn1><p class=MsoFootnoteText><a href='#_ftnref1' name='_ftn1'><span>[1]</span></a> A pier.</p></div></div>",
                1,
            ),
            (
                "<span class=MsoCommentReference><a class=msocomanchor href='#_msocom_1'>[B1]</a></span>",
                "<div><hr class=msocomoff><div id='_com_1' class=msocomtxt><a name='_msocom_1'></a><p class=MsoCommentText><a href='#_msoanchor_1' class=msocomanchor>[B1]</a>Cut this?</p></div></div>",
                0,
            ),
            // LibreOffice
            (
                "<a class='sdfootnoteanc' name='sdfootnote1anc' href='#sdfootnote1sym'><sup>1</sup></a>",
                "<div id='sdfootnote1'><p><a class='sdfootnotesym' name='sdfootnote1sym' href='#sdfootnote1anc'>1</a> A pier.</p></div>",
                1,
            ),
            // Pandoc, and what Hugo makes
            (
                "<a href='#fn1' id='fnref1'><sup>1</sup></a>",
                "<section><ol><li id='fn1'><p>A pier.<a href='#fnref1'>↩︎</a></p></li></ol></section>",
                1,
            ),
            (
                "<sup id='fnref:1'><a href='#fn:1'>1</a></sup>",
                "<div class='footnotes'><hr><ol><li id='fn:1'><p>A pier.&nbsp;<a href='#fnref:1'>↩︎</a></p></li></ol></div>",
                1,
            ),
        ] {
            let (text, found) = read(&format!("<body><p>We walked{mark} home.</p>{note}<p>Later.</p></body>"));
            assert_eq!(text, "We walked home. Later.", "{note}");
            assert_eq!(found, vec!["A pier."; notes], "{note}");
        }
        // what only looks like it
        let (text, found) =
            read("<div><p>Words before <a href='#fnref1'>1</a> and behind</p><p><a href='#fnord'>fnord</a></p></div>");
        assert_eq!((text.as_str(), found.len()), ("Words before and behind fnord", 0));
    }

    #[test]
    fn the_frame_of_a_site_is_no_story() {
        let story = "<p>It rained on the pier.</p><p>Then it was Sunday, and the boats came home.</p>";
        let frame = "<header class='site-header'>My site</header><nav>Home</nav><aside>Read this too</aside>\
                     <form><label>Search</label></form><script>var a</script><footer>Made by me</footer>";
        for page in [
            format!("{frame}{story}"),
            format!("<header>Menu</header><article>{story}</article>{frame}"),
            format!("<div>Home &gt; Rain</div><main>{story}</main>{frame}"),
            format!(
                "<h1>Site</h1><div class='post'><div class='chapter-inner chapter-content'>{story}</div></div><div class=comments><p>Nice</div>"
            ),
            format!("<form id=aspnet>{story}</form>"),
        ] {
            let (text, _) = read(&page);
            assert_eq!(text, "It rained on the pier. Then it was Sunday, and the boats came home.", "{page}");
        }
        // two posts are no frame of each other, and a small box is none of the rest
        for page in [
            format!("<article>{story}</article><article>{story}</article>"),
            format!("<article>Read me</article>{story}{story}"),
        ] {
            assert!(read(&page).0.ends_with("home."), "{page}");
            assert!(read(&page).0.split("pier").count() == 3, "{page}");
        }
    }
}

//! Tests of the text, its map and the balance of elements, also on random tag soup.

use proptest::prelude::*;

use super::*;
use crate::model::{SourceId, Text};

fn parse(source: &str) -> Markup<'_> {
    Markup::parse(source, 0..source.len(), Dialect::Html, 512)
}

fn text_of(source: &str, dialect: Dialect, depth: usize) -> Text {
    let mut builder = TextBuilder::new(SourceId(0), source);
    fill(&mut builder, source, 0..source.len(), dialect, depth);
    builder.finish()
}

fn text(source: &str) -> Text {
    text_of(source, Dialect::Html, 512)
}

/// The names of the elements as a tree: `p(b i)`.
fn shape(source: &str) -> String {
    let markup = parse(source);
    let mut shape = String::new();
    for node in &markup.nodes {
        match node.kind {
            Kind::Start => {
                shape.push_str(node.name.as_str());
                if markup.nodes[node.pair as usize].kind == Kind::End {
                    shape.push('(');
                } else {
                    shape.push(' ');
                }
            }
            Kind::End if markup.nodes[node.pair as usize].kind == Kind::Start => shape.push(')'),
            _ => {}
        }
    }
    shape
}

#[test]
fn declared_entities_are_no_text() {
    let head = "<?xml version=\"1.0\"?><!DOCTYPE html [<!ENTITY a \"b\"><!ENTITY c \"&a;&a;\">]>";
    let read = |source: &str| text_of(source, Dialect::Xhtml, 512).as_str().to_owned();
    assert_eq!(read(&format!("{head}<p>It rained &c;.</p>")), "It rained &c;.");
    assert_eq!(read("<!DOCTYPE html><p>[It] rained ]>.</p>"), "[It] rained ]>.");
    assert_eq!(read("<!DOCTYPE html [<!ENTITY"), "");
}

#[test]
fn text_is_what_a_reader_sees() {
    for (source, expected) in [
        ("<p>a &amp; b &lt;<em>c</em> caf&eacute;", "a & b <c café"),
        ("<p>one<p>two", "one\n\ntwo"),
        ("one<br>two<br/>three", "one two three"),
        ("one<br> \n<br>two", "one\n\ntwo"),
        ("one<br>&nbsp;<br>two", "one two"),
        ("one<hr>two", "one\n\ntwo"),
        ("<ul><li>one<li>two</ul>three", "one\n\ntwo\n\nthree"),
        ("<table><tr><td>one<td>two<tr><td>three</table>", "one\n\ntwo\n\nthree"),
        ("<head><title>no</title><meta name=a><p>yes", "yes"),
        ("<title>no</title>yes<style>no</style><script>no</script><template>no<b>no</b></template>!", "yes!"),
        ("<select><option>no<option>no</select><textarea>no</textarea>yes<!-- no -->", "yes"),
        ("a<b <i>c</b>", "ac"),
        ("1 < 2 <3", "1 < 2 <3"),
        ("</p>yes</div></body>more</html>more", "yes\n\nmoremore"),
        ("a\r\nb\rc\0d", "a b c d"),
        ("cut off <b", "cut off"),
        ("a<span style='color: red; Display : NONE !important'>no<b>no</b></span>b<p hidden>no</p>c", "ab\n\nc"),
        ("a <span style='mso-hide:all'>no</span><i style=\"visibility:hidden\">no</i>b <b hidden=''>no</b>c", "a b c"),
        (
            "<body hidden style='display:none'><p style='display:block'>yes<img hidden> <b data-hidden>yes</b>",
            "yes yes",
        ),
        ("<tw-storydata hidden><tw-passagedata>yes</tw-passagedata></tw-storydata>", "yes"),
        (
            "<del cite='mailto:a'>no</del><ins cite='mailto:a'>yes</ins> <del>yes</del> <del datetime=x>no</del>",
            "yes yes",
        ),
        ("<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>", "漢(kan)"),
    ] {
        assert_eq!(text(source).as_str(), expected, "{source}");
    }
}

#[test]
fn elements_are_balanced() {
    for (source, expected) in [
        ("<p>a<p>b", "p()p()"),
        ("<p><b>a<div>b</div></p>", "p(b())div()"),
        ("<ul><li>a<ul><li>b</ul><li>c</ul>", "ul(li(ul(li()))li())"),
        ("<dl><dt>a<dd>b<dt>c</dl>", "dl(dt()dd()dt())"),
        ("<i><div>a</i>b</div>c", "i(div())"),
        ("<div><b>a</div>b", "div(b())"),
        ("</b></p></div>", ""),
        ("<html><head><link><body><body>a</body></html><p>", "html(head(link )body(body p()))"),
        ("<p><img><br/></p>", "p(img br )"),
    ] {
        assert_eq!(shape(source), expected, "{source}");
    }
}

#[test]
fn places_are_exact() {
    let source = "<p class='a b' id=x>one &amp; <!-- forewarn: two --><i>tres</i> <b>four</p>";
    let markup = parse(source);
    assert_eq!(&source[markup.range(0)], "<p class='a b' id=x>");
    assert!(markup.has_class(0, "b") && !markup.has_class(0, "a b") && markup.id(0) == "x");
    assert_eq!(&source[markup.attribute_range(0, "class").unwrap()], "a b");
    assert_eq!(&source[markup.attribute_range(0, "id").unwrap()], "x");
    let comment = markup.comments().next().unwrap();
    assert_eq!(&source[comment.1], "<!-- forewarn: two -->");
    assert_eq!(markup.comment(comment.0), Some(" forewarn: two "));
    let i = markup.elements(0..markup.len()).find(|i| markup.name(*i) == "i").unwrap();
    assert_eq!(markup.line(markup.inside(i)).text, "tres");
    assert_eq!(markup.after(0), markup.len());
    let text = text(source);
    let at = text.as_str().find('&').unwrap();
    assert_eq!(&source[text.to_source(at..at + 6).range()], "&amp; <!-- forewarn: two --><i>tres");
}

#[test]
fn a_stretch_has_the_places_of_the_whole() {
    let source = "# Title\n\n<div>one <b>two</b></div>\n\nthree";
    let range = 9..source.len() - 7;
    let mut builder = TextBuilder::new(SourceId(0), source);
    fill(&mut builder, source, range, Dialect::Html, 512);
    let text = builder.finish();
    assert_eq!(text.as_str(), "one two");
    assert_eq!(&source[text.to_source(4..7).range()], "two");
}

#[test]
fn xhtml_closes_itself_and_has_cdata() {
    let source = "<head><title/></head><body><p>one</p><script src='a'/><p>t<![CDATA[w & ]]>o</p></body>";
    assert_eq!(text_of(source, Dialect::Xhtml, 512).as_str(), "one\n\ntw & o");
    let source = "<p>a<![CDATA[<b>]]></p>";
    assert_eq!(text_of(source, Dialect::Xhtml, 512).as_str(), "a<b>");
}

/// The rows of the archive's specs that need markup, and what follows from its counting text nodes apart.
#[test]
fn counts_words_as_the_archive_does() {
    for (source, words) in [
        ("<p align='center'> one </p> <i> two </i> <s> three </s>", 3),
        ("<p>one</p>two<br/>three", 3),
        ("<p>one</p> <p>  </p> <p>two</p>", 2),
        ("<p>one</p> <p>~*~*~*~*~</p> <p>two</p>", 2),
        ("<em>un</em>believable", 2),
        ("a<br>b", 2),
        ("don&rsquo;t", 1),
        ("don&#39;t", 1),
        ("don&#x2019;t", 1),
        ("foo&nbsp;bar", 2),
        ("AT&amp;T", 2),
        ("un&shy;believable", 2),
        ("un<!-- -->believable", 2),
        ("caf&eacute;s", 1),
        ("one&mdash;two&#8212;three", 3),
        ("one -<i>- two</i>", 2),
        ("I<b>-</b>I", 2),
        ("&#128077; &frac12; * * *", 0),
        ("<p>一个<em>简单</em>の栗子</p>", 7),
        ("<p>“嘿Bob,”&nbsp;Alice说，</p><p>‘啊？！？’</p>", 5),
        ("2024&#24180;5<b>月</b>", 4),
        ("サ<i>ー</i>バー", 4),
        ("สวัส<i>ดี</i>", 6),
        ("<p>한국어</p>단어<br>단<b>어</b>", 4),
    ] {
        assert_eq!(text(source).words(), words, "{source}");
    }
    for line in ["*", "~", "!?", "-", "~*", "~!", "|"] {
        let source = format!("<p>one</p> <p>{}</p> <p>two</p>", line.repeat(10));
        assert_eq!(text(&source).words(), 2, "{source}");
    }
}

#[test]
fn depth_is_bounded_and_nothing_is_lost() {
    let mut source = "<div><i>".repeat(10_000);
    source.push_str("deep<template>no</template><script>no</script><b hidden>no<b>no</b>no</b>");
    source.push_str(&"</i></div>".repeat(9_000));
    source.push_str("<p>end");
    for depth in [8, 100, 512] {
        assert_eq!(text_of(&source, Dialect::Html, depth).as_str(), "deep\n\nend");
    }
    let markup = Markup::parse(&source, 0..source.len(), Dialect::Html, 100);
    assert!(markup.nodes.len() < 60_000);
}

#[test]
fn large_inputs_take_linear_time() {
    let line = "word &amp; word ".repeat(200_000);
    assert_eq!(text(&line).words(), 400_000);
    let soups = ["<p>", "</b>", "<b>", "<li>", "<td>", "<!--", "&am", "<a b=c d='e'>", "<p><b></p>", "<"];
    for soup in soups {
        let source = soup.repeat(300_000 / soup.len());
        assert!(parse(&source).len() <= source.len());
    }
    assert!(parse(&format!("<a {}>x", "b=c ".repeat(100_000))).len() < 10);
}

/// Tags, entities and text as they come, whole and cut.
fn soup() -> impl Strategy<Value = String> {
    let parts = prop::sample::select(vec![
        "<p>",
        "</p>",
        "<b>",
        "</b>",
        "<br>",
        "<br/>",
        "<div class='userstuff'>",
        "</div>",
        "<li>",
        "<ul>",
        "</ul>",
        "<table>",
        "<td>",
        "<tr>",
        "</table>",
        "<title>",
        "</title>",
        "<script>",
        "</script>",
        "<style>",
        "</style>",
        "<head>",
        "<body>",
        "</body>",
        "<template>",
        "</template>",
        "<!-- a -->",
        "<!--",
        "-->",
        "<!a>",
        "<?a?>",
        "<!DOCTYPE a>",
        "<![CDATA[",
        "]]>",
        "]",
        "<",
        ">",
        "</",
        "</ x>",
        "<a href=\"b\" id=c class='d e'>",
        "<a href=",
        "'",
        "\"",
        "=",
        "&amp;",
        "&amp",
        "&lt;",
        "&eacute;",
        "&notit;",
        "&#8217;",
        "&#x1F600;",
        "&#0;",
        "&#xD800;",
        "&#",
        "&",
        ";",
        "\r\n",
        "\r",
        "\n",
        "\0",
        " ",
        "a",
        "word",
        "é",
        "漢字",
        "😀",
        "\u{ad}",
        "\u{feff}",
        "’",
        "--",
        "<img src=x/>",
        "<title/>",
        "<o:p>",
        "</o:p>",
        "<h1>",
        "</h1>",
        "<plaintext>",
        "<svg>",
        "<xmp>",
    ]);
    prop::collection::vec(parts, 0..60).prop_map(|p| p.concat())
}

/// Text without entities, comments or raw text elements, with what a reader must see of it.
fn plain_soup() -> impl Strategy<Value = (String, String)> {
    let parts = prop::sample::select(vec![
        ("<b>", ""),
        ("</b>", ""),
        ("<i class='x'>", ""),
        ("word ", "word "),
        ("é", "é"),
        ("&amp;", "&"),
        ("&lt;", "<"),
        ("&eacute;", "é"),
        ("&#8212;", "—"),
        ("漢", "漢"),
        ("<!-- no -->", ""),
        ("</nope>", ""),
        (" ", " "),
        ("<img alt=no>", ""),
    ]);
    prop::collection::vec(parts, 0..40).prop_map(|p| (p.iter().map(|p| p.0).collect(), p.iter().map(|p| p.1).collect()))
}

fn check(markup: &Markup<'_>) {
    let source = markup.source();
    let (mut at, mut depth) = (0, 0_i64);
    for (i, node) in markup.nodes.iter().enumerate() {
        let range = node.from as usize..node.to as usize;
        assert!(source.get(range.clone()).is_some() && range.start >= at, "{range:?} after {at}");
        at = range.start;
        let pair = &markup.nodes[node.pair as usize];
        assert_eq!(pair.pair as usize, i);
        match node.kind {
            Kind::Start => depth += i64::from(node.pair as usize != i),
            Kind::End => depth -= i64::from(node.pair as usize != i),
            Kind::Text => {
                let mut end = range.start;
                for (piece, text, verbatim) in markup.pieces(node) {
                    assert!(piece.start >= end && piece.end <= range.end, "{piece:?} of {range:?} after {end}");
                    assert_eq!(source.get(piece.clone()) == Some(text), verbatim, "{piece:?}");
                    end = piece.end;
                }
                at = end;
            }
            Kind::Comment => {}
        }
        assert!(depth >= 0);
    }
    assert_eq!(depth, 0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn pieces_are_in_order_and_verbatim_ones_are_the_source(soup in soup(), xhtml: bool) {
        let dialect = if xhtml { Dialect::Xhtml } else { Dialect::Html };
        let markup = Markup::parse(&soup, 0..soup.len(), dialect, 10);
        check(&markup);
        let text = text_of(&soup, dialect, 10);
        let mut at = 0;
        for (i, c) in text.as_str().char_indices() {
            let span = text.to_source(i..i + c.len_utf8());
            prop_assert!(soup.get(span.range()).is_some());
            prop_assert!(span.start as usize >= at);
            at = span.start as usize;
        }
    }

    #[test]
    fn text_is_what_stands_between_tags((source, expected) in plain_soup()) {
        let line = parse(&source).line(0..usize::MAX);
        prop_assert_eq!(line.text, expected.split_whitespace().collect::<Vec<_>>().join(" "));
    }
}

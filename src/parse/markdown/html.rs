//! HTML inside a post, reduced to words, headings, links, line breaks and pictures. Scripts, styles and comments are no text.

/// What is found in a stretch of HTML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Found {
    /// Words, with entities decoded; blanks are as in the source.
    Text(String),
    /// The edge of something that stands on lines of its own, or a `<br>`.
    Break,
    /// A picture.
    Image {
        /// Its address.
        url: String,
        /// What it shows; may be empty.
        alt: String,
    },
    /// The start of a heading; its level, 1 to 6.
    Heading(u8),
    /// The end of one.
    HeadingEnd,
    /// The start of a list's item.
    Item,
    /// The end of a list.
    ListEnd,
    /// The start of a link; its address.
    Link(String),
    /// The end of one.
    LinkEnd,
    /// A comment.
    Comment(String),
    /// A script or a style sheet, tags and all.
    Script(String),
    /// The start of a script or style sheet whose end is not in this stretch; the element's name.
    ScriptStart(String),
    /// The end of one; the element's name.
    ScriptEnd(String),
}

/// A longer tag is text: so that a stretch full of `<` is read in one go.
const MAX_TAG: usize = 4096;

/// Reads a stretch of HTML: a block, or a single tag between words.
pub(crate) fn read(html: &str) -> Vec<Found> {
    let mut found = Vec::new();
    let mut text = String::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let (before, tag) = rest.split_at(at);
        text.push_str(before);
        let Some((item, after)) = read_tag(tag) else {
            text.push('<');
            rest = tag.get(1..).unwrap_or_default();
            continue;
        };
        rest = after;
        if let Some(item) = item {
            push_text(&mut found, &mut text);
            found.push(item);
        }
    }
    text.push_str(rest);
    push_text(&mut found, &mut text);
    found
}

fn push_text(found: &mut Vec<Found>, text: &mut String) {
    if !text.is_empty() {
        found.push(Found::Text(decode(&std::mem::take(text))));
    }
}

/// Reads what begins with `<`: what it is, if it shows, and the rest. `None`: no tag.
fn read_tag(text: &str) -> Option<(Option<Found>, &str)> {
    if let Some(comment) = text.strip_prefix("<!--") {
        let (comment, rest) = comment.split_once("-->").unwrap_or((comment, ""));
        return Some((Some(Found::Comment(comment.trim().to_owned())), rest));
    }
    let end = tag_end(text)?;
    let (tag, rest) = text.split_at(end);
    let inner = tag.get(1..tag.len() - 1)?;
    if inner.starts_with(['!', '?']) {
        return Some((Some(Found::Comment(inner.to_owned())), rest));
    }
    let closes = inner.starts_with('/');
    let inner = inner.trim_start_matches('/');
    let name: String =
        inner.chars().take_while(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
    if name.is_empty() {
        return None;
    }
    let item = match name.as_str() {
        "script" | "style" if closes => Found::ScriptEnd(name),
        "script" | "style" => match find_close(rest, &name) {
            Some(close) => {
                let (script, rest) = rest.split_at(close);
                return Some((Some(Found::Script(format!("{tag}{script}"))), rest));
            }
            None if rest.is_empty() => Found::ScriptStart(name),
            // It runs to the end of a block, as browsers have it.
            None => return Some((Some(Found::Script(text.to_owned())), "")),
        },
        "img" => Found::Image {
            url: attribute(inner, "src").unwrap_or_default(),
            alt: attribute(inner, "alt").unwrap_or_default(),
        },
        "a" if closes => Found::LinkEnd,
        "a" => match attribute(inner, "href") {
            Some(url) => Found::Link(url),
            None => return Some((None, rest)),
        },
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "summary" if closes => Found::HeadingEnd,
        "h1" => Found::Heading(1),
        "h2" => Found::Heading(2),
        "h3" => Found::Heading(3),
        "h4" => Found::Heading(4),
        "h5" => Found::Heading(5),
        // What `<details>` shows of itself while it is closed.
        "h6" | "summary" => Found::Heading(6),
        "li" if closes => return Some((None, rest)),
        "li" => Found::Item,
        "ul" | "ol" if closes => Found::ListEnd,
        name if STANDS_ALONE.contains(&name) => Found::Break,
        _ => return Some((None, rest)),
    };
    Some((Some(item), rest))
}

const STANDS_ALONE: [&str; 26] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "br",
    "center",
    "dd",
    "details",
    "dialog",
    "div",
    "dl",
    "dt",
    "figcaption",
    "figure",
    "footer",
    "form",
    "header",
    "hr",
    "main",
    "ol",
    "p",
    "pre",
    "section",
    "table",
    "tr",
    "ul",
];

/// One past the `>` that ends the tag, quoted ones left aside.
fn tag_end(text: &str) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in text.bytes().enumerate().take(MAX_TAG).skip(1) {
        match (quote, byte) {
            (None, b'>') => return Some(at + 1),
            (None, b'<') => return None,
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
        if at == 1 && !(byte.is_ascii_alphabetic() || matches!(byte, b'/' | b'!' | b'?')) {
            return None;
        }
    }
    None
}

/// One past the end tag of a script or style sheet.
fn find_close(text: &str, name: &str) -> Option<usize> {
    let mut from = 0;
    while let Some(at) = text.get(from..)?.find("</") {
        let start = from + at + 2;
        let rest = text.get(start..)?;
        if rest.get(..name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name)) {
            return rest.find('>').map(|end| start + end + 1);
        }
        from = start;
    }
    None
}

/// The value of an attribute, decoded.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let mut rest = tag.trim_start_matches(|c: char| c.is_ascii_alphanumeric());
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        if rest.is_empty() {
            return None;
        }
        let (key, after) =
            rest.split_at(rest.find(|c: char| c.is_whitespace() || c == '=').unwrap_or(rest.len()));
        let Some(value) = after.trim_start().strip_prefix('=').map(str::trim_start) else {
            rest = after;
            continue;
        };
        let (value, after) = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => value.get(1..)?.split_once(quote)?,
            _ => value.split_at(value.find(char::is_whitespace).unwrap_or(value.len())),
        };
        if key.eq_ignore_ascii_case(name) {
            return Some(decode(value));
        }
        rest = after;
    }
}

/// Decodes numeric entities and the named ones that news texts have; others stay as they are written.
fn decode(text: &str) -> String {
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (before, entity) = rest.split_at(at);
        decoded.push_str(before);
        let end = entity.bytes().take(12).position(|byte| byte == b';');
        let name = end.and_then(|end| entity.get(1..end));
        match (name.and_then(entity_char), end) {
            (Some(c), Some(end)) => {
                decoded.push(c);
                rest = entity.get(end + 1..).unwrap_or_default();
            }
            _ => {
                decoded.push('&');
                rest = entity.get(1..).unwrap_or_default();
            }
        }
    }
    decoded.push_str(rest);
    decoded
}

fn entity_char(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16),
            None => number.parse(),
        };
        return code.ok().and_then(char::from_u32);
    }
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        "middot" => '·',
        "bull" => '•',
        "hellip" => '…',
        "ndash" => '–',
        "mdash" => '—',
        "lsquo" => '‘',
        "rsquo" => '’',
        "ldquo" => '“',
        "rdquo" => '”',
        "laquo" => '«',
        "raquo" => '»',
        "larr" => '←',
        "rarr" => '→',
        "times" => '×',
        "deg" => '°',
        "copy" => '©',
        "reg" => '®',
        "trade" => '™',
        "euro" => '€',
        "yen" => '¥',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn text(text: &str) -> Found {
        Found::Text(text.to_owned())
    }

    #[rstest]
    #[case::block("<div>삼성 &amp; 애플</div>", vec![Found::Break, text("삼성 & 애플"), Found::Break])]
    #[case::inside_a_line("<span class=\"a>b\">삼성</span>", vec![text("삼성")])]
    #[case::heading("<h2 id=\"a\">삼성</h2>",
        vec![Found::Heading(2), text("삼성"), Found::HeadingEnd])]
    #[case::link("<a class=b href='https://a.b?c&amp;d'>삼성</a>",
        vec![Found::Link("https://a.b?c&d".into()), text("삼성"), Found::LinkEnd])]
    #[case::anchor("<a name=b>삼성</a>", vec![text("삼성"), Found::LinkEnd])]
    #[case::comment("a<!-- b > c -->d", vec![text("a"), Found::Comment("b > c".into()), text("d")])]
    #[case::open_comment("a<!-- b", vec![text("a"), Found::Comment("b".into())])]
    #[case::script("<script>if (a<b) x()</script>c",
        vec![Found::Script("<script>if (a<b) x()</script>".into()), text("c")])]
    #[case::script_start("<SCRIPT src=x>", vec![Found::ScriptStart("script".into())])]
    #[case::image("<img width=3 src=\"a.png\" alt='삼성 \"HBM\"'>",
        vec![Found::Image { url: "a.png".into(), alt: "삼성 \"HBM\"".into() }])]
    #[case::bare_image("<img src=https://a.b/c.gif width=300>",
        vec![Found::Image { url: "https://a.b/c.gif".into(), alt: String::new() }])]
    #[case::no_tag("3 < 5 <3 <>", vec![text("3 < 5 <3 <>")])]
    #[case::entities("&#54620;&#xAE00; &nosuch; & &lt;b&gt;", vec![text("한글 &nosuch; & <b>")])]
    fn html_is_reduced(#[case] html: &str, #[case] found: Vec<Found>) {
        assert_eq!(read(html), found);
    }

    #[rstest]
    #[case::open_tags("<a \"".repeat(500_000))]
    #[case::open_scripts("<script>".repeat(200_000))]
    #[case::ends("<script>".to_owned() + &"</".repeat(500_000))]
    #[case::ampersands("&".repeat(1_000_000))]
    fn hostile_html_is_read_in_one_go(#[case] html: String) {
        read(&html);
    }
}

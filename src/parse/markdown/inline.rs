//! Finishes a run of text: drops what the site's generator would have replaced, mends emphasis that CommonMark
//! does not see next to Korean, links bare addresses, cleans the characters.

use crate::model::rich::{Inline, plain};
use crate::parse::draft::Dropped;

use super::clean;

/// Stands before a character that the post escaped with a backslash, until the run is finished. It is a control
/// character, so none is left in the end, wherever it comes from.
pub(crate) const ESCAPED: char = '\u{1}';

/// Finishes a run; line breaks stay if `breaks` says so, and become blanks otherwise (headings, cells).
pub(crate) fn finish(run: Vec<Inline>, breaks: bool, dropped: &mut Vec<Dropped>) -> Vec<Inline> {
    let before = dropped.len();
    let mut run = finish_level(run, breaks, false, dropped);
    trim(&mut run);
    // `* TOC` above `{:toc}`: kramdown puts the contents in its place, whatever it says.
    let is_contents = |dropped: &Dropped| dropped.text.starts_with("{:toc");
    if !run.is_empty() && dropped.get(before..).is_some_and(|tags| tags.iter().any(is_contents)) {
        dropped.push(Dropped::new(plain(&run), "stands for a table of contents, which the site writes"));
        run.clear();
    }
    run
}

fn finish_level(
    mut run: Vec<Inline>,
    breaks: bool,
    in_link: bool,
    dropped: &mut Vec<Dropped>,
) -> Vec<Inline> {
    for inline in &mut run {
        match inline {
            Inline::Strong(run) | Inline::Emphasis(run) | Inline::Strike(run) => {
                *run = finish_level(std::mem::take(run), breaks, in_link, dropped);
            }
            Inline::Link { url, text } => {
                *text = finish_level(std::mem::take(text), false, true, dropped);
                if text.is_empty() {
                    text.push(Inline::Text(clean::line(url)));
                }
            }
            Inline::Break if !breaks => *inline = Inline::Text(" ".to_owned()),
            _ => {}
        }
    }
    let mut run = joined(run);
    // Marks of the site's generator, and stars that are left: few texts have any.
    let has_marks = |text: &str| memchr::memchr2(b'{', b'*', text.as_bytes()).is_some();
    if run.iter().any(|inline| matches!(inline, Inline::Text(text) if has_marks(text))) {
        run = mend_strong(drop_site_markup(run, dropped));
    }
    finish_texts(run, in_link)
}

/// Cleans and links the texts of a run; those inside a mended strong too.
fn finish_texts(mut run: Vec<Inline>, in_link: bool) -> Vec<Inline> {
    let mut has_address = false;
    for inline in &mut run {
        match inline {
            Inline::Text(text) => {
                clean::in_place(text);
                has_address |= !in_link && text.contains("://");
            }
            Inline::Code(text) => clean::in_place(text),
            // Its texts are finished already where it came from the tree; finishing them again changes nothing.
            Inline::Strong(run) => *run = finish_texts(std::mem::take(run), in_link),
            _ => {}
        }
    }
    if has_address {
        let mut linked = Vec::with_capacity(run.len() + 2);
        for inline in run {
            match inline {
                Inline::Text(text) => link_addresses(&text, &mut linked),
                other => linked.push(other),
            }
        }
        run = linked;
    }
    joined(run)
}

/// Joins texts that meet, and leaves out what is empty.
fn joined(run: Vec<Inline>) -> Vec<Inline> {
    let meet = |pair: &[Inline]| matches!(pair, [Inline::Text(_), Inline::Text(_)]);
    if !run.iter().any(is_empty) && !run.windows(2).any(meet) {
        return run;
    }
    let mut joined = Vec::with_capacity(run.len());
    for inline in run {
        push(&mut joined, inline);
    }
    joined
}

fn is_empty(inline: &Inline) -> bool {
    match inline {
        Inline::Text(text) | Inline::Code(text) => text.is_empty(),
        Inline::Strong(run) | Inline::Emphasis(run) | Inline::Strike(run) => run.is_empty(),
        Inline::Link { .. } | Inline::Break => false,
    }
}

/// Adds an inline; texts that meet become one, what is empty is left out.
fn push(run: &mut Vec<Inline>, inline: Inline) {
    match inline {
        empty if is_empty(&empty) => {}
        Inline::Text(text) => match run.last_mut() {
            Some(Inline::Text(last)) => last.push_str(&text),
            _ => run.push(Inline::Text(text)),
        },
        other => run.push(other),
    }
}

/// Takes blanks and breaks off both ends, and blanks around breaks.
fn trim(run: &mut Vec<Inline>) {
    let count = run.len();
    for place in 0..count {
        let after_break = place == 0 || matches!(run.get(place - 1), Some(Inline::Break));
        let before_break = place + 1 == count || matches!(run.get(place + 1), Some(Inline::Break));
        if let Some(Inline::Text(text)) = run.get_mut(place) {
            if after_break {
                text.drain(..text.len() - text.trim_start().len());
            }
            if before_break {
                text.truncate(text.trim_end().len());
            }
        }
    }
    run.retain(|inline| !matches!(inline, Inline::Text(text) if text.is_empty()));
    let from = run.iter().position(|inline| *inline != Inline::Break).unwrap_or(run.len());
    run.drain(..from);
    let until = run.iter().rposition(|inline| *inline != Inline::Break).map_or(0, |last| last + 1);
    run.truncate(until);
    run.dedup_by(|next, last| *next == Inline::Break && *last == Inline::Break);
    // A million runs would each keep the room of what was joined and dropped.
    run.shrink_to_fit();
}

/// Drops Liquid tags (`{% … %}`, `{{ … }}`) and kramdown's attribute lists (`{: .wide}`).
fn drop_site_markup(run: Vec<Inline>, dropped: &mut Vec<Dropped>) -> Vec<Inline> {
    if !run.iter().any(|inline| matches!(inline, Inline::Text(text) if text.contains('{'))) {
        return run;
    }
    let mut kept = Vec::with_capacity(run.len());
    for inline in run {
        match inline {
            Inline::Text(text) if text.contains('{') => {
                push(&mut kept, Inline::Text(without_site_markup(&text, dropped)));
            }
            other => push(&mut kept, other),
        }
    }
    kept
}

const SITE_MARKUP: [(&str, &str, &str); 4] = [
    ("{%", "%}", "a Liquid tag; the site would have replaced it"),
    ("{{", "}}", "a Liquid tag; the site would have replaced it"),
    ("{:", "}", "a kramdown attribute list; it is no text"),
    ("{#", "}", "a heading's id; it is no text"),
];

fn without_site_markup(text: &str, dropped: &mut Vec<Dropped>) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    // Once an end is missing it is missing for all that follows: so the text is read in one go.
    let mut missing = [false; SITE_MARKUP.len()];
    while let Some(at) = rest.find('{') {
        let (before, tag) = rest.split_at(at);
        kept.push_str(before);
        let kind = SITE_MARKUP.iter().position(|(open, ..)| tag.starts_with(open));
        let end = kind.filter(|kind| !missing.get(*kind).copied().unwrap_or(true)).and_then(|kind| {
            let (open, close, reason) = SITE_MARKUP.get(kind)?;
            let end = tag.get(open.len()..)?.find(close).map(|end| open.len() + end + close.len());
            if end.is_none()
                && let Some(missing) = missing.get_mut(kind)
            {
                *missing = true;
            }
            Some((end?, reason))
        });
        match end {
            Some((end, reason)) => {
                let (tag, after) = tag.split_at(end);
                dropped.push(Dropped::new(clean::line(tag), reason));
                rest = after;
            }
            None => {
                kept.push('{');
                rest = tag.get(1..).unwrap_or_default();
            }
        }
    }
    kept.push_str(rest);
    kept
}

/// A piece of a run while strong emphasis is looked for.
enum Token {
    Inline(Inline),
    Stars { opens: bool, closes: bool },
}

/// Makes `**…**` strong where CommonMark leaves the stars: its closing stars count as none when they follow
/// punctuation and a letter follows them, which is what Korean particles do (`**인공지능(AI)**은`).
fn mend_strong(run: Vec<Inline>) -> Vec<Inline> {
    if !run
        .iter()
        .any(|inline| matches!(inline, Inline::Text(text) if text.contains('*') && text.contains("**")))
    {
        return run;
    }
    let mut mended: Vec<Inline> = Vec::with_capacity(run.len());
    // Where the run since the last opening stars begins in `mended`.
    let mut open: Option<usize> = None;
    for token in tokens(run) {
        match (token, open) {
            (Token::Inline(inline), None) => push(&mut mended, inline),
            // After opening stars texts are kept apart from those before them.
            (Token::Inline(inline), Some(from)) if mended.len() == from => mended.push(inline),
            (Token::Inline(inline), Some(_)) => push(&mut mended, inline),
            (Token::Stars { closes: true, .. }, Some(from)) if mended.len() > from => {
                let inner = mended.split_off(from);
                mended.push(Inline::Strong(inner));
                open = None;
            }
            (Token::Stars { opens, .. }, was_open) => {
                if let Some(from) = was_open {
                    put_back_stars(&mut mended, from);
                }
                open = None;
                if opens {
                    open = Some(mended.len());
                } else {
                    push(&mut mended, Inline::Text("**".to_owned()));
                }
            }
        }
    }
    if let Some(from) = open {
        put_back_stars(&mut mended, from);
    }
    mended
}

/// Opening stars that nothing closed are text after all.
fn put_back_stars(run: &mut Vec<Inline>, from: usize) {
    let inner = run.split_off(from);
    push(run, Inline::Text("**".to_owned()));
    for inline in inner {
        push(run, inline);
    }
}

fn tokens(run: Vec<Inline>) -> Vec<Token> {
    let mut tokens = Vec::with_capacity(run.len());
    for (place, inline) in run.iter().enumerate() {
        let Inline::Text(text) = inline else {
            tokens.push(Token::Inline(inline.clone()));
            continue;
        };
        // Next to something that is no text there is something to see, unless it is a line's edge.
        let solid = |place: Option<usize>| {
            place.and_then(|place| run.get(place)).is_some_and(|inline| *inline != Inline::Break)
        };
        let (before, after) = (solid(place.checked_sub(1)), solid(Some(place + 1)));
        let mut start = 0;
        for (at, len) in stars(text) {
            let closes = text.get(..at).and_then(|text| text.chars().next_back()).map_or(before, is_solid);
            let opens = text.get(at + len..).and_then(|text| text.chars().next()).map_or(after, is_solid);
            if let Some(words) = text.get(start..at).filter(|words| !words.is_empty()) {
                tokens.push(Token::Inline(Inline::Text(words.to_owned())));
            }
            tokens.push(Token::Stars { opens, closes });
            start = at + len;
        }
        if let Some(words) = text.get(start..).filter(|words| !words.is_empty()) {
            tokens.push(Token::Inline(Inline::Text(words.to_owned())));
        }
    }
    tokens
}

fn is_solid(c: char) -> bool {
    !c.is_whitespace()
}

/// Where two stars stand, no more and no less, that are not escaped.
fn stars(text: &str) -> impl Iterator<Item = (usize, usize)> {
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let at = from + text.get(from..)?.find('*')?;
            let len = text.get(at..)?.bytes().take_while(|byte| *byte == b'*').count();
            from = at + len;
            if len == 2 && !text.get(..at)?.ends_with(ESCAPED) {
                return Some((at, len));
            }
        }
    })
}

/// Links `http://` and `https://` addresses that stand in the text.
fn link_addresses(text: &str, out: &mut Vec<Inline>) {
    let mut rest = text;
    let mut start = 0;
    while let Some(at) = rest.get(start..).and_then(|text| text.find("http")).map(|at| start + at) {
        let (before, address) = rest.split_at(at);
        let len = address_len(address);
        let inside_word = before.ends_with(|c: char| c.is_ascii_alphanumeric());
        if len == 0 || inside_word {
            start = at + "http".len();
            continue;
        }
        let (address, after) = address.split_at(len);
        push(out, Inline::Text(before.to_owned()));
        push(out, Inline::Link { url: address.to_owned(), text: vec![Inline::Text(address.to_owned())] });
        rest = after;
        start = 0;
    }
    push(out, Inline::Text(rest.to_owned()));
}

/// The length of the address that `text` begins with, in bytes; 0 if it begins with none. Letters beyond ASCII
/// belong to it at the start of a part (`/wiki/대한민국`) and not behind an ASCII letter or digit, where they are
/// a particle (`https://a.kr/x에서`).
fn address_len(text: &str) -> usize {
    let Some(scheme) = ["https://", "http://"].into_iter().find(|scheme| text.starts_with(scheme)) else {
        return 0;
    };
    let mut end = scheme.len();
    let mut before = '/';
    let mut open = 0_i32;
    for c in text.get(end..).unwrap_or_default().chars() {
        let goes_on = match c {
            '(' => {
                open += 1;
                true
            }
            ')' => {
                open -= 1;
                open >= 0
            }
            '<' | '>' | '"' | '`' | '|' | '\\' | '^' | '{' | '}' => false,
            c if c.is_ascii() => c.is_ascii_graphic(),
            c => c.is_alphanumeric() && !before.is_ascii_alphanumeric(),
        };
        if !goes_on {
            break;
        }
        before = c;
        end += c.len_utf8();
    }
    let address = text.get(..end).unwrap_or_default();
    let address = address.trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '*', '_', '~', ']', '[']);
    if address.len() > scheme.len() { address.len() } else { 0 }
}

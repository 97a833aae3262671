//! What becomes of a text that a bot sends: its size, its markup, what is cleaned away, trimmed and found
//! (`get_formatted_text` of the Bot API server, then `fix_formatted_text` of TDLib).

use serde_json::Value;

use crate::sandbox::telegram::entity::{self, Entity};
use crate::sandbox::telegram::refusal::Refusal;
use crate::sandbox::telegram::{found, html};

/// The longest text, in code points after its markup is read (T `message_text_length_max`).
pub(crate) const MESSAGE_LENGTH: usize = 4096;
/// The longest caption, in code points after its markup is read.
pub(crate) const CAPTION_LENGTH: usize = 1024;
/// The longest text before its markup is read, in bytes.
const RAW_LENGTH: usize = 1 << 15;
/// The most entities a sender may set; the rest is dropped silently.
const ENTITIES: usize = 100;

/// A text and what it means.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Formatted {
    pub(crate) text: String,
    pub(crate) entities: Vec<Entity>,
}

/// A bot's text as the platform will show it.
///
/// # Errors
/// As the Bot API words them: an unknown parse mode, markup that can't be parsed, a text that is too long raw, or
/// empty where `may_be_empty` is not set. The length after parsing is the caller's to check.
pub(crate) fn read(
    raw: &str,
    parse_mode: Option<&str>,
    entities: Option<&Value>,
    may_be_empty: bool,
) -> Result<Formatted, Refusal> {
    if raw.len() > RAW_LENGTH {
        return Err(Refusal::bad("text is too long"));
    }
    let (text, entities) = match parse_mode.unwrap_or_default().to_ascii_lowercase().as_str() {
        "" | "none" => (raw.to_owned(), listed(entities)),
        "html" => html::parse(raw).map_err(|error| Refusal::bad(format!("can't parse entities: {error}")))?,
        "markdown" | "markdownv2" => {
            return Err(Refusal::bad("can't parse entities: this server reads only HTML"));
        }
        _ => return Err(Refusal::bad("unsupported parse_mode")),
    };
    let Formatted { text, entities } = trim(clean(&text, entity::fix(entities)));
    if !may_be_empty && is_blank(&text) {
        return Err(Refusal::bad("text must be non-empty"));
    }
    let entities = entity::cap(entities, ENTITIES);
    let entities = entity::add_found(entities, found::find(&text));
    Ok(Formatted { text, entities })
}

/// What a person types: no markup, but what the platform finds in it.
pub(crate) fn typed(text: &str) -> Formatted {
    let Formatted { text, .. } = trim(clean(text, Vec::new()));
    Formatted { entities: found::find(&text), text }
}

fn listed(entities: Option<&Value>) -> Vec<Entity> {
    let entities = entities.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    entities.iter().filter_map(Entity::from_json).collect()
}

/// Makes control characters spaces, takes out carriage returns, line and direction marks (U+2028–U+202E) and
/// three combining strokes, and moves the entities along (T `clean_input_string_with_entities`).
pub(crate) fn clean(text: &str, entities: Vec<Entity>) -> Formatted {
    let mut kept = String::with_capacity(text.len());
    // For each UTF-16 unit of the old text, its place in the new one.
    let mut places = Vec::with_capacity(text.len() + 1);
    let mut place = 0;
    for c in text.chars() {
        places.extend((0..c.len_utf16()).map(|_| place));
        match c {
            '\r' | '\u{2028}'..='\u{202e}' | '\u{333}' | '\u{33f}' | '\u{30a}' => continue,
            '\n' => kept.push('\n'),
            '\0'..=' ' => kept.push(' '),
            _ => kept.push(c),
        }
        place += c.len_utf16();
    }
    places.push(place);
    let moved = |unit: usize| places.get(unit).copied().unwrap_or(place);
    let entities = entities.into_iter().map(|entity| {
        let offset = moved(entity.offset);
        Entity { offset, length: moved(entity.end()) - offset, kind: entity.kind }
    });
    Formatted { entities: entity::fix(entities.collect()), text: calm_marks(kept) }
}

/// Of several direction marks in a row only the last stays; the others become non-joiners
/// (T `replace_offending_characters`).
fn calm_marks(text: String) -> String {
    let is_mark = |c: char| c == '\u{200e}' || c == '\u{200f}';
    if !text.contains(is_mark) {
        return text;
    }
    let mut calm = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        let crowded = is_mark(c) && characters.peek().is_some_and(|next| is_mark(*next));
        calm.push(if crowded { '\u{200c}' } else { c });
    }
    calm
}

/// Takes spaces and line ends off both ends; at the front only up to the first entity, as TDLib does.
fn trim(formatted: Formatted) -> Formatted {
    const BLANK: [char; 2] = [' ', '\n'];
    let Formatted { mut text, mut entities } = formatted;
    text.truncate(text.trim_end_matches(BLANK).len());
    let end = text.encode_utf16().count();
    entities.retain_mut(|entity| {
        entity.length = entity.end().min(end).saturating_sub(entity.offset);
        entity.length > 0
    });
    entity::sort(&mut entities);
    let first = entities.first().map_or(usize::MAX, |entity| entity.offset);
    let blank = (text.len() - text.trim_start_matches(BLANK).len()).min(first);
    for entity in &mut entities {
        entity.offset -= blank;
    }
    Formatted { text: text.split_off(blank), entities }
}

/// Nothing to see in it (T `is_empty_string`).
fn is_blank(text: &str) -> bool {
    text.chars().all(|c| {
        matches!(c, ' ' | '\t' | '\n' | '\r' | '\0' | '\u{b}' | '\u{a0}' | '\u{1680}' | '\u{180e}' | '\u{2000}'..='\u{200f}'
            | '\u{202e}' | '\u{202f}' | '\u{205f}' | '\u{2800}' | '\u{3000}' | '\u{feff}' | '\u{fffc}'
            | '\u{e0000}'..='\u{e007f}')
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::sandbox::telegram::entity::Kind;

    fn html(markup: &str) -> Formatted {
        read(markup, Some("HTML"), None, false).unwrap()
    }

    #[rstest]
    #[case::ends("  a \n", "a", vec![])]
    #[case::up_to_an_entity("  <b> a </b>  ", " a", vec![Entity::new(0, 2, Kind::Bold)])]
    #[case::controls("a\r\nb\tc", "a\nb c", vec![])]
    #[case::direction("<b>a\u{202e}b</b>", "ab", vec![Entity::new(0, 2, Kind::Bold)])]
    #[case::touching("<b>a</b><b>b</b>", "ab", vec![Entity::new(0, 2, Kind::Bold)])]
    #[case::nested_quotes("<blockquote>a<blockquote>b</blockquote>c</blockquote>", "abc",
        vec![Entity::new(0, 3, Kind::Blockquote)])]
    #[case::bold_in_code("<code>a<b>b</b></code>", "ab", vec![Entity::new(0, 2, Kind::Code)])]
    #[case::code_in_bold("<b>a<code>b</code>c</b>", "abc",
        vec![Entity::new(0, 1, Kind::Bold), Entity::new(1, 1, Kind::Code), Entity::new(2, 1, Kind::Bold)])]
    fn a_text_is_cleaned_and_trimmed(
        #[case] markup: &str,
        #[case] text: &str,
        #[case] entities: Vec<Entity>,
    ) {
        assert_eq!(html(markup), Formatted { text: text.into(), entities });
    }

    #[rstest]
    #[case("")]
    #[case(" \n ")]
    #[case("<b> </b>")]
    #[case("\u{200b}\u{3000}")]
    fn a_text_with_nothing_to_see_is_refused(#[case] markup: &str) {
        let refusal = read(markup, Some("HTML"), None, false).unwrap_err();
        assert_eq!(refusal.description, "Bad Request: text must be non-empty");
    }

    #[test]
    fn the_raw_text_may_have_32768_bytes() {
        assert!(read(&"a".repeat(32_768), None, None, false).is_ok());
        let refusal = read(&"a".repeat(32_769), None, None, false).unwrap_err();
        assert_eq!(refusal.description, "Bad Request: text is too long");
    }

    #[test]
    fn past_100_entities_bold_is_lost_before_links() {
        let markup = "<b>b</b> ".repeat(60) + &"<a href=\"https://x.kr/\">l</a> ".repeat(60);
        let entities = html(&markup).entities;
        assert_eq!(entities.len(), 100);
        assert_eq!(entities.iter().filter(|entity| entity.kind == Kind::Bold).count(), 40);
        assert_eq!(entities[39].offset, 78, "the first ones stay");
    }

    #[test]
    fn what_is_found_does_not_count_and_gives_way_to_what_is_marked() {
        let entities = html("<b>x</b> <a href=\"https://a.kr/\">@jogan</a> #tag").entities;
        let names: Vec<_> = entities.iter().map(|entity| entity.kind.clone()).collect();
        assert_eq!(names, [Kind::Bold, Kind::TextLink { url: "https://a.kr/".into() }, Kind::Hashtag]);
    }

    #[test]
    fn an_unknown_parse_mode_is_refused() {
        let refusal = read("x", Some("rtf"), None, false).unwrap_err();
        assert_eq!(refusal.description, "Bad Request: unsupported parse_mode");
    }
}

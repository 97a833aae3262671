//! A strict reader of Telegram's HTML, written down apart from the renderer: what Telegram would refuse or mend in
//! silence is an error here. Bot API, "HTML style"; TDLib, `MessageEntity.cpp`.

/// A message's text as it is read, and its entities in the order in which they open.
#[derive(Debug, Default)]
pub(super) struct Parsed {
    pub(super) text: String,
    pub(super) entities: Vec<Entity>,
}

/// An entity, with byte offsets into the text.
#[derive(Debug)]
pub(super) struct Entity {
    pub(super) tag: String,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// Reads a text or says what is wrong with it.
pub(super) fn parse(html: &str) -> Result<Parsed, String> {
    let mut parsed = Parsed::default();
    let mut open: Vec<Entity> = Vec::new();
    let mut rest = html;
    while let Some(c) = rest.chars().next() {
        match c {
            '<' => {
                let end = rest.find('>').ok_or("a tag without end")?;
                let tag = &rest[1..end];
                rest = &rest[end + 1..];
                match tag.strip_prefix('/') {
                    Some(name) => close(name, &mut open, &mut parsed)?,
                    None => open.push(start(tag, &open, parsed.text.len())?),
                }
            }
            '&' => {
                let end = rest.find(';').ok_or("an escape without end")?;
                parsed.text.push(escaped(&rest[1..end])?);
                rest = &rest[end + 1..];
            }
            '>' => return Err("a bare >".to_owned()),
            _ => {
                parsed.text.push(c);
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    match open.last() {
        Some(entity) => Err(format!("<{}> is never closed", entity.tag)),
        None => Ok(parsed),
    }
}

fn escaped(name: &str) -> Result<char, String> {
    match name {
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "amp" => Ok('&'),
        "quot" => Ok('"'),
        _ => Err(format!("&{name}; is no escape that Telegram knows")),
    }
}

fn start(tag: &str, open: &[Entity], at: usize) -> Result<Entity, String> {
    let is_open = |tags: &[&str]| open.iter().any(|entity| tags.contains(&entity.tag.as_str()));
    if is_open(&["code"]) || (is_open(&["pre"]) && !tag.starts_with("code class=")) {
        return Err(format!("<{tag}> in code"));
    }
    let name = match tag {
        "b" | "i" | "s" if is_open(&[tag]) => return Err(format!("<{tag}> in itself")),
        "b" | "i" | "s" | "pre" => tag,
        "code" if is_open(&["b", "i", "s", "a", "pre"]) => return Err("code in other markup".to_owned()),
        "code" => tag,
        "blockquote" | "blockquote expandable" if !open.is_empty() => {
            return Err("a quote in other markup".to_owned());
        }
        "blockquote" | "blockquote expandable" => "blockquote",
        _ => match tag.split_once("=\"").map(|(name, value)| (name, value.strip_suffix('"'))) {
            Some(("a href", Some(url))) if !is_open(&["a"]) && is_address(url) => "a",
            Some(("code class", Some(class))) if is_open(&["pre"]) && class.starts_with("language-") => {
                "code"
            }
            _ => return Err(format!("<{tag}>")),
        },
    };
    Ok(Entity { tag: name.to_owned(), start: at, end: at })
}

fn is_address(url: &str) -> bool {
    (url.starts_with("http://") || url.starts_with("https://")) && !url.contains(['"', '<', ' '])
}

fn close(name: &str, open: &mut Vec<Entity>, parsed: &mut Parsed) -> Result<(), String> {
    let mut entity = open.pop().ok_or(format!("</{name}> closes nothing"))?;
    if entity.tag != name {
        return Err(format!("</{name}> closes <{}>", entity.tag));
    }
    entity.end = parsed.text.len();
    if parsed.text[entity.start..].is_empty() {
        return Err(format!("<{name}> is empty"));
    }
    parsed.entities.push(entity);
    Ok(())
}

/// Panics with the limit that the body of a message passes; its text as it is read.
pub(super) fn check(body: &serde_json::Value) -> Parsed {
    let raw = body["text"].as_str().unwrap();
    assert!(raw.len() < 32_768, "{} bytes", raw.len());
    let parsed = match body["parse_mode"].as_str() {
        Some("HTML") => parse(raw).unwrap_or_else(|fault| panic!("{fault} in {raw}")),
        _ => Parsed { text: raw.to_owned(), entities: Vec::new() },
    };
    let units = parsed.text.encode_utf16().count();
    assert!(units <= 4096 && !parsed.text.trim().is_empty(), "{units} units");
    let hashtags =
        parsed.text.match_indices('#').filter(|(at, _)| !parsed.text[at + 1..].starts_with('\u{2060}'));
    assert!(parsed.entities.len() + hashtags.count() <= 100, "{} entities", parsed.entities.len());
    let rows = body["reply_markup"]["inline_keyboard"].as_array().map_or(&[][..], Vec::as_slice);
    for row in rows {
        let row = row.as_array().unwrap();
        assert!((1..=8).contains(&row.len()), "{} buttons in a row", row.len());
        for button in row {
            let data = button["callback_data"].as_str().map(str::len);
            assert!(data.is_none_or(|length| (1..=64).contains(&length)), "{data:?} bytes of data");
        }
    }
    parsed
}

#[test]
fn the_reader_refuses_what_telegram_would() {
    for faulty in [
        "<b>a",
        "<b>a</i>",
        "a</b>",
        "<u>a</u>",
        "a > b",
        "&nbsp;",
        "<b></b>",
        "<a href=\"javascript:x\">a</a>",
    ] {
        assert!(parse(faulty).is_err(), "{faulty}");
    }
    assert_eq!(parse("<b>a &lt; <i>b</i></b>").unwrap().text, "a < b");
}

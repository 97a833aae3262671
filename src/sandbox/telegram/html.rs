//! The HTML parse mode, byte for byte as TDLib reads it (`parse_html` in `MessageEntity.cpp`), with its error
//! texts. What the text becomes after that (trimming, overlapping entities) is in [`super::text`].

use crate::sandbox::telegram::entity::{Entity, Kind, sort};
use crate::sandbox::telegram::link;

/// Reads `markup` to text and entities, or says why not, in TDLib's words and with its byte offsets.
pub(crate) fn parse(markup: &str) -> Result<(String, Vec<Entity>), String> {
    let mut parser = Parser {
        source: Source { bytes: markup.as_bytes(), at: 0 },
        text: Vec::with_capacity(markup.len()),
        units: 0,
        open: Vec::new(),
        entities: Vec::new(),
        language: None,
    };
    parser.run()?;
    if let Some(tag) = parser.open.last() {
        return Err(format!("Can't find end tag corresponding to start tag \"{}\"", tag.name));
    }
    let text = String::from_utf8(parser.text).map_err(|_| {
        "Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate \
         code units"
            .to_owned()
    })?;
    sort(&mut parser.entities);
    Ok((text, parser.entities))
}

/// Every tag that may be opened.
const TAGS: [&str; 17] = [
    "a",
    "b",
    "strong",
    "i",
    "em",
    "s",
    "strike",
    "del",
    "u",
    "ins",
    "tg-spoiler",
    "tg-emoji",
    "tg-time",
    "span",
    "pre",
    "code",
    "blockquote",
];

/// The bytes and the place in them. Past the end there are zeros, as in a C string.
struct Source<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Source<'_> {
    fn peek(&self) -> u8 {
        self.bytes.get(self.at).copied().unwrap_or(0)
    }

    fn skip_while(&mut self, wanted: impl Fn(u8) -> bool) -> String {
        let start = self.at;
        while wanted(self.peek()) && self.at < self.bytes.len() {
            self.at += 1;
        }
        String::from_utf8_lossy(&self.bytes[start..self.at]).into_owned()
    }

    fn skip_spaces(&mut self) {
        self.skip_while(|byte| byte != 0 && is_space(byte));
    }

    /// Reads `&lt;`, `&gt;`, `&amp;`, `&quot;` or a number; the semicolon may be missing. Stays where it is if
    /// this is none of them.
    fn character_reference(&mut self) -> Option<u32> {
        let rest = &self.bytes[self.at + 1..];
        let (code, length) = match rest.strip_prefix(b"#") {
            Some(rest) => {
                let (digits, radix, lead) = match rest.strip_prefix(b"x") {
                    Some(digits) => (digits, 16, 2),
                    None => (rest, 10, 1),
                };
                let mut code: u32 = 0;
                let mut count = 0;
                while let Some(digit) = digits.get(count).and_then(|byte| char::from(*byte).to_digit(radix)) {
                    code = code.wrapping_mul(radix).wrapping_add(digit);
                    count += 1;
                }
                // TDLib refuses the very last code point and anything ten bytes long.
                if code == 0 || code >= 0x10_ffff || lead + count + 1 >= 10 {
                    return None;
                }
                (code, lead + count)
            }
            None => {
                let length = rest.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
                let character = match &rest[..length] {
                    b"lt" => '<',
                    b"gt" => '>',
                    b"amp" => '&',
                    b"quot" => '"',
                    _ => return None,
                };
                (u32::from(character), length)
            }
        };
        self.at += 1 + length;
        if self.peek() == b';' {
            self.at += 1;
        }
        Some(code)
    }
}

struct Parser<'a> {
    source: Source<'a>,
    text: Vec<u8>,
    /// UTF-16 code units of `text`.
    units: usize,
    open: Vec<Tag>,
    entities: Vec<Entity>,
    /// The language of the last entity, if that is a `code`: `pre` around it takes it over.
    language: Option<String>,
}

/// An open tag.
struct Tag {
    name: String,
    /// What its attributes say: a link, a language, an id.
    argument: String,
    format: Option<String>,
    /// Where it began: UTF-16 code units, and bytes of the text.
    offset: usize,
    start: usize,
}

impl Parser<'_> {
    fn run(&mut self) -> Result<(), String> {
        while self.source.at < self.source.bytes.len() {
            match self.source.peek() {
                b'&' => match self.source.character_reference() {
                    Some(code) => {
                        self.units += if code > 0xffff { 2 } else { 1 };
                        push_code(&mut self.text, code);
                    }
                    None => self.plain(),
                },
                b'<' => {
                    let start = self.source.at;
                    self.source.at += 1;
                    if self.source.peek() == b'/' {
                        self.end_tag(start)?;
                    } else {
                        self.start_tag(start)?;
                    }
                }
                _ => self.plain(),
            }
        }
        Ok(())
    }

    fn plain(&mut self) {
        let byte = self.source.peek();
        self.source.at += 1;
        self.text.push(byte);
        // A continuation byte begins no character; four bytes are a surrogate pair.
        if byte & 0xc0 != 0x80 {
            self.units += if byte >= 0xf0 { 2 } else { 1 };
        }
    }

    fn start_tag(&mut self, start: usize) -> Result<(), String> {
        let name = self.source.skip_while(|byte| !is_space(byte) && byte != b'>').to_ascii_lowercase();
        if self.source.peek() == 0 {
            return Err(format!("Unclosed start tag at byte offset {start}"));
        }
        if !TAGS.contains(&name.as_str()) {
            return Err(format!("Unsupported start tag \"{name}\" at byte offset {start}"));
        }
        let mut tag =
            Tag { name, argument: String::new(), format: None, offset: self.units, start: self.text.len() };
        while self.source.peek() != b'>' {
            self.source.skip_spaces();
            if self.source.peek() == b'>' {
                break;
            }
            self.attribute(&mut tag, start)?;
        }
        self.source.at += 1;
        if tag.name == "span" && tag.argument != "spoiler" {
            return Err(format!("Tag \"span\" must have class \"tg-spoiler\" at byte offset {start}"));
        }
        self.open.push(tag);
        Ok(())
    }

    fn attribute(&mut self, tag: &mut Tag, start: usize) -> Result<(), String> {
        let name = self.source.skip_while(|byte| !is_space(byte) && !b"=>/\"'".contains(&byte));
        if name.is_empty() {
            return Err(format!("Empty attribute name in the tag \"{}\" at byte offset {start}", tag.name));
        }
        let unclosed = |tag: &Tag| format!("Unclosed start tag \"{}\" at byte offset {start}", tag.name);
        self.source.skip_spaces();
        if self.source.peek() != b'=' {
            if self.source.peek() == 0 {
                return Err(unclosed(tag));
            }
            if tag.name == "blockquote" && name == "expandable" {
                tag.argument = "1".into();
            }
            return Ok(());
        }
        self.source.at += 1;
        self.source.skip_spaces();
        let value = match self.source.peek() {
            0 => return Err(unclosed(tag)),
            quote @ (b'\'' | b'"') => self.quoted(quote),
            _ => self.token()?,
        };
        if self.source.peek() == 0 {
            return Err(format!("Unclosed start tag at byte offset {start}"));
        }
        match (tag.name.as_str(), name.as_str()) {
            ("a", "href") | ("tg-emoji", "emoji-id") | ("tg-time", "unix") => tag.argument = value,
            ("tg-time", "format") => tag.format = Some(value),
            ("code", "class") => {
                if let Some(language) = value.strip_prefix("language-") {
                    tag.argument = language.to_owned();
                }
            }
            ("span", "class") => {
                if let Some(class) = value.strip_prefix("tg-") {
                    tag.argument = class.to_owned();
                }
            }
            ("blockquote", "expandable") => tag.argument = "1".into(),
            _ => {}
        }
        Ok(())
    }

    fn token(&mut self) -> Result<String, String> {
        let start = self.source.at;
        let value =
            self.source.skip_while(|byte| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'-');
        if !is_space(self.source.peek()) && self.source.peek() != b'>' {
            return Err(format!("Unexpected end of name token at byte offset {start}"));
        }
        Ok(value.to_ascii_lowercase())
    }

    fn quoted(&mut self, quote: u8) -> String {
        self.source.at += 1;
        let mut value = Vec::new();
        while self.source.peek() != quote && self.source.peek() != 0 {
            if self.source.peek() == b'&'
                && let Some(code) = self.source.character_reference()
            {
                push_code(&mut value, code);
                continue;
            }
            value.push(self.source.peek());
            self.source.at += 1;
        }
        if self.source.peek() == quote {
            self.source.at += 1;
        }
        String::from_utf8_lossy(&value).into_owned()
    }

    fn end_tag(&mut self, start: usize) -> Result<(), String> {
        let Some(tag) = self.open.pop() else {
            return Err(format!("Unexpected end tag at byte offset {start}"));
        };
        self.source.at += 1;
        let name = self.source.skip_while(|byte| !is_space(byte) && byte != b'>').to_ascii_lowercase();
        self.source.skip_spaces();
        if self.source.peek() != b'>' {
            return Err(format!("Unclosed end tag at byte offset {start}"));
        }
        self.source.at += 1;
        if !name.is_empty() && name != tag.name {
            return Err(format!(
                "Unmatched end tag at byte offset {start}, expected \"</{}>\", found \"</{name}>\"",
                tag.name
            ));
        }
        if self.units > tag.offset {
            self.close(tag)?;
        }
        Ok(())
    }

    fn close(&mut self, tag: Tag) -> Result<(), String> {
        let (offset, length) = (tag.offset, self.units - tag.offset);
        let same_place = |last: &&mut Entity| last.offset == offset && last.length == length;
        let kind = match tag.name.as_str() {
            "b" | "strong" => Kind::Bold,
            "i" | "em" => Kind::Italic,
            "u" | "ins" => Kind::Underline,
            "s" | "strike" | "del" => Kind::Strikethrough,
            "tg-spoiler" | "span" => Kind::Spoiler,
            "blockquote" if tag.argument.is_empty() => Kind::Blockquote,
            "blockquote" => Kind::ExpandableBlockquote,
            "tg-emoji" => match tag.argument.parse() {
                Ok(id) if id != 0 && !tag.argument.starts_with('+') => Kind::CustomEmoji { id },
                _ => return Err("Invalid custom emoji identifier specified".into()),
            },
            "tg-time" => match date_time(&tag)? {
                Some(kind) => kind,
                None => return Ok(()),
            },
            "a" => match self.link(&tag) {
                Some(kind) => kind,
                None => return Ok(()),
            },
            "pre" => {
                let language = self.language.take();
                let last = self.entities.last_mut().filter(same_place);
                if let Some(last) = last.filter(|last| last.kind == Kind::Code && language.is_some()) {
                    last.kind = Kind::Pre { language };
                    return Ok(());
                }
                Kind::Pre { language: None }
            }
            _ => {
                let language = Some(tag.argument).filter(|language| !language.is_empty());
                let last = self.entities.last_mut().filter(same_place);
                if let Some(last) =
                    last.filter(|last| last.kind == Kind::Pre { language: None } && language.is_some())
                {
                    last.kind = Kind::Pre { language };
                    self.language = None;
                    return Ok(());
                }
                self.entities.push(Entity::new(offset, length, Kind::Code));
                self.language = language;
                return Ok(());
            }
        };
        self.entities.push(Entity::new(offset, length, kind));
        self.language = None;
        Ok(())
    }

    /// A link that is none is dropped without a word; an empty one is the text itself.
    fn link(&self, tag: &Tag) -> Option<Kind> {
        let inside = String::from_utf8_lossy(&self.text[tag.start..]);
        let url = if tag.argument.is_empty() { &*inside } else { &*tag.argument };
        match link::person(url) {
            Some(user) => Some(Kind::TextMention { user }),
            None => link::checked(url).ok().map(|url| Kind::TextLink { url }),
        }
    }
}

fn date_time(tag: &Tag) -> Result<Option<Kind>, String> {
    let digits = tag.argument.bytes().take_while(u8::is_ascii_digit);
    let unix_time =
        digits.fold(0_i32, |number, digit| number.wrapping_mul(10).wrapping_add(i32::from(digit - b'0')));
    if unix_time <= 0 {
        return Ok(None);
    }
    let format = tag.format.clone().unwrap_or_default();
    let is_relative = format.eq_ignore_ascii_case("r");
    if !is_relative && !format.bytes().all(|byte| b"wWdDtT".contains(&byte)) {
        return Err("Invalid date format used".into());
    }
    Ok(Some(Kind::DateTime { unix_time, format }))
}

/// TDLib's idea of a space; the end of the text is one.
fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | 0 | 0x0b)
}

/// Writes a code point, also half a surrogate pair: that is no UTF-8, and is found out at the end.
fn push_code(text: &mut Vec<u8>, code: u32) {
    match char::from_u32(code) {
        Some(character) => text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
        None => text.extend_from_slice(&[
            0xe0 | (code >> 12) as u8,
            0x80 | (code >> 6) as u8 & 0x3f,
            0x80 | code as u8 & 0x3f,
        ]),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn at(offset: usize, length: usize, kind: Kind) -> Entity {
        Entity::new(offset, length, kind)
    }

    fn to(url: &str) -> Kind {
        Kind::TextLink { url: url.into() }
    }

    #[rstest]
    #[case::plain("a > b & c", "a > b & c", vec![])]
    #[case::bold("<b>가</b>나", "가나", vec![at(0, 1, Kind::Bold)])]
    #[case::aliases("<STRONG>a</strong><em>b</em><del>c</del><ins>d</ins>", "abcd",
        vec![at(0, 1, Kind::Bold), at(1, 1, Kind::Italic), at(2, 1, Kind::Strikethrough), at(3, 1, Kind::Underline)])]
    #[case::utf16("😀<b>😀</b>", "😀😀", vec![at(2, 2, Kind::Bold)])]
    #[case::nested("<b>a<i>b</i></b>", "ab", vec![at(0, 2, Kind::Bold), at(1, 1, Kind::Italic)])]
    #[case::doubled("<b>a<b>b</b></b>", "ab", vec![at(0, 2, Kind::Bold), at(1, 1, Kind::Bold)])]
    #[case::empty_tag("<b></b>x", "x", vec![])]
    #[case::anonymous_end("<b>x</>", "x", vec![at(0, 1, Kind::Bold)])]
    #[case::entities("&lt;&gt;&amp;&quot;&#65;&#x42;", "<>&\"AB", vec![])]
    #[case::no_semicolon("&amp&lt", "&<", vec![])]
    #[case::unknown_entities("&nbsp;&apos;&hellip;&LT;", "&nbsp;&apos;&hellip;&LT;", vec![])]
    #[case::numbers_out_of_range("&#0;&#x110000;&#1114111;&#x0000041;", "&#0;&#x110000;&#1114111;&#x0000041;", vec![])]
    #[case::spoiler("<span class=\"tg-spoiler\">x</span>", "x", vec![at(0, 1, Kind::Spoiler)])]
    #[case::quote("<blockquote>x</blockquote>", "x", vec![at(0, 1, Kind::Blockquote)])]
    #[case::expandable("<blockquote expandable>x</blockquote>", "x", vec![at(0, 1, Kind::ExpandableBlockquote)])]
    #[case::expandable_is_case_sensitive("<blockquote EXPANDABLE>x</blockquote>", "x", vec![at(0, 1, Kind::Blockquote)])]
    #[case::link("<a href=\"https://x.y/?a=1&amp;b=2\">z</a>", "z", vec![at(0, 1, to("https://x.y/?a=1&b=2"))])]
    #[case::link_without_quotes("<a href=x.y>z</a>", "z", vec![at(0, 1, to("http://x.y/"))])]
    #[case::link_is_its_text("<a>https://x.y</a>", "https://x.y", vec![at(0, 11, to("https://x.y/"))])]
    #[case::bad_link("<a href='javascript:alert(1)'>x</a>", "x", vec![])]
    #[case::attribute_names_are_case_sensitive("<a HREF='https://x.y'>z</a>", "z", vec![])]
    #[case::quote_that_ends_early("<a href=\"https://e.x/\" a=\"b\">x</a>", "x", vec![at(0, 1, to("https://e.x/"))])]
    #[case::person("<a href='tg://user?id=7'>x</a>", "x", vec![at(0, 1, Kind::TextMention { user: 7 })])]
    #[case::pre_code("<pre><code class='language-rust'>x</code></pre>", "x",
        vec![at(0, 1, Kind::Pre { language: Some("rust".into()) })])]
    #[case::code_pre("<code class='language-rust'><pre>x</pre></code>", "x",
        vec![at(0, 1, Kind::Pre { language: Some("rust".into()) })])]
    #[case::code_with_a_language("<code class='language-rust'>x</code>", "x", vec![at(0, 1, Kind::Code)])]
    #[case::emoji("<tg-emoji emoji-id='5'>x</tg-emoji>", "x", vec![at(0, 1, Kind::CustomEmoji { id: 5 })])]
    fn markup_becomes_text_and_entities(
        #[case] markup: &str,
        #[case] text: &str,
        #[case] entities: Vec<Entity>,
    ) {
        assert_eq!(parse(markup), Ok((text.to_owned(), entities)));
    }

    #[rstest]
    #[case::br("a<br>", "Unsupported start tag \"br\" at byte offset 1")]
    #[case::less_than("가 < 6", "Unsupported start tag \"\" at byte offset 4")]
    #[case::self_closing("<b/>", "Unsupported start tag \"b/\" at byte offset 0")]
    #[case::slash("<b />", "Empty attribute name in the tag \"b\" at byte offset 0")]
    #[case::open("<b>x", "Can't find end tag corresponding to start tag \"b\"")]
    #[case::crossed(
        "<b>x<i>y</b></i>",
        "Unmatched end tag at byte offset 8, expected \"</i>\", found \"</b>\""
    )]
    #[case::lonely_end("</b>", "Unexpected end tag at byte offset 0")]
    #[case::cut_start("x<b", "Unclosed start tag at byte offset 1")]
    #[case::cut_attribute("<a href", "Unclosed start tag \"a\" at byte offset 0")]
    #[case::cut_value("<a href='x", "Unclosed start tag at byte offset 0")]
    #[case::cut_end("<b>x</b", "Unclosed end tag at byte offset 4")]
    #[case::span("<span>x</span>", "Tag \"span\" must have class \"tg-spoiler\" at byte offset 0")]
    #[case::token("<b x=a/>", "Unexpected end of name token at byte offset 5")]
    #[case::emoji("<tg-emoji>x</tg-emoji>", "Invalid custom emoji identifier specified")]
    #[case::half_a_pair(
        "&#xd800;",
        "Text contains invalid Unicode characters after decoding HTML entities, check \
        for unmatched surrogate code units"
    )]
    fn broken_markup_is_refused_in_the_platforms_words(#[case] markup: &str, #[case] error: &str) {
        assert_eq!(parse(markup), Err(error.to_owned()));
    }
}

//! What the platform finds in plain text by itself: mentions, commands, tags, links and addresses (T
//! `find_entities`). Phone and bank card numbers are left alone. What makes an address is in [`super::address`].

use crate::sandbox::telegram::address;
use crate::sandbox::telegram::entity::{Entity, Kind, drop_overlapping, sort};

/// All of it in `text`, none over another, by place.
pub(crate) fn find(text: &str) -> Vec<Entity> {
    let finder = Finder { characters: text.chars().collect() };
    let mut found = Vec::new();
    finder.marked('@', Finder::mention, &mut found);
    finder.marked('/', Finder::command, &mut found);
    finder.marked('#', Finder::hashtag, &mut found);
    finder.marked('$', Finder::cashtag, &mut found);
    finder.marked(':', Finder::own_link, &mut found);
    finder.links(&mut found);
    finder.to_units(&mut found);
    sort(&mut found);
    drop_overlapping(&mut found);
    found
}

/// Where it begins, the first place after it, and what it is.
type Found = (usize, usize, Kind);

/// Counts in characters; [`Finder::to_units`] makes UTF-16 units of them.
struct Finder {
    characters: Vec<char>,
}

impl Finder {
    fn at(&self, place: usize) -> Option<char> {
        self.characters.get(place).copied()
    }

    fn before(&self, place: usize) -> Option<char> {
        place.checked_sub(1).and_then(|place| self.at(place))
    }

    /// The first place from `from` on that is not `wanted`.
    fn end_of(&self, from: usize, wanted: impl Fn(char) -> bool) -> usize {
        let length = self.characters.iter().skip(from).take_while(|c| wanted(**c)).count();
        from + length
    }

    /// The first place of the run of `wanted` that ends before `to`.
    fn start_of(&self, to: usize, wanted: impl Fn(char) -> bool) -> usize {
        to - self.characters[..to].iter().rev().take_while(|c| wanted(**c)).count()
    }

    fn word(&self, from: usize, to: usize) -> String {
        self.characters[from..to].iter().collect()
    }

    /// Tries `read` at each `mark`.
    fn marked(&self, mark: char, read: fn(&Self, usize) -> Option<Found>, found: &mut Vec<Entity>) {
        let mut from = 0;
        for place in (0..self.characters.len()).filter(|place| self.characters[*place] == mark) {
            if place < from {
                continue;
            }
            if let Some((start, end, kind)) = read(self, place) {
                found.push(Entity::new(start, end - start, kind));
                from = end;
            }
        }
    }

    fn mention(&self, at: usize) -> Option<Found> {
        let end = self.end_of(at + 1, is_name);
        let name = self.word(at + 1, end).to_ascii_lowercase();
        let fits = matches!(name.len(), 4..=32) || ["gif", "vid", "pic"].contains(&name.as_str());
        let free = !self.before(at).is_some_and(is_word) && !self.at(end).is_some_and(is_word);
        (fits && free).then_some((at, end, Kind::Mention))
    }

    fn command(&self, at: usize) -> Option<Found> {
        let beside = |c: char| is_word(c) || matches!(c, '/' | '<' | '>');
        let mut end = self.end_of(at + 1, is_name);
        if self.before(at).is_some_and(beside) || !matches!(end - at - 1, 1..=64) {
            return None;
        }
        if self.at(end) == Some('@') {
            let bot = end + 1;
            end = self.end_of(bot, is_name);
            if !matches!(end - bot, 3..=32) {
                return None;
            }
        }
        (!self.at(end).is_some_and(beside)).then_some((at, end, Kind::BotCommand))
    }

    fn hashtag(&self, at: usize) -> Option<Found> {
        let end = self.end_of(at + 1, is_tag);
        let cut = end.min(at + 257);
        let has_letter = self.characters[at + 1..cut].iter().any(|c| is_letter(*c));
        let whole = self.with_chat(end);
        let free = !self.before(at).is_some_and(is_tag) && self.at(whole) != Some('#');
        (has_letter && free).then_some((at, if cut == end { whole } else { cut }, Kind::Hashtag))
    }

    fn cashtag(&self, at: usize) -> Option<Found> {
        let beside = |c: char| is_tag(c) || c == '$';
        let inch = self.characters[at + 1..].starts_with(&['1', 'I', 'N', 'C', 'H']);
        let end = if inch { at + 6 } else { self.end_of(at + 1, |c| c.is_ascii_uppercase()) };
        let free = !self.before(at).is_some_and(beside) && !self.at(end).is_some_and(beside);
        (free && matches!(end - at - 1, 1..=8)).then(|| (at, self.with_chat(end), Kind::Cashtag))
    }

    /// A tag may name a chat: `#tag@name`.
    fn with_chat(&self, end: usize) -> usize {
        if self.at(end) != Some('@') {
            return end;
        }
        let name = self.end_of(end + 1, is_name);
        let fits = matches!(name - end - 1, 3..=32) && !self.at(name).is_some_and(is_word);
        if fits { name } else { end }
    }

    /// `tg://…`, `ton://…` and `tonsite://…`.
    fn own_link(&self, at: usize) -> Option<Found> {
        if self.at(at + 1) != Some('/') || self.at(at + 2) != Some('/') {
            return None;
        }
        let head = self.word(at.saturating_sub(7), at).to_ascii_lowercase();
        let scheme = ["tonsite", "ton", "tg"].into_iter().find(|scheme| head.ends_with(scheme))?;
        let host = at + 3;
        let in_host = |c: char| is_name(c) || c == '-' || (scheme == "tonsite" && c == '.');
        let end = self.end_of(host, in_host).min(host + 253);
        (end > host).then(|| (at - scheme.len(), self.end_of_path(end), Kind::Url))
    }

    /// Goes on from `end` over a path, a query or a fragment, without what closes a sentence.
    fn end_of_path(&self, end: usize) -> usize {
        let Some(mark @ ('/' | '?' | '#')) = self.at(end) else {
            return end;
        };
        let stop = self.end_of(end + 1, is_path);
        let stop = self.without_closing(end + 1, stop);
        if mark == '/' || stop > end + 1 { stop } else { end }
    }

    fn without_closing(&self, from: usize, to: usize) -> usize {
        let closing = self.characters[from..to].iter().rev().take_while(|c| ".:;,('?!`".contains(**c));
        to - closing.count()
    }

    /// Every dot may be in a host's name.
    fn links(&self, found: &mut Vec<Entity>) {
        let mut from = 0;
        while let Some(dot) = (from..self.characters.len()).find(|place| self.characters[*place] == '.') {
            if dot + 1 == self.characters.len() {
                break;
            }
            from = match self.link(from, dot) {
                Link::Whole { start, end } => {
                    self.keep(start, end, found);
                    self.end_of(end, |c| c == '.').max(dot + 1)
                }
                Link::No { next } => next.max(dot + 1),
            };
        }
    }

    fn keep(&self, start: usize, end: usize, found: &mut Vec<Entity>) {
        let link = self.word(start, end);
        let mail = link.strip_prefix("mailto:").unwrap_or(&link);
        if address::is_mail(mail) {
            let length = mail.chars().count();
            found.push(Entity::new(end - length, length, Kind::Email));
        } else if let Some(length) = address::url_length(&link) {
            found.push(Entity::new(start, length, Kind::Url));
        }
    }

    /// The link around the dot at `dot`; nothing before `from` belongs to it.
    fn link(&self, from: usize, dot: usize) -> Link {
        let mut host = self.start_of(dot, is_host).max(from);
        let mut end = self.end_of(dot, |c| is_host(c) || c == '@');
        let at_inside = self.characters[dot..end].contains(&'@');
        if at_inside {
            host = self.start_of(host, is_user).max(from);
        }
        end = self.end_of_path(self.end_of_port(end));
        while end > dot + 1 && self.characters[end - 1] == '.' {
            end -= 1;
        }
        let mut good = end > dot + 1;
        let mut start = host;
        if start > from && self.before(start) == Some('@') {
            let user = self.start_of(start - 1, is_user).max(from);
            good &= !at_inside && user < start - 1;
            start = user;
        }
        match self.scheme(from, start) {
            Ok(begin) => start = begin,
            Err(()) => good = false,
        }
        if good {
            return Link::Whole { start, end };
        }
        // The next try begins after the last dot of this one.
        let last = (dot + 1..=end).rev().find(|place| self.characters[place - 1] == '.');
        Link::No { next: last.unwrap_or(dot + 1) }
    }

    fn end_of_port(&self, end: usize) -> usize {
        if self.at(end) != Some(':') {
            return end;
        }
        let stop = self.end_of(end + 1, |c| c.is_ascii_digit());
        let port = self.word(end + 1, stop);
        let is_port = port.trim_start_matches('0').parse::<u16>().is_ok();
        if is_port { stop } else { end }
    }

    /// Where a link begins whose host or user begins at `start`, or an error if it can't be one there.
    fn scheme(&self, from: usize, start: usize) -> Result<usize, ()> {
        if start == from {
            return Ok(start);
        }
        if start >= from + 6 && self.characters[start - 3..start] == [':', '/', '/'] {
            let in_scheme = |c: char| {
                if c.is_ascii() {
                    c.is_ascii_alphanumeric() || c == '+' || c == '-'
                } else {
                    !is_separator(c)
                }
            };
            let begin = self.start_of(start - 3, in_scheme).max(from);
            let scheme = self.word(begin, start - 3).to_ascii_lowercase();
            let length = if scheme.ends_with("http") && scheme != "shttp" {
                7
            } else if scheme.ends_with("https") {
                8
            } else if scheme.ends_with("ftp") && scheme != "tftp" && scheme != "sftp" {
                6
            } else {
                return Err(());
            };
            return Ok(start - length);
        }
        let beside = self.before(start).is_some_and(|c| is_word(c) || matches!(c, '/' | '#' | '@'));
        if beside { Err(()) } else { Ok(start) }
    }

    fn to_units(&self, found: &mut [Entity]) {
        let mut units = Vec::with_capacity(self.characters.len() + 1);
        let mut unit = 0;
        for c in &self.characters {
            units.push(unit);
            unit += c.len_utf16();
        }
        units.push(unit);
        for entity in found {
            let end = units[entity.end()];
            entity.offset = units[entity.offset];
            entity.length = end - entity.offset;
        }
    }
}

enum Link {
    Whole { start: usize, end: usize },
    No { next: usize },
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

fn is_word(c: char) -> bool {
    c.is_alphabetic() || c.is_numeric() || c == '_'
}

fn is_letter(c: char) -> bool {
    c.is_alphabetic()
}

fn is_tag(c: char) -> bool {
    is_letter(c)
        || c.is_ascii_digit()
        || matches!(c, '_' | '\u{200c}' | '\u{b7}' | '\u{d80}'..='\u{dff}' | '０'..='９')
}

fn is_separator(c: char) -> bool {
    matches!(
        c,
        ' ' | '\u{a0}' | '\u{1680}' | '\u{2000}'
            ..='\u{200a}' | '\u{2028}' | '\u{2029}' | '\u{202f}' | '\u{205f}' | '\u{3000}'
    )
}

fn in_url(c: char) -> bool {
    match c {
        '\u{2000}'..='\u{206f}' => matches!(c, '\u{200c}' | '\u{200d}' | '\u{2010}'..='\u{2015}'),
        _ => !is_separator(c),
    }
}

fn is_path(c: char) -> bool {
    !matches!(c, '\n' | '<' | '>' | '"' | '«' | '»') && in_url(c)
}

fn is_user(c: char) -> bool {
    is_path(c) && !matches!(c, '/' | '[' | ']' | '{' | '}' | '(' | ')' | '\'' | '`' | '@')
}

fn is_host(c: char) -> bool {
    if c < '\u{c0}' { is_name(c) || matches!(c, '.' | '-' | '~') } else { in_url(c) }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn found(text: &str) -> Vec<(String, Kind)> {
        let units: Vec<u16> = text.encode_utf16().collect();
        let part = |entity: &Entity| String::from_utf16_lossy(&units[entity.offset..entity.end()]);
        find(text).into_iter().map(|entity| (part(&entity), entity.kind)).collect()
    }

    #[rstest]
    #[case::mention("보라 @jogan_bot!", &[("@jogan_bot", Kind::Mention)])]
    #[case::short_mentions("@gif @ab @abc", &[("@gif", Kind::Mention)])]
    #[case::no_mention_in_a_word("a@jogan 가@jogan", &[])]
    #[case::commands("/today /today@jogan_bot x/y /a/b", &[("/today", Kind::BotCommand), ("/today@jogan_bot", Kind::BotCommand)])]
    #[case::command_after_emoji("😀/start", &[("/start", Kind::BotCommand)])]
    #[case::hashtags("#투자는 #AI_2025 #2025 가#나 #a#b", &[("#투자는", Kind::Hashtag), ("#AI_2025", Kind::Hashtag)])]
    #[case::cashtags("$USD $1INCH $usd $ABCDEFGHI", &[("$USD", Kind::Cashtag), ("$1INCH", Kind::Cashtag)])]
    #[case::urls("보기(https://x.com/a_(b)). a.kr", &[("https://x.com/a_(b)", Kind::Url), ("a.kr", Kind::Url)])]
    #[case::hangul_urls("한국.kr/경로", &[("한국.kr/경로", Kind::Url)])]
    #[case::ports("http://u:p@h.com:8080/p?q#f,", &[("http://u:p@h.com:8080/p?q#f", Kind::Url)])]
    #[case::no_urls("Node.js 1.5 2025.12.17 a.b.c e.g. U.S.A", &[])]
    #[case::mail("me@x.com mailto:a.b@c.co.kr", &[("me@x.com", Kind::Email), ("a.b@c.co.kr", Kind::Email)])]
    #[case::own_links("tg://resolve?domain=a ton://x", &[("tg://resolve?domain=a", Kind::Url), ("ton://x", Kind::Url)])]
    fn plain_text_has_meaning(#[case] text: &str, #[case] expected: &[(&str, Kind)]) {
        let expected: Vec<_> =
            expected.iter().map(|(part, kind)| ((*part).to_owned(), kind.clone())).collect();
        assert_eq!(found(text), expected);
    }

    #[test]
    fn a_word_joiner_after_the_sign_takes_the_meaning_away() {
        assert_eq!(found("@\u{2060}jogan /\u{2060}start #\u{2060}투자 (@\u{2060}x_y_z)"), []);
    }
}

//! Message entities: what they are, their JSON, and how overlapping ones are put in order (as TDLib's
//! `fix_entities` does). [`super::html`] reads them from markup, [`super::found`] finds them in plain text.

use serde_json::{Map, Value, json};

use crate::sandbox::telegram::link;

/// A stretch of a text that means something. Offsets and lengths are UTF-16 code units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entity {
    pub(crate) offset: usize,
    pub(crate) length: usize,
    pub(crate) kind: Kind,
}

/// What an entity means, by the names of the Bot API's `MessageEntity.type`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    Mention,
    Hashtag,
    Cashtag,
    BotCommand,
    Url,
    Email,
    Bold,
    Italic,
    Underline,
    Strikethrough,
    Spoiler,
    Blockquote,
    ExpandableBlockquote,
    Code,
    Pre { language: Option<String> },
    TextLink { url: String },
    TextMention { user: i64 },
    CustomEmoji { id: i64 },
    DateTime { unix_time: i32, format: String },
}

/// How entities may lie over each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    /// May be cut in pieces: bold, italic and their like.
    Splittable,
    /// Holds anything but another quote.
    Quote,
    /// Whole or not at all; never in another one of its class.
    Continuous,
}

impl Entity {
    pub(crate) fn new(offset: usize, length: usize, kind: Kind) -> Self {
        Self { offset, length, kind }
    }

    /// The first unit after it.
    pub(crate) fn end(&self) -> usize {
        self.offset + self.length
    }

    /// As the Bot API writes it. `user` finds the person of a text mention.
    pub(crate) fn to_json(&self, user: impl Fn(i64) -> Value) -> Value {
        let mut object = Map::new();
        object.insert("offset".into(), json!(self.offset));
        object.insert("length".into(), json!(self.length));
        object.insert("type".into(), json!(self.kind.name()));
        match &self.kind {
            Kind::Pre { language: Some(language) } => drop(object.insert("language".into(), json!(language))),
            Kind::TextLink { url } => drop(object.insert("url".into(), json!(url))),
            Kind::TextMention { user: id } => drop(object.insert("user".into(), user(*id))),
            Kind::CustomEmoji { id } => {
                drop(object.insert("custom_emoji_id".into(), json!(id.to_string())));
            }
            Kind::DateTime { unix_time, format } => {
                object.insert("unix_time".into(), json!(unix_time));
                object.insert("date_time_format".into(), json!(format));
            }
            _ => {}
        }
        Value::Object(object)
    }

    /// Reads what a caller gave as `entities`; kinds that a bot cannot set (mentions, tags, links in plain text)
    /// are `None`, as the platform finds those itself.
    pub(crate) fn from_json(value: &Value) -> Option<Self> {
        let number = |key: &str| value.get(key).and_then(Value::as_u64).map(|number| number as usize);
        let word = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
        let kind = match value.get("type").and_then(Value::as_str)? {
            "bold" => Kind::Bold,
            "italic" => Kind::Italic,
            "underline" => Kind::Underline,
            "strikethrough" => Kind::Strikethrough,
            "spoiler" => Kind::Spoiler,
            "blockquote" => Kind::Blockquote,
            "expandable_blockquote" => Kind::ExpandableBlockquote,
            "code" => Kind::Code,
            "pre" => Kind::Pre { language: word("language").filter(|language| !language.is_empty()) },
            "text_link" => Kind::TextLink { url: link::checked(&word("url")?).ok()? },
            "text_mention" => Kind::TextMention { user: value.get("user")?.get("id")?.as_i64()? },
            "custom_emoji" => Kind::CustomEmoji { id: word("custom_emoji_id")?.parse().ok()? },
            _ => return None,
        };
        Some(Self { offset: number("offset")?, length: number("length")?, kind })
    }
}

impl Kind {
    fn name(&self) -> &'static str {
        match self {
            Self::Mention => "mention",
            Self::Hashtag => "hashtag",
            Self::Cashtag => "cashtag",
            Self::BotCommand => "bot_command",
            Self::Url => "url",
            Self::Email => "email",
            Self::Bold => "bold",
            Self::Italic => "italic",
            Self::Underline => "underline",
            Self::Strikethrough => "strikethrough",
            Self::Spoiler => "spoiler",
            Self::Blockquote => "blockquote",
            Self::ExpandableBlockquote => "expandable_blockquote",
            Self::Code => "code",
            Self::Pre { .. } => "pre",
            Self::TextLink { .. } => "text_link",
            Self::TextMention { .. } => "text_mention",
            Self::CustomEmoji { .. } => "custom_emoji",
            Self::DateTime { .. } => "date_time",
        }
    }

    fn class(&self) -> Class {
        match self {
            Self::Bold | Self::Italic | Self::Underline | Self::Strikethrough | Self::Spoiler => {
                Class::Splittable
            }
            Self::Blockquote | Self::ExpandableBlockquote => Class::Quote,
            _ => Class::Continuous,
        }
    }

    /// Which of two entities over the same stretch comes first; lower is further out (T `get_type_priority`).
    fn priority(&self) -> u8 {
        match self {
            Self::Blockquote | Self::ExpandableBlockquote => 0,
            Self::Pre { language: Some(_) } => 10,
            Self::Pre { language: None } => 11,
            Self::Code => 20,
            Self::TextLink { .. } | Self::TextMention { .. } => 49,
            Self::Mention | Self::Hashtag | Self::Cashtag | Self::BotCommand | Self::Url | Self::Email => 50,
            Self::DateTime { .. } => 51,
            Self::Bold => 90,
            Self::Italic => 91,
            Self::Underline => 92,
            Self::Strikethrough => 93,
            Self::Spoiler => 94,
            Self::CustomEmoji { .. } => 99,
        }
    }

    fn is_code(&self) -> bool {
        matches!(self, Self::Code | Self::Pre { .. })
    }

    /// Found by the platform in plain text, so that it counts for no limit of the sender's.
    fn is_automatic(&self) -> bool {
        matches!(
            self,
            Self::Mention | Self::Hashtag | Self::Cashtag | Self::BotCommand | Self::Url | Self::Email
        )
    }
}

/// By place, the longer first, the outer first.
pub(crate) fn sort(entities: &mut [Entity]) {
    entities.sort_by(|a, b| {
        (a.offset, b.length, a.kind.priority()).cmp(&(b.offset, a.length, b.kind.priority()))
    });
}

/// Removes what may not overlap, joins and splits the rest, so that entities only nest.
pub(crate) fn fix(mut entities: Vec<Entity>) -> Vec<Entity> {
    entities.retain(|entity| entity.length > 0);
    sort(&mut entities);
    let (splittable, mut quotes, mut continuous) = part(entities);
    drop_overlapping(&mut continuous);
    drop_overlapping(&mut quotes);
    drop_across_quotes(&mut continuous, &quotes);
    join(splittable, quotes, continuous)
}

/// Adds what the platform found in plain text; where that overlaps what the sender marked, the sender's stays.
pub(crate) fn add_found(entities: Vec<Entity>, mut found: Vec<Entity>) -> Vec<Entity> {
    let (splittable, quotes, mut continuous) = part(entities);
    drop_across_quotes(&mut found, &quotes);
    found.retain(|new| !continuous.iter().any(|old| new.offset < old.end() && old.offset < new.end()));
    continuous.append(&mut found);
    join(splittable, quotes, continuous)
}

/// Keeps the first of those that overlap. They must be sorted.
pub(crate) fn drop_overlapping(entities: &mut Vec<Entity>) {
    let mut end = 0;
    entities.retain(|entity| {
        let keep = entity.offset >= end;
        if keep {
            end = entity.end();
        }
        keep
    });
}

/// At most `limit` entities of the sender's: quotes, code and links stay, then bold, italic and their like in
/// order; custom emoji are not counted (T `get_input_message_entities`).
pub(crate) fn cap(entities: Vec<Entity>, limit: usize) -> Vec<Entity> {
    let counts =
        |entity: &Entity| !entity.kind.is_automatic() && !matches!(entity.kind, Kind::CustomEmoji { .. });
    let (splittable, firm): (Vec<_>, Vec<_>) =
        entities.into_iter().partition(|entity| entity.kind.class() == Class::Splittable);
    let mut left = limit;
    let mut kept = Vec::with_capacity(firm.len());
    for entity in firm {
        if counts(&entity) {
            if left == 0 {
                continue;
            }
            left -= 1;
        }
        kept.push(entity);
    }
    kept.extend(split(splittable, &[]).into_iter().take(left));
    sort(&mut kept);
    kept
}

fn part(entities: Vec<Entity>) -> (Vec<Entity>, Vec<Entity>, Vec<Entity>) {
    let (mut splittable, mut quotes, mut continuous) = (Vec::new(), Vec::new(), Vec::new());
    for entity in entities {
        match entity.kind.class() {
            Class::Splittable => splittable.push(entity),
            Class::Quote => quotes.push(entity),
            Class::Continuous => continuous.push(entity),
        }
    }
    (splittable, quotes, continuous)
}

fn drop_across_quotes(entities: &mut Vec<Entity>, quotes: &[Entity]) {
    entities.retain(|entity| {
        !quotes.iter().any(|quote| {
            let touches = entity.offset < quote.end() && quote.offset < entity.end();
            touches && !(quote.offset <= entity.offset && entity.end() <= quote.end())
        })
    });
}

fn join(splittable: Vec<Entity>, quotes: Vec<Entity>, mut continuous: Vec<Entity>) -> Vec<Entity> {
    continuous.extend(quotes);
    sort(&mut continuous);
    let mut all = split(splittable, &continuous);
    all.extend(continuous);
    sort(&mut all);
    all
}

/// Joins splittable entities of one kind that touch, and cuts them wherever another entity begins or ends;
/// inside code nothing is left of them.
fn split(splittable: Vec<Entity>, others: &[Entity]) -> Vec<Entity> {
    let mut cutter =
        Cutter { open: Vec::new(), waiting: splittable.into_iter().peekable(), done: Vec::new() };
    let mut around: Vec<&Entity> = Vec::new();
    for other in others {
        cutter.leave(&mut around, other.offset);
        around.push(other);
    }
    cutter.leave(&mut around, usize::MAX);
    sort(&mut cutter.done);
    cutter.done
}

struct Cutter {
    /// What has begun and is not written yet, at most one of a kind.
    open: Vec<Entity>,
    waiting: std::iter::Peekable<std::vec::IntoIter<Entity>>,
    done: Vec<Entity>,
}

impl Cutter {
    /// Goes on to `offset`, out of every entity of `around` that ends before it.
    fn leave(&mut self, around: &mut Vec<&Entity>, offset: usize) {
        while let Some(inner) = around.last().filter(|inner| inner.end() <= offset) {
            let before = self.done.len();
            self.advance(inner.end());
            if inner.kind.is_code() {
                self.done.truncate(before);
            }
            around.pop();
        }
        self.advance(offset);
    }

    fn advance(&mut self, offset: usize) {
        while let Some(next) = self.waiting.next_if(|next| next.offset < offset) {
            let same = self.open.iter_mut().find(|open| open.kind == next.kind);
            if let Some(same) = same.filter(|same| next.offset <= same.end()) {
                same.length = same.end().max(next.end()) - same.offset;
                continue;
            }
            self.cut(next.offset);
            self.open.push(next);
        }
        self.cut(offset);
    }

    fn cut(&mut self, offset: usize) {
        for open in &mut self.open {
            if open.offset >= offset {
                continue;
            }
            let end = open.end().min(offset);
            self.done.push(Entity::new(open.offset, end - open.offset, open.kind.clone()));
            open.length = open.end() - end;
            open.offset = end;
        }
        self.open.retain(|open| open.length > 0);
    }
}

//! What there is: chats, their messages and topics, people, and where the bot stands. [`super::view`] shows it as
//! the Bot API does; [`super::people`] and [`super::messages`] change it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::sandbox::telegram::callbacks::Query;
use crate::sandbox::telegram::commands::Menus;
use crate::sandbox::telegram::faults::Faults;
use crate::sandbox::telegram::refusal::Refusal;
use crate::sandbox::telegram::text::Formatted;
use crate::sandbox::telegram::updates::Updates;
use crate::sandbox::telegram::{Call, ChatKind, Counters, Person, rates::Rates};
use crate::sandbox::weather::Sky;

/// The most calls that are remembered.
const CALLS: usize = 10_000;

/// Everything the sandbox knows.
pub(crate) struct State {
    pub(crate) bot: Person,
    pub(crate) limits: bool,
    pub(crate) chats: BTreeMap<i64, Chat>,
    pub(crate) people: BTreeMap<i64, Person>,
    pub(crate) photos: BTreeMap<String, Vec<u8>>,
    pub(crate) updates: Updates,
    pub(crate) queries: BTreeMap<String, Query>,
    pub(crate) menus: Menus,
    pub(crate) rates: Rates,
    pub(crate) faults: Vec<Faults>,
    pub(crate) sky: Option<Sky>,
    pub(crate) calls: VecDeque<Call>,
    pub(crate) counters: Counters,
    /// Private chats and groups draw their message ids from one well; supergroups and channels each have their own.
    last_message: i64,
    last_group: i64,
    last_supergroup: i64,
}

/// A chat, and what is in it.
pub(crate) struct Chat {
    pub(crate) id: i64,
    pub(crate) title: String,
    pub(crate) kind: ChatKind,
    pub(crate) bot: Standing,
    /// Whether plain members may write; administrators always may.
    pub(crate) open: bool,
    pub(crate) admins: BTreeSet<i64>,
    pub(crate) members: BTreeSet<i64>,
    pub(crate) topics: BTreeMap<i32, Topic>,
    pub(crate) messages: BTreeMap<i64, Message>,
    /// The public name, without `@`.
    pub(crate) username: Option<String>,
    pub(crate) migrated_to: Option<i64>,
    /// The keys that the bot has put below the text box, as its `reply_markup` had them.
    pub(crate) keys: Option<Value>,
    last_message: i64,
}

/// What the bot (or a person) is in a chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    Administrator,
    Member,
    Left,
    /// Thrown out; in a private chat, blocked.
    Kicked,
}

/// A topic of a forum.
pub(crate) struct Topic {
    pub(crate) name: String,
    pub(crate) closed: bool,
}

/// A message, as it is now.
pub(crate) struct Message {
    pub(crate) id: i64,
    pub(crate) topic: Option<i32>,
    pub(crate) reply_to: Option<i64>,
    pub(crate) author: i64,
    pub(crate) sent: DateTime<Utc>,
    pub(crate) edited: Option<DateTime<Utc>>,
    pub(crate) content: Content,
    pub(crate) keyboard: Option<Value>,
    pub(crate) preview: Option<Value>,
    pub(crate) rings: bool,
    /// Fields that say on whose behalf it was written, or from where it was forwarded.
    pub(crate) guise: Value,
}

/// What a message holds.
#[derive(Clone, PartialEq)]
pub(crate) enum Content {
    Text(Formatted),
    Photo {
        caption: Formatted,
        file: String,
        width: u32,
        height: u32,
        bytes: usize,
    },
    /// Fields of a service message, such as `forum_topic_created`.
    Service(&'static str, Value),
}

impl State {
    pub(crate) fn new(bot: Person, limits: bool) -> Self {
        Self {
            people: BTreeMap::from([(OWNER, owner())]),
            bot,
            limits,
            chats: BTreeMap::new(),
            photos: BTreeMap::new(),
            updates: Updates::default(),
            queries: BTreeMap::new(),
            menus: Menus::default(),
            rates: Rates::default(),
            faults: Vec::new(),
            sky: None,
            calls: VecDeque::new(),
            counters: Counters::default(),
            last_message: 0,
            last_group: 0,
            last_supergroup: 0,
        }
    }

    /// The group or channel with a public name, `@name`.
    pub(crate) fn named(&self, name: &str) -> Option<i64> {
        let name = name.trim().strip_prefix('@')?;
        let has_it =
            |chat: &&Chat| chat.username.as_deref().is_some_and(|known| known.eq_ignore_ascii_case(name));
        self.chats.values().find(has_it).map(|chat| chat.id)
    }

    /// A new chat with an id as the platform gives them.
    pub(crate) fn found(&mut self, title: &str, kind: ChatKind) -> i64 {
        let id = if kind == ChatKind::Group {
            self.last_group += 1;
            -4_000_000_000 - self.last_group
        } else {
            self.last_supergroup += 1;
            -1_002_000_000_000 - self.last_supergroup
        };
        self.open_chat(id, title, kind);
        id
    }

    /// A chat with that id, unless it is there.
    pub(crate) fn open_chat(&mut self, id: i64, title: &str, kind: ChatKind) {
        let bot = if kind == ChatKind::Channel { Standing::Administrator } else { Standing::Member };
        self.chats.entry(id).or_insert_with(|| Chat {
            id,
            title: title.to_owned(),
            kind,
            bot,
            open: true,
            admins: BTreeSet::new(),
            members: BTreeSet::new(),
            topics: BTreeMap::new(),
            messages: BTreeMap::new(),
            username: None,
            migrated_to: None,
            keys: None,
            // The first is the note that the chat was made; as a topic, 1 is General.
            last_message: 1,
        });
    }

    /// Remembers a person, as they are now.
    pub(crate) fn meet(&mut self, person: &Person) {
        self.people.insert(person.id, person.clone());
    }

    /// The chat, for a call of the bot that only looks at it.
    ///
    /// # Errors
    /// The platform's texts for a chat that is unknown, has moved, or that the bot is not in.
    pub(crate) fn readable(&self, id: i64) -> Result<&Chat, Refusal> {
        let chat = self.chats.get(&id).ok_or_else(|| Refusal::bad("chat not found"))?;
        if let Some(to) = chat.migrated_to {
            return Err(Refusal::migrated(to));
        }
        let name = chat.kind.noun();
        match chat.bot {
            Standing::Administrator | Standing::Member => Ok(chat),
            // Blocking is only noticed when something is sent.
            _ if chat.kind == ChatKind::Private => Ok(chat),
            Standing::Kicked => Err(Refusal::forbidden(format!("bot was kicked from the {name} chat"))),
            Standing::Left => Err(Refusal::forbidden(format!("bot is not a member of the {name} chat"))),
        }
    }

    /// The chat, for a call of the bot that writes in it.
    ///
    /// # Errors
    /// As [`State::readable`], and where the bot is blocked or may not write.
    pub(crate) fn writable(&self, id: i64) -> Result<&Chat, Refusal> {
        let chat = self.readable(id)?;
        match (chat.kind, chat.bot) {
            (ChatKind::Private, Standing::Kicked) => Err(Refusal::forbidden("bot was blocked by the user")),
            (ChatKind::Channel, Standing::Member) => {
                Err(Refusal::bad("need administrator rights in the channel chat"))
            }
            (_, Standing::Member) if !chat.open => {
                Err(Refusal::bad("not enough rights to send text messages to the chat"))
            }
            _ => Ok(chat),
        }
    }

    /// Puts a message into a chat under the next id. `None` if there is no such chat.
    pub(crate) fn post(&mut self, chat: i64, draft: Draft, now: DateTime<Utc>) -> Option<i64> {
        let well = self.chats.get(&chat)?;
        let id = if matches!(well.kind, ChatKind::Private | ChatKind::Group) {
            self.last_message += 1;
            self.last_message
        } else {
            well.last_message + 1
        };
        let chat = self.chats.get_mut(&chat)?;
        chat.last_message = id;
        let message = Message {
            id,
            topic: draft.topic,
            reply_to: draft.reply_to,
            author: draft.author,
            sent: now,
            edited: None,
            content: draft.content,
            keyboard: draft.keyboard,
            preview: draft.preview,
            rings: draft.rings,
            guise: draft.guise,
        };
        chat.messages.insert(id, message);
        Some(id)
    }

    /// Remembers a call.
    pub(crate) fn record(&mut self, call: Call) {
        if self.calls.len() == CALLS {
            self.calls.pop_front();
        }
        self.calls.push_back(call);
    }
}

/// A message before it has an id.
pub(crate) struct Draft {
    pub(crate) topic: Option<i32>,
    pub(crate) reply_to: Option<i64>,
    pub(crate) author: i64,
    pub(crate) content: Content,
    pub(crate) keyboard: Option<Value>,
    pub(crate) preview: Option<Value>,
    pub(crate) rings: bool,
    pub(crate) guise: Value,
}

impl Draft {
    /// What a person writes, or what the platform notes.
    pub(crate) fn plain(author: i64, content: Content) -> Self {
        Self {
            topic: None,
            reply_to: None,
            author,
            content,
            keyboard: None,
            preview: None,
            rings: false,
            guise: Value::Null,
        }
    }
}

impl ChatKind {
    /// As errors and `Chat.type` name it.
    pub(crate) fn noun(self) -> &'static str {
        match self {
            Self::Private => "private",
            Self::Group => "group",
            Self::Supergroup | Self::Forum => "supergroup",
            Self::Channel => "channel",
        }
    }

    /// A group of any sort.
    pub(crate) fn is_group(self) -> bool {
        matches!(self, Self::Group | Self::Supergroup | Self::Forum)
    }
}

/// Who made every group and channel, and does what nobody in particular does.
pub(crate) const OWNER: i64 = 5_000_000_001;

fn owner() -> Person {
    Person { id: OWNER, first_name: "Owner".into(), username: None, language_code: "en".into() }
}

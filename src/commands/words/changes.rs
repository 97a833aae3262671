//! What was changed, by whom, in words. The record has a change as a command would say it (`subscribe ai-news now
//! Asia/Seoul summary ko`); it is read here, and what cannot be read is shown as it is.

#[cfg(test)]
mod tests;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

use super::managing::moment;
use super::{language_name, quiet_hours, style_name};
use crate::commands::call::Caller;
use crate::commands::desk::Desk;
use crate::commands::settings::Change as Setting;
use crate::model::channel::{ChannelKind, Platform};
use crate::model::feed::{Feed, FeedName};
use crate::model::language::Language;
use crate::model::lexicon::Lexicon;
use crate::model::quiet::QuietHours;
use crate::model::reply::{Reply, mention};
use crate::model::schedule::Schedule;
use crate::model::subscription::Style;
use crate::model::term::Term;
use crate::model::zone;
use crate::store::Change;
use crate::text::{Unit, cut, day};

/// What somebody wrote is cut to this many code points.
const WRITTEN: usize = 60;

/// Adds to a reply who changed what last; nothing where nobody did. `of_all`: and in which channel.
pub(in crate::commands) fn add_last_changes(
    reply: &mut Reply,
    changes: &[Change],
    of_all: bool,
    timezone: Tz,
    caller: &Caller,
    desk: &Desk,
) {
    if changes.is_empty() {
        return;
    }
    let language = reply.language;
    let first = match language {
        Language::Ko => "최근에 바꾼 것:",
        Language::En => "Last changes:",
    };
    reply.lines.push(first.to_owned());
    let teller = Teller {
        feeds: &desk.feeds,
        lexicon: &desk.lexicon,
        timezone,
        language,
        on: caller.platform,
        alone: (caller.kind == ChannelKind::Private).then_some(caller.person.as_str()),
        of_all,
    };
    for change in changes {
        let (at, what) = (moment(change.at, timezone, language), teller.tell(&change.what));
        let place = if of_all { place(change) } else { String::new() };
        let by = teller.by(change).map_or(String::new(), |by| format!(" ({by})"));
        reply.lines.push(format!("• {at} {what}{place}{by}"));
        if caller.platform == Platform::Discord && change.by.platform == Platform::Discord {
            reply.people.push(change.by.id.clone());
        }
    }
}

/// The channel, as people call it, else its address; nothing where it is about all of them.
fn place(change: &Change) -> String {
    match (&change.channel, change.address) {
        (Some(name), _) => format!(" — {name}"),
        (None, Some(address)) => format!(" — {address}"),
        (None, None) => String::new(),
    }
}

/// What a record is told with.
struct Teller<'t> {
    feeds: &'t [Feed],
    lexicon: &'t Lexicon,
    timezone: Tz,
    language: Language,
    /// The platform where it is read.
    on: Platform,
    /// Who reads it in private.
    alone: Option<&'t str>,
    /// Whether the changes of all channels are told.
    of_all: bool,
}

impl Teller<'_> {
    /// Who did it: on Discord a mention, which its reader sees as a name. Telegram has no name to show without calling
    /// its owner; who reads the changes of all channels is told the id. `None`: who reads it in private did it.
    fn by(&self, change: &Change) -> Option<String> {
        let by = &change.by;
        if self.alone == Some(by.id.as_str()) && by.platform == self.on && !self.of_all {
            return None;
        }
        let role = match change.what.starts_with("admin ") {
            true => self.say("운영자", "operator"),
            false => self.say("관리자", "admin"),
        };
        Some(match (self.on, by.platform) {
            (Platform::Discord, Platform::Discord) => format!("{role} {}", mention(&by.id)),
            (_, theirs) if self.of_all => format!("{} {role} {}", theirs.brand(), by.id),
            (ours, theirs) if ours == theirs => role.to_owned(),
            (_, theirs) => format!("{} {role}", theirs.brand()),
        })
    }

    fn tell(&self, what: &str) -> String {
        self.read(what).unwrap_or_else(|| cut(what, WRITTEN, Unit::CodePoints))
    }

    fn read(&self, what: &str) -> Option<String> {
        let (verb, rest) = what.split_once(' ').unwrap_or((what, ""));
        Some(match (verb, rest) {
            ("admin", rest) => return self.read_for_all(rest),
            ("subscribe", rest) => format!("{}: {}", self.say("구독", "Subscribed"), self.wish(rest)?),
            ("unsubscribe", feed) => {
                format!("{}: {}", self.say("구독 끝냄", "Unsubscribed"), self.title(feed))
            }
            ("settings", rest) => {
                let (feed, change) = rest.split_once(' ')?;
                let change = self.setting(&Setting::decode(change)?);
                format!("{}: {} · {change}", self.say("설정", "Settings"), self.title(feed))
            }
            ("mute", rest) => format!("{}: {}", self.say("빼기", "Muted"), self.muted(rest)?),
            ("unmute", term) => format!("{}: {}", self.say("다시 넣기", "Unmuted"), self.term(term)?),
            ("pause", "") => self.say("배달 멈춤", "Paused").to_owned(),
            ("pause", until) => {
                format!(
                    "{} ({})",
                    self.say("배달 멈춤", "Paused"),
                    self.until(until.strip_prefix("until ")?)?
                )
            }
            ("resume", "") => self.say("배달 다시 시작", "Resumed").to_owned(),
            ("resend", rest) => {
                let missing = rest.strip_suffix(" missing");
                let of = self.digest(missing.unwrap_or(rest));
                let of_it = missing.map_or("", |_| self.say(" (빠진 것만)", " (what was missing)"));
                format!("{}: {of}{of_it}", self.say("다시 보내기", "Sent again"))
            }
            _ => return None,
        })
    }

    /// What an operator did for many channels.
    fn read_for_all(&self, what: &str) -> Option<String> {
        let (verb, rest) = what.split_once(' ').unwrap_or((what, ""));
        Some(match (verb, rest) {
            ("mute", rest) => {
                format!("{}: {}", self.say("모든 채널에서 빼기", "Muted everywhere"), self.muted(rest)?)
            }
            ("unmute", term) => {
                format!("{}: {}", self.say("모든 채널에서 다시 넣기", "Unmuted everywhere"), self.term(term)?)
            }
            ("release", rest) => self.held(self.say("보류한 뉴스 보냄", "Held digest sent"), rest)?,
            ("drop", rest) => self.held(self.say("보류한 뉴스 버림", "Held digest dropped"), rest)?,
            ("resend", rest) => {
                self.in_bulk(self.say("여러 채널에 다시 보내기", "Sent again in bulk"), rest)?
            }
            ("recall", rest) => self.in_bulk(self.say("보낸 뉴스 거두기", "Recalled"), rest)?,
            ("announce", text) => {
                let text = text.replace('\n', " ");
                let text = cut(&text, WRITTEN, Unit::CodePoints);
                format!("{}: {text}", self.say("모든 채널에 알림", "Announced"))
            }
            ("reload", "") => {
                self.say("뉴스와 사전 다시 읽기", "Sources and dictionaries loaded again").to_owned()
            }
            _ => return None,
        })
    }

    fn say<'w>(&self, ko: &'w str, en: &'w str) -> &'w str {
        match self.language {
            Language::Ko => ko,
            Language::En => en,
        }
    }

    fn feed(&self, name: &str) -> Option<&Feed> {
        let name = FeedName(name.to_owned());
        self.feeds.iter().find(|feed| feed.name == name)
    }

    /// The feed's title; of one that is not configured any more, its name.
    fn title(&self, name: &str) -> String {
        self.feed(name).map_or_else(|| name.to_owned(), |feed| feed.title.clone())
    }

    /// `ai-news weekdays 08:30 Asia/Seoul summary ko quiet 22:00-07:00 chips 엔비디아`, as `plain_wish` writes it.
    fn wish(&self, text: &str) -> Option<String> {
        let words: Vec<&str> = text.split(' ').collect();
        let is_zone = |words: &[&str]| {
            matches!(words, [zone, style, language]
                if zone.parse::<Tz>().is_ok() && style.parse::<Style>().is_ok() && language.parse::<Language>().is_ok())
        };
        let at = words.windows(3).position(is_zone)?;
        let (feed, schedule) = words.get(..at)?.split_first()?;
        let schedule: Schedule = schedule.join(" ").parse().ok()?;
        let [zone, style, language, rest @ ..] = words.get(at..)? else { return None };
        let (zone, style) = (zone.parse::<Tz>().ok()?, style.parse::<Style>().ok()?);
        let when = match schedule {
            Schedule::Now => schedule.describe(self.language),
            Schedule::Slots(_) => {
                let zone = zone::display_name(zone, self.language);
                let zone =
                    if self.language == Language::Ko { format!("({zone})") } else { format!(" ({zone})") };
                format!("{}{zone}", schedule.describe(self.language))
            }
        };
        let mut parts = vec![self.title(feed), when, style_name(style, self.language).to_owned()];
        let in_language: Language = language.parse().ok()?;
        if self.feed(feed).is_none_or(|feed| feed.language != in_language) {
            parts.push(language_name(in_language).to_owned());
        }
        let filter = match rest {
            ["quiet", hours, filter @ ..] if hours.parse::<QuietHours>().is_ok() => {
                parts.push(quiet_hours(hours.parse().ok()?, self.language));
                filter
            }
            filter => filter,
        };
        if !filter.is_empty() {
            let shown =
                |word: &&str| Term::of(word, self.lexicon).shown(self.lexicon, self.language).to_owned();
            let filter = filter.iter().map(shown).collect::<Vec<_>>().join("·");
            parts.push(match self.language {
                Language::Ko => format!("{filter} 소식만"),
                Language::En => format!("only {filter}"),
            });
        }
        Some(parts.join(" · "))
    }

    fn setting(&self, change: &Setting) -> String {
        let language = self.language;
        match change {
            Setting::At(schedule) => schedule.describe(language),
            Setting::Style(style) => style_name(*style, language).to_owned(),
            Setting::Language(of) => language_name(*of).to_owned(),
            Setting::Quiet(Some(hours)) => quiet_hours(*hours, language),
            Setting::Quiet(None) => self.say("조용한 시간 없음", "no quiet hours").to_owned(),
            Setting::Topic(None) => self.say("모든 소식", "everything").to_owned(),
            Setting::Topic(Some(key)) => {
                format!("{} {}", self.say("주제", "topic"), self.lexicon.topic(key, language))
            }
            Setting::Publish(true) => self.say("팔로우한 서버에도 보냄", "published to followers").to_owned(),
            Setting::Publish(false) => self.say("이 서버에만 보냄", "kept to this server").to_owned(),
            Setting::Mention(Some(_)) => {
                self.say("첫 메시지에서 역할을 부름", "the first message pings a role").to_owned()
            }
            Setting::Mention(None) => self.say("아무도 부르지 않음", "pings nobody").to_owned(),
        }
    }

    /// `company:NVIDIA until 2026-03-09T07:00:00+00:00`
    fn muted(&self, text: &str) -> Option<String> {
        match text.rsplit_once(" until ") {
            Some((term, until)) => Some(format!("{} ({})", self.term(term)?, self.until(until)?)),
            None => self.term(text),
        }
    }

    fn term(&self, text: &str) -> Option<String> {
        Some(text.parse::<Term>().ok()?.shown(self.lexicon, self.language).to_owned())
    }

    fn until(&self, text: &str) -> Option<String> {
        let until = DateTime::parse_from_rfc3339(text).ok()?.with_timezone(&Utc);
        let until = moment(until, self.timezone, self.language);
        Some(match self.language {
            Language::Ko => format!("{until}까지"),
            Language::En => format!("until {until}"),
        })
    }

    /// A digest by its key: the day that most keys begin with, else the key.
    fn digest(&self, key: &str) -> String {
        let dated = key.get(..10).and_then(|date| date.parse::<NaiveDate>().ok());
        match (dated, self.language) {
            (Some(date), Language::Ko) => format!("{} 뉴스", day(date, self.language)),
            (Some(date), Language::En) => day(date, self.language),
            (None, _) => cut(key, WRITTEN, Unit::CodePoints),
        }
    }

    /// `ai-news 2026-03-02-empty`
    fn held(&self, done: &str, text: &str) -> Option<String> {
        let (feed, key) = text.split_once(' ')?;
        Some(format!("{done}: {} · {}", self.title(feed), self.digest(key)))
    }

    /// `2026-03-02-ai-news everywhere`, `… discord`, `… telegram channel 7`
    fn in_bulk(&self, done: &str, text: &str) -> Option<String> {
        let (key, whither) = text.split_once(' ')?;
        let whither = match whither.split(' ').collect::<Vec<_>>().as_slice() {
            ["everywhere"] => self.say("모든 채널", "every channel").to_owned(),
            [platform] => platform.parse::<Platform>().ok()?.brand().to_owned(),
            [.., "channel", _] => self.say("채널 1곳", "one channel").to_owned(),
            _ => return None,
        };
        Some(format!("{done}: {} · {whither}", self.digest(key)))
    }
}

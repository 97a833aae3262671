//! What operators are told is wrong, and what they can do about it from the note: have a feed looked at again, or say that
//! there is no digest that day. When something is wrong is decided in `alarm/`.

use std::time::Duration;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};

use super::call::Caller;
use super::desk::{Desk, Failure};
use super::press::Press;
use super::spec::Text;
use super::words;
use crate::model::alarm::{Alarm, AlarmId, Trouble};
use crate::model::digest::DigestId;
use crate::model::feed::{Feed, FeedName};
use crate::model::language::Language;
use crate::model::reply::{Action, Audience, Button, Reply};
use crate::plan::arrival::{self, LEARN_FROM};
use crate::plan::lateness::{Rhythm, usual_lag};
use crate::store::{Arrival, FeedState, Progress, Store, StoreError};

/// How long whoever asks for a look is kept waiting for it.
const LOOK_WITHIN: Duration = Duration::from_secs(10);

/// A feed's digest that is late, as far as it is told.
#[derive(Debug)]
pub(super) struct Late {
    /// The digest's day.
    pub(super) day: NaiveDate,
    /// When digests usually arrive, in the feed's zone.
    pub(super) usual: Option<NaiveTime>,
    /// By when it should have been there.
    pub(super) due: Option<DateTime<Utc>>,
    /// How its source fares.
    pub(super) state: FeedState,
    /// It, once it is there.
    pub(super) arrived: Option<Arrival>,
    /// How far its deliveries are.
    pub(super) progress: Progress,
}

/// When a feed's digests usually arrive, and how many days after their own.
///
/// # Errors
/// If the database fails.
pub async fn rhythm<'f>(feed: &'f Feed, store: &Store) -> Result<Rhythm<'f>, StoreError> {
    let most = u32::try_from(LEARN_FROM).unwrap_or(u32::MAX);
    let last = store.last_arrivals(&feed.name, most, false).await?;
    let mut arrivals: Vec<DateTime<Utc>> = last.iter().map(|arrival| arrival.at).collect();
    arrivals.sort_unstable();
    let days: Vec<(NaiveDate, DateTime<Utc>)> =
        last.iter().map(|arrival| (arrival.day, arrival.at)).collect();
    Ok(Rhythm {
        timing: &feed.timing,
        zone: feed.timezone,
        usual: arrival::usual_in(&arrivals, feed.timezone),
        lag: usual_lag(&days, feed.timezone),
    })
}

/// What is written to operators when an alarm begins, or is `over`; `None`: there is nothing to tell any more.
///
/// # Errors
/// If the database fails.
pub async fn alarm_note(id: AlarmId, over: bool, desk: &Desk) -> Result<Option<Reply>, StoreError> {
    match desk.store.alarm(id).await? {
        Some(alarm) => alarm_reply(&alarm, over, desk).await,
        None => Ok(None),
    }
}

/// What is told of an alarm.
///
/// # Errors
/// If the database fails.
pub async fn alarm_reply(alarm: &Alarm, over: bool, desk: &Desk) -> Result<Option<Reply>, StoreError> {
    if alarm.is_waived || (alarm.ended_at.is_some() && !over) {
        return Ok(None);
    }
    let language = desk.feeds.first().map_or(Language::Ko, |feed| feed.language);
    let (since, until) = (alarm.began_at, alarm.ended_at.unwrap_or(alarm.began_at));
    let reply = match &alarm.trouble {
        Trouble::Late { feed, day } => {
            let Some(feed) = desk.feed(feed) else { return Ok(None) };
            let late = late(feed, *day, desk).await?;
            match (over, late.arrived) {
                (false, _) => Some(missing(feed, &late, feed.language)),
                (true, Some(_)) => Some(told(words::late_over(feed, &late, feed.language), feed.language)),
                // Another day's is missed by now, and told of in its own note.
                (true, None) => None,
            }
        }
        Trouble::Broken { feed } => {
            let Some(feed) = desk.feed(feed) else { return Ok(None) };
            let language = feed.language;
            if over {
                Some(told(words::broken_over(feed, since, until, language), language))
            } else {
                let state = desk.store.feed_state(&feed.name).await?;
                let buttons = vec![vec![recheck(feed, language)]];
                Some(Reply { buttons, ..told(words::broken(feed, &state, language), language) })
            }
        }
        Trouble::Held { digest } => {
            let lines = held(*digest, over, desk, language).await?;
            lines.map(|lines| told(lines, language))
        }
        Trouble::Failing { platform } if !over => {
            let (count, error) = desk.failing(*platform).await?;
            (count > 0).then(|| told(words::failing(*platform, count, error.as_deref(), language), language))
        }
        Trouble::Failing { platform } => Some(told(words::failing_over(*platform, language), language)),
        Trouble::Down { platform } => {
            let zone = desk.feeds.first().map(|feed| feed.timezone);
            Some(told(words::down(*platform, since, over.then_some(until), zone, language), language))
        }
        Trouble::Disk => Some(told(words::disk(over, language), language)),
    };
    Ok(reply)
}

/// Looks at a feed's source now, and says what came of it.
pub(super) async fn looked(
    feed: &FeedName,
    day: Option<NaiveDate>,
    caller: &Caller,
    desk: &Desk,
) -> Result<Reply, Failure> {
    let language = caller.language;
    let (Some(feed), Some(recheck)) = (desk.feed(feed), desk.rechecks.get(feed)) else {
        return Ok(words::old_button(language));
    };
    // A source that takes longer is told of as it was before.
    let _ = tokio::time::timeout(LOOK_WITHIN, recheck.look()).await;
    let reply = match day {
        Some(day) => {
            let late = late(feed, day, desk).await?;
            match late.arrived {
                Some(_) => told(words::late_over(feed, &late, language), language),
                None => missing(feed, &late, language),
            }
        }
        None => {
            let state = desk.store.feed_state(&feed.name).await?;
            match state.error {
                Some(_) => Reply {
                    buttons: vec![vec![self::recheck(feed, language)]],
                    ..told(words::broken(feed, &state, language), language)
                },
                None => told(words::looked_fine(feed, &state, language), language),
            }
        }
    };
    Ok(Reply { in_place: true, audience: Audience::Asker, ..reply })
}

/// There is no digest on a day, and nobody has to be told.
pub(super) async fn day_off(
    feed: &FeedName,
    day: NaiveDate,
    caller: &Caller,
    desk: &Desk,
) -> Result<Reply, Failure> {
    let language = caller.language;
    let Some(feed) = desk.feed(feed) else { return Ok(words::old_button(language)) };
    let trouble = Trouble::Late { feed: feed.name.clone(), day };
    let lasts = desk.store.waive_alarm(&trouble, desk.clock.now()).await?;
    tracing::info!(feed = %feed.name, %day, by = caller.person, "no digest on that day");
    Ok(Reply { in_place: true, ..told(words::day_off(feed, day, lasts, language), language) })
}

async fn late(feed: &Feed, day: NaiveDate, desk: &Desk) -> Result<Late, StoreError> {
    let rhythm = rhythm(feed, &desk.store).await?;
    let latest = desk.store.last_arrivals(&feed.name, 1, true).await?.pop();
    let arrived = latest.filter(|arrival| arrival.day >= day);
    Ok(Late {
        day,
        usual: rhythm.usual.filter(|_| feed.timing.expect_by.is_none()),
        due: rhythm.due(day),
        state: desk.store.feed_state(&feed.name).await?,
        progress: desk.store.progress(&feed.name, arrived.map(|arrival| arrival.digest)).await?,
        arrived,
    })
}

fn missing(feed: &Feed, late: &Late, language: Language) -> Reply {
    let again = Button {
        label: RECHECK.get(language).to_owned(),
        action: Action::Press(Press::Recheck { feed: feed.name.clone(), day: Some(late.day) }.encode()),
    };
    let off = Button {
        label: DAY_OFF.get(language).to_owned(),
        action: Action::Press(Press::DayOff { feed: feed.name.clone(), day: late.day }.encode()),
    };
    Reply { buttons: vec![vec![again, off]], ..told(words::late(feed, late, language), language) }
}

/// A held digest: that it is held was told with what is in it, so only the end is told here; the webhook, which shows no
/// digests, is told both.
async fn held(
    digest: DigestId,
    over: bool,
    desk: &Desk,
    language: Language,
) -> Result<Option<Vec<String>>, StoreError> {
    let Some(stored) = desk.store.digest(digest).await? else { return Ok(None) };
    Ok(Some(words::held_alarm(&stored, over, language)))
}

fn recheck(feed: &Feed, language: Language) -> Button {
    Button {
        label: RECHECK.get(language).to_owned(),
        action: Action::Press(Press::Recheck { feed: feed.name.clone(), day: None }.encode()),
    }
}

fn told(lines: Vec<String>, language: Language) -> Reply {
    Reply { lines, audience: Audience::Channel, ..Reply::new(language) }
}

const RECHECK: Text = Text { ko: "다시 확인", en: "Check again" };
const DAY_OFF: Text = Text { ko: "오늘은 쉼", en: "No digest that day" };

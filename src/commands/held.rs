//! `/admin hold` and `/admin release`: digests that look wrong and wait, and what the operator decides. The same is
//! written to operators when one is held (`chat/notes.rs`).

use futures::FutureExt as _;

use super::call::{Call, Caller};
use super::desk::{Desk, Failure};
use super::press::Press;
use super::spec::{Argument, ArgumentKind, Spec, Text, Who};
use super::words;
use crate::model::day::parse_day;
use crate::model::digest::{DigestId, handle};
use crate::model::feed::Feed;
use crate::model::language::Language;
use crate::model::reply::{Action, Audience, Button, Edition, Reply, Selection};
use crate::model::subscription::Style;
use crate::store::HeldDigest;

/// As many rows of buttons as a Discord message has.
const MOST: usize = 5;

pub(super) const HOLD: Spec = Spec {
    name: "admin hold",
    korean: &["보류"],
    about: Text { ko: "보류된 뉴스를 봅니다", en: "Digests that are held" },
    example: Text { ko: "admin hold", en: "admin hold" },
    arguments: &[],
    who: Who::Operator,
    run: |call, desk| run(call, desk).boxed(),
};

pub(super) const RELEASE: Spec = Spec {
    name: "admin release",
    korean: &["보내기"],
    about: Text {
        ko: "보류된 뉴스를 보내거나 버립니다", en: "Send or drop a digest that is held"
    },
    example: EXAMPLE,
    arguments: &[Argument {
        name: "date",
        kind: ArgumentKind::Date,
        about: Text {
            ko: "어느 날인지 (비우면 가장 먼저 온 것)",
            en: "Which day (empty: the first that came)",
        },
    }],
    who: Who::Operator,
    run: |call, desk| release(call, desk).boxed(),
};

const EXAMPLE: Text = Text { ko: "admin release 어제", en: "admin release yesterday" };

async fn run(call: &Call, desk: &Desk) -> Result<Reply, Failure> {
    let language = call.caller.language;
    let held = held(desk).await?;
    match held.as_slice() {
        [] => Ok(words::nothing_held(language)),
        [(feed, only)] => Ok(shown(feed, only, language)),
        several => Ok(Reply {
            lines: words::held_list(several, language),
            buttons: several.iter().take(MOST).map(|(feed, held)| vec![look(feed, held, language)]).collect(),
            ..Reply::new(language)
        }),
    }
}

async fn release(call: &Call, desk: &Desk) -> Result<Reply, Failure> {
    let language = call.caller.language;
    let now = desk.clock.now();
    for (feed, held) in held(desk).await? {
        let day = match call.arguments.get(ArgumentKind::Date) {
            None => None,
            Some(text) => match parse_day(text, now.with_timezone(&feed.timezone).date_naive()) {
                Some(day) => Some(day),
                None => {
                    let example = format!("/{}", EXAMPLE.get(language));
                    return Err(words::not_understood(text, words::A_DAY, &example, language).into());
                }
            },
        };
        if day.is_none_or(|day| held.stored.digest.date.day() == day) {
            return Ok(shown(feed, &held, language));
        }
    }
    Ok(words::nothing_held(language))
}

/// What waits, of the feeds that are configured.
async fn held(desk: &Desk) -> Result<Vec<(&Feed, HeldDigest)>, Failure> {
    let held = desk.store.held_digests().await?;
    Ok(held.into_iter().filter_map(|held| Some((desk.feed(&held.feed)?, held))).collect())
}

fn look(feed: &Feed, held: &HeldDigest, language: Language) -> Button {
    let handle = handle(&feed.name, &held.stored.digest.key);
    Button {
        label: words::held_label(&feed.title, held, language),
        action: Action::Press(Press::Held { handle }.encode()),
    }
}

/// A held digest as operators see it: why, its headlines, and what can be done.
pub(super) fn shown(feed: &Feed, held: &HeldDigest, language: Language) -> Reply {
    let digest = &held.stored.digest;
    let handle = handle(&feed.name, &digest.key);
    let edition = Edition {
        feed: feed.clone(),
        digest: digest.clone(),
        selection: Selection::All,
        style: Style::Headlines,
        language,
        corrected_at: None,
    };
    let button = |text: Text, send| Button {
        label: text.get(language).to_owned(),
        action: Action::Press(Press::Release { handle: handle.clone(), send }.encode()),
    };
    Reply {
        lines: words::held(&feed.title, held, language),
        edition: (!digest.articles.is_empty()).then(|| Box::new(edition)),
        buttons: vec![vec![button(words::SEND, true), button(words::DROP, false)]],
        ..Reply::new(language)
    }
}

/// What is written to operators when a digest is held; `None`: it is not held any more.
///
/// # Errors
/// If the database fails.
pub async fn held_note(digest: DigestId, desk: &Desk) -> Result<Option<Reply>, crate::store::StoreError> {
    let held = desk.store.held_digests().await?.into_iter().find(|held| held.stored.id == digest);
    let found = held.and_then(|held| Some((desk.feed(&held.feed)?, held)));
    Ok(found.map(|(feed, held)| Reply { audience: Audience::Channel, ..shown(feed, &held, feed.language) }))
}

/// Looks at a held digest.
pub(super) async fn pressed(handle: &str, caller: &Caller, desk: &Desk) -> Result<Reply, Failure> {
    let language = caller.language;
    let held = held(desk).await?;
    let found = held.iter().find(|(feed, held)| self::handle(&feed.name, &held.stored.digest.key) == handle);
    Ok(match found {
        Some((feed, held)) => shown(feed, held, language),
        None => words::not_held(language),
    })
}

/// Sends or drops a held digest.
pub(super) async fn decided(
    handle: &str,
    send: bool,
    caller: &Caller,
    desk: &Desk,
) -> Result<Reply, Failure> {
    let language = caller.language;
    let Some((feed, stored)) = desk.store.digest_by_handle(handle).await? else {
        return Ok(words::old_button(language));
    };
    let was_held = if send {
        desk.store.release_digest(&feed, stored.id, desk.clock.now()).await?
    } else {
        desk.store.drop_digest(stored.id).await?
    };
    if !was_held {
        return Ok(Reply { in_place: true, ..words::not_held(language) });
    }
    desk.plan.notify_one();
    let verb = if send { "release" } else { "drop" };
    desk.keep_change(caller, None, format!("admin {verb} {feed} {}", stored.digest.key)).await?;
    Ok(Reply { in_place: true, ..words::decided(&stored, send, language) })
}

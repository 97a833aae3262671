//! `/mute` and `/unmute`: leaves a topic, a company or a word out of this channel; `/admin mute`, `/admin unmute` and
//! `/admin mutes` do so for every channel.

use futures::FutureExt as _;

use super::about::{press, tag};
use super::call::{Call, Caller};
use super::desk::{Desk, Failure};
use super::pause::{FOR, until};
use super::press::Press;
use super::spec::{Argument, ArgumentKind, Spec, Text, Who};
use super::{view, words};
use crate::model::channel::ChannelId;
use crate::model::mute::Mute;
use crate::model::reply::{Button, Reply};
use crate::model::term::Term;

const EXAMPLE: Text = Text { ko: "mute 테슬라 7d", en: "mute Tesla 7d" };
const ADMIN_EXAMPLE: Text = Text { ko: "admin mute 테슬라 7d", en: "admin mute Tesla 7d" };
/// The longest word that can be left out, in code points.
const LONGEST: usize = 60;
/// As many rows of buttons as a Discord message has.
const MOST_BUTTONS: usize = 5;

const WHAT: Argument = Argument {
    name: "what",
    kind: ArgumentKind::What,
    about: Text {
        ko: "주제, 회사 또는 낱말: 반도체 · 테슬라",
        en: "A topic, a company or a word: chips, Tesla",
    },
};

pub(super) const MUTE: Spec = Spec {
    name: "mute",
    korean: &["빼기", "음소거"],
    about: Text {
        ko: "주제나 회사를 빼고 받습니다", en: "Leave a topic or a company out of this channel"
    },
    example: EXAMPLE,
    arguments: &[WHAT, FOR],
    who: Who::ChannelAdmin,
    run: |call, desk| mute(call, false, desk).boxed(),
};

pub(super) const UNMUTE: Spec = Spec {
    name: "unmute",
    korean: &["넣기"],
    about: Text { ko: "빼 둔 것을 다시 받습니다", en: "Get what was muted again" },
    example: Text { ko: "unmute 테슬라", en: "unmute Tesla" },
    arguments: &[WHAT],
    who: Who::ChannelAdmin,
    run: |call, desk| unmute(call, false, desk).boxed(),
};

pub(super) const ADMIN_MUTE: Spec = Spec {
    name: "admin mute",
    korean: &[],
    about: Text { ko: "모든 채널에서 뺍니다", en: "Leave something out of every channel" },
    example: ADMIN_EXAMPLE,
    arguments: &[WHAT, FOR],
    who: Who::Operator,
    run: |call, desk| mute(call, true, desk).boxed(),
};

pub(super) const ADMIN_UNMUTE: Spec = Spec {
    name: "admin unmute",
    korean: &[],
    about: Text {
        ko: "모든 채널에서 뺀 것을 다시 넣습니다", en: "Give every channel what was muted again"
    },
    example: Text { ko: "admin unmute 테슬라", en: "admin unmute Tesla" },
    arguments: &[WHAT],
    who: Who::Operator,
    run: |call, desk| unmute(call, true, desk).boxed(),
};

pub(super) const ADMIN_MUTES: Spec = Spec {
    name: "admin mutes",
    korean: &[],
    about: Text {
        ko: "모든 채널에서 빼는 것을 봅니다", en: "What is left out of every channel"
    },
    example: Text { ko: "admin mutes", en: "admin mutes" },
    arguments: &[],
    who: Who::Operator,
    run: |call, desk| list(&call.caller, true, desk).boxed(),
};

async fn mute(call: &Call, everywhere: bool, desk: &Desk) -> Result<Reply, Failure> {
    let (caller, language) = (&call.caller, call.caller.language);
    let example = if everywhere { ADMIN_EXAMPLE } else { EXAMPLE };
    let until = until(call, example, desk).await?;
    let Some(text) = call.arguments.get(ArgumentKind::What) else {
        return list(caller, everywhere, desk).await;
    };
    if text.chars().nth(LONGEST).is_some() {
        let example = format!("/{}", example.get(language));
        return Err(words::not_understood(text, words::SHORT_WORDS, &example, language).into());
    }
    let mute = Mute { term: term(text, desk), until };
    let place = place(caller, everywhere, desk).await?;
    desk.store.mute(place, &mute, &caller.person, desk.clock.now()).await?;
    desk.plan.notify_one();
    let for_how_long = until.map_or(String::new(), |until| format!(" until {}", until.to_rfc3339()));
    keep(&format!("mute {}{for_how_long}", mute.term), everywhere, caller, desk).await?;
    let zone = view::zone(caller, desk).await?;
    Ok(Reply {
        lines: words::muted(&mute, everywhere, zone, &desk.lexicon, language),
        buttons: vec![vec![again(&mute.term, everywhere, words::GET_AGAIN.get(language).to_owned(), caller)]],
        ..Reply::new(language)
    })
}

async fn unmute(call: &Call, everywhere: bool, desk: &Desk) -> Result<Reply, Failure> {
    let caller = &call.caller;
    let Some(text) = call.arguments.get(ArgumentKind::What) else {
        return list(caller, everywhere, desk).await;
    };
    let term = term(text, desk);
    match take_back(&term, everywhere, caller, desk).await? {
        true => Ok(words::unmuted(&term, &desk.lexicon, caller.language)),
        false => Err(words::not_muted(text, caller.language).into()),
    }
}

/// What is left out, with a button to take each back.
async fn list(caller: &Caller, everywhere: bool, desk: &Desk) -> Result<Reply, Failure> {
    let language = caller.language;
    let mutes = desk.store.mutes(place(caller, everywhere, desk).await?).await?;
    let zone = view::zone(caller, desk).await?;
    let example = format!("/{}", if everywhere { ADMIN_EXAMPLE } else { EXAMPLE }.get(language));
    let label = |mute: &Mute| words::get_again(mute.term.shown(&desk.lexicon, language), language);
    let button = |mute: &Mute| vec![again(&mute.term, everywhere, label(mute), caller)];
    Ok(Reply {
        lines: words::mutes(&mutes, &example, zone, &desk.lexicon, language),
        buttons: mutes.iter().take(MOST_BUTTONS).map(button).collect(),
        ..Reply::new(language)
    })
}

/// What people mean by a word: a topic, a company by any of its names, or the word.
fn term(text: &str, desk: &Desk) -> Term {
    if let Some(key) = desk.lookup.topic(text) {
        Term::Topic(key.to_owned())
    } else if let Some(name) = desk.lookup.company(text) {
        Term::Company(name.to_owned())
    } else {
        Term::of(text, &desk.lexicon)
    }
}

/// The channel that it is about; `None`: every one.
async fn place(caller: &Caller, everywhere: bool, desk: &Desk) -> Result<Option<ChannelId>, Failure> {
    if everywhere {
        return Ok(None);
    }
    let subscriptions = desk.store.subscriptions_of(caller.address).await?;
    let first = subscriptions.first().map(|subscription| subscription.channel);
    Ok(Some(first.ok_or_else(|| words::not_subscribed(caller.language))?))
}

async fn take_back(term: &Term, everywhere: bool, caller: &Caller, desk: &Desk) -> Result<bool, Failure> {
    let place = place(caller, everywhere, desk).await?;
    let was_muted = desk.store.unmute(place, term).await?;
    if was_muted {
        desk.plan.notify_one();
        keep(&format!("unmute {term}"), everywhere, caller, desk).await?;
    }
    Ok(was_muted)
}

/// Keeps who has changed that.
async fn keep(what: &str, everywhere: bool, caller: &Caller, desk: &Desk) -> Result<(), Failure> {
    if everywhere {
        desk.keep_change(caller, None, format!("admin {what}")).await
    } else {
        desk.keep_change(caller, Some(caller.address), what.to_owned()).await
    }
}

fn again(term: &Term, everywhere: bool, label: String, caller: &Caller) -> Button {
    let press_of = Press::Unmute { tag: tag(&term.to_string()), everywhere };
    Button { label, ..press(words::GET_AGAIN, press_of, caller) }
}

/// What the buttons do.
pub(super) async fn pressed(
    tag_of: &str,
    everywhere: bool,
    caller: &Caller,
    desk: &Desk,
) -> Result<Reply, Failure> {
    let mutes = desk.store.mutes(place(caller, everywhere, desk).await?).await?;
    let found = mutes.into_iter().find(|mute| tag(&mute.term.to_string()) == tag_of);
    let Some(mute) = found else { return Ok(words::old_button(caller.language)) };
    take_back(&mute.term, everywhere, caller, desk).await?;
    Ok(Reply { in_place: true, ..words::unmuted(&mute.term, &desk.lexicon, caller.language) })
}

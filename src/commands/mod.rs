//! The catalogue of commands, and what each does, platform-neutral: a [`Call`] in, a [`Reply`] out.
//!
//! One file a command: its [`Spec`] (name, words, arguments, who may use it) and its handler. From [`CATALOGUE`]
//! come Discord's registration, Telegram's menus, `/help` and the parsers; adding a command is one file here and
//! one line there. What people press is in `press/`; the prose of replies, per language, in `words.rs`.

mod about;
mod alarm;
mod announce;
pub mod arguments;
mod astray;
mod bare;
mod bulk;
mod call;
mod desk;
mod digest;
mod follow;
mod held;
mod help;
mod lost;
mod mute;
mod offers;
mod open;
mod others;
mod pause;
pub mod press;
mod quota;
mod reach;
mod recall;
mod receive;
mod reload;
mod resend;
mod resend_all;
mod search;
mod settings;
pub mod spec;
mod status;
mod subscribe;
mod today;
mod trace;
mod trends;
mod unsubscribe;
mod view;
mod welcome;
mod why;
mod words;

pub use alarm::{alarm_note, alarm_reply, rhythm};
pub use announce::announcement_note;
pub use astray::astray;
pub use bare::look_up;
pub use bulk::{BulkNote, bulk_note};
pub use call::{Around, Call, Caller, MissingRight, Neighbour};
pub use desk::{Desk, Failure};
pub use held::held_note;
pub use lost::lost_note;
pub use offers::{Offer, offers};
pub use quota::Limits;
pub use reload::{ReloadRequest, Reloaded};
pub use search::query;
pub use spec::{Argument, ArgumentKind, Group, Spec, Text, Who};
pub use welcome::welcome;
pub use why::IN_MENU;

use press::Press;
use quota::Admission;

use crate::model::language::Language;
use crate::model::reply::{Action, Reply};

/// Every command, in the order of `/help`.
pub const CATALOGUE: &[Spec] = &[
    today::SPEC,
    digest::SPEC,
    about::COMPANY,
    about::TOPIC,
    search::SPEC,
    trends::SPEC,
    subscribe::SPEC,
    unsubscribe::SPEC,
    settings::SPEC,
    mute::MUTE,
    mute::UNMUTE,
    pause::PAUSE,
    pause::RESUME,
    resend::SPEC,
    why::SPEC,
    status::SPEC,
    resend_all::SPEC,
    recall::SPEC,
    announce::SPEC,
    reload::SPEC,
    held::HOLD,
    held::RELEASE,
    mute::ADMIN_MUTE,
    mute::ADMIN_UNMUTE,
    mute::ADMIN_MUTES,
    help::SPEC,
    help::START,
];

/// The first words of subcommands.
pub const GROUPS: &[Group] =
    &[Group {
        name: "admin", about: Text { ko: "운영자의 명령", en: "For operators" }, who: Who::Operator
    }];

/// The command that a word names: its name, or one of its Korean words. Subcommands have two words (`admin hold`).
pub fn find(word: &str) -> Option<&'static Spec> {
    let word = word.to_lowercase();
    let is_named = |spec: &&Spec| {
        spec.name == word
            || match spec.group() {
                None => spec.korean.contains(&word.as_str()),
                Some((group, _)) => spec.korean.iter().any(|korean| word == format!("{group} {korean}")),
            }
    };
    CATALOGUE.iter().find(is_named)
}

/// Whether a word begins the names of subcommands (`admin`).
pub fn is_group(word: &str) -> bool {
    GROUPS.iter().any(|group| group.name.eq_ignore_ascii_case(word))
}

/// Answers a call: checks who calls and how often, runs the command, and turns every failure into a reply. `None`:
/// the person asks too much and was told so.
pub async fn answer(call: &Call, desk: &Desk) -> Option<Reply> {
    if let Err(told) = admit(&call.caller, desk) {
        return told.map(|told| *told);
    }
    let begun = desk.clock.now();
    let reply = admitted(call, desk).await;
    desk.count(call.caller.platform, call.spec.name, begun);
    Some(reply)
}

async fn admitted(call: &Call, desk: &Desk) -> Reply {
    let Caller { platform, language, .. } = call.caller;
    if !call.caller.may(call.spec.who) {
        return words::refused(call.spec.who, platform, language);
    }
    if let Some(word) = call.unread.first() {
        return words::not_expected(word, call.spec.example.get(language), language);
    }
    let reply = match (call.spec.run)(call, desk).await {
        Ok(reply) => reply,
        Err(failure) => explain(failure, desk, language, call.spec.name),
    };
    from_elsewhere(reply, &call.caller)
}

/// Counts an answer. `Err`: there is none left, with what is said about it unless that was said already.
fn admit(caller: &Caller, desk: &Desk) -> Result<(), Option<Box<Reply>>> {
    match desk.quota.admit(caller, desk.clock.now()) {
        Admission::Yes => Ok(()),
        Admission::Tell => Err(Some(Box::new(words::too_many(caller.language)))),
        Admission::Silent => Err(None),
    }
}

/// What stands for a while over the chat where somebody pressed a button that is too old to tell what it was: at
/// most 200 characters (Telegram's `answerCallbackQuery`).
pub fn too_old(language: Language) -> String {
    words::old_button(language).lines.join("\n")
}

/// An answer that is read in another place than the one that it is about: its buttons and menus say which that is.
fn from_elsewhere(mut reply: Reply, caller: &Caller) -> Reply {
    if !caller.is_elsewhere {
        return reply;
    }
    let there = |text: &mut String| {
        let already = text.starts_with("in:") || text.starts_with("cancel:") || text.starts_with("show:");
        if let Some(press) = Press::decode(text, None).filter(|_| !already) {
            *text = Press::In { address: caller.address, press: Box::new(press) }.encode();
        }
    };
    for button in reply.buttons.iter_mut().flatten() {
        if let Action::Press(text) = &mut button.action {
            there(text);
        }
    }
    reply.menus.iter_mut().flat_map(|menu| &mut menu.choices).for_each(|choice| there(&mut choice.press));
    reply.again = None;
    reply
}

/// What is said where a platform does not tell what an answer takes; the log has the reason.
pub fn unanswered(error: Box<dyn std::error::Error + Send + Sync>, language: Language, desk: &Desk) -> Reply {
    explain(Failure::Broken(error), desk, language, "asking the platform")
}

/// There is no chat of this name that the bot can see (Telegram).
pub fn no_such_chat(name: &str, caller: &Caller) -> Reply {
    words::no_such_chat(name, caller.language)
}

/// The refusal of somebody who may not, in one text: at most 200 characters (Telegram's `answerCallbackQuery`).
pub fn refused(who: Who, caller: &Caller) -> String {
    let lines = words::refused(who, caller.platform, caller.language).lines;
    crate::text::cut(&lines.join("\n"), 200, crate::text::Unit::CodePoints)
}

/// Says a failure in the asker's words; what went wrong inside goes to the log under the number that is shown.
pub(crate) fn explain(failure: Failure, desk: &Desk, language: Language, doing: &str) -> Reply {
    match failure {
        Failure::Told(reply) => *reply,
        Failure::Broken(error) => {
            let number = desk.error_number();
            tracing::error!(number, doing, error = crate::text::chain(&*error), "a command failed");
            words::our_error(&number, language)
        }
    }
}

//! The catalogue of commands, and what each does, platform-neutral: a [`Call`] in, a [`Reply`] out.
//!
//! One file a command: its [`Spec`] (name, words, arguments, who may use it) and its handler. From [`CATALOGUE`]
//! come Discord's registration, Telegram's menus, `/help` and the parsers; adding a command is one file here and
//! one line there. What people press is in `press.rs`; the prose of replies, per language, in `words.rs`.

mod about;
pub mod arguments;
mod call;
mod desk;
mod digest;
mod held;
mod help;
mod lost;
mod mute;
mod offers;
mod open;
mod pause;
pub mod press;
mod quota;
mod resend;
mod search;
mod settings;
pub mod spec;
mod subscribe;
mod today;
mod trends;
mod unsubscribe;
mod view;
mod words;

pub use call::{Call, Caller, MissingRight};
pub use desk::{Desk, Failure};
pub use held::held_note;
pub use lost::lost_note;
pub use offers::{Offer, offers};
pub use quota::Limits;
pub use search::query;
pub use spec::{Argument, ArgumentKind, Spec, Text, Who};

use quota::Admission;

use crate::model::language::Language;
use crate::model::reply::Reply;

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
    held::HOLD,
    held::RELEASE,
    mute::ADMIN_MUTE,
    mute::ADMIN_UNMUTE,
    mute::ADMIN_MUTES,
    help::SPEC,
    help::START,
];

/// The command that a word names: its name, or one of its Korean words. Subcommands have two words (`admin hold`).
pub fn find(word: &str) -> Option<&'static Spec> {
    let word = word.to_lowercase();
    let is_named =
        |spec: &&Spec| spec.name == word || (spec.group().is_none() && spec.korean.contains(&word.as_str()));
    CATALOGUE.iter().find(is_named)
}

/// Answers a call: checks who calls and how often, runs the command, and turns every failure into a reply. `None`:
/// the person asks too much and was told so.
pub async fn answer(call: &Call, desk: &Desk) -> Option<Reply> {
    let Caller { platform, language, .. } = call.caller;
    match desk.quota.admit(&call.caller, desk.clock.now()) {
        Admission::Yes => {}
        Admission::Tell => return Some(words::too_many(language)),
        Admission::Silent => return None,
    }
    if !call.caller.may(call.spec.who) {
        return Some(words::refused(call.spec.who, platform, language));
    }
    if let Some(word) = call.unread.first() {
        return Some(words::not_expected(word, call.spec.example.get(language), language));
    }
    Some(match (call.spec.run)(call, desk).await {
        Ok(reply) => reply,
        Err(failure) => explain(failure, desk, language, call.spec.name),
    })
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

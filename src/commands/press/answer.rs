//! What becomes of a press: one handler each, in the file of the command that it belongs to.

use chrono::DateTime;

use super::Press;
use crate::commands::call::Caller;
use crate::commands::desk::{Desk, Failure};
use crate::commands::{
    about, admit, alarm, announce, digest, explain, follow, from_elsewhere, held, help, mute, open, others,
    pause, recall, receive, resend, resend_all, search, settings, subscribe, today, unsubscribe, why, words,
};
use crate::model::reply::{Audience, Reply};

/// Answers what somebody pressed. `None`: the person asks too much and was told so.
pub async fn answer(press: Press, caller: &Caller, desk: &Desk) -> Option<Reply> {
    if let Err(told) = admit(caller, desk) {
        return told.map(|told| *told);
    }
    if !caller.may(press.who()) {
        return Some(words::refused(press.who(), caller.platform, caller.language));
    }
    let begun = desk.clock.now();
    let in_place = press.answers_in_place();
    let done = match press {
        Press::Show(what) => perform(*what, caller, desk).await.map(for_all),
        press => perform(press, caller, desk).await,
    };
    desk.count(caller.platform, "press", begun);
    let reply = done.unwrap_or_else(|failure| explain(failure, desk, caller.language, "press"));
    debug_assert!(in_place || !reply.in_place, "an answer in place has to be announced as one");
    Some(from_elsewhere(reply, caller))
}

async fn perform(press: Press, caller: &Caller, desk: &Desk) -> Result<Reply, Failure> {
    match press {
        Press::Open { handle, article } => open::article(&handle, article, caller, desk).await,
        Press::List { handle } => open::headlines(&handle, caller, desk).await,
        Press::Latest { feed } => today::latest(&feed, caller, desk).await,
        Press::Digest { handle } => digest::as_the_channel_sees_it(&handle, caller, desk).await,
        Press::All { handle } => digest::whole(&handle, caller, desk).await,
        Press::About(page) => about::page(&page, caller, desk).await,
        Press::Search(page) => search::page(&page, caller, desk).await,
        Press::Unsubscribe { feed, is_sure } => unsubscribe::pressed(&feed, is_sure, caller, desk).await,
        Press::Subscribe { feed, as_before } => subscribe::pressed(&feed, as_before, caller, desk).await,
        Press::Resend { handle, missing } => resend::pressed(&handle, missing, caller, desk).await,
        Press::Why(name) => why::pressed(&name, caller, desk).await,
        Press::ResendAll(target) => resend_all::pressed(&target, caller, desk).await,
        Press::ResendProgress { target, since } => {
            let since = DateTime::from_timestamp(since, 0).unwrap_or_default();
            resend_all::progress(&target, since, caller, desk).await
        }
        Press::Recall(target) => recall::pressed(&target, caller, desk).await,
        Press::RecallProgress(target) => recall::progress(&target, caller, desk).await,
        Press::Announce(announcement) => announce::pressed(announcement, caller, desk).await,
        Press::AnnounceProgress(announcement) => announce::progress(announcement, caller, desk).await,
        Press::Recheck { feed, day } => alarm::looked(&feed, day, caller, desk).await,
        Press::DayOff { feed, day } => alarm::day_off(&feed, day, caller, desk).await,
        Press::Held { handle } => held::pressed(&handle, caller, desk).await,
        Press::Release { handle, send } => held::decided(&handle, send, caller, desk).await,
        Press::Settings { feed } => settings::shown(&feed, caller, desk).await,
        Press::Choose { feed, of } => settings::choices(&feed, of, caller, desk).await,
        Press::Set { feed, change } => settings::changed(&feed, &change, caller, desk).await,
        Press::Pause => pause::pressed(caller, desk).await,
        Press::Resume => pause::resumed(caller, desk).await,
        Press::Unmute { tag, everywhere } => mute::pressed(&tag, everywhere, caller, desk).await,
        Press::Help(half) => Ok(Reply { in_place: true, ..help::half(half, caller, desk) }),
        Press::Receive => Ok(Reply { in_place: true, ..receive::ask(caller, desk) }),
        Press::PickChat => Ok(receive::pick(caller)),
        Press::Try { words } => subscribe::tried(&words, caller, desk).await,
        Press::Follow { tag } => follow::pressed(&tag, caller, desk).await,
        Press::Others { feed } => others::shown(&feed, caller, desk).await,
        Press::Copy { from, feed } => subscribe::copied(from, &feed, caller, desk).await,
        Press::Cancel => Ok(Reply { in_place: true, ..words::cancelled(caller.language) }),
        Press::Old { command } => Ok(words::old_button_of(command, caller.language)),
        Press::In { .. } | Press::Show(_) => Ok(words::old_button(caller.language)),
    }
}
/// The same for the channel.
fn for_all(reply: Reply) -> Reply {
    Reply { audience: Audience::Channel, again: None, in_place: false, ..reply }
}

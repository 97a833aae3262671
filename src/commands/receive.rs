//! Where somebody wants to receive the digest: in this conversation, or in a channel or group that they choose. A link
//! `t.me/<bot>?start=subscribe` opens it.

use super::about::press;
use super::call::Caller;
use super::desk::Desk;
use super::press::Press;
use super::words;
use crate::model::reply::{Action, Button, Reply};

/// Asks where: a button a feed for this conversation, and one that leads to the channels and groups.
pub(super) fn ask(caller: &Caller, desk: &Desk) -> Reply {
    let is_only = desk.feeds.len() == 1;
    let here = desk.feeds.iter().map(|feed| {
        let label = words::GET_HERE.get(caller.language);
        let label = if is_only { label.to_owned() } else { format!("{label}: {}", feed.title) };
        let press = Press::Subscribe { feed: feed.name.clone(), as_before: false };
        vec![Button { label, action: Action::Press(press.encode()) }]
    });
    let elsewhere = vec![press(words::PICK_CHAT, Press::PickChat, caller)];
    Reply {
        lines: words::receive_where(caller.language),
        buttons: here.chain([elsewhere]).collect(),
        ..Reply::new(caller.language)
    }
}

/// Lets somebody choose one of their channels or groups.
pub(super) fn pick(caller: &Caller) -> Reply {
    Reply { lines: words::pick_chat(caller.language), picks_chat: true, ..Reply::new(caller.language) }
}

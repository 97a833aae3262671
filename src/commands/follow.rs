//! The button below a company's answer: follows it in private, by a subscription of the presser's own conversation with
//! the bot that is filtered to what they follow.

use super::about::tag;
use super::call::Caller;
use super::desk::{Desk, Failure};
use super::press::Press;
use super::{subscribe, today, words};
use crate::model::reply::{Action, Button, Reply};
use crate::model::subscription::Wish;

/// The button that follows a company.
pub(super) fn button(company: &str, caller: &Caller) -> Button {
    let press = Press::Follow { tag: tag(company) };
    Button { label: words::FOLLOW.get(caller.language).to_owned(), action: Action::InPrivate(press.encode()) }
}

/// What it does; the caller is the presser in private.
pub(super) async fn pressed(tag_of: &str, caller: &Caller, desk: &Desk) -> Result<Reply, Failure> {
    let Some(company) = desk.lexicon.companies.keys().find(|name| tag(name) == tag_of) else {
        return Ok(words::old_button(caller.language));
    };
    let shown = desk.lexicon.company(company, caller.language);
    let feed = today::default_feed(&[], desk)?;
    let subscriptions = desk.store.subscriptions_of(caller.address).await?;
    let mine = subscriptions.iter().find(|subscription| subscription.feed == feed.name);
    let mut wish = match mine {
        Some(mine) if mine.wish.filter.is_empty() => return Ok(words::follows_all(caller.language)),
        Some(mine) => mine.wish.clone(),
        None => subscribe::usual(feed, caller.language),
    };
    if wish.filter.contains(company) {
        return Ok(words::follows_already(shown, caller.language));
    }
    wish.filter.push(company.clone());
    subscribe::subscribe(feed, &wish, caller, desk).await?;
    let Wish { filter, .. } = &wish;
    let all: Vec<&str> = filter.iter().map(|name| desk.lexicon.company(name, caller.language)).collect();
    Ok(Reply { lines: words::following(shown, &all, caller.language), ..Reply::new(caller.language) })
}

//! What a Discord server has besides the channel, from `/settings`: roles to ping, the other channels with a subscription
//! that the asker may manage, and those that these settings can be copied to.

use super::call::{Caller, Neighbour};
use super::desk::{Desk, Failure};
use super::press::Press;
use super::{settings, words};
use crate::model::feed::FeedName;
use crate::model::reply::{Choice, Menu, Reply};

/// As many entries as a menu has on Discord.
const MOST: usize = 25;

/// What the button shows.
pub(super) async fn shown(feed: &FeedName, caller: &Caller, desk: &Desk) -> Result<Reply, Failure> {
    let language = caller.language;
    let Some(of) = desk.feed(feed) else { return Ok(words::old_button(language)) };
    let Some(around) = &caller.around else { return Ok(words::old_button(language)) };
    let mut lines = Vec::new();
    let (mut open, mut copy) = (Vec::new(), Vec::new());
    for channel in around.channels.iter().filter(|channel| channel.address != caller.address) {
        let subscriptions = desk.store.subscriptions_of(channel.address).await?;
        for subscription in &subscriptions {
            let Some(feed) = desk.feed(&subscription.feed) else { continue };
            lines.push(words::other_channel(&channel.name, &feed.title, &subscription.wish, language));
            let settings = Press::Settings { feed: feed.name.clone() };
            open.push(choice(format!("#{} · {}", channel.name, feed.title), channel, settings));
        }
        if !subscriptions.iter().any(|subscription| subscription.feed == of.name) {
            let press = Press::Copy { from: caller.address, feed: of.name.clone() };
            copy.push(choice(format!("#{}", channel.name), channel, press));
        }
    }
    let heading = if lines.is_empty() { words::NO_OTHER_CHANNEL } else { words::OTHER_CHANNELS };
    lines.insert(0, heading.get(language).to_owned());
    let menu = |placeholder: super::Text, mut choices: Vec<Choice>| {
        choices.truncate(MOST);
        (!choices.is_empty()).then(|| Menu { placeholder: placeholder.get(language).to_owned(), choices })
    };
    let ours = desk.store.subscriptions_of(caller.address).await?;
    let roles = match ours.iter().find(|subscription| subscription.feed == of.name) {
        Some(ours) => settings::roles(of, desk.store.mention(ours.id).await?, around, language),
        None => None,
    };
    lines.push(words::which_role(roles.is_none(), language));
    let menus = [roles, menu(words::OPEN_SETTINGS_OF, open), menu(words::COPY_SETTINGS_TO, copy)];
    Ok(Reply { lines, menus: menus.into_iter().flatten().collect(), ..Reply::new(language) })
}

fn choice(label: String, channel: &Neighbour, press: Press) -> Choice {
    let press = Press::In { address: channel.address, press: Box::new(press) }.encode();
    Choice { label, press, chosen: false }
}

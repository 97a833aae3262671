//! Sends a composed post to one channel, to see it there. It is no delivery: nothing is kept of it, nothing corrects it.

use axum::extract::State;
use axum::http::StatusCode;
use maud::html;

use super::Current;
use super::compose::{Post, show};
use super::fault::{Answer, missing};
use super::parts::channel_name;
use crate::model::channel::{Channel, ChannelKind, Platform};
use crate::render::{self, Surface};

/// Sends it.
pub(super) async fn send(State(desk): State<Current>, post: Post) -> Answer {
    let words = post.visit.words;
    let Some(id) = post.channel else {
        let told = html! { p.error role="alert" { (words.try_where) } };
        return Ok(show(&desk, &post, Some(&told), StatusCode::UNPROCESSABLE_ENTITY).await?);
    };
    let Some(entry) = desk.store().channel_entry(id).await? else { return Ok(missing(&post.visit)) };
    let Channel { address, kind, name, .. } = entry.channel;
    let Some(reach) = desk.reach.get(&address.platform()) else { return Ok(missing(&post.visit)) };
    let ended = match post.read(&desk) {
        Ok(understood) => {
            let messages = render::edition(
                surface(address.platform(), kind),
                &understood.edition,
                &desk.commands.lexicon,
            );
            (reach.send)(address, kind, messages).await
        }
        Err(why) => Err(why),
    };
    tracing::info!(channel = %address, sent = ended.is_ok(), "a post was tried at the desk");
    let name = channel_name(name.as_deref(), &address);
    let (told, status) = match ended {
        Ok(()) => (html! { p.said role="status" { ((words.tried_in)(&name)) } }, StatusCode::OK),
        Err(why) => {
            (html! { p.error role="alert" { ((words.not_tried)(&name)) " " (why) } }, StatusCode::BAD_GATEWAY)
        }
    };
    Ok(show(&desk, &post, Some(&told), status).await?)
}

fn surface(platform: Platform, kind: ChannelKind) -> Surface<'static> {
    match (platform, kind) {
        (Platform::Discord, _) => Surface::Discord,
        (Platform::Telegram, ChannelKind::Private) => Surface::TelegramPrivate,
        // An article of a trial cannot be opened: it is in no archive.
        (Platform::Telegram, _) => Surface::TelegramGroup { bot: None },
    }
}

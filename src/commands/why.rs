//! `/why`: why an article did or did not come to this channel. The article is chosen from the last ones, named by the id
//! that an opened article shows, or by the message that it stands in. What became of it is found in `trace.rs`.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use futures::FutureExt as _;

use super::call::{Call, Caller};
use super::desk::{Desk, Failure};
use super::press::Press;
use super::spec::{Argument, ArgumentKind, Spec, Text, Who};
use super::{trace, words};
use crate::model::channel::{Address, Platform};
use crate::model::digest::{StoredDigest, handle};
use crate::model::feed::Feed;
use crate::model::message::PlatformMessageId;
use crate::model::reply::{Action, Button, Choice, Menu, Reply};
use crate::model::rich::plain;
use crate::store::Delivered;

/// As many articles are offered: a menu on Discord has no more.
const OFFERED: usize = 25;
/// Digests that are looked at for them.
const DIGESTS: usize = 25;
/// Numbers in a row of buttons.
const A_ROW: usize = 5;

/// What the command is called in a message's menu on Discord.
pub const IN_MENU: Text = Text { ko: "왜 왔는지 보기", en: "Why is this here?" };

const EXAMPLE: Text = Text { ko: "why 3f2a9c1b04-2", en: "why 3f2a9c1b04-2" };

pub(super) const SPEC: Spec = Spec {
    name: "why",
    korean: &["왜"],
    about: Text {
        ko: "기사가 왜 왔는지, 왜 안 왔는지 봅니다", en: "Why an article came, or did not"
    },
    example: Text { ko: "why", en: "why" },
    arguments: &[Argument {
        name: "article",
        kind: ArgumentKind::Article,
        about: Text {
            ko: "기사 번호 (비우면 최근 기사에서 고르기)",
            en: "The article's id (empty: choose from the last ones)",
        },
    }],
    who: Who::ChannelAdmin,
    run: |call, desk| run(call, desk).boxed(),
};

/// What an article is called where people name it: its digest's handle and its place there, from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArticleName {
    pub(super) handle: String,
    /// From 0.
    pub(super) place: usize,
}

impl fmt::Display for ArticleName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.handle, self.place + 1)
    }
}

impl FromStr for ArticleName {
    type Err = NoArticleName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (handle, number) = text.trim().trim_start_matches('#').rsplit_once('-').ok_or(NoArticleName)?;
        let is_handle = handle.len() == 10 && handle.bytes().all(|byte| byte.is_ascii_hexdigit());
        let place = number.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        match place.filter(|_| is_handle) {
            Some(place) => Ok(Self { handle: handle.to_lowercase(), place }),
            None => Err(NoArticleName),
        }
    }
}

/// A text that names no article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is no article's id, which looks like `3f2a9c1b04-2`")]
pub struct NoArticleName;

async fn run(call: &Call, desk: &Desk) -> Result<Reply, Failure> {
    let caller = &of_its_channel(&call.caller, desk).await?;
    if let Some(text) = call.arguments.get(ArgumentKind::Article) {
        let unread = |_| {
            let example = format!("/{}", EXAMPLE.get(caller.language));
            words::not_understood(text, words::AN_ARTICLE, &example, caller.language)
        };
        let name: ArticleName = text.parse().map_err(unread)?;
        return match told(&name, caller, desk).await? {
            Some(reply) => Ok(reply),
            None => Err(words::no_such_article(text, caller.language).into()),
        };
    }
    if let Some(message) = call.arguments.get(ArgumentKind::Message) {
        return about_message(message, &call.caller, desk).await;
    }
    let subscriptions = desk.store.subscriptions_of(caller.address).await?;
    let mut articles = Vec::new();
    for feed in subscriptions.iter().filter_map(|subscription| desk.feed(&subscription.feed)) {
        for stored in desk.store.last_news(&feed.name, DIGESTS).await? {
            articles.extend(all_of(feed, &stored));
        }
    }
    if subscriptions.is_empty() {
        return Err(words::not_subscribed(caller.language).into());
    }
    if articles.is_empty() {
        return Err(words::no_article_yet(caller.language).into());
    }
    articles.truncate(OFFERED);
    Ok(choose(words::WHY_WHICH, &articles, caller))
}

/// A thread that gets nothing itself is asked about as the channel that it is a thread of: a forum's digests come as
/// threads.
async fn of_its_channel<'c>(caller: &'c Caller, desk: &Desk) -> Result<Cow<'c, Caller>, Failure> {
    match caller.parent {
        Some(parent) if desk.store.subscriptions_of(caller.address).await?.is_empty() => {
            Ok(Cow::Owned(Caller { address: parent, parent: None, ..caller.clone() }))
        }
        _ => Ok(Cow::Borrowed(caller)),
    }
}

/// What a button carries, answered.
pub(super) async fn pressed(name: &ArticleName, caller: &Caller, desk: &Desk) -> Result<Reply, Failure> {
    let caller = of_its_channel(caller, desk).await?;
    let told = told(name, &caller, desk).await?;
    Ok(told.unwrap_or_else(|| words::old_button(caller.language)))
}

/// Why the article did or did not come; `None`: there is no such article.
async fn told(name: &ArticleName, caller: &Caller, desk: &Desk) -> Result<Option<Reply>, Failure> {
    let found = desk.store.digest_by_handle(&name.handle).await?;
    let Some((feed, stored)) = found.and_then(|(feed, stored)| Some((desk.feed(&feed)?, stored))) else {
        return Ok(None);
    };
    if name.place >= stored.digest.articles.len() {
        return Ok(None);
    }
    let lines = trace::tell(feed, &stored, name.place, caller, desk).await?;
    Ok(Some(Reply { lines, ..Reply::new(caller.language) }))
}

/// The same for the article that a message of ours shows; of several, one is chosen.
async fn about_message(message: &str, caller: &Caller, desk: &Desk) -> Result<Reply, Failure> {
    let unknown = || words::no_delivery(caller.language);
    let delivered = delivered(message, caller, desk).await?.ok_or_else(unknown)?;
    let shown = shown(&delivered, desk).await?;
    match shown.as_slice() {
        [] => Err(unknown().into()),
        [(name, _)] => pressed(name, caller, desk).await,
        several => Ok(choose(words::WHY_WHICH, &several[..several.len().min(OFFERED)], caller)),
    }
}

/// The sent message with this id: of the channel itself, or of the forum whose thread it stands in.
async fn delivered(message: &str, caller: &Caller, desk: &Desk) -> Result<Option<Delivered>, Failure> {
    let own = PlatformMessageId(message.to_owned());
    let found = desk.store.delivered(caller.address, &own).await?;
    match (found, caller.parent, caller.address) {
        (None, Some(parent), Address::Discord { channel: thread }) => {
            let in_thread = PlatformMessageId::in_thread(thread, message);
            Ok(desk.store.delivered(parent, &in_thread).await?)
        }
        (found, ..) => Ok(found),
    }
}

/// The articles that a sent message shows, with their headlines.
async fn shown(delivered: &Delivered, desk: &Desk) -> Result<Vec<(ArticleName, String)>, Failure> {
    let Some((feed, last)) = desk.store.digest_and_feed(delivered.digest).await? else {
        return Ok(Vec::new());
    };
    let Some(feed) = desk.feed(&feed) else { return Ok(Vec::new()) };
    let listed = match delivered.list_after {
        Some(after) => desk.store.news_after(&feed.name, after).await?,
        None => vec![last.clone()],
    };
    let digests = listed.iter().filter(|stored| stored.edition <= last.edition);
    let mut articles: Vec<_> = digests.flat_map(|stored| all_of(feed, stored)).collect();
    articles.retain(|(_, headline)| trace::says(&delivered.plain, headline));
    Ok(articles)
}

/// A digest's articles with their headlines.
fn all_of(feed: &Feed, stored: &StoredDigest) -> Vec<(ArticleName, String)> {
    let handle = handle(&feed.name, &stored.digest.key);
    let name = |(place, article): (usize, &crate::model::EnrichedArticle)| {
        (ArticleName { handle: handle.clone(), place }, plain(&article.article.headline).into_owned())
    };
    stored.digest.articles.iter().enumerate().map(name).collect()
}

/// Asks which of several articles is meant: a menu on Discord, numbers on Telegram, where buttons are narrow.
fn choose(question: Text, articles: &[(ArticleName, String)], caller: &Caller) -> Reply {
    let language = caller.language;
    let press = |name: &ArticleName| Press::Why(name.clone()).encode();
    let question = question.get(language).to_owned();
    if caller.platform == Platform::Discord {
        let choices = articles.iter().map(|(name, headline)| Choice {
            label: headline.clone(),
            press: press(name),
            chosen: false,
        });
        let menu =
            Menu { placeholder: words::PICK_ARTICLE.get(language).to_owned(), choices: choices.collect() };
        return Reply { lines: vec![question], menus: vec![menu], ..Reply::new(language) };
    }
    let line = |(number, (_, headline)): (usize, &(ArticleName, String))| words::numbered(number, headline);
    let button = |(number, (name, _)): (usize, &(ArticleName, String))| Button {
        label: number.to_string(),
        action: Action::Press(press(name)),
    };
    let buttons: Vec<Button> = (1..).zip(articles).map(button).collect();
    Reply {
        lines: std::iter::once(question).chain((1..).zip(articles).map(line)).collect(),
        buttons: buttons.chunks(A_ROW).map(<[Button]>::to_vec).collect(),
        ..Reply::new(language)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_articles_id_is_read_as_it_is_written() {
        let name = ArticleName { handle: "3f2a9c1b04".into(), place: 1 };
        assert_eq!(name.to_string(), "3f2a9c1b04-2");
        assert_eq!("#3F2A9C1B04-2".parse(), Ok(name));
        for wrong in ["", "3f2a9c1b04", "3f2a9c1b04-0", "3f2a9c1b04-x", "zz2a9c1b04-1", "3f2a-1", "-1"] {
            assert_eq!(wrong.parse::<ArticleName>(), Err(NoArticleName), "{wrong:?}");
        }
    }
}

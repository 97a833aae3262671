//! What is offered while somebody types an argument (Discord's autocomplete): at most 25 entries.

use super::call::Caller;
use super::desk::Desk;
use super::spec::ArgumentKind;
use super::{today, words};
use crate::model::channel::Channel;
use crate::model::day::parse_day;
use crate::model::zone;
use crate::store::StoreError;
use crate::text::{Unit, cut};

/// The most entries (Discord, interactions/receiving-and-responding).
const MOST: usize = 25;

/// An entry: what it shows, and what is filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// What people read.
    pub name: String,
    /// What the argument becomes.
    pub value: String,
}

/// What fits what has been typed so far, best first.
///
/// # Errors
/// If the database fails.
pub async fn offers(
    kind: ArgumentKind,
    typed: &str,
    caller: &Caller,
    desk: &Desk,
) -> Result<Vec<Offer>, StoreError> {
    let typed = typed.trim();
    Ok(match kind {
        ArgumentKind::Feed => feeds(typed, desk),
        ArgumentKind::Date => days(typed, caller, desk).await?,
        ArgumentKind::Timezone => zone::suggest(typed, MOST)
            .into_iter()
            .map(|name| Offer { name: name.to_owned(), value: name.to_owned() })
            .collect(),
        ArgumentKind::Company => companies(typed, caller, desk),
        ArgumentKind::Topic => topics(typed, caller, desk),
        ArgumentKind::What => {
            let mut both = topics(typed, caller, desk);
            both.extend(companies(typed, caller, desk));
            both.truncate(MOST);
            both
        }
        ArgumentKind::AnyChannel => channels(typed, desk).await?,
        ArgumentKind::At
        | ArgumentKind::Style
        | ArgumentKind::Language
        | ArgumentKind::Period
        | ArgumentKind::Missing
        | ArgumentKind::For
        | ArgumentKind::Words
        | ArgumentKind::Platform
        | ArgumentKind::Channel
        | ArgumentKind::Text
        | ArgumentKind::Article
        | ArgumentKind::Message
        | ArgumentKind::Filter => Vec::new(),
    })
}

fn feeds(typed: &str, desk: &Desk) -> Vec<Offer> {
    let typed = typed.to_lowercase();
    let fits = |text: &str| text.to_lowercase().contains(&typed);
    desk.feeds
        .iter()
        .filter(|feed| fits(feed.name.as_str()) || fits(&feed.title))
        .take(MOST)
        .map(|feed| Offer { name: feed.title.clone(), value: feed.name.to_string() })
        .collect()
}

/// Subscribed channels whose name or address holds what is typed.
async fn channels(typed: &str, desk: &Desk) -> Result<Vec<Offer>, StoreError> {
    let known = desk.store.channels_like(typed, u32::try_from(MOST).unwrap_or(u32::MAX)).await?;
    let offer = |channel: Channel| {
        let value = channel.address.to_string();
        let name = channel.name.map_or_else(|| value.clone(), |name| format!("{name} ({value})"));
        Offer { name: cut(&name, 100, Unit::CodePoints), value }
    };
    Ok(known.into_iter().map(offer).collect())
}

/// Companies like what is typed.
fn companies(typed: &str, caller: &Caller, desk: &Desk) -> Vec<Offer> {
    desk.lookup
        .companies_like(typed, MOST)
        .into_iter()
        .map(|name| Offer {
            name: desk.lexicon.company(name, caller.language).to_owned(),
            value: name.to_owned(),
        })
        .collect()
}

/// Topics like what is typed; all while nothing is.
fn topics(typed: &str, caller: &Caller, desk: &Desk) -> Vec<Offer> {
    let keys: Vec<&str> = if typed.is_empty() {
        desk.lexicon.topics.keys().take(MOST).map(String::as_str).collect()
    } else {
        desk.lookup.topics_like(typed, MOST)
    };
    keys.into_iter()
        .map(|key| Offer { name: desk.lexicon.topic(key, caller.language).to_owned(), value: key.to_owned() })
        .collect()
}

/// The last days that have a digest; when a day is typed, that day and those before it.
async fn days(typed: &str, caller: &Caller, desk: &Desk) -> Result<Vec<Offer>, StoreError> {
    let subscriptions = desk.store.subscriptions_of(caller.address).await?;
    let Ok(feed) = today::default_feed(&subscriptions, desk) else { return Ok(Vec::new()) };
    let now = desk.clock.now().with_timezone(&feed.timezone).date_naive();
    let until = parse_day(typed, now).unwrap_or(now);
    let known = desk.store.digests_until(&feed.name, until, u32::try_from(MOST).unwrap_or(u32::MAX)).await?;
    let mut offers: Vec<Offer> = known
        .into_iter()
        .map(|known| Offer {
            name: words::day_of(known.day, &known.title, caller.language),
            value: known.day.to_string(),
        })
        .collect();
    offers.dedup_by(|later, earlier| later.value == earlier.value);
    Ok(offers)
}

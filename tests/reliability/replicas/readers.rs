//! Somebody on each platform who asks again and again, and notes how long the answer takes.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jogan::model::channel::Platform;
use jogan::sandbox::discord;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::town::Town;

/// How long somebody waits after an answer before they ask again.
const PAUSE: Duration = Duration::from_millis(700);
/// How long somebody waits for an answer on Telegram, which keeps what was written until somebody asks for it. Discord shows an
/// error after 3 s.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often Telegram's chat is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Something was asked.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) platform: Platform,
    pub(crate) at: Instant,
    /// How long the answer took; `None`: nobody answered in time.
    pub(crate) answered: Option<Duration>,
}

/// Asks on a platform until `stop`.
pub(crate) async fn ask(town: Arc<Town>, platform: Platform, stop: CancellationToken) -> Vec<Asked> {
    let mut asked = Vec::new();
    let reader =
        discord::Person { id: 4711, name: "독자".to_owned(), permissions: 0, locale: "ko".to_owned() };
    let channel = town.discord.add_channel(town.guild, "lobby", discord::ChannelKind::Text);
    let chat = town.telegram.add_private(&Town::person(4711));
    while !stop.is_cancelled() {
        let at = Instant::now();
        let is_answered = match platform {
            Platform::Discord => town.discord.invoke(&reader, channel, "help", json!({})).await.is_ok(),
            Platform::Telegram => {
                let said = town.telegram.say(&Town::person(4711), chat, None, "/help").await;
                let answered = async {
                    while !town
                        .telegram
                        .timeline(chat)
                        .iter()
                        .any(|message| message["message_id"].as_i64() > Some(said))
                    {
                        tokio::time::sleep(LOOK_EVERY).await;
                    }
                };
                tokio::time::timeout(PATIENCE, answered).await.is_ok()
            }
        };
        asked.push(Asked { platform, at, answered: is_answered.then(|| at.elapsed()) });
        tokio::time::sleep(PAUSE).await;
    }
    asked
}

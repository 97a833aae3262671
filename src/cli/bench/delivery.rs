//! Sending what is queued, in messages a second, against a loop that posts the same bodies to the same server and writes
//! nothing down. The platforms' limits are lifted on both sides; what remains is our own work.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use reqwest::header::AUTHORIZATION;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use tokio::sync::Notify;
use url::Url;

use super::crowd::{Crowd, Kind};
use super::place::Place;
use super::{Measure, before_next_look};
use crate::app::Unlimited;
use crate::cli::playground;
use crate::clock::{SharedClock, SystemClock};
use crate::model::channel::Platform;
use crate::model::message::{Body, MessageState};
use crate::sandbox;
use crate::store::Store;

/// Channels: three sizes, to see how the numbers grow.
const SIZES: [usize; 3] = [100, 1_000, 10_000];
/// Messages on the wire at once, ours and the loop's; with the platforms' limits, `delivery.in_flight` is enough at 32.
const IN_FLIGHT: u32 = 128;
/// What is not sent after this never will be.
const PATIENCE: Duration = Duration::from_secs(600);

pub(super) async fn measure(database: Option<&str>) -> anyhow::Result<Vec<Measure>> {
    let mut measures = Vec::new();
    for platform in [Platform::Discord, Platform::Telegram] {
        for size in SIZES {
            measures.push(of(platform, size, database).await?);
        }
    }
    Ok(measures)
}

async fn of(platform: Platform, size: usize, database: Option<&str>) -> anyhow::Result<Measure> {
    let clock: SharedClock = Arc::new(SystemClock);
    let town = Town::build(platform, size, &clock).await?;
    let place = Place::new(database)?;
    let store = Store::open(&place.url()).await?;
    let addresses = town.channels.iter().map(|channel| format!("{}:{channel}", platform.name()));
    let crowd = Crowd::gather(&store, Kind::Alike, addresses).await?;
    crowd.plan().await?;
    let bodies = crowd.bodies(platform);
    let messages = (bodies.len() * size) as f64;

    // The loop goes before and after; the better one counts.
    let before = town.post(&bodies).await?;
    let ours = deliver(&town, &store, crowd.deliver()).await?;
    let bare = before.min(town.post(&bodies).await?);
    crowd.leave().await?;
    store.close().await;
    let share = bare.as_secs_f64() / ours.as_secs_f64();
    Ok(Measure {
        what: format!("delivery: {size} channels of {}", platform.brand()),
        unit: "1/s",
        ours: messages / ours.as_secs_f64(),
        reference: Some(messages / bare.as_secs_f64()),
        note: format!("a loop that posts the same bodies; {share:.2} of it"),
    })
}

/// Delivers all that is queued; how long that takes.
async fn deliver(town: &Town, store: &Store, wake: Arc<Notify>) -> anyhow::Result<Duration> {
    let begun = Instant::now();
    let server = (town.url.clone(), town.token()?);
    let worker = Unlimited::start(town.platform, server, store, IN_FLIGHT, wake)?;
    let sent = async {
        while store.has_open(town.platform).await? {
            before_next_look(begun).await;
        }
        anyhow::Ok(())
    };
    tokio::time::timeout(PATIENCE, sent).await.context("delivery takes longer than ten minutes")??;
    let took = begun.elapsed();
    worker.stop().await?;
    let counts = store.message_counts().await?;
    let all = counts.iter().all(|(state, count)| state == MessageState::Sent.name() || *count == 0);
    ensure!(all, "not all of it was sent: {counts:?}");
    Ok(took)
}

/// A platform with channels.
struct Town {
    platform: Platform,
    url: Url,
    channels: Vec<i64>,
    _discord: Arc<sandbox::discord::Discord>,
    _telegram: Arc<sandbox::telegram::Telegram>,
}

impl Town {
    async fn build(platform: Platform, size: usize, clock: &SharedClock) -> anyhow::Result<Self> {
        let (discord, telegram) = playground::platforms(Arc::clone(clock), false);
        let (at, channels) = match platform {
            Platform::Discord => {
                let guild = discord.add_guild("서버");
                let add = |number| {
                    discord.add_channel(
                        guild,
                        &format!("받는 곳 {number}"),
                        sandbox::discord::ChannelKind::Text,
                    )
                };
                let channels: Result<Vec<i64>, _> = (0..size).map(add).map(i64::try_from).collect();
                (playground::serve(0, discord.router()).await?, channels?)
            }
            Platform::Telegram => {
                let add = |number| {
                    telegram.add_chat(&format!("받는 곳 {number}"), sandbox::telegram::ChatKind::Supergroup)
                };
                (playground::serve(0, telegram.router()).await?, (0..size).map(add).collect())
            }
        };
        let url = Url::parse(&format!("http://{at}"))?;
        Ok(Self { platform, url, channels, _discord: discord, _telegram: telegram })
    }

    fn token(&self) -> anyhow::Result<SecretString> {
        let tokens = playground::tokens();
        let token = match self.platform {
            Platform::Discord => tokens.discord,
            Platform::Telegram => tokens.telegram,
        };
        token.context("the playground has tokens")
    }

    /// The loop: each body to each channel, so many at once; how long that takes.
    async fn post(&self, bodies: &[Body]) -> anyhow::Result<Duration> {
        // Discord refuses whoever has no such name.
        let client = reqwest::Client::builder().user_agent("DiscordBot (https://news.example, 1)").build()?;
        let token = self.token()?;
        let begun = Instant::now();
        stream::iter(&self.channels)
            .map(|channel| self.post_all(&client, &token, *channel, bodies))
            .buffer_unordered(IN_FLIGHT as usize)
            .try_collect::<Vec<()>>()
            .await?;
        Ok(begun.elapsed())
    }

    async fn post_all(
        &self,
        client: &reqwest::Client,
        token: &SecretString,
        channel: i64,
        bodies: &[Body],
    ) -> anyhow::Result<()> {
        let token = token.expose_secret();
        for body in bodies {
            let mut body = body.0.clone();
            let call = match self.platform {
                Platform::Discord => client
                    .post(format!("{}api/v10/channels/{channel}/messages", self.url))
                    .header(AUTHORIZATION, format!("Bot {token}")),
                Platform::Telegram => {
                    body["chat_id"] = Value::from(channel);
                    client.post(format!("{}bot{token}/sendMessage", self.url))
                }
            };
            let answer = call.json(&body).send().await?;
            ensure!(answer.status().is_success(), "the sandbox answers {}", answer.status());
            answer.bytes().await?;
        }
        Ok(())
    }
}

//! A platform outside of a run, for the command line: who the bot is there, what a channel is, and one post to it.

use std::sync::Arc;
use std::time::Duration;

use chrono::Utc;
use secrecy::SecretString;
use sha2::{Digest as _, Sha256};
use tokio::sync::mpsc;

use crate::clock::SharedClock;
use crate::config::PlatformConfig;
use crate::model::channel::{Address, ChannelKind, Platform};
use crate::model::message::{PlatformMessageId, Rendered};
use crate::platform::discord::{self, Discord};
use crate::platform::gate::{Gate, Limits};
use crate::platform::telegram::{self, Telegram};
use crate::platform::{CallError, Courier, Post, SetupError, Timeouts};
use crate::render::Surface;

/// What the bot has to be allowed in a Discord server: View Channels, Send Messages, Embed Links, Attach Files, Read
/// Message History, Send Messages in Threads (Discord, topics/permissions).
const DISCORD_PERMISSIONS: u64 = (1 << 10) | (1 << 11) | (1 << 14) | (1 << 15) | (1 << 16) | (1 << 38);
/// How often a call that failed is made again, each time after twice the wait.
const TRIES: u32 = 5;
const FIRST_WAIT: Duration = Duration::from_secs(1);

/// The bot on one platform.
#[derive(Debug)]
pub struct Contact {
    client: Client,
    gate: Arc<Gate>,
}

#[derive(Debug)]
enum Client {
    Discord(Box<Discord>),
    Telegram(Box<Telegram>),
}

/// Who the bot is on a platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Its name there.
    pub name: String,
    /// Addresses that invite it, each with where to.
    pub invitations: Vec<(&'static str, String)>,
}

/// Why a platform cannot be asked.
#[derive(Debug, thiserror::Error)]
pub enum Unreached {
    /// The token or the address cannot be used at all, or the platform refuses the token.
    #[error("{0}")]
    Refused(String),
    /// It could not be asked just now, or what was asked about cannot be reached.
    #[error("{0}")]
    Failed(String),
}

impl From<SetupError> for Unreached {
    fn from(error: SetupError) -> Self {
        Self::Refused(error.to_string())
    }
}

impl From<CallError> for Unreached {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Credentials(reason) => Self::Refused(format!("the token is refused: {reason}")),
            other => Self::Failed(other.to_string()),
        }
    }
}

impl Contact {
    /// The bot that a token is of; nobody is called yet.
    ///
    /// # Errors
    /// If the token or the address cannot be used in a call.
    pub fn new(
        platform: Platform,
        config: &PlatformConfig,
        token: SecretString,
        clock: SharedClock,
    ) -> Result<Self, Unreached> {
        let limits = match platform {
            Platform::Discord => Limits::discord(),
            Platform::Telegram => Limits::telegram(),
        };
        // What the platform tells to wait is kept to here, and remembered by nobody.
        let (waits, _) = mpsc::unbounded_channel();
        let gate = Arc::new(Gate::new(limits, clock, Vec::new(), waits));
        let (api_url, timeouts) = (config.api_url.clone(), Timeouts::default());
        let client = match platform {
            Platform::Discord => {
                let settings = discord::Settings { api_url, token, timeouts };
                Client::Discord(Box::new(Discord::new(settings, Arc::clone(&gate))?))
            }
            Platform::Telegram => {
                let settings = telegram::Settings { api_url, token, timeouts };
                Client::Telegram(Box::new(Telegram::new(settings, Arc::clone(&gate))?))
            }
        };
        Ok(Self { client, gate })
    }

    /// Asks the platform who the bot is.
    ///
    /// # Errors
    /// If the platform cannot be reached or refuses the token.
    pub async fn identity(&self) -> Result<Identity, Unreached> {
        let _place = self.gate.take_for_none().await;
        Ok(match &self.client {
            Client::Discord(discord) => {
                let me = discord.me().await?;
                Identity {
                    name: me.username.clone(),
                    invitations: vec![("a server", discord_invitation(me.id))],
                }
            }
            Client::Telegram(telegram) => {
                let name = telegram.me().await?.username.clone();
                let invitations = vec![
                    ("a group", format!("https://t.me/{name}?startgroup=jogan")),
                    (
                        "a channel",
                        format!(
                            "https://t.me/{name}?startchannel&admin=post_messages+edit_messages+delete_messages"
                        ),
                    ),
                    ("a conversation", format!("https://t.me/{name}")),
                ];
                Identity { name: format!("@{name}"), invitations }
            }
        })
    }

    /// What kind of place a channel is, once it is sure that the bot may write there. Nothing is sent.
    ///
    /// # Errors
    /// If the platform cannot be asked, or the bot may not write there.
    pub async fn reach(&self, address: Address) -> Result<ChannelKind, Unreached> {
        let place = self.gate.take_for_none().await;
        Ok(match &self.client {
            Client::Discord(discord) => {
                discord.probe(address, place).await?;
                let _place = self.gate.take_for_none().await;
                discord.kind(address).await?
            }
            Client::Telegram(telegram) => {
                telegram.probe(address, place).await?;
                let _place = self.gate.take_for_none().await;
                telegram.kind(address).await?
            }
        })
    }

    /// What messages for a kind of place are set for; `bot` is the bot's name on Telegram.
    pub fn surface(platform: Platform, kind: ChannelKind, bot: Option<&str>) -> Surface<'_> {
        match (platform, kind) {
            (Platform::Discord, ChannelKind::Forum) => Surface::DiscordForum,
            (Platform::Discord, _) => Surface::Discord,
            (Platform::Telegram, ChannelKind::Private) => Surface::TelegramPrivate,
            (Platform::Telegram, _) => {
                Surface::TelegramGroup { bot: bot.map(|name| name.trim_start_matches('@')) }
            }
        }
    }

    /// Sends messages to a channel, one after the other, at the platform's rates; `sent` hears of each that arrived.
    ///
    /// # Errors
    /// At the first that cannot be sent; those behind it are not tried.
    pub async fn send(
        &self,
        (address, kind): (Address, ChannelKind),
        messages: &[Rendered],
        clock: &SharedClock,
        mut sent: impl FnMut(&PlatformMessageId),
    ) -> Result<(), Unreached> {
        let (mut address, mut kind) = (address, kind);
        let begun = clock.now();
        for (part, message) in (1_u32..).zip(messages) {
            let nonce = nonce(address, begun, part);
            let to = (address, kind);
            let id = match &self.client {
                Client::Discord(discord) => send(&**discord, &self.gate, to, message, &nonce).await?,
                Client::Telegram(telegram) => send(&**telegram, &self.gate, to, message, &nonce).await?,
            };
            // The further messages of a forum's post go into its thread.
            if let Some(thread) = discord::thread_of(&id) {
                (address, kind) = (thread, ChannelKind::Text);
            }
            sent(&id);
        }
        Ok(())
    }
}

fn discord_invitation(application: u64) -> String {
    format!(
        "https://discord.com/oauth2/authorize?client_id={application}&scope=bot+applications.commands&permissions={DISCORD_PERMISSIONS}"
    )
}

/// The same at every attempt of this message, and no other's: 24 hexadecimal digits (Discord takes 25 characters).
fn nonce(address: Address, begun: chrono::DateTime<Utc>, part: u32) -> String {
    let key = format!("send/{address}/{}/{part}", begun.timestamp_millis());
    Sha256::digest(key).iter().take(12).map(|byte| format!("{byte:02x}")).collect()
}

async fn send<C: Courier>(
    courier: &C,
    gate: &Arc<Gate>,
    (address, kind): (Address, ChannelKind),
    message: &Rendered,
    nonce: &str,
) -> Result<PlatformMessageId, CallError> {
    let (mut body, mut is_plain, mut failures) = (&message.body, false, 0);
    loop {
        let place = gate.take(&address, kind).await;
        match courier.send(Post { address, kind, body, nonce }, place).await {
            Err(CallError::Rejected(_)) if !is_plain => (body, is_plain) = (&message.plain, true),
            // The gate knows of the wait, and keeps it.
            Err(CallError::RetryAfter { .. }) => {}
            Err(CallError::Transient(_)) if failures < TRIES => failures = wait(failures).await,
            // Sent again within a minute, the platform knows it by its nonce.
            Err(CallError::Unanswered(_)) if courier.recognises_nonce() && failures < TRIES => {
                failures = wait(failures).await;
            }
            ended => return ended,
        }
    }
}

async fn wait(failures: u32) -> u32 {
    tokio::time::sleep(FIRST_WAIT * 2_u32.pow(failures)).await;
    failures + 1
}

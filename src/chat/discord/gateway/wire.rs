//! One WebSocket to Discord's gateway: what is heard, and what is said. Opcodes and close codes: Discord, events/gateway and
//! topics/opcodes-and-status-codes.

use std::time::Duration;

use futures::{SinkExt as _, StreamExt as _};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};
use serenity::all::{Event, GatewayIntents};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use url::Url;

use crate::store::{Shard, StoredSession};

/// How long the server may take to let us in and to say hello.
const CONNECTS_WITHIN: Duration = Duration::from_secs(10);
/// How long a goodbye may take.
const CLOSES_WITHIN: Duration = Duration::from_secs(1);

/// Ends a session: nobody goes on with it.
pub(super) const GOODBYE: u16 = 1000;
/// Any code but 1000 and 1001 leaves the session as it is, to be gone on with.
pub(super) const UNTIL_LATER: u16 = 4000;

/// Why a connection is over.
#[derive(Debug, thiserror::Error)]
pub(super) enum Broken {
    /// It never came about, or the network failed.
    #[error("the gateway's connection failed")]
    Network(#[source] Box<tokio_tungstenite::tungstenite::Error>),
    /// Discord named a place that is no address.
    #[error("the gateway's address cannot be read")]
    Address,
    /// Nothing came.
    #[error("the gateway is silent")]
    Silent,
    /// Discord closed it; without a code by no fault of ours.
    #[error("Discord closed the gateway's connection with the code {0}")]
    Closed(u16),
    /// Discord asks to come again, or to begin anew.
    #[error("Discord asks to connect again")]
    Asked,
}

/// What was heard.
#[derive(Debug)]
pub(super) enum Heard {
    /// Something happened; its number. What we do not know is no event.
    Event(u64, Option<Box<Event>>),
    /// A heartbeat is wanted at once.
    Beat,
    /// A heartbeat arrived.
    Beaten,
    /// The connection is to be made anew.
    ComeAgain,
    /// The session is not good, or not now if it `goes_on`.
    Invalid { goes_on: bool },
    /// Anything else.
    Nothing,
}

/// A connection.
pub(super) struct Wire(WebSocketStream<MaybeTlsStream<TcpStream>>);

#[derive(Debug, Deserialize)]
struct Payload {
    op: u8,
    #[serde(default)]
    s: Option<u64>,
    #[serde(default)]
    t: Option<String>,
    #[serde(default)]
    d: Value,
}

impl Wire {
    /// Connects, and hears how long to let pass between heartbeats.
    pub(super) async fn connect(url: &str) -> Result<(Self, Duration), Broken> {
        let mut address = Url::parse(url).map_err(|_| Broken::Address)?;
        address.set_query(Some("v=10&encoding=json"));
        let connecting = async {
            let (socket, _) = connect_async(address.as_str()).await.map_err(Broken::network)?;
            let mut wire = Self(socket);
            let hello = wire.payload().await?;
            let interval = hello.d["heartbeat_interval"].as_u64().filter(|_| hello.op == 10);
            Ok((wire, Duration::from_millis(interval.ok_or(Broken::Silent)?)))
        };
        timeout(CONNECTS_WITHIN, connecting).await.map_err(|_| Broken::Silent)?
    }

    /// The next that is heard. Nothing is lost if it is not waited for to the end.
    pub(super) async fn hear(&mut self) -> Result<Heard, Broken> {
        let payload = self.payload().await?;
        Ok(match (payload.op, payload.s) {
            (0, Some(number)) => Heard::Event(number, event(payload.t, payload.d)),
            (1, _) => Heard::Beat,
            (7, _) => Heard::ComeAgain,
            (9, _) => Heard::Invalid { goes_on: payload.d.as_bool().unwrap_or(false) },
            (11, _) => Heard::Beaten,
            _ => Heard::Nothing,
        })
    }

    /// Begins a session (IDENTIFY): of those of a bucket one in 5 s.
    pub(super) async fn begin(&mut self, shard: Shard, token: &SecretString) -> Result<(), Broken> {
        let me = env!("CARGO_PKG_NAME");
        self.say(&json!({"op": 2, "d": {
            "token": token.expose_secret(),
            "intents": GatewayIntents::GUILDS.bits(),
            "properties": {"os": std::env::consts::OS, "browser": me, "device": me},
            "shard": [shard.number, shard.of],
        }}))
        .await
    }

    /// Goes on with a session (RESUME): what was missed comes now.
    pub(super) async fn go_on(
        &mut self,
        session: &StoredSession,
        token: &SecretString,
    ) -> Result<(), Broken> {
        self.say(&json!({"op": 6, "d": {
            "token": token.expose_secret(), "session_id": session.id, "seq": session.seq,
        }}))
        .await
    }

    /// A heartbeat, with the last number that was heard.
    pub(super) async fn beat(&mut self, seq: Option<u64>) -> Result<(), Broken> {
        self.say(&json!({"op": 1, "d": seq})).await
    }

    /// Closes it with a code.
    pub(super) async fn close(mut self, code: u16) {
        let frame = CloseFrame { code: code.into(), reason: "".into() };
        // The other side may be gone already.
        let _ = timeout(CLOSES_WITHIN, self.0.close(Some(frame))).await;
    }

    async fn say(&mut self, payload: &Value) -> Result<(), Broken> {
        let said = self.0.send(Message::text(payload.to_string()));
        timeout(CONNECTS_WITHIN, said).await.map_err(|_| Broken::Silent)?.map_err(Broken::network)
    }

    async fn payload(&mut self) -> Result<Payload, Broken> {
        loop {
            let message = self.0.next().await.ok_or(Broken::Closed(0))?.map_err(Broken::network)?;
            match message {
                Message::Text(text) => match serde_json::from_str(&text) {
                    Ok(payload) => return Ok(payload),
                    Err(error) => tracing::warn!(%error, "the gateway said what cannot be read"),
                },
                Message::Close(frame) => {
                    return Err(Broken::Closed(frame.map_or(0, |frame| frame.code.into())));
                }
                _ => {}
            }
        }
    }
}

impl Broken {
    fn network(error: tokio_tungstenite::tungstenite::Error) -> Self {
        Self::Network(Box::new(error))
    }

    /// Whether the session is over with the connection (4007: a wrong number, 4009: timed out).
    pub(super) fn ends_session(&self) -> bool {
        matches!(self, Self::Closed(1000 | 1001 | 4003 | 4007 | 4009))
    }

    /// Whether Discord wants other shards than these (4010: a wrong one, 4011: too few).
    pub(super) fn wants_other_shards(&self) -> bool {
        matches!(self, Self::Closed(4010 | 4011))
    }

    /// What somebody has to do before connecting again can help; `None`: it is tried again.
    pub(super) fn cure(&self) -> Option<&'static str> {
        match self {
            Self::Closed(4004) => {
                Some("set DISCORD_TOKEN to the bot's token in Discord's developer portal, and start again")
            }
            Self::Closed(4012) => {
                Some("Discord speaks this version of the gateway no longer: update the program")
            }
            Self::Closed(4013 | 4014) => {
                Some("let the bot have the intent GUILDS in Discord's developer portal, and start again")
            }
            _ => None,
        }
    }
}

/// What happened, as far as we know such events.
fn event(name: Option<String>, body: Value) -> Option<Box<Event>> {
    let name = name?;
    match serde_json::from_value(json!({"t": name, "d": body})) {
        Ok(event) => Some(Box::new(event)),
        Err(error) => {
            tracing::debug!(%error, name, "an event was passed over");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;

    /// The address of a server that answers whatever comes with this, once.
    async fn server(answer: &'static [u8]) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        tokio::spawn(async move {
            let (mut socket, _) = listener.accept().await.unwrap();
            let _ = socket.read(&mut [0; 1024]).await;
            let _ = socket.write_all(answer).await;
        });
        address
    }

    #[rstest]
    #[case::no_tls("wss", b"hello")]
    #[case::no_websocket("ws", b"HTTP/1.1 404 Not Found\r\n\r\n")]
    #[tokio::test]
    async fn what_is_no_gateway_is_an_error(#[case] scheme: &str, #[case] answer: &'static [u8]) {
        let connected = Wire::connect(&format!("{scheme}://{}", server(answer).await)).await;
        assert!(matches!(connected, Err(Broken::Network(_))));
    }

    #[test]
    fn events_that_we_do_not_know_are_none() {
        assert!(
            event(Some("SOMETHING_NEW".to_owned()), json!({"a": 1}))
                .is_none_or(|event| matches!(*event, Event::Unknown(_)))
        );
        assert!(matches!(event(Some("RESUMED".to_owned()), json!({})).as_deref(), Some(Event::Resumed(_))));
    }
}

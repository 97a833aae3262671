//! The Gateway: a WebSocket on which the bot identifies and is told what happens. Text frames, uncompressed.
//! Opcodes and close codes: Discord, `events/gateway` and `topics/opcodes-and-status-codes`.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use axum::Json;
use axum::extract::ws::{CloseFrame, Message as Frame, WebSocket, WebSocketUpgrade};
use axum::extract::{Query, State as Server};
use axum::response::Response;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::sandbox::discord::Discord;
use crate::sandbox::discord::state::State;

/// Milliseconds between heartbeats, as Discord asks for.
const HEARTBEAT: u64 = 41_250;
/// Milliseconds until the bot may begin as many sessions again.
const DAY: i64 = 86_400_000;
/// Between two shards of the same remainder that begin.
const BETWEEN: TimeDelta = TimeDelta::seconds(5);
/// Events that are kept for a session that resumes.
const KEPT: usize = 1000;
/// Sessions that are kept after their connection broke.
const SESSIONS: usize = 16;
/// Bytes of what the bot may send at once.
const LARGEST: usize = 4096;
/// What the bot may send in a minute.
const PER_MINUTE: usize = 120;
/// The intent without which nothing is told of guilds and channels.
const GUILDS: u64 = 1;
/// Members, presences and message contents: an application must ask Discord for these, and this one has not.
const PRIVILEGED: u64 = 1 << 1 | 1 << 8 | 1 << 15;

/// The sessions of the bot's shards.
#[derive(Debug, Default)]
pub(crate) struct Sessions {
    all: VecDeque<Session>,
    /// How many were ever begun.
    begun: u64,
    /// None may be begun before this.
    spent_until: DateTime<Utc>,
    /// How many shards the bot needs at least; 0 is one.
    shards_needed: u64,
    /// Of the shards with the same remainder by this, one may begin a session in 5 s; `None`: nobody looks.
    concurrency: Option<u64>,
    /// When the last one of each remainder began.
    last_begun: HashMap<u64, DateTime<Utc>>,
}

#[derive(Debug)]
struct Session {
    id: String,
    /// Number of the shard, and how many there are.
    shard: (u64, u64),
    intents: u64,
    /// The number of the last event.
    seq: u64,
    log: VecDeque<(u64, String)>,
    line: Option<mpsc::UnboundedSender<Out>>,
}

/// What goes out on a connection.
#[derive(Debug)]
enum Out {
    Text(String),
    Close(u16),
}

/// A connection.
struct Line {
    out: mpsc::UnboundedSender<Out>,
    session: Option<String>,
    heard: VecDeque<DateTime<Utc>>,
}

/// `GET /gateway` of the API
pub(crate) async fn address(Server(discord): Server<Arc<Discord>>) -> Json<Value> {
    Json(json!({"url": discord.lock().gateway_url()}))
}

/// `GET /gateway/bot` of the API
pub(crate) async fn bot_address(Server(discord): Server<Arc<Discord>>) -> Json<Value> {
    let now = discord.now();
    let state = discord.lock();
    let spent_for = (state.sessions.spent_until - now).num_milliseconds().max(0);
    let remaining = if spent_for > 0 { 0 } else { 1000 };
    let concurrency = state.sessions.concurrency.unwrap_or(1);
    let reset_after = if spent_for > 0 { spent_for } else { DAY };
    let limit = json!({
        "total": 1000, "remaining": remaining, "reset_after": reset_after, "max_concurrency": concurrency,
    });
    let shards = state.sessions.shards_needed.max(1);
    Json(json!({"url": state.gateway_url(), "shards": shards, "session_start_limit": limit}))
}

/// The WebSocket.
pub(crate) async fn connect(
    Server(discord): Server<Arc<Discord>>,
    Query(asked): Query<HashMap<String, String>>,
    upgrade: WebSocketUpgrade,
) -> Response {
    let known = asked.get("v").is_none_or(|version| version == "10");
    upgrade.on_upgrade(move |socket| converse(discord, socket, known))
}

/// Talks on one connection until it ends.
async fn converse(discord: Arc<Discord>, mut socket: WebSocket, known_version: bool) {
    let (out, mut outgoing) = mpsc::unbounded_channel();
    let mut line = Line { out, session: None, heard: VecDeque::new() };
    if known_version {
        line.send(&json!({"op": 10, "d": {"heartbeat_interval": HEARTBEAT}, "s": null, "t": null}));
    } else {
        line.close(4012);
    }
    let mut clean = false;
    loop {
        tokio::select! {
            frame = outgoing.recv() => match frame {
                Some(Out::Text(text)) => {
                    if socket.send(Frame::Text(text.into())).await.is_err() {
                        break;
                    }
                }
                Some(Out::Close(code)) => {
                    let frame = CloseFrame { code, reason: "".into() };
                    // The other side may be gone already.
                    let _ = socket.send(Frame::Close(Some(frame))).await;
                    break;
                }
                None => break,
            },
            frame = socket.recv() => match frame {
                Some(Ok(Frame::Text(text))) => discord.hear(text.as_str(), &mut line),
                Some(Ok(Frame::Close(frame))) => {
                    clean = frame.is_some_and(|frame| matches!(frame.code, 1000 | 1001));
                    break;
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => break,
            },
        }
    }
    if let Some(id) = line.session {
        discord.lock().sessions.hang_up(&id, &line.out, clean);
        discord.changed();
    }
}

impl Line {
    fn send(&self, payload: &Value) {
        // If nobody takes it, the connection has ended.
        let _ = self.out.send(Out::Text(payload.to_string()));
    }

    fn close(&self, code: u16) {
        let _ = self.out.send(Out::Close(code));
    }
}

impl Discord {
    /// Takes in what the bot sent.
    fn hear(&self, text: &str, line: &mut Line) {
        let now = self.now();
        line.heard.retain(|at| now - *at < TimeDelta::seconds(60) && *at <= now);
        line.heard.push_back(now);
        if self.limits && line.heard.len() > PER_MINUTE {
            return line.close(4008);
        }
        let payload: Value = match serde_json::from_str(text) {
            Ok(payload) if text.len() <= LARGEST => payload,
            _ => return line.close(4002),
        };
        if line.session.as_ref().is_some_and(|id| !self.lock().sessions.knows(id)) {
            line.session = None;
        }
        match payload.get("op").and_then(Value::as_u64) {
            Some(1) => line.send(&json!({"op": 11, "d": null, "s": null, "t": null})),
            Some(2 | 6) if line.session.is_some() => line.close(4005),
            Some(2) => self.identify(&payload["d"], line, now),
            Some(6) => self.resume(&payload["d"], line),
            Some(3 | 4 | 8 | 31) if line.session.is_some() => {}
            Some(3 | 4 | 8 | 31) => line.close(4003),
            _ => line.close(4001),
        }
    }

    fn identify(&self, asked: &Value, line: &mut Line, now: DateTime<Utc>) {
        if !self.is_token(asked["token"].as_str().unwrap_or_default()) {
            return line.close(4004);
        }
        let shard = match &asked["shard"] {
            Value::Null => (0, 1),
            shard => match (shard[0].as_u64(), shard[1].as_u64()) {
                (Some(number), Some(of)) if number < of => (number, of),
                _ => return line.close(4010),
            },
        };
        let Some(intents) = asked["intents"].as_u64().filter(|intents| *intents < 1 << 26) else {
            return line.close(4013);
        };
        if intents & PRIVILEGED != 0 {
            return line.close(4014);
        }
        let mut state = self.lock();
        if shard.1 < state.sessions.shards_needed {
            state.counters.turned_away += 1;
            return line.close(4011);
        }
        if !state.sessions.may_begin(shard.0, now) {
            state.counters.hurried += 1;
            return line.send(&json!({"op": 9, "d": false, "s": null, "t": null}));
        }
        state.counters.identified += 1;
        line.session = Some(state.begin_session(shard, intents, line.out.clone()));
        drop(state);
        self.changed();
    }

    fn resume(&self, asked: &Value, line: &mut Line) {
        if !self.is_token(asked["token"].as_str().unwrap_or_default()) {
            return line.close(4004);
        }
        let mut state = self.lock();
        let wanted = asked["session_id"].as_str().unwrap_or_default();
        let seq = asked["seq"].as_u64().unwrap_or(0);
        let Some(session) = state.sessions.all.iter_mut().find(|session| session.id == wanted) else {
            return line.send(&json!({"op": 9, "d": false, "s": null, "t": null}));
        };
        if seq > session.seq {
            return line.close(4007);
        }
        let first = session.log.front().map_or(session.seq + 1, |(first, _)| *first);
        if seq + 1 < first {
            return line.send(&json!({"op": 9, "d": false, "s": null, "t": null}));
        }
        session.line = Some(line.out.clone());
        for (_, event) in session.log.iter().filter(|(number, _)| *number > seq) {
            let _ = line.out.send(Out::Text(event.clone()));
        }
        session.tell("RESUMED", &json!({}));
        line.session = Some(wanted.to_owned());
        state.counters.resumed += 1;
        drop(state);
        self.changed();
    }
}

impl Session {
    /// Sends an event, and keeps it for a resume. Says whether somebody is on the line.
    fn tell(&mut self, event: &str, body: &Value) -> bool {
        self.seq += 1;
        let text = json!({"op": 0, "s": self.seq, "t": event, "d": body}).to_string();
        let heard = self.line.as_ref().is_some_and(|line| line.send(Out::Text(text.clone())).is_ok());
        self.log.push_back((self.seq, text));
        if self.log.len() > KEPT {
            self.log.pop_front();
        }
        heard
    }

    fn has(&self, guild: Option<u64>) -> bool {
        guild.map_or(0, |guild| (guild >> 22) % self.shard.1) == self.shard.0
    }
}

impl Sessions {
    /// Whether a bot is on the line.
    pub(crate) fn connected(&self) -> bool {
        self.all.iter().any(|session| session.line.is_some())
    }

    /// Sends the same to all connections: an opcode without a body.
    pub(crate) fn order(&self, op: u64, body: &Value) {
        for line in self.all.iter().filter_map(|session| session.line.as_ref()) {
            let _ = line.send(Out::Text(json!({"op": op, "d": body, "s": null, "t": null}).to_string()));
        }
    }

    /// No session may be begun before that instant.
    pub(crate) fn spend(&mut self, until: DateTime<Utc>) {
        self.spent_until = until;
    }

    /// The bot needs so many shards from now on.
    pub(crate) fn need_shards(&mut self, shards: u64) {
        self.shards_needed = shards;
    }

    /// So many shards may begin within 5 s from now on, and no more.
    pub(crate) fn let_begin(&mut self, shards: u64) {
        self.concurrency = Some(shards.max(1));
    }

    /// Whether a shard may begin its session now; notes it if so.
    fn may_begin(&mut self, shard: u64, now: DateTime<Utc>) -> bool {
        let Some(concurrency) = self.concurrency else { return true };
        let bucket = shard % concurrency;
        if self.last_begun.get(&bucket).is_some_and(|at| now - *at < BETWEEN) {
            return false;
        }
        self.last_begun.insert(bucket, now);
        true
    }

    /// The shards that are on the line, each a number and how many there are.
    pub(crate) fn on_the_line(&self) -> Vec<(u64, u64)> {
        self.all.iter().filter(|session| session.line.is_some()).map(|session| session.shard).collect()
    }

    /// Closes all connections with a code.
    pub(crate) fn close(&mut self, code: u16) {
        for line in self.all.iter_mut().filter_map(|session| session.line.take()) {
            let _ = line.send(Out::Close(code));
        }
    }

    /// Forgets all sessions: nothing can be resumed.
    pub(crate) fn forget(&mut self) {
        self.all.clear();
    }

    /// Whether a session can still be told something.
    fn knows(&self, id: &str) -> bool {
        self.all.iter().any(|session| session.id == id)
    }

    /// A connection has ended; the session stays for a resume unless it was ended on purpose.
    fn hang_up(&mut self, id: &str, line: &mpsc::UnboundedSender<Out>, for_good: bool) {
        let Some(at) = self.all.iter().position(|session| session.id == id) else { return };
        // A newer connection may have resumed the session by now.
        if self.all[at].line.as_ref().is_some_and(|newer| !newer.same_channel(line)) {
            return;
        }
        if for_good {
            self.all.remove(at);
        } else {
            self.all[at].line = None;
        }
    }
}

impl State {
    /// Where the bot is to connect.
    fn gateway_url(&self) -> String {
        format!("ws://{}/gateway", self.origin)
    }

    /// Tells the shard of a guild (the first shard: of DMs) what happened. Says whether somebody heard it.
    pub(crate) fn tell(&mut self, event: &str, body: &Value, guild: Option<u64>) -> bool {
        if guild.and_then(|id| self.guilds.get(&id)).is_some_and(|guild| !guild.joined) {
            return false;
        }
        self.tell_anyway(event, body, guild)
    }

    /// The same, whether the bot is in that guild or not.
    pub(crate) fn tell_anyway(&mut self, event: &str, body: &Value, guild: Option<u64>) -> bool {
        let mut heard = false;
        for session in self.sessions.all.iter_mut().filter(|session| session.has(guild)) {
            if event == "INTERACTION_CREATE" || session.intents & GUILDS != 0 {
                heard |= session.tell(event, body);
            }
        }
        heard
    }

    fn begin_session(&mut self, shard: (u64, u64), intents: u64, line: mpsc::UnboundedSender<Out>) -> String {
        self.sessions.begun += 1;
        let id = format!("{:032x}", self.sessions.begun);
        let mut session =
            Session { id: id.clone(), shard, intents, seq: 0, log: VecDeque::new(), line: Some(line) };
        let guilds: Vec<_> =
            self.guilds.values().filter(|guild| guild.joined && session.has(Some(guild.id))).collect();
        let unavailable: Vec<_> =
            guilds.iter().map(|guild| json!({"id": guild.id.to_string(), "unavailable": true})).collect();
        let ready = json!({
            "v": 10, "user": self.bot(), "guilds": unavailable, "session_id": id,
            "session_type": "normal", "resume_gateway_url": self.gateway_url(),
            "shard": [shard.0, shard.1], "private_channels": [], "relationships": [], "presences": [],
            "application": {"id": self.application.to_string(), "flags": 0}, "user_settings": {},
            "geo_ordered_rtc_regions": [], "auth": {}, "_trace": [],
        });
        session.tell("READY", &ready);
        if intents & GUILDS != 0 {
            for guild in guilds.into_iter().filter(|guild| !guild.outage) {
                session.tell("GUILD_CREATE", &self.guild_create(guild));
            }
        }
        self.sessions.all.push_back(session);
        if self.sessions.all.len() > SESSIONS
            && let Some(old) = self.sessions.all.iter().position(|session| session.line.is_none())
        {
            self.sessions.all.remove(old);
        }
        id
    }
}

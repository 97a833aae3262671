//! One shard: its session, from one connection to the next.

use std::sync::Arc;
use std::time::Duration;

use serenity::all::Event;
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

use super::slots::Slots;
use super::wire::{Broken, GOODBYE, Heard, UNTIL_LATER, Wire};
use super::{Discord, retries_of_sessions};
use crate::chat::discord::client::{Bot, Handler};
use crate::chat::retries;
use crate::platform::gate::Fence;
use crate::store::{Shard, StoredSession};
use crate::text::chain;

/// How often it is written down how far a session is, where others may have to go on with it.
const SAVE_EVERY: Duration = Duration::from_secs(1);
/// How long that may take.
const KEEPS_WITHIN: Duration = Duration::from_secs(2);
/// How long Discord may take to begin a session or to go on with one.
const BEGINS_WITHIN: Duration = Duration::from_secs(15);
/// The wait after a session was found not to be good: Discord asks for one to five seconds.
const AFTER_INVALID: Duration = Duration::from_secs(2);

/// A shard, and what it is run with.
pub(super) struct Line {
    pub(super) shard: Shard,
    /// Where sessions begin.
    pub(super) url: String,
    pub(super) discord: Discord,
    pub(super) handler: Arc<Handler>,
    pub(super) slots: Slots,
    /// Open while the shard is this program's.
    pub(super) fence: Arc<Fence>,
}

/// How a connection ended.
enum Ended {
    /// The shard is not ours any more, or the program stops.
    Stopped,
    /// It broke; `was_up`: after it had been good.
    Broken { why: Broken, was_up: bool },
}

impl Line {
    /// Stays connected until `stop`, or until Discord wants other shards than these: then what it said of its gateway is
    /// forgotten.
    pub(super) async fn run(self, stop: CancellationToken) {
        let (mut waits, mut longer_waits) = (retries(), retries_of_sessions());
        let mut session = self.known_session().await;
        while !stop.is_cancelled() {
            let had_session = session.is_some();
            let (why, was_up) = match self.connection(&mut session, &stop).await {
                Ended::Stopped => break,
                Ended::Broken { why, was_up } => (why, was_up),
            };
            self.discord.standing.down(self.shard, Some(chain(&why)));
            if was_up {
                (waits, longer_waits) = (retries(), retries_of_sessions());
            }
            if let Some(cure) = why.cure() {
                tracing::error!(
                    error = chain(&why),
                    cure,
                    "Discord refuses the connection for good: commands are not answered on Discord until the next start"
                );
                return stop.cancelled().await;
            }
            if why.ends_session() {
                session = None;
                self.keep(None).await;
            }
            if why.wants_other_shards() {
                tracing::error!(
                    error = chain(&why),
                    shard = self.shard.number,
                    "Discord wants other shards; asking again how many"
                );
                if let Err(error) = self.discord.access.store.forget_gateway().await {
                    tracing::warn!(
                        error = chain(&error),
                        "what Discord said of its gateway could not be forgotten"
                    );
                }
                return;
            }
            // A session that goes on costs nothing. One that is begun anew again and again would use up the day's.
            let wait = match (was_up, had_session || session.is_some()) {
                (true, _) if matches!(why, Broken::Asked) => Some(Duration::ZERO),
                (true, _) | (false, true) => waits.next(),
                (false, false) if matches!(why, Broken::Network(_)) => waits.next(),
                (false, false) => longer_waits.next(),
            };
            tracing::warn!(
                error = chain(&why),
                shard = self.shard.number,
                ?wait,
                "Discord's gateway is not connected"
            );
            tokio::select! {
                () = sleep(wait.unwrap_or(super::LONGEST_WAIT)) => {}
                () = stop.cancelled() => {}
            }
        }
    }

    /// One connection, from its beginning to its end.
    async fn connection(&self, session: &mut Option<StoredSession>, stop: &CancellationToken) -> Ended {
        let mut was_up = false;
        let url = session.as_ref().map_or(&self.url, |session| &session.url);
        let connecting = async {
            match Wire::connect(url).await {
                // Where a session goes on is another server than where it begins, and may be gone.
                Err(_) if *url != self.url => Wire::connect(&self.url).await,
                connected => connected,
            }
        };
        let connected = tokio::select! {
            connected = connecting => connected,
            () = stop.cancelled() => return Ended::Stopped,
        };
        let talked = match connected {
            Ok((wire, interval)) => self.talk(wire, interval, session, &mut was_up, stop).await,
            Err(why) => Err(why),
        };
        match talked {
            Ok(()) => Ended::Stopped,
            Err(why) => Ended::Broken { why, was_up },
        }
    }

    async fn talk(
        &self,
        mut wire: Wire,
        interval: Duration,
        session: &mut Option<StoredSession>,
        was_up: &mut bool,
        stop: &CancellationToken,
    ) -> Result<(), Broken> {
        let token = &self.discord.token;
        let mut is_going_on = session.is_some();
        let mut turn = None;
        let mut begins_until = None;
        match session.as_ref() {
            Some(session) => {
                wire.go_on(session, token).await?;
                begins_until = Some(Instant::now() + BEGINS_WITHIN);
            }
            None => turn = Some(Box::pin(self.slots.turn(self.shard, &self.discord))),
        }
        // The first heartbeat at a moment of the interval that is another for each shard, the others after a whole one.
        let share = f64::from(self.shard.number % 16) / 16.0;
        let (mut beats_at, mut is_beaten) = (Instant::now() + interval.mul_f64(0.2 + 0.7 * share), true);
        let mut saves = tokio::time::interval(SAVE_EVERY);
        let mut saved = session.as_ref().map(|session| session.seq);
        loop {
            let heard = tokio::select! {
                biased;
                () = stop.cancelled() => break,
                heard = wire.hear() => heard?,
                () = async { match turn.as_mut() { Some(turn) => turn.await, None => std::future::pending().await } } => {
                    turn = None;
                    wire.begin(self.shard, token).await?;
                    begins_until = Some(Instant::now() + BEGINS_WITHIN);
                    continue;
                }
                () = sleep_until(beats_at) => {
                    if !is_beaten {
                        wire.close(UNTIL_LATER).await;
                        return Err(Broken::Silent);
                    }
                    is_beaten = false;
                    beats_at = Instant::now() + interval;
                    wire.beat(session.as_ref().map(|session| session.seq)).await?;
                    continue;
                }
                _ = saves.tick() => {
                    if begins_until.is_some_and(|until| until < Instant::now()) && !*was_up {
                        return Err(Broken::Silent);
                    }
                    if let Some(session) = session.as_ref().filter(|session| Some(session.seq) != saved) {
                        saved = Some(session.seq);
                        self.keep(Some(session)).await;
                    }
                    continue;
                }
            };
            if !self.fence.lets_pass() {
                // Another program has it by now, and has gone on with its session: none of this is ours to answer.
                wire.close(UNTIL_LATER).await;
                return Ok(());
            }
            match heard {
                Heard::Event(number, event) => {
                    if let Some(session) = session.as_mut() {
                        session.seq = number;
                    }
                    match event.map(|event| *event) {
                        Some(Event::Ready(ready)) => {
                            let begun = begun(&ready.ready, number);
                            self.keep(Some(&begun)).await;
                            saved = Some(number);
                            self.is_up(&begun, was_up);
                            *session = Some(begun);
                        }
                        Some(Event::Resumed(_)) => {
                            is_going_on = false;
                            if let Some(session) = session.as_ref() {
                                self.is_up(session, was_up);
                            }
                        }
                        Some(event) => {
                            if let Some(session) = session.as_ref() {
                                self.handler.hear(event, bot(session), is_going_on);
                            }
                        }
                        None => {}
                    }
                }
                Heard::Beat => wire.beat(session.as_ref().map(|session| session.seq)).await?,
                Heard::Beaten => is_beaten = true,
                Heard::ComeAgain => {
                    wire.close(UNTIL_LATER).await;
                    return Err(Broken::Asked);
                }
                Heard::Invalid { goes_on } => {
                    if !goes_on {
                        *session = None;
                        self.keep(None).await;
                    }
                    wire.close(UNTIL_LATER).await;
                    sleep(AFTER_INVALID).await;
                    return Err(Broken::Asked);
                }
                Heard::Nothing => {}
            }
        }
        // Whoever has the shard next goes on with the session; where there is nobody, Discord shows that the bot has gone.
        if self.discord.access.store.is_shared() {
            if let Some(session) = session.as_ref() {
                self.keep(Some(session)).await;
            }
            wire.close(UNTIL_LATER).await;
        } else {
            wire.close(GOODBYE).await;
        }
        Ok(())
    }

    fn is_up(&self, session: &StoredSession, was_up: &mut bool) {
        tracing::info!(shard = self.shard.number, of = self.shard.of, "connected to Discord");
        *was_up = true;
        self.discord.standing.up(self.shard);
        self.handler.connected(bot(session));
    }

    /// The session that somebody who had the shard before has left. A program that is alone begins a new one, so that it
    /// is told of all servers.
    async fn known_session(&self) -> Option<StoredSession> {
        if !self.discord.access.store.is_shared() {
            return None;
        }
        match self.discord.access.store.session(self.shard).await {
            Ok(session) => session,
            Err(error) => {
                tracing::warn!(
                    error = chain(&error),
                    "the shard's session could not be read; beginning another"
                );
                None
            }
        }
    }

    /// Writes down where the session goes on, as long as the shard is ours.
    async fn keep(&self, session: Option<&StoredSession>) {
        let store = &self.discord.access.store;
        if !store.is_shared() || !self.fence.lets_pass() {
            return;
        }
        match timeout(KEEPS_WITHIN, store.keep_session(self.shard, session)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(error = chain(&error), "the shard's session could not be kept"),
            Err(_) => tracing::warn!("the shard's session could not be kept: the database is silent"),
        }
    }
}

fn begun(ready: &serenity::all::Ready, number: u64) -> StoredSession {
    StoredSession {
        id: ready.session_id.clone(),
        url: ready.resume_gateway_url.clone(),
        seq: number,
        account: ready.user.id.get(),
        application: ready.application.id.get(),
    }
}

fn bot(session: &StoredSession) -> Bot {
    Bot { account: session.account, application: session.application }
}

//! Notes to people and to channels, which the program writes by itself: set like any reply, sent at the platform's rates, tried again
//! for a day. Whoever cannot be written to is told nothing more; the log says what and why.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

use crate::clock::SharedClock;
use crate::commands::{self, BulkNote, Desk};
use crate::model::channel::{ChannelKind, Platform};
use crate::model::note::About;
use crate::platform::gate::Gate;
use crate::platform::{CallError, Courier, Post};
use crate::render::{self, Surface};
use crate::store::{NoteOutcome, Store, StoreError, WaitingNote};
use crate::text::chain;

/// Notes that are read at once.
const AT_ONCE: u32 = 20;
/// A note that cannot be sent for this long is given up.
const GIVE_UP_AFTER: TimeDelta = TimeDelta::hours(24);
/// The first wait after a failure; each further one is twice as long.
const FIRST_WAIT: TimeDelta = TimeDelta::seconds(30);
/// The longest of them, as a power of two of the first: about an hour.
const MOST_DOUBLINGS: u32 = 7;
/// After the database failed, the loop waits this long before it asks again.
const AFTER_STORE_ERROR: TimeDelta = TimeDelta::seconds(2);

/// What became of a note without a failure.
enum Sent {
    /// It is there, or there is nothing to tell any more.
    Done,
    /// What it tells of goes on: to be looked at again then.
    NotYet(DateTime<Utc>),
}

/// Sends one platform's notes.
#[derive(Debug)]
pub struct Notes<C> {
    /// The platform.
    pub platform: Platform,
    /// Where they wait.
    pub store: Store,
    /// What they are set with, as it is now.
    pub desks: watch::Receiver<Arc<Desk>>,
    /// The platform's calls.
    pub courier: Arc<C>,
    /// The platform's rates.
    pub gate: Arc<Gate>,
    /// The time.
    pub clock: SharedClock,
    /// Notified when there may be a note.
    pub wake: Arc<Notify>,
}

impl<C: Courier> Notes<C> {
    /// Sends until `stop`.
    pub async fn run(self, stop: CancellationToken) {
        loop {
            let round = tokio::select! {
                round = self.round() => round,
                // What is cut off here is sent again at the next start.
                () = stop.cancelled() => return,
            };
            let next = round.unwrap_or_else(|error| {
                tracing::error!(platform = %self.platform, error = chain(&error), "notes cannot be read or written; trying again");
                Some(self.clock.now() + AFTER_STORE_ERROR)
            });
            tokio::select! {
                () = self.wake.notified() => {}
                () = self.sleep(next) => {}
                () = stop.cancelled() => return,
            }
        }
    }

    /// Sends what is due; returns when to look again.
    async fn round(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        loop {
            let waiting = self.store.waiting_notes(self.platform, self.clock.now(), AT_ONCE).await?;
            if waiting.is_empty() {
                return self.store.next_note(self.platform).await;
            }
            for note in waiting {
                let outcome = match self.send(&note).await? {
                    Ok(Sent::Done) => NoteOutcome::Done,
                    Ok(Sent::NotYet(at)) => NoteOutcome::NotYet(at),
                    Err(error) => self.judge(&note, &error),
                };
                self.store.settle_note(note.id, &outcome).await?;
            }
        }
    }

    async fn send(&self, note: &WaitingNote) -> Result<Result<Sent, CallError>, StoreError> {
        let desk = Arc::clone(&self.desks.borrow());
        let reply = match note.about {
            About::Held { digest } => commands::held_note(digest, &desk).await?,
            About::Lost { platform, since, all } => {
                let person = (!all).then_some(note.person.as_str());
                commands::lost_note(platform, since, person, &desk).await?
            }
            About::Alarm { alarm, over } => commands::alarm_note(alarm, over, &desk).await?,
            About::Announcement { announcement } => commands::announcement_note(announcement, &desk).await?,
            About::Bulk(ref bulk) => match commands::bulk_note(bulk, &desk).await? {
                BulkNote::GoesOn(at) => return Ok(Ok(Sent::NotYet(at))),
                BulkNote::Over(reply) => Some(*reply),
                BulkNote::Nothing => None,
            },
        };
        // Over meanwhile: there is nothing to tell any more.
        let Some(reply) = reply else { return Ok(Ok(Sent::Done)) };
        let (address, kind) = match note.channel {
            Some(channel) => channel,
            None => {
                let place = self.gate.take_for_none().await;
                match self.courier.private(&note.person, place).await {
                    Ok(address) => (address, ChannelKind::Private),
                    Err(error) => return Ok(Err(error)),
                }
            }
        };
        let surface = match kind {
            ChannelKind::Forum => Surface::DiscordForum,
            _ => Surface::of(self.platform),
        };
        for (part, body) in (1..).zip(render::reply(surface, &reply, &desk.lexicon)) {
            let nonce = format!("note-{}-{part}", note.id.0);
            let place = self.gate.take(&address, kind).await;
            let post = Post { address, kind, body: &body, nonce: &nonce };
            if let Err(error) = self.courier.send(post, place).await {
                return Ok(Err(error));
            }
        }
        Ok(Ok(Sent::Done))
    }

    fn judge(&self, note: &WaitingNote, error: &CallError) -> NoteOutcome {
        let (now, reason) = (self.clock.now(), error.to_string());
        let wait = match error {
            CallError::RetryAfter { after, .. } => Some(*after),
            CallError::Transient(_) | CallError::Unanswered(_) | CallError::Credentials(_) => {
                Some(FIRST_WAIT * 2_i32.pow(note.attempts.min(MOST_DOUBLINGS)))
            }
            CallError::Rejected(_)
            | CallError::Lost(_)
            | CallError::Moved(_)
            | CallError::Gone(_)
            | CallError::Unsupported(_) => None,
        };
        // One that waited for an end has lasted for a day by itself, at most.
        let give_up_after =
            if matches!(note.about, About::Bulk(_)) { GIVE_UP_AFTER * 2 } else { GIVE_UP_AFTER };
        match wait.filter(|_| now - note.created_at < give_up_after) {
            Some(wait) => NoteOutcome::Again(now + wait, reason),
            None => {
                tracing::warn!(platform = %self.platform, person = note.person, about = ?note.about, reason, "a note cannot be sent");
                NoteOutcome::Failed(reason)
            }
        }
    }

    async fn sleep(&self, until: Option<DateTime<Utc>>) {
        match until {
            Some(at) => self.clock.sleep_until(at).await,
            None => std::future::pending().await,
        }
    }
}

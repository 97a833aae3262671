//! What an operator does to many channels at once (`/admin resend`, `/admin recall`, `/admin announce`): it asks first,
//! says how far it has got, and, of what takes its time, tells by itself when it is over.

use chrono::{DateTime, TimeDelta, Utc};

use super::about::press;
use super::call::Caller;
use super::desk::Desk;
use super::press::Press;
use super::spec::Text;
use super::words;
use crate::model::note::{Bulk, Deed};
use crate::model::reply::Reply;
use crate::store::{Reach, StoreError};

/// As many channels are named in which something could not be done.
const NAMED: u32 = 10;
/// What is not over after this is told of as it is then.
const TOLD_AFTER: TimeDelta = TimeDelta::hours(24);
/// It is looked at again after a tenth of the time that it has taken: at least, and at most, after this.
const SOONEST: TimeDelta = TimeDelta::seconds(2);
const LATEST: TimeDelta = TimeDelta::minutes(1);

/// Asks whether to do it.
pub(super) fn asks(lines: Vec<String>, yes: Text, what: Press, caller: &Caller) -> Reply {
    let row = vec![press(yes, what, caller), press(words::CANCEL, Press::Cancel, caller)];
    Reply { lines, buttons: vec![row], ..Reply::new(caller.language) }
}

/// Says how far it has got, in the place of what was pressed; `how_far` asks again, as long as it goes on.
pub(super) fn goes_on(lines: Vec<String>, how_far: Option<Press>, caller: &Caller) -> Reply {
    let button = how_far.map(|how_far| vec![press(words::HOW_FAR, how_far, caller)]);
    Reply { in_place: true, lines, buttons: button.into_iter().collect(), ..Reply::new(caller.language) }
}

/// What there is to tell of something that was begun.
#[derive(Debug, Clone, PartialEq)]
pub enum BulkNote {
    /// It goes on: to be looked at again then.
    GoesOn(DateTime<Utc>),
    /// It is over, or has lasted for a day.
    Over(Box<Reply>),
    /// Nothing: the digest is not there any more.
    Nothing,
}

/// What the operator is told who began it.
///
/// # Errors
/// If the database fails.
pub async fn bulk_note(bulk: &Bulk, desk: &Desk) -> Result<BulkNote, StoreError> {
    let now = desk.clock.now();
    let since = DateTime::from_timestamp_millis(bulk.since).unwrap_or_default();
    let reach = Reach { digest: bulk.digest, platform: bulk.platform, channel: bulk.channel };
    let Some((feed, stored)) = desk.store.digest_and_feed(bulk.digest).await? else {
        return Ok(BulkNote::Nothing);
    };
    let Some(feed) = desk.feed(&feed) else { return Ok(BulkNote::Nothing) };
    let language = feed.language;
    let (open, lines) = match bulk.deed {
        Deed::Resend => {
            let progress = desk.store.resend_progress(reach, since).await?;
            let failures = desk.store.resend_failures(reach, since, NAMED).await?;
            (progress.open, words::resend_over(&stored, &feed.title, progress, &failures, language))
        }
        Deed::Recall => {
            let progress = desk.store.recall_progress(reach).await?;
            let refused = desk.store.recall_refusals(reach, NAMED).await?;
            (progress.due, words::recall_over(&stored, &feed.title, progress, &refused, language))
        }
    };
    let age = now - since;
    if open > 0 && age < TOLD_AFTER {
        return Ok(BulkNote::GoesOn(now + (age / 10).clamp(SOONEST, LATEST)));
    }
    Ok(BulkNote::Over(Box::new(Reply { lines, ..Reply::new(language) })))
}

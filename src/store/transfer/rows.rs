//! The rows that move to another database, column by column as in `migrations/`. A column that is not here stays behind;
//! a test names those that do.

use serde::{Deserialize, Serialize};
use sqlx::any::{AnyArguments, AnyRow};
use sqlx::query::Query;
use sqlx::{Any, FromRow};

use crate::store::rows::Flag;

/// Rows of one table.
pub(super) trait Table: for<'r> FromRow<'r, AnyRow> + Send + Unpin {
    /// The table.
    const NAME: &'static str;
    /// Those of its columns that move.
    const COLUMNS: &'static [&'static str];

    /// Binds the columns in their order.
    fn bind<'q>(&'q self, query: Query<'q, Any, AnyArguments>) -> Query<'q, Any, AnyArguments>;
}

/// Declares the rows of a table. What an older version has not written is empty.
macro_rules! table {
    ($row:ident of $table:literal: $($column:ident: $kind:ty,)+) => {
        #[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, FromRow)]
        #[serde(default)]
        pub(super) struct $row {
            $(pub(super) $column: $kind,)+
        }

        impl Table for $row {
            const NAME: &'static str = $table;
            const COLUMNS: &'static [&'static str] = &[$(stringify!($column)),+];

            fn bind<'q>(
                &'q self,
                query: Query<'q, Any, AnyArguments>,
            ) -> Query<'q, Any, AnyArguments> {
                query$(.bind(&self.$column))+
            }
        }
    };
}

table! { Feed of "feeds":
    name: String, first_loaded_at: Option<i64>, last_loaded_at: Option<i64>,
}

table! { Digest of "digests":
    id: i64, feed: String, key: String, handle: String, revision: i64, edition: Option<i64>, day: String,
    title: String, published_at: i64, stored_at: i64, revised_at: i64, withdrawn_at: Option<i64>,
    fingerprint: String, outline: Option<String>, body: String, held: Option<String>,
}

table! { DigestName of "digest_names":
    feed: String, key: String, digest_id: i64,
}

table! { WithdrawnArticle of "withdrawn_articles":
    digest_id: i64, revision: i64, place: i64, article: String,
}

table! { Push of "pushes":
    id: i64, feed: String, place: String, name: String, stamp: String, body: Vec<u8>, received_at: i64,
}

table! { Channel of "channels":
    id: i64, platform: String, address: String, kind: String, name: Option<String>, language: String, state: String,
    state_reason: Option<String>, state_since: i64, paused_at: Option<i64>, paused_until: Option<i64>,
    loss_told: Flag, probe_at: Option<i64>, probes: i64, created_at: i64,
}

table! { Subscription of "subscriptions":
    id: i64, channel_id: i64, feed: String, schedule: String, timezone: String, style: String, filter: String,
    language: String, quiet: Option<String>, edition: i64, last_slot: i64, late_until: Option<i64>,
    person: Option<String>, owes_list: Flag, next_at: Option<i64>, created_at: i64, ended_at: Option<i64>,
    publish: Flag, mention: Option<String>,
}

table! { Mute of "mutes":
    id: i64, channel_id: Option<i64>, term: String, until: Option<i64>, person: String, created_at: i64,
}

table! { Delivery of "deliveries":
    id: i64, subscription_id: i64, digest_id: i64, revision: i64, occasion: i64, is_list: Flag, on_unknown: String,
    due_at: i64, created_at: i64, after_edition: Option<i64>, stale: i64, shown_revision: Option<i64>,
    recalled_at: Option<i64>, heeds_quiet: Flag,
}

table! { Text of "texts":
    id: i64, hash: String, body: String, plain: String,
}

table! { Message of "messages":
    id: i64, delivery_id: i64, channel_id: i64, platform: String, due_at: i64, part: i64, content: String,
    text_id: Option<i64>, use_plain: Flag, nonce: String, state: String, attempts: i64, failing_for: i64,
    next_at: i64, attempted_at: Option<i64>, platform_id: Option<String>, sent_at: Option<i64>,
    error: Option<String>, change: Option<String>, new_text_id: Option<i64>,
    publish: Option<String>, published_at: Option<i64>, recall: Option<String>,
}

table! { Resend of "resends":
    id: i64, subscription_id: i64, digest_id: i64, asked_at: i64,
}

table! { Wait of "waits":
    platform: String, scope: String, until: i64,
}

table! { Change of "changes":
    id: i64, at: i64, platform: String, person: String, address: Option<String>, what: String,
}

table! { Greeting of "greetings":
    place: String, greeted_at: i64,
}

impl Message {
    /// Drops what a message says that is done with since before `since`, and calls off a claim: whoever had it is
    /// not there any more.
    pub(super) fn leave_text_behind(&mut self, since: i64) {
        let is_open = matches!(self.state.as_str(), "queued" | "sending" | "unknown");
        if !is_open && self.change.is_none() && self.sent_at.unwrap_or(self.next_at) < since {
            self.text_id = None;
        }
        if self.state == "sending" {
            self.state = "unknown".to_owned();
        }
    }
}

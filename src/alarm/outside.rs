//! What others are told: a webhook gets each alarm and its end as JSON, and another address is called while all is well.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::{Client, Url};
use serde_json::{Value, json};

use crate::commands::{self, Desk};
use crate::model::alarm::{Alarm, Trouble};
use crate::store::StoreError;
use crate::text::chain;

/// How long either of them may take to answer.
const TIMEOUT: Duration = Duration::from_secs(10);
/// What a webhook does not take for this long, it is not told any more.
const GIVE_UP_AFTER: TimeDelta = TimeDelta::hours(24);

/// The addresses outside.
#[derive(Debug, Clone)]
pub struct Outside {
    client: Client,
    webhook: Option<Url>,
    heartbeat: Option<Url>,
}

impl Outside {
    /// Calls nobody yet.
    ///
    /// # Errors
    /// If TLS cannot be set up.
    pub fn new(webhook: Option<Url>, heartbeat: Option<Url>) -> Result<Self, reqwest::Error> {
        let client = Client::builder().timeout(TIMEOUT).connect_timeout(TIMEOUT).build()?;
        Ok(Self { client, webhook, heartbeat })
    }

    /// Tells the webhook what it was not told yet; what it does not take is told again at the next round.
    pub(super) async fn tell(&self, desk: &Desk, now: DateTime<Utc>) -> Result<(), StoreError> {
        let Some(webhook) = &self.webhook else { return Ok(()) };
        for to_post in desk.store.alarms_to_post(now - GIVE_UP_AFTER).await? {
            let (alarm, over) = (&to_post.alarm, to_post.over);
            if let Some(reply) = commands::alarm_reply(alarm, over, desk).await? {
                let body = body(alarm, over, &reply.lines.join("\n"));
                let request = self.client.post(webhook.clone()).json(&body);
                if let Err(error) = self.call(request).await {
                    tracing::warn!(
                        error = chain(&error),
                        "`alerts.webhook` did not take an alarm; trying again"
                    );
                    return Ok(());
                }
            }
            desk.store.note_posted(alarm.id, over).await?;
        }
        Ok(())
    }

    /// Says that all is well.
    pub(super) async fn beat(&self) {
        let Some(heartbeat) = &self.heartbeat else { return };
        if let Err(error) = self.call(self.client.get(heartbeat.clone())).await {
            tracing::warn!(error = chain(&error), "`alerts.heartbeat_url` does not answer");
        }
    }

    async fn call(&self, request: reqwest::RequestBuilder) -> Result<(), reqwest::Error> {
        // The addresses are secrets to many services.
        let answer = request.send().await.map_err(reqwest::Error::without_url)?;
        answer.error_for_status().map_err(reqwest::Error::without_url)?;
        Ok(())
    }
}

/// What the webhook gets. `text` alone is what many services show.
fn body(alarm: &Alarm, over: bool, text: &str) -> Value {
    let mut body = json!({
        "event": if over { "over" } else { "alarm" },
        "kind": alarm.trouble.kind(),
        "id": alarm.id.0,
        "text": text,
        "since": alarm.began_at.to_rfc3339(),
        "until": alarm.ended_at.filter(|_| over).map(|at| at.to_rfc3339()),
    });
    match &alarm.trouble {
        Trouble::Late { feed, day } => {
            body["feed"] = json!(feed);
            body["day"] = json!(day);
        }
        Trouble::Broken { feed } => body["feed"] = json!(feed),
        Trouble::Failing { platform } | Trouble::Down { platform } => body["platform"] = json!(platform),
        Trouble::Held { .. } | Trouble::Disk => {}
    }
    body
}

//! Answers to interactions: at once where they are ready within the time, deferred first where they are not.

use std::future::Future;
use std::sync::Arc;

use chrono::TimeDelta;
use secrecy::SecretString;
use serde_json::{Value, json};
use serenity::all::{Interaction, MessageFlags};
use tokio::sync::watch;

use super::asked;
use super::client::Discord;
use crate::clock::SharedClock;
use crate::commands::press::{self, Press};
use crate::commands::{Desk, Offer};
use crate::model::lexicon::Lexicon;
use crate::model::picture::Picture;
use crate::model::reply::{Audience, Reply};
use crate::platform::CallError;
use crate::platform::discord::{Discord as Calls, chat as calls};
use crate::render::{self, Surface};
use crate::store::StoreError;
use crate::text::chain;

/// An answer that is not ready after this is deferred: Discord shows an error after 3 s, people wonder after 1 s.
const DEFER_AFTER: TimeDelta = TimeDelta::milliseconds(700);

// Interaction callback types (Discord, interactions/receiving-and-responding).
const CHANNEL_MESSAGE_WITH_SOURCE: u8 = 4;
const DEFERRED_CHANNEL_MESSAGE_WITH_SOURCE: u8 = 5;
const DEFERRED_UPDATE_MESSAGE: u8 = 6;
const UPDATE_MESSAGE: u8 = 7;
const APPLICATION_COMMAND_AUTOCOMPLETE_RESULT: u8 = 8;

/// What an answer will be that is not ready in time: Discord has to be told before it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Later {
    /// A new message, for these.
    Message(Audience),
    /// The message that was pressed, changed, if that is an answer that may change.
    InPlace,
}

impl Later {
    /// What comes of a press.
    pub(super) fn of(press: &Press) -> Self {
        match press {
            Press::Show(_) => Self::Message(Audience::Channel),
            Press::In { press, .. } => Self::of(press),
            press if press.answers_in_place() => Self::InPlace,
            _ => Self::Message(Audience::Asker),
        }
    }
}

/// Sends answers.
#[derive(Debug)]
pub(super) struct Answers {
    desks: watch::Receiver<Arc<Desk>>,
    calls: Arc<Calls>,
    clock: SharedClock,
}

impl Answers {
    pub(super) fn new(discord: &Discord) -> Self {
        Self {
            desks: discord.desks.clone(),
            calls: Arc::clone(&discord.calls),
            clock: Arc::clone(&discord.clock),
        }
    }

    /// Sends the reply to an interaction as soon as it is there; `later`: what it will be, if it takes so long that
    /// this has to be said before.
    pub(super) async fn give(
        &self,
        interaction: &Interaction,
        later: Later,
        reply: impl Future<Output = Option<Reply>> + Send,
    ) {
        if let Err(error) = self.try_give(interaction, later, reply).await {
            tracing::warn!(%error, interaction = %interaction.id(), "an answer did not reach Discord");
        }
    }

    /// Offers what fits what somebody is typing; nothing, where that cannot be found out.
    pub(super) async fn offer(
        &self,
        interaction: &Interaction,
        offers: impl Future<Output = Result<Vec<Offer>, StoreError>> + Send,
    ) {
        let offers = offers.await.unwrap_or_else(|error| {
            tracing::warn!(error = chain(&error), "nothing could be offered");
            Vec::new()
        });
        let choices: Vec<Value> =
            offers.iter().map(|offer| json!({"name": offer.name, "value": offer.value})).collect();
        let answer = json!({"type": APPLICATION_COMMAND_AUTOCOMPLETE_RESULT, "data": {"choices": choices}});
        if let Err(error) = self.calls.answer(&address_of(interaction), &answer, None).await {
            // Whoever typed on has asked again meanwhile.
            tracing::debug!(%error, "an offer did not reach Discord");
        }
    }

    async fn try_give(
        &self,
        interaction: &Interaction,
        later: Later,
        reply: impl Future<Output = Option<Reply>> + Send,
    ) -> Result<(), CallError> {
        tokio::pin!(reply);
        let in_time = tokio::select! {
            reply = &mut reply => Some(reply),
            () = self.clock.sleep_until(self.clock.now() + DEFER_AFTER) => None,
        };
        match (in_time, later) {
            (Some(None), _) => Ok(()),
            (Some(Some(reply)), _) => self.answer(interaction, &reply).await,
            (None, Later::InPlace) if may_change(interaction) => {
                // Changes nothing yet, and stops the button's turning only when the answer is there.
                let answer = json!({"type": DEFERRED_UPDATE_MESSAGE});
                self.calls.answer(&address_of(interaction), &answer, None).await?;
                match reply.await {
                    Some(reply) => self.fill_in_place(interaction, &reply).await,
                    None => Ok(()),
                }
            }
            (None, later) => {
                // Whether others see it cannot be changed later.
                let is_private = later != Later::Message(Audience::Channel) && is_among_others(interaction);
                let data = json!({"flags": if is_private { MessageFlags::EPHEMERAL.bits() } else { 0 }});
                let answer = json!({"type": DEFERRED_CHANNEL_MESSAGE_WITH_SOURCE, "data": data});
                self.calls.answer(&address_of(interaction), &answer, None).await?;
                match reply.await {
                    Some(reply) => self.fill(interaction, &reply, |body| body).await,
                    None => Ok(()),
                }
            }
        }
    }

    /// Answers at once.
    async fn answer(&self, interaction: &Interaction, reply: &Reply) -> Result<(), CallError> {
        let picture = render::picture(reply, &self.lexicon());
        let mut bodies = self.set(interaction, reply, picture.as_ref()).into_iter();
        let first = bodies.next();
        let answer = if reply.in_place && may_change(interaction) {
            json!({"type": UPDATE_MESSAGE, "data": first.map(in_place)})
        } else {
            json!({"type": CHANNEL_MESSAGE_WITH_SOURCE, "data": first})
        };
        self.calls.answer(&address_of(interaction), &answer, picture.as_ref()).await?;
        self.follow_up(interaction, bodies).await
    }

    /// Fills an answer that was deferred, its first message as `made`.
    async fn fill(
        &self,
        interaction: &Interaction,
        reply: &Reply,
        made: fn(Value) -> Value,
    ) -> Result<(), CallError> {
        let picture = render::picture(reply, &self.lexicon());
        let mut bodies = self.set(interaction, reply, picture.as_ref()).into_iter();
        let first = bodies.next().map(made);
        self.calls.edit_answer(&address_of(interaction), &first, picture.as_ref()).await?;
        self.follow_up(interaction, bodies).await
    }

    /// The same, where the message that was pressed was to change. What cannot be done leaves it as it is and is said
    /// below it.
    async fn fill_in_place(&self, interaction: &Interaction, reply: &Reply) -> Result<(), CallError> {
        if reply.in_place {
            return self.fill(interaction, reply, in_place).await;
        }
        self.follow_up(interaction, self.set(interaction, reply, None)).await
    }

    async fn follow_up(
        &self,
        interaction: &Interaction,
        bodies: impl IntoIterator<Item = Value>,
    ) -> Result<(), CallError> {
        let to = address_of(interaction);
        for body in bodies {
            self.calls.follow_up(&to, &body).await?;
        }
        Ok(())
    }

    /// The names as they are now.
    fn lexicon(&self) -> Arc<Lexicon> {
        Arc::clone(&self.desks.borrow().lexicon)
    }

    /// The messages of a reply; the picture goes with the first.
    fn set(&self, interaction: &Interaction, reply: &Reply, picture: Option<&Picture>) -> Vec<Value> {
        let among_others = is_among_others(interaction);
        let shown;
        let reply = match reply.again.as_deref().filter(|_| among_others) {
            Some(again) => {
                shown = with_show(reply, again);
                &shown
            }
            None => reply,
        };
        let lexicon = self.lexicon();
        let mut bodies: Vec<Value> =
            render::reply(Surface::Discord, reply, &lexicon).into_iter().map(|body| body.0).collect();
        if let (Some(picture), Some(first)) = (picture, bodies.first_mut()) {
            first["attachments"] =
                json!([{"id": 0, "filename": picture.name, "description": picture.description}]);
        }
        if !among_others {
            // In a conversation with the bot nobody else is there to hide an answer from.
            bodies.iter_mut().for_each(show);
        }
        bodies
    }
}

/// The body that takes the whole place of another: Discord leaves as it is what a body does not name.
fn in_place(mut body: Value) -> Value {
    if let Some(fields) = body.as_object_mut() {
        fields.entry("content").or_insert_with(|| "".into());
        for list in ["embeds", "components", "attachments"] {
            fields.entry(list).or_insert_with(|| json!([]));
        }
    }
    body
}

fn address_of(interaction: &Interaction) -> calls::Interaction {
    calls::Interaction {
        application: interaction.application_id().get(),
        id: interaction.id().get(),
        token: SecretString::from(interaction.token()),
    }
}

/// The reply with a button that shows it to the channel.
fn with_show(reply: &Reply, again: &str) -> Reply {
    let mut reply = reply.clone();
    reply.buttons.push(vec![press::show_button(again, reply.language)]);
    reply
}

/// Whether what was pressed hangs on an answer of ours that its asker alone sees, which may change; a delivery stays as it
/// is, and so does what was shown to the channel: whoever presses there is answered alone.
fn may_change(interaction: &Interaction) -> bool {
    match interaction {
        Interaction::Component(component) => {
            let message = &component.message;
            let is_private = !is_among_others(interaction)
                || message.flags.is_some_and(|flags| flags.contains(MessageFlags::EPHEMERAL));
            message.interaction_metadata.is_some() && is_private
        }
        _ => false,
    }
}

fn is_among_others(interaction: &Interaction) -> bool {
    match interaction {
        Interaction::Command(command) => asked::is_among_others(command.guild_id.is_some(), command.context),
        Interaction::Component(component) => {
            asked::is_among_others(component.guild_id.is_some(), component.context)
        }
        _ => false,
    }
}

fn show(body: &mut Value) {
    if let Some(flags) = body.get("flags").and_then(Value::as_u64) {
        body["flags"] = json!(flags & !MessageFlags::EPHEMERAL.bits());
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::another_page("search:1f:5:all:투자", Later::InPlace)]
    #[case::a_setting("set:ai-news:style:full", Later::InPlace)]
    #[case::of_another_channel("in:d1:set:ai-news:style:full", Later::InPlace)]
    #[case::an_article("open:0123456789:2", Later::InPlace)]
    #[case::a_digest("digest:0123456789", Later::Message(Audience::Asker))]
    #[case::why("why:0123456789-2", Later::Message(Audience::Asker))]
    #[case::for_all("show:open:0123456789:2", Later::Message(Audience::Channel))]
    #[case::too_old("릴리스", Later::Message(Audience::Asker))]
    fn what_will_come_of_a_press_is_known_before(#[case] text: &str, #[case] expected: Later) {
        assert_eq!(Later::of(&Press::read(text, None)), expected);
    }
}

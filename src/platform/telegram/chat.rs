//! What `chat/` asks of Telegram besides messages to channels: what happened there, the commands, answers to
//! buttons. Anything else goes by [`Telegram::call`].

use std::time::Duration;

use reqwest::multipart::Form;
use serde::Serialize;
use serde::de::IgnoredAny;
use serde_json::{Value, json};

use crate::model::channel::Address;
use crate::model::picture::Picture;
use crate::platform::call::CallError;
use crate::platform::http::png;

use super::Telegram;

/// How much longer than the wait that was asked for an answer to [`Telegram::updates`] may take.
const SPARE: Duration = Duration::from_secs(10);

impl Telegram {
    /// What happened from the update `offset` on, waiting up to `wait` (at most 50 s hold) for something to happen.
    /// Asking with the last id plus one says that all before are done. `kinds`: what to be told of.
    ///
    /// # Errors
    /// As of any call; another poller or a webhook is a passing failure.
    pub async fn updates(
        &self,
        offset: i64,
        wait: Duration,
        kinds: &[&str],
    ) -> Result<Vec<Value>, CallError> {
        let parameters = json!({ "offset": offset, "timeout": wait.as_secs(), "allowed_updates": kinds });
        self.call_within("getUpdates", &parameters, Some(wait + SPARE)).await
    }

    /// Shows these commands (`{"command", "description"}`) to people of a language (`None`: all others).
    ///
    /// # Errors
    /// As of any call.
    pub async fn set_my_commands(
        &self,
        commands: &(impl Serialize + Sync),
        language_code: Option<&str>,
    ) -> Result<(), CallError> {
        let mut parameters = json!({ "commands": commands });
        if let Some(code) = language_code {
            parameters["language_code"] = code.into();
        }
        self.call::<IgnoredAny>("setMyCommands", &parameters).await?;
        Ok(())
    }

    /// Sends a picture, silently: it belongs to the message before it. To be called with a place for the
    /// chat.
    ///
    /// # Errors
    /// As of any call.
    pub async fn send_picture(&self, address: Address, picture: &Picture) -> Result<(), CallError> {
        let (chat, topic) = super::place(address)?;
        let mut form = Form::new()
            .text("chat_id", chat.to_string())
            .text("disable_notification", "true")
            .part("photo", png(picture)?);
        if let Some(topic) = topic {
            form = form.text("message_thread_id", topic.to_string());
        }
        self.answer::<IgnoredAny>(self.request("sendPhoto").multipart(form), Some(chat)).await?;
        Ok(())
    }

    /// Ends the waiting of a button, with a text of at most 200 characters shown above the chat. It counts for no
    /// rate and needs no place.
    ///
    /// # Errors
    /// As of any call; [`CallError::Gone`] if it came too late.
    pub async fn answer_callback_query(&self, query: &str, text: Option<&str>) -> Result<(), CallError> {
        let mut parameters = json!({ "callback_query_id": query });
        if let Some(text) = text {
            parameters["text"] = text.into();
        }
        self.call::<IgnoredAny>("answerCallbackQuery", &parameters).await?;
        Ok(())
    }
}

//! What comes back from a button or a menu: complete in itself, so that it works after a restart.
//!
//! The text is at most 64 bytes (Telegram's `callback_data`; Discord's `custom_id` may have 100 characters).

use super::call::Caller;
use super::desk::{Desk, Failure};
use super::{explain, open, today, words};
use crate::model::feed::FeedName;
use crate::model::reply::Reply;

/// What was pressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Press {
    /// Open one article of a digest: the digest's handle and the article's place, from 0.
    Open {
        /// The digest.
        handle: String,
        /// The article's place in the digest, from 0.
        article: usize,
    },
    /// Show the latest digest of a feed.
    Latest {
        /// The feed.
        feed: FeedName,
    },
}

impl Press {
    /// The text that a button carries.
    pub fn encode(&self) -> String {
        match self {
            Self::Open { handle, article } => format!("open:{handle}:{article}"),
            Self::Latest { feed } => format!("latest:{feed}"),
        }
    }

    /// Reads what a button, or the chosen entry of a menu, carried. `None`: of an older version, or forged.
    pub fn decode(text: &str) -> Option<Self> {
        let (what, rest) = text.split_once(':')?;
        match what {
            "open" => {
                let (handle, article) = rest.split_once(':')?;
                Some(Self::Open { handle: handle.to_owned(), article: article.parse().ok()? })
            }
            "latest" => Some(Self::Latest { feed: FeedName(rest.to_owned()) }),
            _ => None,
        }
    }
}

/// Answers what somebody pressed.
pub async fn answer(press: Option<Press>, caller: &Caller, desk: &Desk) -> Reply {
    let done: Result<Reply, Failure> = match press {
        Some(Press::Open { handle, article }) => open::article(&handle, article, caller, desk).await,
        Some(Press::Latest { feed }) => today::latest(&feed, caller, desk).await,
        None => Ok(words::old_button(caller.language)),
    };
    done.unwrap_or_else(|failure| explain(failure, desk, caller.language, "press"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_button_carries_is_read_again() {
        for press in [
            Press::Open { handle: "0123456789".into(), article: 5 },
            Press::Latest { feed: FeedName("a-feed-with-the-longest-name-32-".into()) },
        ] {
            let text = press.encode();
            assert!(text.len() <= 64, "{text}");
            assert_eq!(Press::decode(&text), Some(press));
        }
    }

    #[test]
    fn forged_and_old_texts_mean_nothing() {
        for text in ["", "open", "open:", "open:x", "open:x:y", "destroy:everything"] {
            assert_eq!(Press::decode(text), None, "{text:?}");
        }
    }
}

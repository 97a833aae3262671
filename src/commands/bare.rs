//! A name without a command, as people send it in a private chat: what it asks for.

use super::arguments::Arguments;
use super::call::{Call, Caller};
use super::desk::Desk;
use super::spec::{ArgumentKind, Spec};
use super::{about, find, words};
use crate::model::reply::Reply;

/// Longer texts are talk, in code points.
const LONGEST: usize = 40;

/// The call that a text without a slash stands for: a command's Korean word alone (`오늘`), else the news about the
/// company or the topic of that name. `Err`: it is talk, which is answered so.
///
/// # Errors
/// The answer to a text that is too long to be a name.
pub fn look_up(text: &str, caller: &Caller, desk: &Desk) -> Result<Call, Box<Reply>> {
    let text = text.trim();
    if text.lines().nth(1).is_some() || text.chars().nth(LONGEST).is_some() {
        return Err(Box::new(words::only_names(caller.language)));
    }
    if let Some(spec) = find(text).filter(|spec| spec.korean.contains(&text)) {
        let arguments = Arguments::default();
        return Ok(Call { spec, arguments, unread: Vec::new(), caller: caller.clone() });
    }
    let read = |spec: &'static Spec| Arguments::from_words(spec, text, &desk.feeds);
    let ((company, _), (topic, topic_unread)) = (read(&about::COMPANY), read(&about::TOPIC));
    let is_company =
        company.get(ArgumentKind::Company).is_some_and(|name| desk.lookup.company(name).is_some());
    let is_topic = topic.get(ArgumentKind::Topic).is_some_and(|name| desk.lookup.topic(name).is_some());
    let (spec, arguments) =
        if is_topic && !is_company { (&about::TOPIC, topic) } else { (&about::COMPANY, company) };
    Ok(Call { spec, arguments, unread: topic_unread, caller: caller.clone() })
}

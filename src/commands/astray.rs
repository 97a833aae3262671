//! What somebody gets to read who used a command that there is not: `/foo`, or `/admin` without more.

use super::call::Caller;
use super::desk::Desk;
use super::spec::Spec;
use super::{CATALOGUE, GROUPS, admit, words};
use crate::model::reply::Reply;

/// The answer to a word that is no command. `None`: the person asks too much and was told so.
pub fn astray(word: &str, caller: &Caller, desk: &Desk) -> Option<Reply> {
    if let Err(told) = admit(caller, desk) {
        return told.map(|told| *told);
    }
    let word = word.to_lowercase();
    let Some(group) = GROUPS.iter().find(|group| group.name == word) else {
        return Some(words::no_such_command(&word, caller.language));
    };
    if !caller.may(group.who) {
        return Some(words::refused(group.who, caller.platform, caller.language));
    }
    let is_of_it = |spec: &&Spec| spec.group().is_some_and(|(name, _)| name == group.name);
    let specs: Vec<&Spec> = CATALOGUE.iter().filter(is_of_it).collect();
    Some(words::commands_of(&specs, caller.language))
}

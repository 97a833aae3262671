//! Who got what: every bullet of a post has a mark (`zq1x0x2`: digest, article, bullet), and a message is known by
//! the marks in it.

use std::collections::{BTreeMap, BTreeSet};

use jogan::model::channel::{Address, Platform};
use serde_json::Value;

use crate::town::Town;

/// What a platform's channels got.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Messages with marks.
    pub(crate) messages: usize,
    /// Marks that a channel should have got and did not.
    pub(crate) lost: usize,
    /// Messages that a channel got once more.
    pub(crate) repeated: usize,
    /// The most of those in one channel.
    pub(crate) repeated_in_one: usize,
}

/// Counts what a platform's channels got; each should have `marks` marks.
pub(crate) fn tally(town: &Town, platform: Platform, marks: usize) -> Tally {
    let mut tally = Tally::default();
    for address in town.channels.iter().filter(|address| address.platform() == platform) {
        let messages = messages(town, *address);
        let mut seen: BTreeMap<&BTreeSet<String>, usize> = BTreeMap::new();
        for marks in messages.iter().filter(|marks| !marks.is_empty()) {
            *seen.entry(marks).or_default() += 1;
        }
        let repeated = seen.values().map(|times| times - 1).sum();
        let got: BTreeSet<&String> = seen.keys().copied().flatten().collect();
        tally.messages += seen.values().sum::<usize>();
        tally.lost += marks - got.len();
        tally.repeated += repeated;
        tally.repeated_in_one = tally.repeated_in_one.max(repeated);
    }
    tally
}

/// Whether every channel on both platforms has `marks` marks.
pub(crate) fn nothing_missing(town: &Town, marks: usize) -> bool {
    Platform::ALL.into_iter().all(|platform| tally(town, platform, marks).lost == 0)
}

/// How many of `marks` marks a channel has not got.
pub(crate) fn missing(town: &Town, address: Address, marks: usize) -> usize {
    let got: BTreeSet<String> = messages(town, address).into_iter().flatten().collect();
    marks.saturating_sub(got.len())
}

/// The marks in each message of a channel, oldest first.
fn messages(town: &Town, address: Address) -> Vec<BTreeSet<String>> {
    let messages = match address {
        Address::Discord { channel } => town.discord.messages(channel),
        Address::Telegram { chat, .. } => town.telegram.timeline(chat),
    };
    messages
        .iter()
        .map(|message| {
            let mut marks = BTreeSet::new();
            collect(message, &mut marks);
            marks
        })
        .collect()
}

fn collect(value: &Value, marks: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => {
            let words = text.split(|sign: char| !sign.is_ascii_alphanumeric());
            marks.extend(words.filter(|word| word.starts_with("zq")).map(str::to_owned));
        }
        Value::Array(values) => values.iter().for_each(|value| collect(value, marks)),
        Value::Object(fields) => fields.values().for_each(|value| collect(value, marks)),
        _ => {}
    }
}

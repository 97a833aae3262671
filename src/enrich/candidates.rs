//! Finds names in a text that may be companies the dictionary lacks, for whoever keeps it up to date; the known
//! ones are found by `matcher`.

use std::ops::Range;

use crate::enrich::boundary::is_hangul;
use crate::enrich::matcher::{Hit, Target};

/// The most words that a name has; longer runs of capitals are titles.
const MOST_WORDS: usize = 3;

/// A name that may be a company's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// In Latin letters.
    pub name: String,
    /// In Hangul, where the text writes one beside the other: `디카트(Decart)`, `Decart(디카트)`.
    pub ko: Option<String>,
}

/// Names in Latin letters that no hit covers, in the order of the text, one for each time they stand there:
/// capitalised words, several in a row as one name, without those that begin a sentence.
pub(crate) fn candidates(text: &str, hits: &[Hit]) -> Vec<Candidate> {
    let mut names: Vec<Range<usize>> = Vec::new();
    for word in words(text) {
        if !is_name(&text[word.clone()]) || covered(&word, hits) {
            continue;
        }
        match names.last_mut() {
            Some(last) if text.get(last.end..word.start) == Some(" ") => last.end = word.end,
            _ => names.push(word),
        }
    }
    names
        .into_iter()
        .filter(|name| text[name.clone()].split(' ').count() <= MOST_WORDS)
        .map(|name| (korean(text, &name), name))
        .filter(|(ko, name)| ko.is_some() || !begins_sentence(text, name))
        .map(|(ko, name)| Candidate { name: text[name].to_owned(), ko: ko.map(str::to_owned) })
        .collect()
}

fn words(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let start = from + text[from..].find(|c: char| c.is_ascii_alphanumeric())?;
        let length = text[start..].find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(text.len() - start);
        from = start + length;
        Some(start..from)
    })
}

/// A capital first and a small letter somewhere: `Decart`, `CoreWeave`; not `GPU`, nor `Q3`.
fn is_name(word: &str) -> bool {
    word.len() >= 3
        && word.starts_with(|c: char| c.is_ascii_uppercase())
        && word.contains(|c: char| c.is_ascii_lowercase())
}

/// Topics' terms cover nothing: `Cyber` may begin a name.
fn covered(word: &Range<usize>, hits: &[Hit]) -> bool {
    hits.iter().any(|hit| {
        !matches!(hit.target, Target::Term(..)) && hit.at.start < word.end && word.start < hit.at.end
    })
}

/// Any word is capitalised where an English sentence begins. Before a Korean particle it is a name all the same.
fn begins_sentence(text: &str, name: &Range<usize>) -> bool {
    let before = text[..name.start].trim_end_matches([' ', '*', '"', '\'', '“', '#', '-', '[', '(']);
    let english = !text[name.end..].starts_with(|c: char| !c.is_ascii());
    english && (before.is_empty() || before.ends_with(['.', '!', '?', ':', '\n']))
}

/// The Hangul name that a text pairs with a Latin one: the word before its brackets, or what stands in brackets
/// behind it.
fn korean<'t>(text: &'t str, name: &Range<usize>) -> Option<&'t str> {
    let (before, after) = (&text[..name.start], &text[name.end..]);
    let paired = match (before.strip_suffix('('), after.strip_prefix('(')) {
        (Some(before), _) if after.starts_with(')') => {
            let start = before.char_indices().rev().find(|(_, c)| !is_hangul(*c));
            &before[start.map_or(0, |(at, c)| at + c.len_utf8())..]
        }
        (_, Some(inside)) => &inside[..inside.find(')')?],
        _ => return None,
    };
    let is_a_name = paired.chars().count() >= 2 && paired.chars().all(is_hangul);
    is_a_name.then_some(paired)
}

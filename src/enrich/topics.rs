//! Judges which topics a text is about, from the weights of the terms that `matcher` found in it.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::enrich::companies::Found;
use crate::enrich::dictionary::{Dictionaries, Topic};
use crate::enrich::matcher::{Hit, Target};
use crate::model::article::Strength;

/// The most topics that an article has.
const MOST: usize = 3;
/// The score from which a topic may count: one strong term, or two usual ones. A weight's scale is `dictionary`'s.
const ENOUGH: u32 = 6;
/// It must also have this share, in percent, of the best topic's score …
const SHARE: u32 = 40;
/// … or this score: a long article has room for a second topic however often it speaks of the first.
const PLENTY: u32 = 15;
/// A term in the headline is worth this many in the body.
const HEADLINE: u32 = 2;
/// What a front-matter tag that names the topic is worth.
const TAG: u32 = 2;
/// What a named company of the topic's sector is worth, and how many of them count.
const COMPANY: u32 = 2;
const MOST_COMPANIES: usize = 2;

/// The topics of a text as places in the dictionary, best first, three at most. The first `headline` bytes of the
/// text are its headline; `companies` are those that it names; `tags` are the post's, which may be about another
/// of its articles and so only add to what the text itself says.
pub(crate) fn judge(
    dictionaries: &Dictionaries,
    headline: usize,
    hits: &[Hit],
    companies: &[Found],
    tags: &[String],
) -> Vec<usize> {
    let mut scores = vec![0_u32; dictionaries.topics.len()];
    for ((topic, _), worth) in worths(headline, hits) {
        scores[topic] = scores[topic].saturating_add(worth);
    }
    for (topic, score) in dictionaries.topics.iter().zip(&mut scores) {
        if *score > 0 && tags.iter().any(|tag| names(topic, tag)) {
            *score += TAG;
        }
        let at_home = companies.iter().filter(|found| is_at_home(dictionaries, found, topic));
        *score += COMPANY * at_home.take(MOST_COMPANIES).count() as u32;
    }
    let best = scores.iter().copied().max().unwrap_or(0);
    let least = ENOUGH.max(PLENTY.min(best.saturating_mul(SHARE).div_ceil(100)));
    let mut places: Vec<usize> = (0..scores.len()).filter(|place| scores[*place] >= least).collect();
    places.sort_by_key(|place| Reverse(scores[*place]));
    places.truncate(MOST);
    places
}

/// What each term is worth: its weight, doubled in the headline, and as much again where it is repeated.
fn worths(headline: usize, hits: &[Hit]) -> BTreeMap<(usize, usize), u32> {
    let mut times: BTreeMap<(usize, usize), (u32, u32)> = BTreeMap::new();
    for hit in hits {
        let Target::Term(topic, weight) = hit.target else { continue };
        let worth = if hit.at.start < headline { weight * HEADLINE } else { weight };
        let (most, count) = times.entry((topic, hit.pattern)).or_default();
        *most = worth.max(*most);
        *count += 1;
    }
    times
        .into_iter()
        .map(|(term, (worth, count))| (term, if count > 1 { worth * 2 } else { worth }))
        .collect()
}

fn is_at_home(dictionaries: &Dictionaries, found: &Found, topic: &Topic) -> bool {
    let sector = dictionaries.companies[found.company].sector.as_ref();
    found.strength > Strength::Implied && sector.is_some_and(|sector| topic.sectors.contains(sector))
}

fn names(topic: &Topic, tag: &str) -> bool {
    let tag = tag.trim().to_lowercase();
    topic.tags.contains(&tag)
}

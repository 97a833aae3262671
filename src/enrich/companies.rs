//! Judges which of the names in a text mean companies, and how strongly the text is about each. The names come
//! from `matcher`.

use std::cmp::Reverse;
use std::ops::Range;

use crate::enrich::dictionary::{Company, Dictionaries};
use crate::enrich::matcher::{Hit, Target};
use crate::model::article::Strength;

/// A company in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Found {
    /// Its place in the dictionary.
    pub(crate) company: usize,
    /// How strongly the text is about it.
    pub(crate) strength: Strength,
    /// How often it is named.
    pub(crate) times: usize,
    /// Where it is named first, in bytes.
    pub(crate) first: usize,
}

/// The companies of `text`, strongest first, whose first `headline` bytes are the headline. `hits` is what
/// `matcher` found in it.
pub(crate) fn judge(dictionaries: &Dictionaries, text: &str, headline: usize, hits: &[Hit]) -> Vec<Found> {
    let mut found = Finds::default();
    for (company, at) in accepted(dictionaries, text, hits) {
        let strength = if at.start < headline {
            Strength::Headline
        } else if is_subject(text, &at) {
            Strength::Subject
        } else {
            Strength::Passing
        };
        found.add(company, strength, at.start);
    }
    for hit in hits {
        if let Target::Product(company) = hit.target {
            found.add(company, Strength::Implied, hit.at.start);
        }
    }
    found.add_parents(&dictionaries.companies);
    found.strongest_first()
}

#[derive(Default)]
struct Finds(Vec<Found>);

impl Finds {
    fn add(&mut self, company: usize, strength: Strength, at: usize) {
        match self.0.iter_mut().find(|found| found.company == company) {
            Some(found) => {
                found.strength = found.strength.max(strength);
                found.first = found.first.min(at);
                found.times += 1;
            }
            None => self.0.push(Found { company, strength, times: 1, first: at }),
        }
    }

    /// Whoever owns a company is implied by it, and whoever owns that one.
    fn add_parents(&mut self, companies: &[Company]) {
        let mut place = 0;
        while let Some(found) = self.0.get(place).copied() {
            place += 1;
            let parent = companies.get(found.company).and_then(|company| company.parent);
            if let Some(parent) = parent.filter(|parent| self.0.iter().all(|found| found.company != *parent))
            {
                self.0.push(Found {
                    company: parent,
                    strength: Strength::Implied,
                    times: 1,
                    first: found.first,
                });
            }
        }
    }

    fn strongest_first(mut self) -> Vec<Found> {
        self.0.sort_by_key(|found| (Reverse(found.strength), found.first));
        self.0
    }
}

/// Every place where a company is named. A common word is one only with a sign: a word of the entry's `needs`
/// close by, the company's other name or product anywhere in the text, or a company or a product next to it in a row.
fn accepted(dictionaries: &Dictionaries, text: &str, hits: &[Hit]) -> Vec<(usize, Range<usize>)> {
    let mut candidates: Vec<(usize, Range<usize>, bool)> = Vec::new();
    for hit in hits {
        let place = match hit.target {
            Target::Name(place) | Target::Word(place) => place,
            // It names nobody, but vouches for the names beside it: Slack in `Zoom, Slack, Asana`.
            Target::Product(place) => {
                candidates.push((place, hit.at.clone(), true));
                continue;
            }
            Target::Term(..) => continue,
        };
        let company = &dictionaries.companies[place];
        if is_other_meaning(company, text, &hit.at) || is_attribution(text, &hit.at) {
            continue;
        }
        let sure =
            match hit.target {
                Target::Word(_) => has_sign(company, text, &hit.at)
                    || hits.iter().any(
                        |other| matches!(other.target, Target::Name(p) | Target::Product(p) if p == place),
                    ),
                _ => true,
            };
        candidates.push((place, hit.at.clone(), sure));
    }
    // A row is as sure as its surest member, seen from both ends.
    for i in 1..candidates.len() {
        candidates[i].2 |= candidates[i - 1].2 && is_row(text, &candidates[i - 1].1, &candidates[i].1);
    }
    for i in (1..candidates.len()).rev() {
        candidates[i - 1].2 |= candidates[i].2 && is_row(text, &candidates[i - 1].1, &candidates[i].1);
    }
    let is_product =
        |at: &Range<usize>| hits.iter().any(|hit| matches!(hit.target, Target::Product(_)) && hit.at == *at);
    candidates
        .into_iter()
        .filter(|(_, at, sure)| *sure && !is_product(at))
        .map(|(place, at, _)| (place, at))
        .collect()
}

fn is_other_meaning(company: &Company, text: &str, at: &Range<usize>) -> bool {
    let before = text[..at.start].trim_end_matches(is_loose);
    let after = text[at.end..].trim_start_matches(is_loose);
    company.not_after.iter().any(|word| ends_with_word(before, word))
        || company.not_before.iter().any(|word| starts_like(after, word))
}

/// Whether the name only tells where a link leads, `[An agent runtime — GitHub](…)`. The address is already gone.
fn is_attribution(text: &str, at: &Range<usize>) -> bool {
    text[at.end..].starts_with("](") && text[..at.start].trim_end().ends_with(['—', '–', '|', '-'])
}

/// What may stand between a name and the word that changes its meaning.
fn is_loose(c: char) -> bool {
    matches!(c, ' ' | '-' | '*' | '_' | '\'' | '"' | '“' | '”')
}

fn starts_like(text: &str, word: &str) -> bool {
    text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
}

fn ends_with_word(text: &str, word: &str) -> bool {
    let Some(start) = text.len().checked_sub(word.len()) else { return false };
    text.get(start..).is_some_and(|end| end.eq_ignore_ascii_case(word))
        && !text[..start].ends_with(|c: char| c.is_ascii_alphanumeric())
}

/// How far off a sign may stand, in bytes either way: about 40 Hangul syllables, and within the line.
const SIGN_WITHIN: usize = 120;

fn has_sign(company: &Company, text: &str, at: &Range<usize>) -> bool {
    let line_start = text[..at.start].rfind('\n').map_or(0, |place| place + 1);
    let line_end = text[at.end..].find('\n').map_or(text.len(), |place| at.end + place);
    let start = text.floor_char_boundary(at.start.saturating_sub(SIGN_WITHIN)).max(line_start);
    let end = text.ceil_char_boundary((at.end + SIGN_WITHIN).min(text.len())).min(line_end);
    let near = format!("{}\n{}", &text[start..at.start], &text[at.end..end]).to_lowercase();
    company.needs.iter().any(|sign| holds_sign(&near, &sign.to_lowercase()))
}

/// Hangul signs may stand anywhere; a Latin one begins a word, and a short one is a word (`ai`, `ev`).
fn holds_sign(near: &str, sign: &str) -> bool {
    let latin = |c: char| c.is_ascii_alphanumeric();
    near.match_indices(sign).any(|(start, _)| {
        let glued_before = sign.starts_with(latin) && near[..start].ends_with(latin);
        let glued_after =
            sign.len() <= 3 && sign.ends_with(latin) && near[start + sign.len()..].starts_with(latin);
        !glued_before && !glued_after
    })
}

/// Whether nothing but a comma, a dot, an "and" and particles stands between two names.
fn is_row(text: &str, one: &Range<usize>, next: &Range<usize>) -> bool {
    let Some(between) = text.get(one.end..next.start) else { return false };
    let between =
        between.trim_matches(|c| is_loose(c) || matches!(c, ',' | '·' | '、' | '/' | '・' | '&' | '，'));
    match between {
        "" => next.start > one.end && !text[one.end..next.start].trim_matches(is_loose).is_empty(),
        _ => ROW_WORDS.contains(&between),
    }
}

const ROW_WORDS: &[&str] = &["와", "과", "및", "그리고", "나", "이나", "또는", "and", "or", "랑", "이랑"];

/// Whether the name is the subject of its sentence or bullet: it has a particle of the subject, or begins it.
fn is_subject(text: &str, at: &Range<usize>) -> bool {
    let mut after = &text[at.end..];
    // 아마존(Amazon)이: the particle stands after the brackets.
    if let Some(inside) = after.strip_prefix('(')
        && let Some(end) = inside.find(')')
    {
        after = &inside[end + 1..];
    }
    let after = after.trim_start_matches('*').trim_start_matches("측");
    if SUBJECT.iter().any(|particle| {
        after.strip_prefix(particle).is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric()))
    }) {
        return true;
    }
    let before = text[..at.start].trim_end_matches(|c: char| is_loose(c) || matches!(c, '[' | '(' | '#'));
    let begins = before.is_empty() || before.ends_with(['\n', '.', '!', '?', ':', '•']);
    let english = after.starts_with(' ') || after.starts_with("'s ");
    begins && (english || after.starts_with([',', ':', '·']))
}

const SUBJECT: [&str; 5] = ["이", "가", "은", "는", "도"];

//! Posts whose articles begin with a heading: which level it is, and which headings are categories, sections or asides.

use std::collections::HashMap;

use crate::model::rich::{Inline, plain};
use crate::parse::articles::{first_link, names, source_line};
use crate::parse::markdown::{Piece, PieceKind};

use super::bullets;
use super::lines::bold_line;
use super::numbers::{headline_ordinal, ordinal};
use super::{Form, Shape, has_labelled_link};

/// Headings that have what articles have: a publisher's line, a link, sections below, or numbers.
pub(super) fn by_evidence(pieces: &[Piece], titles: &Titles) -> Option<Form> {
    let evidence: Vec<bool> = (0..pieces.len()).map(|place| is_article(pieces, place, titles)).collect();
    let level = (1..=6)
        .filter(|level| count_at(pieces, &evidence, *level) > 0)
        .rev()
        .max_by_key(|level| count_at(pieces, &evidence, *level))?;
    let shows = |place: &usize| {
        evidence.get(*place) == Some(&true) && pieces.get(*place).and_then(Piece::level) == Some(level)
    };
    let first = (0..pieces.len()).find(shows)?;
    let last = (0..pieces.len()).rfind(shows)?;
    Some(form(pieces, level, first..=last, titles))
}

fn count_at(pieces: &[Piece], evidence: &[bool], level: u8) -> usize {
    pieces.iter().zip(evidence).filter(|(piece, shows)| **shows && piece.level() == Some(level)).count()
}

/// Without any evidence: the highest level that has several headlines, with sections behind them at most, and is
/// not one of categories.
pub(super) fn by_number(pieces: &[Piece], titles: &Titles) -> Option<Form> {
    let level = (1..=6).find(|level| {
        let mut headlines = 0;
        let mut categories = 0;
        let mut sections = 0;
        for (place, piece) in pieces.iter().enumerate().filter(|(_, piece)| piece.level() == Some(*level)) {
            if titles.is_section(place) {
                // The contents or an overview may stand before the first article.
                sections += usize::from(headlines > 0 || !is_aside(piece));
                continue;
            }
            if sections > 0 {
                return false;
            }
            headlines += 1;
            let next = pieces.get(place + 1).and_then(Piece::level);
            categories += usize::from(next.is_some_and(|next| next > *level));
        }
        headlines >= 2 && categories * 2 < headlines
    })?;
    let last = pieces.len().checked_sub(1)?;
    Some(form(pieces, level, 0..=last, titles))
}

fn is_aside(piece: &Piece) -> bool {
    matches!(&piece.kind, PieceKind::Heading { text, .. } if names::is_aside(text))
}

fn form(pieces: &[Piece], level: u8, within: std::ops::RangeInclusive<usize>, titles: &Titles) -> Form {
    let mut starts: Vec<bool> = (0..)
        .zip(pieces)
        .map(|(place, piece)| {
            within.contains(&place) && piece.level() == Some(level) && !titles.is_section(place)
        })
        .collect();
    begin_at_lists(pieces, level, *within.start(), &mut starts);
    let fences = (0..)
        .zip(pieces.iter().zip(&starts))
        .map(|(place, (piece, start))| {
            let higher = piece.level().is_some_and(|this| this <= level);
            higher && !start && !titles.is_repeated_section(place)
        })
        .collect();
    Form { shape: Shape::Headings, starts, fences }
}

/// Beside categories that hold articles (`## 톱뉴스` over `### headline`) one may hold a list of linked headlines, which are
/// articles, too.
fn begin_at_lists(pieces: &[Piece], level: u8, first: usize, starts: &mut [bool]) {
    let before = pieces.get(..first).unwrap_or_default();
    let Some(category) = before.iter().rev().find_map(Piece::level).filter(|above| *above < level) else {
        return;
    };
    let mut is_below = false;
    for (piece, start) in pieces.iter().zip(starts).skip(first) {
        if let PieceKind::Heading { level, text } = &piece.kind {
            is_below = *level == category && !names::is_aside(text) && !names::is_sources(text);
        }
        *start |= is_below && bullets::is_linked_list(piece);
    }
}

/// Whether the heading at `place` heads an article.
fn is_article(pieces: &[Piece], place: usize, titles: &Titles) -> bool {
    let Some(Piece { kind: PieceKind::Heading { level, text }, .. }) = pieces.get(place) else {
        return false;
    };
    let Some(title) = titles.at(place).filter(|title| !title.is_known_section) else { return false };
    let below = pieces.get(place + 1..).unwrap_or_default();
    let own = below.iter().take_while(|piece| piece.level().is_none());
    let mut own_blocks = own.filter(|piece| piece.kind != PieceKind::Rule).peekable();
    let has_source =
        own_blocks.peek().and_then(|piece| piece.first_line()).is_some_and(source_line::names_a_source);
    if has_source || title.has_link {
        return true;
    }
    if title.count > 1 {
        return false;
    }
    let next_heading = (place + 1..).zip(below).find_map(|(place, piece)| Some((place, piece.level()?)));
    let has_sections = next_heading.is_some_and(|(place, next)| next > *level && titles.is_section(place));
    let is_headline = |line: &[Inline]| {
        bold_line(line).is_some_and(|text| ordinal(&plain(text)).is_some() || first_link(text).is_some())
    };
    let (mut links, mut headlines) = (0, 0);
    // Behind a rule stands what is no part of it, such as a link to subscribe.
    let until_rule =
        below.iter().take_while(|piece| piece.level().is_none() && piece.kind != PieceKind::Rule);
    for piece in until_rule {
        links += usize::from(has_labelled_link(piece));
        headlines += usize::from(piece.first_line().is_some_and(is_headline));
    }
    // A category over headlines of another form has their links below it.
    let has_labelled_link = links == 1 && headlines == 0;
    has_sections
        || has_labelled_link
        || (titles.numbered_at(*level) > 1 && headline_ordinal(&plain(text)).is_some())
}

/// What the headings of a post say, piece by piece.
pub(super) struct Titles {
    titles: Vec<Option<Title>>,
    numbered: [usize; 7],
}

struct Title {
    /// How many headings say the same.
    count: usize,
    is_known_section: bool,
    has_link: bool,
}

impl Titles {
    pub(super) fn of(pieces: &[Piece]) -> Self {
        let mut numbered = [0; 7];
        let mut said: Vec<Option<String>> = Vec::with_capacity(pieces.len());
        for piece in pieces {
            let PieceKind::Heading { level, text } = &piece.kind else {
                said.push(None);
                continue;
            };
            let text = plain(text);
            if headline_ordinal(&text).is_some()
                && let Some(count) = numbered.get_mut(usize::from(*level))
            {
                *count += 1;
            }
            said.push(Some(names::bare(&text)));
        }
        let mut counts: HashMap<&str, usize> = HashMap::new();
        for said in said.iter().flatten() {
            *counts.entry(said).or_default() += 1;
        }
        let title = |(piece, said): (&Piece, &Option<String>)| {
            let PieceKind::Heading { text, .. } = &piece.kind else { return None };
            let said = said.as_deref()?;
            Some(Title {
                count: counts.get(said).copied().unwrap_or_default(),
                is_known_section: names::is_bare_section(said),
                has_link: first_link(text).is_some(),
            })
        };
        Self { titles: pieces.iter().zip(&said).map(title).collect(), numbered }
    }

    fn at(&self, place: usize) -> Option<&Title> {
        self.titles.get(place)?.as_ref()
    }

    fn numbered_at(&self, level: u8) -> usize {
        self.numbered.get(usize::from(level)).copied().unwrap_or_default()
    }

    /// A section by its name, or by being there again and again.
    fn is_section(&self, place: usize) -> bool {
        self.at(place).is_some_and(|title| !title.has_link && (title.is_known_section || title.count > 1))
    }

    pub(super) fn is_repeated_section(&self, place: usize) -> bool {
        self.is_section(place) && self.at(place).is_some_and(|title| title.count > 1)
    }
}

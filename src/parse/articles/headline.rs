//! Headlines as readers want them: without the number, mark or picture that every headline of the post begins with, and
//! without the source that stands before or behind them.

use std::borrow::Cow;

use crate::model::Article;
use crate::model::rich::{Inline, plain};

use super::cut::Raw;
use super::{shape, source_line};

/// What all headlines of a post begin with, so that it is the post's form and none of their words.
#[derive(Debug, Clone, Copy)]
pub(super) struct Habit {
    /// Numbers that count up.
    numbers: bool,
    /// Marks or pictures.
    pictures: bool,
    /// `Q.`
    questions: bool,
    /// What stands before the publisher that each ends with.
    names: Option<&'static str>,
}

/// What stands before a publisher's name at the end of a headline; ` (` closes behind it.
const BEFORE_NAMES: [&str; 6] = [" — ", " – ", " - ", " | ", " · ", " ("];
/// A longer text at the end of a headline is no name, in characters.
const MAX_NAME: usize = 24;

impl Habit {
    pub(super) fn of(articles: &[Raw]) -> Self {
        let headlines: Vec<Cow<'_, str>> =
            articles.iter().map(|raw| plain(&raw.headline)).filter(|text| !text.is_empty()).collect();
        let mut before = 0;
        let mut counts_up = |text: &Cow<'_, str>| {
            let number = shape::headline_ordinal(text).map(|(number, _)| number);
            // The count may begin anew below another category.
            let fits = number.is_some_and(|number| number == before + 1 || number == 1);
            before = number.unwrap_or_default();
            fits
        };
        let numbers = headlines.len() > 1 && headlines.iter().all(&mut counts_up);
        let has_picture = |text: &Cow<'_, str>| shape::decoration(behind_number(text, numbers)) > 0;
        let several = headlines.len() > 1;
        Self {
            numbers,
            pictures: several && headlines.iter().all(has_picture),
            questions: several && headlines.iter().all(|text| behind_question(text).is_some()),
            names: BEFORE_NAMES.into_iter().find(|mark| several && end_in_names(&headlines, mark)),
        }
    }

    /// Takes what is no word of a headline off its front, and puts it into `noise`. `numbered`: its own form says that a
    /// number or a mark is none.
    pub(super) fn strip(self, headline: &mut Vec<Inline>, numbered: bool, noise: &mut Vec<String>) {
        let text = plain(headline);
        let mut rest = behind_number(&text, self.numbers || numbered);
        if self.pictures || numbered {
            rest = rest.get(shape::decoration(rest)..).unwrap_or_default();
        }
        if self.questions {
            rest = behind_question(rest).unwrap_or(rest);
        }
        let front = text.strip_suffix(rest).unwrap_or_default();
        if front.is_empty() || rest.is_empty() && !numbered {
            return;
        }
        noise.push(front.trim().to_owned());
        strip_front(headline, front.chars().count());
    }
}

/// The question behind `Q.`.
pub(super) fn behind_question(text: &str) -> Option<&str> {
    let rest = text.get(shape::decoration(text)..)?.strip_prefix(['Q', 'q'])?;
    rest.strip_prefix(['.', ':', ')', '：']).map(str::trim_start).filter(|rest| !rest.is_empty())
}

/// What a headline ends with behind a mark.
fn name_behind<'a>(text: &'a str, mark: &str) -> Option<(&'a str, &'a str)> {
    let (headline, name) = text.trim_end().rsplit_once(mark)?;
    let name = if mark == " (" { name.strip_suffix(')')? } else { name };
    (!headline.trim().is_empty() && !name.is_empty() && name.chars().count() <= MAX_NAME)
        .then_some((headline, name))
}

/// Whether all headlines end in names, a third of which everybody knows.
fn end_in_names(headlines: &[Cow<'_, str>], mark: &str) -> bool {
    let mut known = 0;
    let all = headlines.iter().all(|text| {
        let name = name_behind(text, mark).map(|(_, name)| name);
        known += usize::from(name.is_some_and(source_line::is_publisher));
        name.is_some_and(|name| !name.contains(char::is_numeric) || source_line::is_publisher(name))
    });
    all && known * 3 >= headlines.len()
}

/// The text behind its number, and behind the pictures before that.
fn behind_number(text: &str, numbers: bool) -> &str {
    match shape::headline_ordinal(text).filter(|_| numbers) {
        Some((_, rest)) => rest,
        None => text,
    }
}

impl Habit {
    /// Takes `headline (BNN, 2025-12-17)`, `[BNN] headline` and `headline — BNN` apart, as far as the article's text has
    /// not said it already.
    pub(super) fn take_source(self, article: &mut Article) {
        take_source(article);
        let text = plain(&article.headline);
        if article.publisher.is_none()
            && let Some((headline, name)) = self.names.and_then(|mark| name_behind(&text, mark))
        {
            article.publisher = Some(name.trim().to_owned());
            let length = headline.chars().count();
            keep_front(&mut article.headline, length);
        }
    }
}

fn take_source(article: &mut Article) {
    let text = plain(&article.headline);
    if let Some((headline, publisher, published)) = source_line::trailing(&text)
        && article.published.is_none()
        && (publisher.is_none() || article.publisher.is_none())
    {
        let length = headline.chars().count();
        keep_front(&mut article.headline, length);
        article.publisher = article.publisher.take().or(publisher);
        article.published = Some(published);
    }
    if article.publisher.is_some() {
        return;
    }
    let text = plain(&article.headline);
    let before = text.strip_prefix('[').and_then(|text| text.split_once(']'));
    let behind = [" — ", " – ", " - ", " | ", " · "].iter().find_map(|mark| text.rsplit_once(mark));
    let in_brackets = text.trim_end().strip_suffix(')').and_then(|text| text.rsplit_once(" ("));
    if let Some((name, headline)) = before
        && source_line::is_publisher(name)
        && !headline.trim().is_empty()
    {
        let front = text.chars().count() - headline.trim_start().chars().count();
        article.publisher = Some(name.trim().to_owned());
        strip_front(&mut article.headline, front);
    } else if let Some((headline, name)) = behind.or(in_brackets)
        && source_line::is_publisher(name)
    {
        article.publisher = Some(name.trim().to_owned());
        let length = headline.chars().count();
        keep_front(&mut article.headline, length);
    }
}

/// Takes a reference such as `[1]` off the end.
pub(super) fn strip_reference(headline: &mut Vec<Inline>, is_reference: impl Fn(&str) -> bool) {
    let text = plain(headline);
    let found = text.trim_end().strip_suffix(']').and_then(|text| text.rsplit_once('['));
    if let Some((before, name)) = found
        && is_reference(name)
        && !before.trim().is_empty()
    {
        keep_front(headline, before.trim_end().chars().count());
    }
}

/// Takes `count` characters off the front of a run.
pub(super) fn strip_front(run: &mut Vec<Inline>, count: usize) {
    let mut left = count;
    let mut whole = 0;
    for inline in run.iter_mut() {
        let length = plain(std::slice::from_ref(inline)).chars().count();
        if left == 0 || length > left {
            match inline {
                Inline::Text(text) | Inline::Code(text) => *text = text.chars().skip(left).collect(),
                Inline::Strong(run)
                | Inline::Emphasis(run)
                | Inline::Strike(run)
                | Inline::Link { text: run, .. } => strip_front(run, left),
                Inline::Break => {}
            }
            break;
        }
        left -= length;
        whole += 1;
    }
    run.drain(..whole);
}

/// Takes off what stands behind the first `count` characters.
fn keep_front(run: &mut Vec<Inline>, count: usize) {
    let mut left = count;
    let mut kept = 0;
    for inline in run.iter_mut() {
        if left == 0 {
            break;
        }
        kept += 1;
        let length = plain(std::slice::from_ref(inline)).chars().count();
        if length <= left {
            left -= length;
            continue;
        }
        match inline {
            Inline::Text(text) | Inline::Code(text) => *text = text.chars().take(left).collect(),
            Inline::Strong(run)
            | Inline::Emphasis(run)
            | Inline::Strike(run)
            | Inline::Link { text: run, .. } => {
                keep_front(run, left);
            }
            Inline::Break => {}
        }
        break;
    }
    run.truncate(kept);
}

//! `/search`: full text over headlines and bodies, with the place where the words stand.

use futures::FutureExt as _;

use super::call::{Call, Caller};
use super::desk::{Desk, Failure};
use super::press::Press;
use super::spec::{Argument, ArgumentKind, Spec, Text, Who};
use super::{about, words};
use crate::model::period::Period;
use crate::model::query::Query;
use crate::model::reply::{Button, Found, Reply};
use crate::store::{ArticleId, Listed, MOST_HITS};
use crate::text::{Needle, Unit, cut};

/// How many articles a page has; each takes two lines or more.
const A_PAGE: usize = 5;
/// How much text stands before and after what was found, in code points.
const AROUND: usize = 40;
/// The most that a button carries, in bytes, when one that shows it to the channel is put around it.
const ROOM: usize = 64 - "show:".len();

pub(super) const SPEC: Spec = Spec {
    name: "search",
    korean: &["검색"],
    about: Text { ko: "본문에서 찾습니다", en: "Search headlines and texts" },
    example: Text { ko: "search 데이터센터 투자", en: "search data center" },
    arguments: &[
        Argument {
            name: "words",
            kind: ArgumentKind::Words,
            about: Text {
                ko: "찾을 말. \"구글 투자\"처럼 묶거나 -로 뺄 수 있습니다",
                en: "What to look for; \"quotes\" hold words together, -word leaves out",
            },
        },
        about::PERIOD,
    ],
    who: Who::Anyone,
    run: |call, desk| run(call, desk).boxed(),
};

/// A page of what a search found, as a button carries it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The newest article when the first page was made: what came since does not shift further pages.
    pub newest: Option<ArticleId>,
    /// How many articles are on the pages before.
    pub skip: usize,
    /// The days to look at.
    pub period: Period,
    /// What was typed.
    pub words: String,
}

impl Page {
    pub(super) fn encode(&self) -> String {
        let newest = self.newest.map(|newest| format!("{:x}", newest.0)).unwrap_or_default();
        let text = format!("search:{newest}:{}:{}:{}", self.skip, self.period, self.words);
        cut_bytes(&text, ROOM).to_owned()
    }

    pub(super) fn decode(text: &str) -> Option<Self> {
        let mut parts = text.splitn(4, ':');
        let (newest, skip, period) = (parts.next()?, parts.next()?, parts.next()?);
        let newest = match newest {
            "" => None,
            id => Some(ArticleId(i64::from_str_radix(id, 16).ok()?)),
        };
        let words = parts.next()?.to_owned();
        Some(Self { newest, skip: skip.parse().ok()?, period: period.parse().ok()?, words })
    }

    /// Whether a button holds all of it.
    fn fits(&self) -> bool {
        Self::decode(self.encode().strip_prefix("search:").unwrap_or_default()).as_ref() == Some(self)
    }
}

/// The button that searches for words.
pub(super) fn button(typed: &str, period: Period, caller: &Caller) -> Button {
    let page = Page { newest: None, skip: 0, period, words: typed.to_owned() };
    about::press(words::SEARCH_TEXT, Press::Search(page), caller)
}

async fn run(call: &Call, desk: &Desk) -> Result<Reply, Failure> {
    let language = call.caller.language;
    let period = about::period(call)?.unwrap_or_default();
    let Some(typed) = call.arguments.get(ArgumentKind::Words) else {
        let lines = words::which_name(call.spec.example.get(language), language);
        let buttons = suggestions(period, &call.caller, desk).await?;
        return Ok(Reply { lines, buttons, ..Reply::new(language) });
    };
    let page = Page { newest: None, skip: 0, period, words: typed.to_owned() };
    show(&page, &call.caller, desk).await
}

/// Without words: the companies that are in the news are offered, to be searched for.
async fn suggestions(period: Period, caller: &Caller, desk: &Desk) -> Result<Vec<Vec<Button>>, Failure> {
    let most = about::in_the_news(caller, desk).await?.companies;
    let names = most.iter().map(|trend| desk.lexicon.company(&trend.key, caller.language));
    let buttons: Vec<Button> =
        names.map(|name| Button { label: name.to_owned(), ..button(name, period, caller) }).collect();
    Ok(buttons.chunks(3).map(<[Button]>::to_vec).collect())
}

/// The page that a button asks for.
pub(super) async fn page(page: &Page, caller: &Caller, desk: &Desk) -> Result<Reply, Failure> {
    Ok(Reply { in_place: true, ..show(page, caller, desk).await? })
}

async fn show(page: &Page, caller: &Caller, desk: &Desk) -> Result<Reply, Failure> {
    let language = caller.language;
    let mut query = query(&page.words, desk);
    if let Some(days) = page.period.days(about::today(caller, desk).await?) {
        query.after = query.after.max(Some(days.first));
        let end = days.last.succ_opt();
        query.before = query.before.into_iter().chain(end).min();
    }
    let hits = desk.store.search(&query, page.newest, page.skip, A_PAGE).await?;
    let (shown, total) = (hits.page.len(), hits.total);
    let mut lines = vec![words::searched(&page.words, page.period, total, total == MOST_HITS, language)];
    let mut turn = Vec::new();
    let at = |skip| Page { newest: Some(hits.newest), skip, ..page.clone() };
    if page.skip > 0 {
        turn.push((words::PREVIOUS_PAGE, at(page.skip.saturating_sub(A_PAGE))));
    }
    if page.skip + shown < total {
        turn.push((words::NEXT_PAGE, at(page.skip + A_PAGE)));
    }
    // Words that are too long for a button have no further pages.
    if !turn.iter().all(|(_, page)| page.fits()) {
        turn.clear();
        lines.push(words::narrow_down(shown, language));
    }
    let turn: Vec<Button> =
        turn.into_iter().map(|(label, page)| about::press(label, Press::Search(page), caller)).collect();
    let needles: Vec<Needle> = query.words.iter().filter_map(|word| Needle::of(word)).collect();
    let mut found: Vec<Found> = Vec::with_capacity(shown);
    for article in hits.page {
        let snippet = snippet_of(&article, &needles, desk).await?;
        found.push(about::found(article, snippet));
    }
    Ok(Reply {
        lines,
        found,
        buttons: if turn.is_empty() { Vec::new() } else { vec![turn] },
        again: page.fits().then(|| Press::Search(page.clone()).encode()),
        ..Reply::new(language)
    })
}

/// What was typed as a query with names and keys of the dictionary; a filter that names nothing is looked for as a word.
pub fn query(typed: &str, desk: &Desk) -> Query {
    let mut query = Query::read(typed);
    for typed in std::mem::take(&mut query.companies) {
        match desk.lookup.company(&typed) {
            Some(name) => query.companies.push(name.to_owned()),
            None => query.words.push(typed),
        }
    }
    for typed in std::mem::take(&mut query.topics) {
        match desk.lookup.topic(&typed) {
            Some(key) => query.topics.push(key.to_owned()),
            None => query.words.push(typed),
        }
    }
    query
}

/// The text around the first place where one of the words stands; nothing if it stands in the headline alone.
async fn snippet_of(
    article: &Listed,
    needles: &[Needle],
    desk: &Desk,
) -> Result<Vec<(String, bool)>, Failure> {
    let Some((_, stored)) = desk.store.digest_by_handle(&article.handle).await? else {
        return Ok(Vec::new());
    };
    let text = stored.digest.articles.get(article.place).map(|article| article.article.text());
    Ok(text.map(|text| snippet(&text, needles)).unwrap_or_default())
}

fn snippet(text: &str, needles: &[Needle]) -> Vec<(String, bool)> {
    let places = needles.iter().flat_map(|needle| needle.find(text));
    let Some(at) = places.min_by_key(|at| at.start) else { return Vec::new() };
    // On one line, and not into the line before or after.
    let before = text[..at.start].rsplit('\n').next().unwrap_or_default();
    let after = text[at.end..].split('\n').next().unwrap_or_default();
    let skipped = before.chars().count().saturating_sub(AROUND);
    let near: String = before.chars().skip(skipped).collect();
    let lead = if skipped > 0 { format!("…{near}") } else { near };
    vec![(lead, false), (text[at].to_owned(), true), (cut(after, AROUND, Unit::CodePoints), false)]
}

/// As much of a text as fits into so many bytes.
fn cut_bytes(text: &str, most: usize) -> &str {
    let end = (0..=most.min(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap_or_default();
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snippet_stays_on_the_line_where_the_words_stand() {
        let needles = [Needle::of("데이터센터").unwrap()];
        let text = "첫 줄입니다.\n구글이 데이터센터를 짓습니다.\n끝 줄입니다.";
        let expected = [("구글이 ", false), ("데이터센터", true), ("를 짓습니다.", false)];
        assert_eq!(snippet(text, &needles), expected.map(|(text, hit)| (text.to_owned(), hit)));
        assert_eq!(snippet("다른 말", &needles), []);
    }

    #[test]
    fn words_that_are_too_long_for_a_button_are_known_to_be() {
        let page = |words: &str| Page { newest: None, skip: 0, period: Period::All, words: words.to_owned() };
        assert!(page("데이터센터 투자").fits());
        let long = page(&"데이터센터".repeat(9));
        assert!(!long.fits() && long.encode().len() <= ROOM);
    }
}

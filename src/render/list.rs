//! A list over several digests, before any platform: which articles it names and in what order (one digest is
//! `view.rs`).

use std::cmp::Reverse;

use crate::model::EnrichedArticle;
use crate::model::article::Strength;
use crate::model::lexicon::Lexicon;
use crate::model::reply::Edition;
use crate::render::view::{THREAD_TITLE, View, foremost, headline, topic_names};
use crate::render::words::Phrase;
use crate::text::{Unit, clean, cut, day, short_day};

/// The most articles that are named.
const LONGEST: usize = 20;

/// A list over several digests.
pub(crate) struct List<'a> {
    /// The digests, in the order of their days; at least one.
    views: Vec<View<'a>>,
    lexicon: &'a Lexicon,
    /// What is named: places of a view and of an article in its digest, in order.
    named: Vec<(usize, usize)>,
    /// How many articles there are.
    count: usize,
}

/// An entry of a list.
pub(crate) struct Item<'l, 'a> {
    /// The digest that it is of.
    pub(crate) view: &'l View<'a>,
    /// Its place there.
    pub(crate) place: usize,
    pub(crate) article: &'a EnrichedArticle,
    /// The day, where the entry is its first.
    pub(crate) new_day: Option<String>,
}

impl<'a> List<'a> {
    /// The list; none of no digests.
    pub(crate) fn new(editions: &'a [Edition], lexicon: &'a Lexicon) -> Option<Self> {
        let views: Vec<View<'a>> = editions.iter().map(|edition| View::new(edition, lexicon)).collect();
        views.first()?;
        let mut all = Vec::new();
        for (at, view) in views.iter().enumerate() {
            all.extend(view.articles().map(|(place, article)| ((at, place), strength(article))));
        }
        let count = all.len();
        // The newer of two equally strong articles stays.
        all.sort_by_key(|((view, place), strength)| (Reverse(*strength), Reverse(*view), *place));
        let mut named: Vec<(usize, usize)> = all.into_iter().take(LONGEST).map(|(at, _)| at).collect();
        named.sort_unstable();
        Some(Self { views, lexicon, named, count })
    }

    pub(crate) fn say(&self, phrase: Phrase) -> String {
        phrase.say(self.views[0].edition.language)
    }

    /// What is named, numbered from 1.
    pub(crate) fn items(&self) -> impl Iterator<Item = (usize, Item<'_, 'a>)> {
        let mut last_day = None;
        let items = self.named.iter().filter_map(move |(view, place)| {
            let view = self.views.get(*view)?;
            let article = view.article(*place)?;
            let date = view.edition.digest.date.day();
            let new_day = (last_day.replace(date) != Some(date)).then(|| day(date, view.edition.language));
            Some(Item { view, place: *place, article, new_day })
        });
        items.enumerate().map(|(place, item)| (place + 1, item))
    }

    /// The feed's title, cut to this many code points.
    pub(crate) fn title(&self, limit: usize) -> String {
        cut(clean(&self.views[0].edition.feed.title).trim(), limit, Unit::CodePoints)
    }

    /// The name of a forum's post: `12/15(월)–12/19(금) AI 뉴스 · 31건`.
    pub(crate) fn thread_name(&self) -> String {
        let days = || self.views.iter().map(|view| view.edition.digest.date.day());
        let language = self.views[0].edition.language;
        let mut span: Vec<String> =
            days().min().into_iter().chain(days().max()).map(|date| short_day(date, language)).collect();
        span.dedup();
        format!("{} {} · {}", span.join("–"), self.title(THREAD_TITLE), self.say(Phrase::Pieces(self.count)))
    }

    /// The names of the topics of all articles, the commonest first: Korean and English of each.
    pub(crate) fn topic_names(&self) -> Vec<[String; 2]> {
        topic_names(self.views.iter().flat_map(View::articles).map(|(_, article)| article), self.lexicon)
    }

    /// `12월 15일(월) – 12월 19일(금) · 기사 31건`.
    pub(crate) fn day_line(&self) -> String {
        let days = || self.views.iter().map(|view| view.edition.digest.date.day());
        let language = self.views[0].edition.language;
        let (first, last) = (days().min(), days().max());
        let mut span: Vec<String> = first.into_iter().chain(last).map(|date| day(date, language)).collect();
        span.dedup();
        format!("{} · {}", span.join(" – "), self.say(Phrase::Articles(self.count)))
    }

    /// The foremost companies of all articles.
    pub(crate) fn companies_line(&self) -> Option<String> {
        let articles = self.views.iter().flat_map(View::articles).map(|(_, article)| article);
        foremost(articles, self.lexicon, self.views[0].edition.language)
    }

    /// The first headline, and how many more articles there are.
    pub(crate) fn first_headline(&self, limit: usize) -> Option<String> {
        let (_, first) = self.items().next()?;
        let headline = cut(&headline(&first.article.article), limit, Unit::CodePoints);
        match self.count {
            1 => Some(headline),
            count => Some(format!("{headline} {}", self.say(Phrase::OtherArticles(count - 1)))),
        }
    }

    /// How many articles are not named: `외 11건`.
    pub(crate) fn left_out(&self) -> Option<String> {
        let others = self.count - self.named.len();
        (others > 0).then(|| self.say(Phrase::OtherArticles(others)))
    }
}

fn strength(article: &EnrichedArticle) -> Option<Strength> {
    article.companies.iter().map(|mention| mention.strength).max()
}

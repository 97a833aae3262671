//! What an edition shows, before any platform: which articles, in which words, with which tags. The platforms
//! decide where it stands (`discord/`, `telegram/`).

use crate::model::article::Strength;
use crate::model::digest::handle;
use crate::model::lexicon::{Lexicon, TopicLook};
use crate::model::reply::{Action, Button, Edition, Selection};
use crate::model::rich::{plain, plain_blocks};
use crate::model::withdrawn::Withdrawn;
use crate::model::{Article, Block, EnrichedArticle, Language, Section, Style};
use crate::render::flow::{Line, Marks, Rank, Span, lines};
use crate::render::words::{Phrase, is_summary_title};
use crate::text::{Unit, clean, cut, day, safe_link, short_day};

/// An edition with what it takes to set it.
pub(crate) struct View<'a> {
    pub(crate) edition: &'a Edition,
    pub(crate) lexicon: &'a Lexicon,
    /// Places of the shown articles in the digest, ascending.
    pub(crate) shown: Vec<usize>,
    /// What a correction took out, by where it stood.
    withdrawn: &'a [Withdrawn],
}

/// What stands in an edition's list.
pub(crate) enum Entry<'a> {
    /// An article and its place in the digest.
    Article(usize, &'a EnrichedArticle),
    /// One that a correction took out: its headline struck, and a line that says so.
    Withdrawn(Vec<Line>),
}

/// Companies in the header, companies in an article's tags.
const HEADER_COMPANIES: usize = 5;
const TAG_COMPANIES: usize = 3;

/// Publishers are set in at most this many code points, their dates in 40: they share Discord's footer of 2,048.
const PUBLISHER_LENGTH: usize = 200;
const PUBLISHED_LENGTH: usize = 40;

/// The words of a filter are set in at most this many code points: the first headline follows them closely.
const FILTER_LENGTH: usize = 60;

/// The struck headline of a withdrawn article, and a feed's title in the name of a forum's post, in code points: such
/// a name may have 100.
const STRUCK: usize = 200;
pub(crate) const THREAD_TITLE: usize = 60;

/// The first blocks of an article without a summary end once they are this long, in code points.
const SUMMARY_LENGTH: usize = 400;

impl<'a> View<'a> {
    pub(crate) fn new(edition: &'a Edition, lexicon: &'a Lexicon) -> Self {
        let count = edition.digest.articles.len();
        let shown = match &edition.selection {
            Selection::All => (0..count).collect(),
            Selection::Some { articles, .. } => {
                articles.iter().copied().filter(|place| *place < count).collect()
            }
            Selection::One(place) => (*place..count).take(1).collect(),
        };
        Self { edition, lexicon, shown, withdrawn: &[] }
    }

    /// The same, with what a correction took out.
    pub(crate) fn without(self, withdrawn: &'a [Withdrawn]) -> Self {
        Self { withdrawn, ..self }
    }

    pub(crate) fn say(&self, phrase: Phrase) -> String {
        phrase.say(self.edition.language)
    }

    /// The shown articles with their places in the digest.
    pub(crate) fn articles(&self) -> impl Iterator<Item = (usize, &'a EnrichedArticle)> {
        let articles = &self.edition.digest.articles;
        self.shown.iter().filter_map(|place| Some((*place, articles.get(*place)?)))
    }

    /// The shown articles, with those that are withdrawn where they stood.
    pub(crate) fn entries(&self) -> Vec<Entry<'a>> {
        // Where it would be now: those before it that are gone, too, take no place any more.
        let mut gone = self
            .withdrawn
            .iter()
            .enumerate()
            .map(|(before, gone)| (gone.place - before.min(gone.place), gone))
            .peekable();
        let mut entries = Vec::new();
        for (place, article) in self.articles() {
            while let Some((_, gone)) = gone.next_if(|(stood, _)| *stood <= place) {
                entries.push(Entry::Withdrawn(self.struck(gone)));
            }
            entries.push(Entry::Article(place, article));
        }
        entries.extend(gone.map(|(_, gone)| Entry::Withdrawn(self.struck(gone))));
        entries
    }

    fn struck(&self, gone: &Withdrawn) -> Vec<Line> {
        let headline = cut(&headline(&gone.article.article), STRUCK, Unit::CodePoints);
        let struck = Span::foreign(&headline, Marks { strike: true, ..Marks::default() });
        let note = Span::ours(self.say(Phrase::Withdrawn), Marks::EMPHASIS);
        vec![Line::new(Rank::Article, vec![struck]).after_gap(), Line::new(Rank::Word, vec![note])]
    }

    /// The name of a forum's post: `12/17(수) AI 뉴스 · 2건`.
    pub(crate) fn thread_name(&self) -> String {
        let day = short_day(self.edition.digest.date.day(), self.edition.language);
        let count = self.say(Phrase::Pieces(self.shown.len()));
        format!(
            "{day} {} · {count}",
            cut(clean(&self.edition.feed.title).trim(), THREAD_TITLE, Unit::CodePoints)
        )
    }

    /// The article at a place in the digest.
    pub(crate) fn article(&self, place: usize) -> Option<&'a EnrichedArticle> {
        self.edition.digest.articles.get(place)
    }

    /// Whether it is one article that a reader opened.
    pub(crate) fn is_opened(&self) -> bool {
        matches!(self.edition.selection, Selection::One(_))
    }

    /// How much is shown: an opened article in full, a digest without articles too.
    pub(crate) fn style(&self) -> Style {
        if self.is_opened() || self.edition.digest.articles.is_empty() {
            Style::Full
        } else {
            self.edition.style
        }
    }

    /// The number of an article in the shown list, from 1, and how many there are; an opened one's in the digest.
    pub(crate) fn number(&self, place: usize) -> (usize, usize) {
        if self.is_opened() {
            return (place + 1, self.edition.digest.articles.len());
        }
        let before = self.shown.iter().filter(|shown| **shown < place).count();
        (before + 1, self.shown.len())
    }

    pub(crate) fn title(&self) -> String {
        let title = clean(&self.edition.digest.title).trim().to_owned();
        if title.is_empty() { self.edition.feed.title.clone() } else { title }
    }

    /// The publisher's own post.
    pub(crate) fn web(&self) -> Option<String> {
        safe_link(self.edition.digest.link.as_deref()?)
    }

    /// `12월 17일(수) · 기사 6건`, with what a filter left out.
    pub(crate) fn day_line(&self) -> String {
        let digest = &self.edition.digest;
        let mut parts = vec![day(digest.date.day(), self.edition.language)];
        match &self.edition.selection {
            Selection::All | Selection::One(_) => {
                parts.push(self.say(Phrase::Articles(digest.articles.len())))
            }
            Selection::Some { filter, muted, .. } => {
                parts.push(self.say(Phrase::Shown { of: digest.articles.len(), shown: self.shown.len() }));
                if !filter.is_empty() {
                    parts.push(cut(&clean(&filter.join(", ")), FILTER_LENGTH, Unit::CodePoints));
                }
                if *muted > 0 {
                    parts.push(self.say(Phrase::Muted(*muted)));
                }
            }
        }
        parts.join(" · ")
    }

    /// The foremost companies of the shown articles; none if there are none.
    pub(crate) fn companies_line(&self) -> Option<String> {
        foremost(self.articles().map(|(_, article)| article), self.lexicon, self.edition.language)
    }

    /// The first headline, and how many more there are: `…, 칩 협력 논의 외 5건`; none without articles.
    pub(crate) fn first_headline(&self, limit: usize) -> Option<String> {
        let (_, first) = self.articles().next()?;
        let headline = cut(&headline(&first.article), limit, Unit::CodePoints);
        let others = self.shown.len() - 1;
        if others == 0 {
            return Some(headline);
        }
        Some(format!("{headline} {}", self.say(Phrase::OtherArticles(others))))
    }

    /// `Modern Diplomacy · 2025-12-17`; empty if the post says neither.
    pub(crate) fn byline(&self, article: &Article) -> String {
        let publisher = article.publisher.as_deref().map(|name| shortened(name, PUBLISHER_LENGTH));
        let published = article.published.as_deref().map(|date| shortened(date, PUBLISHED_LENGTH));
        publisher.into_iter().chain(published).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
    }

    /// The id of an article that is opened, by which people ask about it: its digest's handle and its number there.
    pub(crate) fn id(&self) -> Option<String> {
        let Selection::One(place) = self.edition.selection else { return None };
        Some(format!("{}-{}", self.handle(), place + 1))
    }

    /// An article's topics as the lexicon knows them; one that it lost is left out.
    pub(crate) fn topics(&self, article: &EnrichedArticle) -> impl Iterator<Item = (&'a TopicLook, String)> {
        let known = article.topics.iter().filter_map(|key| {
            let look = self.lexicon.topics.get(key)?;
            Some((look, self.lexicon.topic(key, self.edition.language).to_owned()))
        });
        known.collect::<Vec<_>>().into_iter()
    }

    /// The companies that an article is about, as it is tagged: not those named in passing.
    pub(crate) fn tag_companies(&self, article: &EnrichedArticle) -> Vec<String> {
        let about = article.companies.iter().filter(|mention| mention.strength >= Strength::Subject);
        about.take(TAG_COMPANIES).map(|mention| self.company(&mention.company)).collect()
    }

    fn company(&self, name: &str) -> String {
        company(name, self.lexicon, self.edition.language)
    }

    /// What stands before the first article, and after the last: only of a whole digest in full.
    pub(crate) fn prose(&self, blocks: &[Block]) -> Vec<Line> {
        if self.style() != Style::Full || !self.is_whole() {
            return Vec::new();
        }
        let mut lines = lines(blocks, self.edition.language);
        if let Some(first) = lines.first_mut() {
            first.gap = true;
            first.rank = Rank::Section;
        }
        lines
    }

    /// Whether it is a digest with nothing left out.
    pub(crate) fn is_whole(&self) -> bool {
        self.edition.selection == Selection::All
    }

    /// Where an article is.
    pub(crate) fn link(&self, article: &Article) -> Option<String> {
        safe_link(article.address()?)
    }

    /// What a press sends that opens an article.
    pub(crate) fn opening(&self, place: usize) -> String {
        format!("open:{}:{place}", self.handle())
    }

    /// The buttons below an opened article: `◀ 2/6 ▶`; the number leads back to the list.
    pub(crate) fn neighbours(&self) -> Option<Vec<Button>> {
        let Selection::One(place) = self.edition.selection else { return None };
        let count = self.edition.digest.articles.len();
        let press = |label: &str, id: String| Button { label: label.to_owned(), action: Action::Press(id) };
        let before = place.checked_sub(1).map(|before| press("◀", self.opening(before)));
        let here = press(&format!("{}/{count}", place + 1), format!("list:{}", self.handle()));
        let after = (place + 1 < count).then(|| press("▶", self.opening(place + 1)));
        (count > 1).then(|| before.into_iter().chain([here]).chain(after).collect())
    }

    /// What names the digest in buttons.
    pub(crate) fn handle(&self) -> String {
        handle(&self.edition.feed.name, &self.edition.digest.key)
    }
}

/// The names of articles' topics, the commonest first: Korean and English of each.
pub(crate) fn topic_names<'a>(
    articles: impl Iterator<Item = &'a EnrichedArticle>,
    lexicon: &Lexicon,
) -> Vec<[String; 2]> {
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for key in articles.flat_map(|article| &article.topics) {
        match counts.iter_mut().find(|(known, _)| known == key) {
            Some((_, count)) => *count += 1,
            None => counts.push((key, 1)),
        }
    }
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let named = counts.into_iter().filter_map(|(key, _)| lexicon.topics.get(key));
    named.map(|look| [look.ko.clone(), look.en.clone()]).collect()
}

/// The foremost companies of articles, strongest first, then as they come: `OpenAI · 아마존 외 6곳`.
pub(crate) fn foremost<'a>(
    articles: impl Iterator<Item = &'a EnrichedArticle>,
    lexicon: &Lexicon,
    language: Language,
) -> Option<String> {
    let mut companies: Vec<(&str, Strength)> = Vec::new();
    for mention in articles.flat_map(|article| &article.companies) {
        match companies.iter_mut().find(|(company, _)| *company == mention.company) {
            Some((_, strength)) => *strength = mention.strength.max(*strength),
            None => companies.push((&mention.company, mention.strength)),
        }
    }
    companies.sort_by_key(|(_, strength)| std::cmp::Reverse(*strength));
    let names = companies.iter().take(HEADER_COMPANIES).map(|(name, _)| company(name, lexicon, language));
    let mut line = names.collect::<Vec<_>>().join(" · ");
    if companies.len() > HEADER_COMPANIES {
        let others = Phrase::OtherCompanies(companies.len() - HEADER_COMPANIES);
        line.push_str(&format!(" {}", others.say(language)));
    }
    (!line.is_empty()).then_some(line)
}

fn company(name: &str, lexicon: &Lexicon, language: Language) -> String {
    shortened(lexicon.company(name, language), 80)
}

/// A headline's text, on one line.
pub(crate) fn headline(article: &Article) -> String {
    shortened(&plain(&article.headline), usize::MAX)
}

/// Where an article's summary ends: the place of its summary section, else of its first.
pub(crate) fn summary_section(article: &Article) -> usize {
    article.sections.iter().position(|section| is_summary_title(&plain(&section.title))).unwrap_or(0)
}

/// What `summary` shows of an article: its summary section, or its first blocks.
pub(crate) fn summary(article: &Article) -> &[Block] {
    let Some(section) = article.sections.get(summary_section(article)) else { return &[] };
    if is_titled(section) {
        return &section.blocks;
    }
    let mut length = 0;
    let enough = section.blocks.iter().position(|block| {
        length += plain_blocks(std::slice::from_ref(block)).chars().count();
        length >= SUMMARY_LENGTH
    });
    &section.blocks[..enough.map_or(section.blocks.len(), |last| last + 1)]
}

/// Whether a section has a title.
pub(crate) fn is_titled(section: &Section) -> bool {
    !plain(&section.title).trim().is_empty()
}

/// Whether a section has neither a title nor anything else.
pub(crate) fn shows_nothing(section: &Section) -> bool {
    !is_titled(section) && section.blocks.is_empty()
}

fn shortened(text: &str, limit: usize) -> String {
    cut(clean(text).trim(), limit, Unit::CodePoints)
}

//! Which articles of a digest pass a channel's filter.

use crate::model::article::EnrichedArticle;
use crate::model::digest::EnrichedDigest;
use crate::model::language::Language;
use crate::model::lexicon::Lexicon;
use crate::model::reply::Selection;
use crate::model::rich::{plain, plain_blocks};

/// The articles that match any word of the filter. All for an empty filter; `None` if nothing passes, and then
/// nothing is to be sent.
pub fn select(
    digest: &EnrichedDigest,
    filter: &[String],
    lexicon: &Lexicon,
    language: Language,
) -> Option<Selection> {
    if filter.is_empty() {
        return Some(Selection::All);
    }
    let meanings: Vec<Meaning> = filter.iter().map(|word| Meaning::of(word, lexicon)).collect();
    let articles: Vec<usize> = digest
        .articles
        .iter()
        .enumerate()
        .filter(|(_, article)| meanings.iter().any(|meaning| meaning.fits(article)))
        .map(|(place, _)| place)
        .collect();
    if articles.is_empty() {
        return None;
    }
    let filter = filter.iter().map(|word| shown(word, lexicon, language).to_owned()).collect();
    Some(Selection::Some { articles, filter, muted: 0 })
}

/// How readers see a filter's word: the name of the topic or company that it means, else the word itself.
pub fn shown<'a>(word: &'a str, lexicon: &'a Lexicon, language: Language) -> &'a str {
    match Meaning::of(word, lexicon) {
        Meaning::Topic(key) => lexicon.topic(key, language),
        Meaning::Company(name) => lexicon.company(name, language),
        Meaning::Word(_) => word,
    }
}

/// What a filter's word means.
enum Meaning<'a> {
    /// A topic's key.
    Topic(&'a str),
    /// A company's canonical name.
    Company(&'a str),
    /// A plain word, lower case.
    Word(String),
}

impl<'a> Meaning<'a> {
    fn of(word: &str, lexicon: &'a Lexicon) -> Self {
        let word = word.to_lowercase();
        let same = |name: &str| name.to_lowercase() == word;
        let topic = lexicon.topics.iter().find(|(key, look)| same(key) || same(&look.ko) || same(&look.en));
        if let Some((key, _)) = topic {
            return Self::Topic(key);
        }
        let company =
            lexicon.companies.iter().find(|(name, names)| same(name) || same(&names.ko) || same(&names.en));
        match company {
            Some((name, _)) => Self::Company(name),
            None => Self::Word(word),
        }
    }

    fn fits(&self, article: &EnrichedArticle) -> bool {
        match self {
            Self::Topic(key) => article.topics.iter().any(|topic| topic == key),
            Self::Company(name) => article.companies.iter().any(|mention| mention.company == *name),
            Self::Word(word) => {
                let article = &article.article;
                let has = |text: String| text.to_lowercase().contains(word.as_str());
                has(plain(&article.headline))
                    || article
                        .sections
                        .iter()
                        .any(|section| has(plain(&section.title)) || has(plain_blocks(&section.blocks)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::model::article::{Article, Mention, Section, Strength};
    use crate::model::digest::{Digest, DigestDate, DigestKey};
    use crate::model::lexicon::{CompanyName, TopicLook};
    use crate::model::rich::{Block, Inline};

    fn lexicon() -> Lexicon {
        Lexicon {
            companies: [("NVIDIA".into(), CompanyName { ko: "엔비디아".into(), en: "NVIDIA".into() })].into(),
            topics: [(
                "chips".into(),
                TopicLook { ko: "반도체".into(), en: "Chips".into(), emoji: "🔲".into(), colour: 0 },
            )]
            .into(),
        }
    }

    fn digest() -> EnrichedDigest {
        let article = |headline: &str, text: &str, companies: &[&str], topics: &[&str]| EnrichedArticle {
            article: Article {
                headline: vec![Inline::Text(headline.into())],
                sections: vec![Section {
                    title: Vec::new(),
                    blocks: vec![Block::Paragraph(vec![Inline::Text(text.into())])],
                }],
                ..Article::default()
            },
            companies: companies
                .iter()
                .map(|name| Mention { company: (*name).into(), strength: Strength::Headline })
                .collect(),
            topics: topics.iter().map(|key| (*key).into()).collect(),
        };
        Digest {
            key: DigestKey("2025-12-17-news".into()),
            title: "뉴스".into(),
            date: DigestDate::Day(chrono::NaiveDate::MIN),
            language: None,
            categories: Vec::new(),
            tags: Vec::new(),
            link: None,
            intro: Vec::new(),
            articles: vec![
                article("엔비디아 실적", "매출이 늘었다", &["NVIDIA"], &["markets"]),
                article("새 공정", "HBM4 양산", &[], &["chips"]),
                article("법안 통과", "국회", &[], &["policy"]),
            ],
            closing: Vec::new(),
        }
    }

    #[rstest]
    #[case::topic_in_korean(&["반도체"], &[1], &["반도체"])]
    #[case::topic_by_key(&["chips"], &[1], &["반도체"])]
    #[case::company(&["nvidia"], &[0], &["엔비디아"])]
    #[case::word_in_a_body(&["hbm4"], &[1], &["hbm4"])]
    #[case::any_of_several(&["엔비디아", "국회"], &[0, 2], &["엔비디아", "국회"])]
    fn an_article_passes_a_filter_that_it_matches_in_any_word(
        #[case] filter: &[&str],
        #[case] expected: &[usize],
        #[case] words: &[&str],
    ) {
        let filter: Vec<String> = filter.iter().map(ToString::to_string).collect();
        let selection = select(&digest(), &filter, &lexicon(), Language::Ko);
        let expected = Selection::Some {
            articles: expected.to_vec(),
            filter: words.iter().map(ToString::to_string).collect(),
            muted: 0,
        };
        assert_eq!(selection, Some(expected));
    }

    #[test]
    fn with_no_match_nothing_is_to_be_sent_and_without_a_filter_everything() {
        assert_eq!(select(&digest(), &["농업".into()], &lexicon(), Language::Ko), None);
        assert_eq!(select(&digest(), &[], &lexicon(), Language::Ko), Some(Selection::All));
    }
}

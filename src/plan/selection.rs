//! Which articles of a digest pass a channel's filter and its mutes.

use crate::model::article::EnrichedArticle;
use crate::model::digest::EnrichedDigest;
use crate::model::lexicon::Lexicon;
use crate::model::reply::Selection;
use crate::model::rich::{plain, plain_blocks};
use crate::model::subscription::Subscription;
use crate::model::term::Term;

/// The articles that match any word of a subscription's filter (an empty one: all), and no mute. `None` if nothing
/// passes, and then nothing is to be sent.
pub fn select(digest: &EnrichedDigest, subscription: &Subscription, lexicon: &Lexicon) -> Option<Selection> {
    let wish = &subscription.wish;
    let terms: Vec<Term> = wish.filter.iter().map(|word| Term::of(word, lexicon)).collect();
    let passing = |article: &EnrichedArticle| terms.is_empty() || any_fits(&terms, article);
    let wanted: Vec<usize> =
        (0..digest.articles.len()).filter(|place| passing(&digest.articles[*place])).collect();
    let articles: Vec<usize> = wanted
        .iter()
        .copied()
        .filter(|place| !any_fits(&subscription.mutes, &digest.articles[*place]))
        .collect();
    let muted = wanted.len() - articles.len();
    if terms.is_empty() && muted == 0 {
        return Some(Selection::All);
    }
    if articles.is_empty() {
        return None;
    }
    let filter = terms.iter().map(|term| term.shown(lexicon, wish.language).to_owned()).collect();
    Some(Selection::Some { articles, filter, muted })
}

/// Why an article passes, or does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// There is no filter that it would have to pass.
    Everything,
    /// It falls under these words of the filter.
    Wanted(Vec<Term>),
    /// It falls under no word of the filter.
    Unwanted,
    /// It is left out by this mute.
    Muted(Term),
}

/// Why an article passes a subscription's filter and mutes, or does not.
pub fn reason(article: &EnrichedArticle, subscription: &Subscription, lexicon: &Lexicon) -> Reason {
    let filter = &subscription.wish.filter;
    let wanted: Vec<Term> =
        filter.iter().map(|word| Term::of(word, lexicon)).filter(|term| fits(term, article)).collect();
    if !filter.is_empty() && wanted.is_empty() {
        return Reason::Unwanted;
    }
    if let Some(mute) = subscription.mutes.iter().find(|mute| fits(mute, article)) {
        return Reason::Muted(mute.clone());
    }
    if filter.is_empty() { Reason::Everything } else { Reason::Wanted(wanted) }
}

fn any_fits(terms: &[Term], article: &EnrichedArticle) -> bool {
    terms.iter().any(|term| fits(term, article))
}

fn fits(term: &Term, article: &EnrichedArticle) -> bool {
    match term {
        Term::Topic(key) => article.topics.iter().any(|topic| topic == key),
        Term::Company(name) => article.companies.iter().any(|mention| mention.company == *name),
        Term::Word(word) => {
            let article = &article.article;
            let has = |text: &str| text.to_lowercase().contains(word.as_str());
            has(&plain(&article.headline))
                || article
                    .sections
                    .iter()
                    .any(|section| has(&plain(&section.title)) || has(&plain_blocks(&section.blocks)))
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::model::article::{Article, Mention, Section, Strength};
    use crate::model::channel::ChannelId;
    use crate::model::digest::{Digest, DigestDate, DigestKey};
    use crate::model::feed::FeedName;
    use crate::model::language::Language;
    use crate::model::lexicon::{CompanyName, TopicLook};
    use crate::model::rich::{Block, Inline};
    use crate::model::schedule::Schedule;
    use crate::model::subscription::{Style, SubscriptionId, Wish};

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

    fn wanting(filter: &[&str], mutes: &[&str]) -> Subscription {
        Subscription {
            id: SubscriptionId(1),
            channel: ChannelId(1),
            feed: FeedName("ai-news".into()),
            wish: Wish {
                schedule: Schedule::Now,
                timezone: chrono_tz::Asia::Seoul,
                style: Style::Summary,
                filter: filter.iter().map(ToString::to_string).collect(),
                language: Language::Ko,
                quiet: None,
            },
            edition: 0,
            last_slot: chrono::DateTime::UNIX_EPOCH,
            late_until: None,
            owes_list: false,
            mutes: mutes.iter().map(|word| Term::of(word, &lexicon())).collect(),
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
        let selection = select(&digest(), &wanting(filter, &[]), &lexicon());
        let expected = Selection::Some {
            articles: expected.to_vec(),
            filter: words.iter().map(ToString::to_string).collect(),
            muted: 0,
        };
        assert_eq!(selection, Some(expected));
    }

    #[test]
    fn with_no_match_nothing_is_to_be_sent_and_without_a_filter_everything() {
        assert_eq!(select(&digest(), &wanting(&["농업"], &[]), &lexicon()), None);
        assert_eq!(select(&digest(), &wanting(&[], &[]), &lexicon()), Some(Selection::All));
    }

    #[rstest]
    #[case::company(&[], &["엔비디아"], Some((vec![1, 2], 1)))]
    #[case::topic_and_word(&[], &["반도체", "국회"], Some((vec![0], 2)))]
    #[case::over_the_filter(&["엔비디아", "국회"], &["엔비디아"], Some((vec![2], 1)))]
    #[case::all_of_it(&["엔비디아"], &["엔비디아"], None)]
    #[case::nothing_of_it(&[], &["농업"], Some((vec![], 0)))]
    fn mutes_win_over_filters(
        #[case] filter: &[&str],
        #[case] mutes: &[&str],
        #[case] expected: Option<(Vec<usize>, usize)>,
    ) {
        let selection = select(&digest(), &wanting(filter, mutes), &lexicon());
        let found = selection.map(|selection| match selection {
            Selection::Some { articles, muted, .. } => (articles, muted),
            _ => (Vec::new(), 0),
        });
        assert_eq!(found, expected);
    }

    #[rstest]
    #[case::no_filter(&[], &[], Reason::Everything)]
    #[case::a_word_of_it(&["엔비디아", "국회"], &[], Reason::Wanted(vec![Term::Company("NVIDIA".into())]))]
    #[case::no_word_of_it(&["국회"], &["엔비디아"], Reason::Unwanted)]
    #[case::muted(&["엔비디아"], &["매출"], Reason::Muted(Term::Word("매출".into())))]
    fn the_reason_names_what_decides(
        #[case] filter: &[&str],
        #[case] mutes: &[&str],
        #[case] expected: Reason,
    ) {
        assert_eq!(reason(&digest().articles[0], &wanting(filter, mutes), &lexicon()), expected);
    }
}

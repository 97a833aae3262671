//! Whether a digest that arrives looks wrong, so that an operator looks at it before anybody gets it.

use crate::model::digest::EnrichedDigest;
use crate::model::hold::HoldReason;

/// Fewer digests than this do not say how many articles are usual.
const AT_LEAST: usize = 3;

/// Why a digest should be held, if it should. `before`: the feed's last news, newest first, without this one; what is
/// usual is learned from the first 14 of them ([`LEARN_FROM`](super::arrival::LEARN_FROM)).
pub fn reason(digest: &EnrichedDigest, before: &[&EnrichedDigest]) -> Option<HoldReason> {
    let count = digest.articles.len();
    if count == 0 {
        return Some(HoldReason::Empty);
    }
    if before.first().is_some_and(|last| says_the_same(digest, last)) {
        return Some(HoldReason::Repeated);
    }
    let mut counts: Vec<usize> =
        before.iter().take(super::arrival::LEARN_FROM).map(|digest| digest.articles.len()).collect();
    counts.sort_unstable();
    let usual = counts.get(counts.len() / 2).filter(|_| counts.len() >= AT_LEAST)?;
    (2 * count < *usual).then_some(HoldReason::Thin)
}

/// Whether the articles are the same. What dictionaries make of them does not count, nor do links: redirects to the
/// same page are others each time.
fn says_the_same(one: &EnrichedDigest, other: &EnrichedDigest) -> bool {
    one.articles.len() == other.articles.len()
        && one.articles.iter().zip(&other.articles).all(|(one, other)| {
            let (one, other) = (&one.article, &other.article);
            one.headline == other.headline
                && one.published == other.published
                && one.sections == other.sections
        })
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use rstest::rstest;

    use super::*;
    use crate::model::article::{Article, EnrichedArticle};
    use crate::model::digest::{Digest, DigestDate, DigestKey};
    use crate::model::rich::Inline;

    fn digest(prefix: &str, articles: usize) -> EnrichedDigest {
        let article = |number| EnrichedArticle {
            article: Article {
                headline: vec![Inline::Text(format!("{prefix} {number}"))],
                ..Article::default()
            },
            companies: Vec::new(),
            topics: Vec::new(),
        };
        Digest {
            key: DigestKey(prefix.to_owned()),
            title: prefix.to_owned(),
            date: DigestDate::Day(NaiveDate::MIN),
            language: None,
            categories: Vec::new(),
            tags: Vec::new(),
            link: None,
            intro: Vec::new(),
            articles: (0..articles).map(article).collect(),
            closing: Vec::new(),
        }
    }

    #[rstest]
    #[case::empty(0, &[], Some(HoldReason::Empty))]
    #[case::first(1, &[], None)]
    #[case::too_little_to_learn_from(1, &[6, 6], None)]
    #[case::half(3, &[6, 6, 6], None)]
    #[case::under_half(2, &[6, 6, 6], Some(HoldReason::Thin))]
    #[case::the_median_counts(2, &[40, 5, 4, 4, 3], None)]
    #[case::of_the_last_fourteen(2, &[4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20], None)]
    fn what_looks_wrong_is_held(
        #[case] articles: usize,
        #[case] before: &[usize],
        #[case] expected: Option<HoldReason>,
    ) {
        let before: Vec<EnrichedDigest> = before.iter().map(|count| digest("before", *count)).collect();
        assert_eq!(reason(&digest("now", articles), &before.iter().collect::<Vec<_>>()), expected);
    }

    #[test]
    fn the_articles_of_the_last_one_are_held_and_those_of_an_earlier_one_are_not() {
        let (one, two) = (digest("one", 4), digest("two", 4));
        let mut again = EnrichedDigest { title: "another title".to_owned(), ..one.clone() };
        again.articles[0].article.link = Some("https://redirect.example/2".to_owned());
        assert_eq!(reason(&again, &[&one, &two]), Some(HoldReason::Repeated));
        assert_eq!(reason(&again, &[&two, &one]), None);
    }
}

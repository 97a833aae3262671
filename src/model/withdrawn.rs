//! Articles that a corrected post does not have any more. Which of the old and the new are the same is decided by
//! link, else by headline, else by place.

use super::article::{Article, EnrichedArticle};
use super::rich::plain;

/// An article that a correction took out of a digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withdrawn {
    /// Where it stood in the digest's list, from 0.
    pub place: usize,
    /// The article as it was.
    pub article: EnrichedArticle,
}

/// The articles of `before` that are not in `after`.
pub fn withdrawn(before: &[EnrichedArticle], after: &[EnrichedArticle]) -> Vec<Withdrawn> {
    let mut gone: Vec<usize> = (0..before.len()).collect();
    let mut fresh: Vec<usize> = (0..after.len()).collect();
    let rules: [fn(&Article, &Article) -> bool; 2] = [same_link, same_headline];
    for rule in rules {
        gone.retain(|old| {
            let same = |new: &usize| rule(&before[*old].article, &after[*new].article);
            match fresh.iter().position(same) {
                Some(found) => {
                    fresh.remove(found);
                    false
                }
                None => true,
            }
        });
    }
    gone.retain(|old| !fresh.contains(old));
    gone.into_iter().map(|place| Withdrawn { place, article: before[place].clone() }).collect()
}

/// Whether an article that was taken out is there again.
pub fn is_back(gone: &EnrichedArticle, articles: &[EnrichedArticle]) -> bool {
    let same = |new: &Article| same_link(&gone.article, new) || same_headline(&gone.article, new);
    articles.iter().any(|new| same(&new.article))
}

fn same_link(a: &Article, b: &Article) -> bool {
    a.link.is_some() && a.link == b.link
}

fn same_headline(a: &Article, b: &Article) -> bool {
    plain(&a.headline).trim() == plain(&b.headline).trim()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::model::rich::Inline;

    /// `headline@link`, or a headline alone.
    fn articles(list: &str) -> Vec<EnrichedArticle> {
        let article = |text: &str| {
            let (headline, link) =
                text.split_once('@').map_or((text, None), |(a, b)| (a, Some(b.to_owned())));
            let headline = vec![Inline::Text(headline.to_owned())];
            let article = Article { headline, link, ..Article::default() };
            EnrichedArticle { article, companies: Vec::new(), topics: Vec::new() }
        };
        list.split_whitespace().map(article).collect()
    }

    #[rstest]
    #[case::nothing_changed("a@1 b@2", "a@1 b@2", "")]
    #[case::one_is_gone("a@1 b@2 c@3", "a@1 c@3", "b")]
    #[case::the_first_is_gone("a@1 b@2", "b@2", "a")]
    #[case::another_order("a@1 b@2", "b@2 a@1", "")]
    #[case::known_by_its_link("a@1 b@2", "x@1 b@2", "")]
    #[case::known_by_its_headline("a@1 b@2", "a@9 b@2", "")]
    #[case::known_by_its_place("a@1 b@2", "a@1 x@9", "")]
    #[case::a_link_counts_more_than_a_headline("a@1 b@2", "a@2 b@1", "")]
    #[case::all_are_gone("a b", "", "a b")]
    #[case::one_of_two_alike_is_gone("a a b", "a b", "a")]
    fn what_is_gone_is_found(#[case] before: &str, #[case] after: &str, #[case] expected: &str) {
        let gone = withdrawn(&articles(before), &articles(after));
        let names: Vec<_> = gone.iter().map(|gone| plain(&gone.article.article.headline)).collect();
        assert_eq!(names.join(" "), expected);
    }

    #[test]
    fn what_comes_back_is_known_by_link_or_headline() {
        let gone = &articles("a@1")[0];
        assert!(is_back(gone, &articles("b@1")) && is_back(gone, &articles("a")));
        assert!(!is_back(gone, &articles("c@2")));
    }
}

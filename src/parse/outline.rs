//! How a post was understood, as `jogan preview FILE --json` prints it.

use serde::Serialize;

use crate::model::rich::{plain, plain_blocks};
use crate::model::{Article, Section};

use super::draft::{Draft, Dropped};

/// A draft in plain text. Fields stand in the order in which they are printed; what a post lacks is `null`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Outline {
    /// The title.
    pub title: Option<String>,
    /// The date with as much as the post says of it: `2025-12-17`, `2025-12-17 16:09:26 +0900`.
    pub date: Option<String>,
    /// The articles.
    pub articles: Vec<ArticleOutline>,
    /// What stands before the first article.
    pub intro: Option<String>,
    /// What stands after the last one.
    pub closing: Option<String>,
    /// What is left out.
    pub dropped: Vec<Dropped>,
    /// What the writer may want to change: line, fault, cure.
    pub warnings: Vec<String>,
}

/// An article in plain text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ArticleOutline {
    /// The headline.
    pub headline: String,
    /// Who published it.
    pub publisher: Option<String>,
    /// Where it is.
    pub link: Option<String>,
    /// The day it was published, in the post's writing.
    pub published: Option<String>,
    /// Its parts.
    pub sections: Vec<SectionOutline>,
}

/// A section in plain text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SectionOutline {
    /// The heading; empty for the text before any heading.
    pub title: String,
    /// The text, bullets as lines `- label: text`.
    pub text: String,
}

impl From<&Draft> for Outline {
    fn from(draft: &Draft) -> Self {
        Self {
            title: draft.title.clone(),
            date: draft.date.map(|date| date.to_string()),
            articles: draft.articles.iter().map(ArticleOutline::from).collect(),
            intro: Some(plain_blocks(&draft.intro)).filter(|text| !text.is_empty()),
            closing: Some(plain_blocks(&draft.closing)).filter(|text| !text.is_empty()),
            dropped: draft.dropped.clone(),
            warnings: draft.warnings.iter().map(ToString::to_string).collect(),
        }
    }
}

impl From<&Article> for ArticleOutline {
    fn from(article: &Article) -> Self {
        Self {
            headline: plain(&article.headline).into_owned(),
            publisher: article.publisher.clone(),
            link: article.link.clone(),
            published: article.published.clone(),
            sections: article.sections.iter().map(SectionOutline::from).collect(),
        }
    }
}

impl From<&Section> for SectionOutline {
    fn from(section: &Section) -> Self {
        Self { title: plain(&section.title).into_owned(), text: plain_blocks(&section.blocks) }
    }
}

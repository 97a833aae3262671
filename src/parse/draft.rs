//! What was understood of a post: the state between the raw text and a digest. Printing it is `outline.rs`.

use std::fmt;

use crate::model::rich::Block;
use crate::model::{Article, Digest, DigestDate, DigestKey, Language};

use super::file_name;

/// A post as it was understood, which may lack what a digest needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The file's name.
    pub name: String,
    /// The title, on one line: the front matter's, else the first heading's.
    pub title: Option<String>,
    /// The date: the front matter's, else the file name's.
    pub date: Option<DigestDate>,
    /// False for what the post itself calls a draft (`published: false`): it is never loaded.
    pub published: bool,
    /// Its identity within the feed; there is one as soon as there is a date.
    pub key: Option<DigestKey>,
    /// The post's own language, where it names one that Jogan speaks.
    pub language: Option<Language>,
    /// Front-matter categories, in order.
    pub categories: Vec<String>,
    /// Front-matter tags, in order.
    pub tags: Vec<String>,
    /// What stands before the first article.
    pub intro: Vec<Block>,
    /// The articles, in the post's order.
    pub articles: Vec<Article>,
    /// What stands after the last article and belongs to none.
    pub closing: Vec<Block>,
    /// What is in none of these, and why.
    pub dropped: Vec<Dropped>,
    /// What the writer may want to know.
    pub warnings: Vec<Warning>,
}

/// A piece of a post that is not part of the digest.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Dropped {
    /// The text as the post has it.
    pub text: String,
    /// Why it was left out.
    pub reason: String,
}

impl Dropped {
    pub(crate) fn new(text: impl Into<String>, reason: &str) -> Self {
        Self { text: text.into(), reason: reason.to_owned() }
    }
}

/// Something that a post's writer may want to change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// The line of the file, counted from 1, where it has one.
    pub line: Option<u32>,
    /// What is odd.
    pub what: String,
    /// What would cure it.
    pub cure: String,
}

impl Warning {
    pub(crate) fn new(line: Option<u32>, what: impl Into<String>, cure: impl Into<String>) -> Self {
        Self { line, what: what.into(), cure: cure.into() }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        write!(f, "{}; {}", self.what, self.cure)
    }
}

/// Why a post that was read is no digest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unloadable {
    /// It says `published: false`.
    #[error("{name} is a draft; take `published: false` out of its front matter to publish it")]
    Draft {
        /// The file's name.
        name: String,
    },
    /// It has no title.
    #[error("{name} has no title; write `title: …` into its front matter, or begin with a heading")]
    NoTitle {
        /// The file's name.
        name: String,
    },
    /// It has no date.
    #[error(
        "{name} has no date; write `date: 2025-12-17 16:09:26 +0900` into its front matter, or name the file \
         `2025-12-17-slug.md`"
    )]
    NoDate {
        /// The file's name.
        name: String,
    },
    /// It has no text below its front matter.
    #[error("{name} has no text; write articles below its front matter")]
    Empty {
        /// The file's name.
        name: String,
    },
}

impl Draft {
    /// Whether the post itself says that it is not to be published yet.
    pub fn is_draft(&self) -> bool {
        !self.published
    }

    /// The file's name without date and extension, in its own spelling: what a site's permalinks call `:title`.
    pub fn slug(&self) -> &str {
        file_name::slug_as_written(&self.name)
    }

    /// The digest, if the post has all that one needs. `link` is where the publisher shows it.
    ///
    /// # Errors
    /// Names the file, what is missing, and the cure.
    pub fn into_digest(self, link: Option<String>) -> Result<Digest, Unloadable> {
        let name = self.name;
        if !self.published {
            return Err(Unloadable::Draft { name });
        }
        let Some(title) = self.title else { return Err(Unloadable::NoTitle { name }) };
        let (Some(date), Some(key)) = (self.date, self.key) else { return Err(Unloadable::NoDate { name }) };
        if self.articles.is_empty() && self.intro.is_empty() {
            return Err(Unloadable::Empty { name });
        }
        Ok(Digest {
            key,
            title,
            date,
            language: self.language,
            categories: self.categories,
            tags: self.tags,
            link,
            intro: self.intro,
            articles: self.articles,
            closing: self.closing,
        })
    }
}

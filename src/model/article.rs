//! An article: one item of a digest, with its sections, and what it is about once it has been classified.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::rich::{Block, Inline, plain, plain_blocks};

/// One item in a digest, as the post tells it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Article {
    /// The headline, with its inline markup.
    pub headline: Vec<Inline>,
    /// Who published the article (`Modern Diplomacy`).
    pub publisher: Option<String>,
    /// Where the article is. As the post writes it: `http` or `https`, often a long redirect.
    pub link: Option<String>,
    /// Where the link leads, if it redirects and that is known: it outlives the redirect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leads_to: Option<String>,
    /// The day it was published, in the post's own writing (`2025-12-17`).
    pub published: Option<String>,
    /// Its parts, in the post's order. Text before the first heading is a section without a title.
    pub sections: Vec<Section>,
}

impl Article {
    /// The address that readers get: where the link leads, or the link.
    pub fn address(&self) -> Option<&str> {
        self.leads_to.as_deref().or(self.link.as_deref())
    }

    /// Its sections as plain text: headings and blocks on lines of their own, without the headline.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for section in &self.sections {
            for part in [plain(&section.title), plain_blocks(&section.blocks).into()] {
                if !part.is_empty() {
                    text.push_str(&part);
                    text.push('\n');
                }
            }
        }
        text
    }
}

/// A headed part of an article.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Section {
    /// The heading (`요약`); empty for the text that stands before any heading.
    pub title: Vec<Inline>,
    /// What it holds.
    pub blocks: Vec<Block>,
}

/// An article and what it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrichedArticle {
    /// The article as the post tells it.
    pub article: Article,
    /// The companies it is about, strongest first.
    pub companies: Vec<Mention>,
    /// Keys of its topics (`chips`), best first, at most three.
    pub topics: Vec<String>,
}

/// A company in an article.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mention {
    /// The company's canonical name in the dictionary (`NVIDIA`).
    pub company: String,
    /// How strongly the article is about it.
    pub strength: Strength,
}

/// How an article mentions a company; a later one is stronger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strength {
    /// Only through one of its products.
    Implied,
    /// Named in passing.
    Passing,
    /// The subject of a sentence or bullet.
    Subject,
    /// Named in the headline.
    Headline,
}

impl Strength {
    /// The word in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Implied => "implied",
            Self::Passing => "passing",
            Self::Subject => "subject",
            Self::Headline => "headline",
        }
    }
}

/// A text that names no strength.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no strength of a mention")]
pub struct UnknownStrength(pub String);

impl FromStr for Strength {
    type Err = UnknownStrength;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Implied, Self::Passing, Self::Subject, Self::Headline]
            .into_iter()
            .find(|strength| strength.name() == text)
            .ok_or_else(|| UnknownStrength(text.to_owned()))
    }
}

//! An article: one item of a digest, with its sections, and what it is about once it has been classified.

use serde::{Deserialize, Serialize};

use super::rich::{Block, Inline};

/// One item in a digest, as the post tells it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Article {
    /// The headline, with its inline markup.
    pub headline: Vec<Inline>,
    /// Who published the article (`Modern Diplomacy`).
    pub publisher: Option<String>,
    /// Where the article is. As the post writes it: `http` or `https`, often a long redirect.
    pub link: Option<String>,
    /// The day it was published, in the post's own writing (`2025-12-17`).
    pub published: Option<String>,
    /// Its parts, in the post's order. Text before the first heading is a section without a title.
    pub sections: Vec<Section>,
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

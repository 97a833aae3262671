//! Text to [`Digest`](crate::model::Digest): front matter, the Markdown tree, articles. Pure: no I/O, no clock.
//!
//! The way of a post, a file each:
//!
//! ```text
//! bytes ─→ front_matter ─→ markdown (tree, inline, html, clean) ─→ articles (shape, cut, source_line) ─→ Draft
//! ```
//!
//! [`parse`] takes whatever UTF-8 text a source hands over and says how it was understood, as a [`Draft`]. It is
//! [`Draft::into_digest`] that insists on what a digest must have. **No word of a post is ever lost**: each is in
//! the title, an article, the intro, the closing, or in [`Draft::dropped`] with the reason.

mod articles;
mod date;
mod draft;
mod file_name;
mod front_matter;
mod markdown;
mod outline;

pub use articles::shape::{Shape, UnknownShape};
pub use draft::{Draft, Dropped, Unloadable, Warning};
pub use outline::Outline;

use std::borrow::Cow;

use crate::model::digest::RawDigest;
use crate::model::rich;

use file_name::FileName;

/// The largest post that a source hands on, in bytes. A digest has some 10 KiB; whoever hands over more has made a mistake.
/// [`parse`] itself reads a text of any size, in time and space that grow with it.
pub const MAX_BYTES: usize = 10 * 1024 * 1024;

/// What a feed's configuration says about reading its posts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rules {
    /// The form that the feed's posts have; unset: found by each post's structure.
    pub shape: Option<Shape>,
}

/// Why a post can't be read at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// The bytes are no UTF-8 text.
    #[error("{name}, line {line}: byte {offset} is not UTF-8 text; save the file as UTF-8")]
    NotUtf8 {
        /// The file's name.
        name: String,
        /// The line, counted from 1.
        line: usize,
        /// The first wrong byte, counted from 0.
        offset: usize,
    },
}

/// Reads a post.
///
/// # Errors
/// Only if it is no UTF-8 text: every other is understood somehow, and the [`Draft`] says how.
pub fn parse(raw: &RawDigest, rules: &Rules) -> Result<Draft, ParseError> {
    let text = text_of(raw)?;
    let file = FileName::read(&raw.name);
    let (front, body) = front_matter::split(&text);
    let mut matter = match front {
        Some(front) => front_matter::read(front),
        None => front_matter::missing(&text),
    };
    let document = markdown::read(body.text, body.first_line);

    let mut warnings = std::mem::take(&mut matter.warnings);
    if let Some(line) = document.as_it_stands {
        warnings.push(Warning::new(
            Some(line),
            format!("more than {} links, marks and blocks stand before it; from here on the text is kept as it stands", markdown::MAX_PARTS),
            "split the post into several",
        ));
    }
    let mut dropped = std::mem::take(&mut matter.dropped);
    dropped.extend(document.dropped);

    let title = matter.title.take().or_else(|| first_heading(&document.pieces));
    let (pieces, footnotes) = (document.pieces, document.footnotes);
    let source =
        articles::MatterSource { link: matter.link.as_deref(), publisher: matter.publisher.as_deref() };
    let body = articles::read(pieces, footnotes, title.as_deref(), rules.shape, source);
    dropped.extend(body.dropped);
    warnings.extend(body.warnings);

    let date = matter.date.or(file.date.map(crate::model::DigestDate::Day));
    if date.is_none() {
        warnings.push(Warning::new(
            None,
            "the post has no date",
            "write `date: 2025-12-17 16:09:26 +0900` into its front matter, or name the file `2025-12-17-slug.md`",
        ));
    }
    if title.is_none() {
        warnings.push(Warning::new(
            None,
            "the post has no title",
            "write `title: …` into its front matter, or begin with a heading",
        ));
    }
    Ok(Draft {
        key: date.map(|date| file.key(date)),
        name: raw.name.clone(),
        title,
        date,
        published: matter.published,
        language: matter.language,
        categories: matter.categories,
        tags: matter.tags,
        intro: body.intro,
        articles: body.articles,
        closing: body.closing,
        dropped,
        warnings,
    })
}

/// Reads a text's Markdown and makes nothing of it, for benchmarks: how many events it has.
pub fn bare_pass(text: &str) -> usize {
    markdown::bare_pass(text)
}

/// The text without a byte order mark and with `\n` as its only line end.
fn text_of(raw: &RawDigest) -> Result<Cow<'_, str>, ParseError> {
    let text = simdutf8::compat::from_utf8(&raw.bytes).map_err(|error| {
        let offset = error.valid_up_to();
        let line = 1 + raw.bytes.iter().take(offset).filter(|byte| **byte == b'\n').count();
        ParseError::NotUtf8 { name: raw.name.clone(), line, offset }
    })?;
    let text = text.trim_start_matches('\u{feff}');
    if !text.contains('\r') {
        return Ok(Cow::Borrowed(text));
    }
    Ok(Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n")))
}

fn first_heading(pieces: &[markdown::Piece]) -> Option<String> {
    pieces.iter().find_map(|piece| match &piece.kind {
        markdown::PieceKind::Heading { text, .. } => {
            Some(rich::plain(text).into_owned()).filter(|text| !text.is_empty())
        }
        _ => None,
    })
}

#[cfg(test)]
mod forms;
#[cfg(test)]
mod tests;

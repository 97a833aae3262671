//! Understanding posts, in megabytes a second on one core, against a bare pass of the Markdown parser over the same bytes.

use std::hint::black_box;

use super::{Measure, best_rate};
use crate::model::digest::RawDigest;
use crate::parse::{self, Rules};

/// A post of the usual kind.
const POST: &str = include_str!("../demo/sample.md");

pub(super) fn measure() -> Vec<Measure> {
    let megabytes = POST.len() as f64 / 1e6;
    let raw = RawDigest { name: "2025-12-17-ai-news.md".to_owned(), bytes: POST.as_bytes().to_vec() };
    let ours = best_rate(|| {
        drop(black_box(parse::parse(black_box(&raw), &Rules::default())));
    });
    let bare = best_rate(|| {
        black_box(parse::bare_pass(black_box(POST)));
    });
    vec![Measure {
        what: "parse: a digest of six articles, one core".to_owned(),
        unit: "MB/s",
        ours: ours * megabytes,
        reference: Some(bare * megabytes),
        note: format!(
            "pulldown-cmark alone, over the same bytes; ours takes {:.2} times its time",
            bare / ours
        ),
    }]
}

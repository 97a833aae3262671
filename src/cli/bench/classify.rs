//! Finding companies and topics, in megabytes a second on one core, against a bare pass of the same automaton.

use std::hint::black_box;

use super::{Measure, best_rate};
use crate::app::shipped_lexicon;

/// A post of the usual kind; each of its articles is a text.
const POST: &str = include_str!("../demo/sample.md");

pub(super) fn measure() -> Vec<Measure> {
    let (classifier, _) = shipped_lexicon();
    let texts: Vec<&str> = POST.split("\n---\n").skip(1).collect();
    let megabytes = texts.iter().map(|text| text.len()).sum::<usize>() as f64 / 1e6;
    let ours = best_rate(|| {
        for text in &texts {
            black_box(classifier.classify_text(black_box(text)));
        }
    });
    let bare = best_rate(|| {
        for text in &texts {
            black_box(classifier.bare_pass(black_box(text)));
        }
    });
    vec![Measure {
        what: "classify: Korean articles, one core".to_owned(),
        unit: "MB/s",
        ours: ours * megabytes,
        reference: Some(bare * megabytes),
        note: "the automaton alone, over the same names and terms".to_owned(),
    }]
}

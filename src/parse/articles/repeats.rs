//! Lists and tables before the articles that only say again what the headlines say: contents, overviews.

use crate::model::Article;
use crate::model::rich::{Block, plain, plain_blocks};
use crate::parse::draft::Dropped;

use super::names::{bare, is_aside};

/// The reason of what is dropped here.
const REASON: &str = "repeats the headlines that follow";

/// Takes blocks that repeat the headlines out of the intro, and the heading that stands above nothing else.
pub(super) fn drop_repeated(intro: &mut Vec<Block>, articles: &[Article], dropped: &mut Vec<Dropped>) {
    let headlines: Vec<String> = articles
        .iter()
        .map(|article| bare(&plain(&article.headline)))
        .filter(|text| !text.is_empty())
        .collect();
    if headlines.len() < 2 {
        return;
    }
    let mut at = 0;
    while at < intro.len() {
        if !intro.get(at).is_some_and(|block| repeats(block, &headlines)) {
            at += 1;
            continue;
        }
        drop_block(intro, at, dropped);
        let alone =
            !matches!(intro.get(at), Some(Block::Paragraph(_) | Block::List { .. } | Block::Table { .. }));
        let is_heading = |place: usize| matches!(intro.get(place), Some(Block::Heading(_)));
        if let Some(above) = at.checked_sub(1).filter(|above| alone && is_heading(*above)) {
            drop_block(intro, above, dropped);
            at = above;
        }
    }
    // The heading of what was not a list: `## Contents` over nothing.
    while let Some(Block::Heading(text)) = intro.last() {
        if !is_aside(text) {
            break;
        }
        let last = intro.len() - 1;
        drop_block(intro, last, dropped);
    }
}

fn drop_block(blocks: &mut Vec<Block>, at: usize, dropped: &mut Vec<Dropped>) {
    let block = blocks.remove(at);
    dropped.push(Dropped::new(plain_blocks(std::slice::from_ref(&block)), REASON));
}

/// Whether every entry of a list or table is one of the headlines, and there are as many as half of them.
fn repeats(block: &Block, headlines: &[String]) -> bool {
    let entries: Vec<Vec<String>> = match block {
        Block::List { items, .. } => items
            .iter()
            .map(|item| match item.as_slice() {
                [Block::Paragraph(run)] => vec![bare(&plain(run))],
                _ => Vec::new(),
            })
            .collect(),
        Block::Table { rows, .. } => {
            rows.iter().map(|row| row.iter().map(|cell| bare(&plain(cell))).collect()).collect()
        }
        _ => return false,
    };
    let is_headline = |text: &String| {
        let without_number = text.trim_start_matches(|c: char| c.is_ascii_digit());
        headlines.iter().any(|headline| headline == text || headline == without_number)
    };
    entries.len() * 2 >= headlines.len()
        && entries.len() >= 2
        && entries.len() <= headlines.len() * 2
        && entries.iter().all(|entry| entry.iter().any(is_headline))
}

//! Lists and tables before the articles that only say again what the headlines say: contents, overviews.

use std::collections::HashSet;

use crate::model::Article;
use crate::model::rich::{Block, plain, plain_blocks};
use crate::parse::draft::Dropped;

use super::names::{bare, is_aside};

/// The reason of what is dropped here.
const REASON: &str = "repeats the headlines that follow";

/// Takes blocks that repeat the headlines out of the intro, and the heading that stands above nothing else.
pub(super) fn drop_repeated(intro: &mut Vec<Block>, articles: &[Article], dropped: &mut Vec<Dropped>) {
    let headlines: HashSet<String> = articles
        .iter()
        .map(|article| bare(&plain(&article.headline)))
        .filter(|text| !text.is_empty())
        .collect();
    if headlines.len() < 2 {
        return;
    }
    let mut kept: Vec<Block> = Vec::with_capacity(intro.len());
    let mut blocks = std::mem::take(intro).into_iter().peekable();
    while let Some(block) = blocks.next() {
        if !repeats(&block, &headlines) {
            kept.push(block);
            continue;
        }
        // Its heading goes with it, unless more than this stands below the heading.
        let alone = blocks.peek().is_none_or(|next| matches!(next, Block::Heading(_)));
        if let Some(heading) = kept.pop_if(|above| alone && matches!(above, Block::Heading(_))) {
            put(&heading, dropped);
        }
        put(&block, dropped);
    }
    // `## Contents` over what is no text.
    while let Some(heading) = kept.pop_if(|last| matches!(last, Block::Heading(text) if is_aside(text))) {
        put(&heading, dropped);
    }
    *intro = kept;
}

fn put(block: &Block, dropped: &mut Vec<Dropped>) {
    dropped.push(Dropped::new(plain_blocks(std::slice::from_ref(block)), REASON));
}

/// Whether every entry of a list or table is one of the headlines, and there are as many as half of them.
fn repeats(block: &Block, headlines: &HashSet<String>) -> bool {
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
        headlines.contains(text) || headlines.contains(without_number)
    };
    entries.len() * 2 >= headlines.len()
        && entries.len() >= 2
        && entries.len() <= headlines.len() * 2
        && entries.iter().all(|entry| entry.iter().any(is_headline))
}

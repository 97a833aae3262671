//! Posts that are no digest: a welcome, a notice of a break, a day without news. They have no link, and say it.

use crate::model::rich::{Block, plain_blocks};
use crate::parse::markdown::{Piece, PieceKind};

use super::names::bare;

/// Words of a title that speaks of the site and not of news.
const TITLES: [&str; 22] = [
    "welcome",
    "hello world",
    "about this",
    "ようこそ",
    "はじめに",
    "お知らせ",
    "환영합니다",
    "시작합니다",
    "시작하며",
    "소개합니다",
    "개설",
    "공지",
    "안내",
    "휴재",
    "휴간",
    "쉽니다",
    "欢迎",
    "歡迎",
    "公告",
    "启事",
    "announcement",
    "no digest",
];
/// Words of a short text that says that there is nothing to say.
const NOTHING: [&str; 11] = [
    "뉴스가 없습니다",
    "소식이 없습니다",
    "기사가 없습니다",
    "뉴스가 없어",
    "쉬어갑니다",
    "쉽니다",
    "no news today",
    "nothing to report",
    "no new articles",
    "ニュースはありません",
    "暂无",
];
/// A longer text has something to say, in characters.
const MAX_NOTHING: usize = 200;
/// A longer title is a headline, in characters.
const MAX_TITLE: usize = 40;

/// Whether a post that was not taken apart is no article either.
pub(super) fn is_notice(pieces: &[Piece], title: Option<&str>) -> bool {
    let mut text = String::new();
    for piece in pieces {
        let block = match &piece.kind {
            PieceKind::Block(block) => block,
            PieceKind::Heading { .. } | PieceKind::Rule => continue,
        };
        if has_link(block) {
            return false;
        }
        text.push_str(&plain_blocks(std::slice::from_ref(block)));
    }
    let title = title.unwrap_or_default().to_lowercase();
    let about = title.chars().count() <= MAX_TITLE && TITLES.iter().any(|words| title.contains(words));
    let text = text.to_lowercase();
    let nothing = text.chars().count() <= MAX_NOTHING && NOTHING.iter().any(|words| text.contains(words));
    about || nothing && !bare(&text).is_empty()
}

fn has_link(block: &Block) -> bool {
    match block {
        Block::Paragraph(run) | Block::Heading(run) => super::first_link(run).is_some(),
        Block::List { items, .. } => items.iter().flatten().any(has_link),
        Block::Quote(blocks) => blocks.iter().any(has_link),
        Block::Table { header, rows } => {
            header.iter().chain(rows.iter().flatten()).any(|cell| super::first_link(cell).is_some())
        }
        Block::Code { .. } | Block::Image { .. } => false,
    }
}

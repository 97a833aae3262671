//! Tables of which each row is an article: which column says what, and a row as an article.

use crate::model::rich::{Block, Inline, plain};
use crate::parse::markdown::{Piece, PieceKind};

use super::cut::Raw;
use super::names::bare;
use super::{first_link, source_line};

/// Names of the columns, letters alone.
const HEADLINE: [&str; 14] = [
    "제목",
    "기사",
    "기사제목",
    "헤드라인",
    "뉴스",
    "소식",
    "title",
    "headline",
    "story",
    "article",
    "news",
    "标题",
    "見出し",
    "タイトル",
];
const PUBLISHER: [&str; 8] = ["매체", "출처", "언론사", "발행처", "source", "publisher", "来源", "媒体"];
const DATE: [&str; 8] = ["날짜", "일자", "발행일", "게시일", "date", "published", "日期", "日付"];
const LINK: [&str; 7] = ["링크", "원문", "link", "url", "주소", "链接", "リンク"];
const NUMBER: [&str; 6] = ["", "번호", "순번", "순위", "no", "rank"];

type Row = [Vec<Inline>];

/// What a table's columns hold.
struct Columns {
    headline: usize,
    publisher: Option<usize>,
    date: Option<usize>,
    link: Option<usize>,
    number: Option<usize>,
}

/// Whether each row of a table is an article: it has a column of headlines, or a link in every row.
pub(super) fn is_articles(header: &Row, rows: &[Vec<Vec<Inline>>]) -> bool {
    rows.len() >= 2
        && (column(header, &HEADLINE).is_some()
            || rows.iter().all(|row| row.iter().any(|cell| first_link(cell).is_some())))
}

/// The rows as articles. Words for a link that stand for it are put into `labels`.
pub(super) fn articles(
    header: &Row,
    rows: Vec<Vec<Vec<Inline>>>,
    line: u32,
    labels: &mut Vec<String>,
) -> Vec<Raw> {
    let columns = Columns {
        headline: column(header, &HEADLINE).unwrap_or_else(|| linked_column(&rows)),
        publisher: column(header, &PUBLISHER),
        date: column(header, &DATE),
        link: column(header, &LINK),
        number: column(header, &NUMBER),
    };
    rows.into_iter().map(|row| article(header, row, &columns, line, labels)).collect()
}

fn column(header: &Row, names: &[&str]) -> Option<usize> {
    header.iter().position(|cell| names.contains(&bare(&plain(cell)).as_str()))
}

/// Without names: the first column that has a link in the first row.
fn linked_column(rows: &[Vec<Vec<Inline>>]) -> usize {
    let first = rows.first().map(Vec::as_slice).unwrap_or_default();
    first.iter().position(|cell| first_link(cell).is_some()).unwrap_or_default()
}

fn article(
    header: &Row,
    row: Vec<Vec<Inline>>,
    columns: &Columns,
    line: u32,
    labels: &mut Vec<String>,
) -> Raw {
    let mut raw = Raw { line, headline: Vec::new(), numbered: false, body: Vec::new(), known: None };
    let mut known = source_line::Known::default();
    let mut rest = Vec::new();
    for (place, cell) in row.into_iter().enumerate() {
        let text = plain(&cell);
        let is = |column: Option<usize>| column == Some(place);
        if place == columns.headline {
            raw.headline = cell;
        } else if is(columns.publisher) && !is_nothing(&text) {
            known.link = known.link.or_else(|| first_link(&cell));
            known.publisher = Some(text.into_owned());
        } else if is(columns.date) && !is_nothing(&text) {
            known.published = Some(text.into_owned());
        } else if is(columns.link) && first_link(&cell).is_some() && source_line::is_link_word(&cell) {
            known.link = first_link(&cell);
            labels.push(text.into_owned());
        } else if !(is_nothing(&text) || is(columns.number) && is_number(&text)) {
            rest.push(labelled(header.get(place), cell));
        }
    }
    raw.known = Some(known);
    if !rest.is_empty() {
        let kind = PieceKind::Block(Block::List { start: None, items: rest });
        raw.body.push(Piece { line, kind });
    }
    raw
}

/// Whether a cell is empty, or says so.
fn is_nothing(text: &str) -> bool {
    matches!(text, "" | "-" | "–" | "—")
}

fn is_number(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_digit())
}

/// `**Why it matters**: Faster builds`, as an item of a list.
fn labelled(name: Option<&Vec<Inline>>, cell: Vec<Inline>) -> Vec<Block> {
    let mut run = Vec::with_capacity(cell.len() + 2);
    if let Some(name) = name.filter(|name| !name.is_empty()) {
        run.push(Inline::Strong(name.clone()));
        run.push(Inline::Text(": ".to_owned()));
    }
    run.extend(cell);
    vec![Block::Paragraph(run)]
}

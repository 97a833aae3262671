//! Texts that are far larger than a post, cut into stretches that are read one after the other and joined again.
//!
//! The Markdown parser keeps some fifty bytes for each mark of a text until it has read all of it, so that fifty megabytes
//! of asterisks would take two gigabytes. It gets no more than [`STRETCH`] at a time.

use std::borrow::Cow;

use crate::model::rich::{Block, Inline};

use super::{Document, Piece, PieceKind, clean};

/// A text up to this size is read as it is, in bytes; a digest has some 10 KiB.
pub(super) const STRETCH: usize = 128 * 1024;

/// Begins a stretch in the middle of a line, so that its first characters mean nothing at the beginning of one. It is
/// invisible, and [`clean`] takes it out again.
const GOES_ON: char = '\u{2060}';

/// A part of a text.
pub(super) struct Stretch<'a> {
    pub(super) text: Cow<'a, str>,
    /// Lines of the text before it, less those that were put before it.
    pub(super) lines_before: u32,
    /// How it goes on from the stretch before it.
    joint: Joint,
}

/// How two stretches hang together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Joint {
    /// A blank line is between them: not at all.
    Blocks,
    /// They are lines of the same paragraph, or items of the same list.
    Lines,
    /// They are of the same line, with a blank between them.
    Words,
    /// They are of the same line.
    Characters,
    /// They are lines of the same code.
    Code,
}

/// The stretches of a text; one, of a text of ordinary size.
pub(super) fn of(markdown: &str) -> impl Iterator<Item = Stretch<'_>> {
    let mut rest = Some(markdown);
    let mut lines_before: u32 = 0;
    let mut joint = Joint::Blocks;
    let mut fence: Option<&str> = None;
    std::iter::from_fn(move || {
        let text = rest.take()?;
        let begun = fence;
        let cut = cut(text, &mut fence);
        let (text, behind) = text.split_at_checked(cut.at).unwrap_or((text, ""));
        let stretch = match joint {
            Joint::Words | Joint::Characters => {
                Stretch { text: format!("{GOES_ON}{text}").into(), lines_before, joint }
            }
            Joint::Code => {
                let fence = begun.unwrap_or_default();
                let lines_before = lines_before.saturating_sub(1);
                Stretch { text: format!("{fence}\n{text}").into(), lines_before, joint }
            }
            Joint::Blocks | Joint::Lines => Stretch { text: text.into(), lines_before, joint },
        };
        let lines = text.bytes().filter(|byte| *byte == b'\n').count();
        lines_before = lines_before.saturating_add(u32::try_from(lines).unwrap_or(u32::MAX));
        joint = cut.joint;
        rest = Some(behind).filter(|behind| !behind.is_empty());
        Some(stretch)
    })
}

/// Where a stretch ends, in bytes, and how the next one goes on.
struct Cut {
    at: usize,
    joint: Joint,
}

/// Ends a stretch at the last blank line before a line that is not indented; else at a line, a blank, a character.
/// `fence` is that of the code that has begun and not ended.
fn cut<'a>(text: &'a str, fence: &mut Option<&'a str>) -> Cut {
    if text.len() <= STRETCH {
        return Cut { at: text.len(), joint: Joint::Blocks };
    }
    let mut at = 0;
    let mut open = *fence;
    let mut after_blank = false;
    let mut block = None;
    let mut last_line = None;
    for line in text.split_inclusive('\n') {
        let is_blank = line.trim().is_empty();
        if at > 0 {
            last_line = Some((at, open));
            if after_blank && open.is_none() && !is_blank && !line.starts_with([' ', '\t']) {
                block = Some(at);
            }
        }
        at += line.len();
        if at > STRETCH {
            break;
        }
        after_blank = is_blank;
        open = match open {
            Some(fence) if closes(line, fence) => None,
            None => opens(line),
            open => open,
        };
    }
    // One that is far before the end would leave a remnant each time.
    if let Some(at) = block.filter(|at| *at >= STRETCH / 2) {
        *fence = None;
        return Cut { at, joint: Joint::Blocks };
    }
    if let Some((at, open)) = last_line.filter(|(at, _)| *at >= STRETCH / 2) {
        *fence = open;
        return Cut { at, joint: if open.is_some() { Joint::Code } else { Joint::Lines } };
    }
    *fence = None;
    let within = text.get(..text.floor_char_boundary(STRETCH)).unwrap_or_default();
    match within.rfind(' ').filter(|at| *at >= STRETCH / 2) {
        Some(at) => Cut { at, joint: Joint::Words },
        None => Cut { at: within.len(), joint: Joint::Characters },
    }
}

/// The fence that a line opens.
fn opens(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let mark = line.bytes().next().filter(|byte| matches!(byte, b'`' | b'~'))?;
    let len = line.bytes().take_while(|byte| *byte == mark).count();
    let (fence, info) = line.split_at_checked(len)?;
    (len >= 3 && !(mark == b'`' && info.contains('`'))).then_some(fence)
}

fn closes(line: &str, fence: &str) -> bool {
    let line = line.trim();
    line.starts_with(fence) && line.bytes().all(|byte| fence.as_bytes().first() == Some(&byte))
}

impl Stretch<'_> {
    /// Puts what was read of this stretch behind what was read before.
    pub(super) fn join(&self, read: Document, document: &mut Document) {
        let mut pieces = read.pieces.into_iter();
        if self.joint != Joint::Blocks
            && let Some(first) = pieces.next()
            && let Some(apart) = self.join_piece(document.pieces.last_mut(), first)
        {
            document.pieces.push(apart);
        }
        document.pieces.extend(pieces);
        document.footnotes.extend(read.footnotes);
        document.dropped.extend(read.dropped);
    }

    /// Puts it behind what was read before as it stands, in one block.
    pub(super) fn keep(&self, first_line: u32, document: &mut Document) {
        let line = first_line.saturating_add(self.lines_before);
        let text = clean::lines(&self.text);
        let last = document.pieces.last_mut().map(|piece| &mut piece.kind);
        match (document.as_it_stands, last) {
            (Some(_), Some(PieceKind::Block(Block::Code { text: before, .. }))) => before.push_str(&text),
            _ => {
                document.as_it_stands = Some(line);
                let kind = PieceKind::Block(Block::Code { language: String::new(), text });
                document.pieces.push(Piece { line, kind });
            }
        }
    }

    /// Puts a piece behind another if they are of the same kind; else gives it back.
    fn join_piece(&self, last: Option<&mut Piece>, first: Piece) -> Option<Piece> {
        let Piece { line, kind } = first;
        match (last.map(|piece| &mut piece.kind), kind) {
            (Some(PieceKind::Block(Block::Paragraph(before))), PieceKind::Block(Block::Paragraph(run))) => {
                match self.joint {
                    Joint::Lines => before.push(Inline::Break),
                    Joint::Words => push(before, Inline::Text(" ".to_owned())),
                    Joint::Blocks | Joint::Characters | Joint::Code => {}
                }
                run.into_iter().for_each(|inline| push(before, inline));
                None
            }
            (
                Some(PieceKind::Block(Block::List { start: None, items: before })),
                PieceKind::Block(Block::List { start: None, items }),
            ) => {
                before.extend(items);
                None
            }
            (
                Some(PieceKind::Block(Block::Code { text: before, .. })),
                PieceKind::Block(Block::Code { text, .. }),
            ) if self.joint == Joint::Code => {
                before.push('\n');
                before.push_str(&text);
                None
            }
            (_, kind) => Some(Piece { line, kind }),
        }
    }
}

/// How many runs, links and blocks there are.
pub(super) fn count_parts(document: &Document) -> usize {
    let pieces = document.pieces.iter().map(|piece| match &piece.kind {
        PieceKind::Heading { text, .. } => 1 + count_runs(text),
        PieceKind::Rule => 1,
        PieceKind::Block(block) => count_block(block),
    });
    let footnotes = document.footnotes.iter().flat_map(|footnote| &footnote.blocks).map(count_block);
    pieces.chain(footnotes).sum::<usize>() + document.dropped.len()
}

fn count_block(block: &Block) -> usize {
    let inner: usize = match block {
        Block::Paragraph(run) | Block::Heading(run) => count_runs(run),
        Block::List { items, .. } => items.len() + items.iter().flatten().map(count_block).sum::<usize>(),
        Block::Quote(blocks) => blocks.iter().map(count_block).sum(),
        Block::Table { header, rows } => {
            header.iter().chain(rows.iter().flatten()).map(|cell| 1 + count_runs(cell)).sum()
        }
        Block::Code { .. } | Block::Image { .. } => 0,
    };
    1 + inner
}

fn count_runs(run: &[Inline]) -> usize {
    run.iter()
        .map(|inline| match inline {
            Inline::Strong(run) | Inline::Emphasis(run) | Inline::Strike(run) => 1 + count_runs(run),
            Inline::Link { text, .. } => 2 + count_runs(text),
            Inline::Text(_) | Inline::Code(_) | Inline::Break => 1,
        })
        .sum()
}

/// Adds to a run; texts that meet become one.
fn push(run: &mut Vec<Inline>, inline: Inline) {
    match (run.last_mut(), inline) {
        (Some(Inline::Text(last)), Inline::Text(text)) => last.push_str(&text),
        (_, inline) => run.push(inline),
    }
}

#[cfg(test)]
mod tests {
    use crate::model::rich::plain_blocks;

    use super::*;
    use crate::parse::markdown::read;

    /// What was read, as text; a rule is `---`.
    fn shown(markdown: &str) -> Vec<String> {
        let pieces = read(markdown, 1).pieces.into_iter();
        pieces
            .map(|piece| match piece.kind {
                PieceKind::Heading { text, .. } => crate::model::rich::plain(&text).into_owned(),
                PieceKind::Rule => "---".to_owned(),
                PieceKind::Block(block) => plain_blocks(&[block]),
            })
            .collect()
    }

    fn lines_of(markdown: &str) -> Vec<u32> {
        read(markdown, 1).pieces.iter().map(|piece| piece.line).collect()
    }

    #[test]
    fn blocks_stay_whole_and_keep_their_lines() {
        let block = |number: usize| {
            let lines = format!("{}\n", "wörds ".repeat(60)).repeat(3);
            format!("{number}\n{lines}{number} end\n\n")
        };
        let text: String = (0..1_000).map(block).collect();
        assert!(text.len() > 4 * STRETCH);
        let shown = shown(&text);
        assert_eq!(shown.len(), 1_000);
        for (number, shown) in shown.iter().enumerate() {
            assert!(
                shown.starts_with(&format!("{number}\nwörds")) && shown.ends_with(&format!("{number} end"))
            );
        }
        let expected: Vec<u32> = (0..1_000).map(|number| 1 + number * 6).collect();
        assert_eq!(lines_of(&text), expected);
    }

    #[test]
    fn a_long_paragraph_list_line_or_code_stays_one() {
        let lines: Vec<String> = (0..20_000).map(|number| format!("line {number}")).collect();
        let paragraph = lines.join("\n");
        assert_eq!(shown(&paragraph), [paragraph.as_str()]);
        let list = format!("- {}", lines.join("\n- "));
        assert_eq!(shown(&list), [list.as_str()]);
        let line = lines.join(" ");
        assert_eq!(shown(&line), [line.as_str()]);
        let stars = format!("a{}b", "*".repeat(3 * STRETCH));
        assert_eq!(shown(&stars), [stars.as_str()]);
        let hangul = "가".repeat(STRETCH);
        assert_eq!(shown(&hangul), [hangul.as_str()]);
        let code = lines.join("\n\n# ");
        assert_eq!(shown(&format!("```sh\n{code}\n```\n\nend\n")), [code.as_str(), "end"]);
    }

    #[test]
    fn what_has_too_many_links_is_kept_as_it_stands() {
        let text = format!("intro\n\n{}\nthe end\n", "[a](https://e.x/1)\n".repeat(200_000));
        let document = read(&text, 1);
        let Some(PieceKind::Block(Block::Code { text: kept, .. })) =
            document.pieces.last().map(|piece| &piece.kind)
        else {
            panic!("nothing is kept as it stands");
        };
        assert!(kept.ends_with("[a](https://e.x/1)\n\nthe end\n"));
        let line = document.as_it_stands.expect("a line") as usize;
        assert_eq!(kept.lines().count() + line - 1, text.lines().count());
        assert!(count_parts(&document) < 2 * crate::parse::markdown::MAX_PARTS);
    }

    #[test]
    fn a_link_may_be_defined_far_behind_it() {
        let text = format!(
            "[far][1]\n\n{}[1]: https://e.x/1\n",
            "a text of many words that says hardly anything\n\n".repeat(20_000)
        );
        let document = read(&text, 1);
        assert!(
            matches!(
                document.pieces.first().map(|piece| &piece.kind),
                Some(PieceKind::Block(Block::Paragraph(run)))
                    if matches!(run.as_slice(), [Inline::Link { url, .. }] if url == "https://e.x/1")
            ),
            "{:?}",
            document.pieces.first()
        );
        assert!(document.dropped.is_empty(), "{:?}", document.dropped);
    }
}

//! Lines to Discord's embeds, and the limits by which lines are divided into messages and fields.
//!
//! Limits are those of `developers/resources/message.mdx` in Discord's documentation, in code points, inclusive.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::rich::{Block, plain};
use crate::model::{Article, Style};
use crate::render::discord::body::{Embed, OPTIONS, ROWS};
use crate::render::discord::markup::markdown;
use crate::render::flow::Line;
use crate::render::split::split;
use crate::render::view::{View, headline};
use crate::render::words::Phrase;
use crate::text::{Unit, clean, cut_by, discord_markdown, discord_plain, is_blank, safe_link};

const EMBEDS: usize = 10;
/// All text of all embeds of a message together.
const TEXT: usize = 6000;
const TITLE: usize = 256;
/// The longest description.
pub(super) const DESCRIPTION: usize = 4096;
const FIELDS: usize = 25;
const FIELD_VALUE: usize = 1024;

/// Kept free in every message for ` · corrected 17:02`, so that a correction divides a digest as before.
const NOTE: usize = 24;

/// Shown as nothing, for a name or a value that must not be empty.
const NOTHING: &str = "\u{200b}";

/// Lays out an edition.
pub(super) struct Layout<'v, 'a> {
    pub(super) view: &'v View<'a>,
}

/// An embed before its parts are counted.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sheet {
    /// The article that it shows; none for the header, an intro, a closing or a list.
    article: Option<usize>,
    /// Which part of the article it is.
    number: PartNumber,
    /// Whether it is the header.
    is_header: bool,
    description: Vec<Line>,
    fields: Vec<Field>,
}

#[derive(Debug, Clone, PartialEq)]
struct Field {
    section: usize,
    number: PartNumber,
    value: Vec<Line>,
}

/// Which part of an article or section something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PartNumber {
    /// The first, or all of it.
    First,
    /// A later one, before they are counted.
    Later,
    /// A later one, from 2, and how many there are.
    Counted(usize, usize),
}

impl PartNumber {
    fn new(goes_on: bool) -> Self {
        if goes_on { Self::Later } else { Self::First }
    }

    /// What follows the title. Before the parts are counted it is as long as it can get.
    fn suffix(self) -> String {
        match self {
            Self::First => String::new(),
            Self::Later => " (999/999)".to_owned(),
            Self::Counted(part, parts) => format!(" ({part}/{parts})"),
        }
    }
}

impl Layout<'_, '_> {
    /// The messages' embeds: the plain ones are the same text without links and emphasis.
    pub(super) fn messages(&self, flow: &[Line]) -> Vec<(Vec<Line>, Vec<Embed>, Vec<Embed>)> {
        let parts = split(flow, |lines, part| self.fits(lines, part));
        let mut sheets: Vec<Vec<Sheet>> =
            parts.iter().enumerate().map(|(part, lines)| self.sheets(lines, part)).collect();
        sheets.iter_mut().for_each(|message| message.retain(|sheet| self.shows(sheet)));
        count_parts(&mut sheets);
        let rich = self.embeds(&sheets);
        let stripped: Vec<Vec<Sheet>> =
            sheets.iter().map(|message| message.iter().map(stripped).collect()).collect();
        let mut plain = self.embeds(&stripped);
        for embed in plain.iter_mut().flatten() {
            embed.url = None;
            embed.colour = None;
            embed.image = None;
        }
        let messages =
            parts.into_iter().zip(rich).zip(plain).map(|((lines, rich), plain)| (lines, rich, plain));
        messages.filter(|(_, rich, _)| !rich.is_empty()).collect()
    }

    fn fits(&self, lines: &[Line], part: usize) -> bool {
        // Laying out costs more than counting, and markup only adds to the text.
        if lines.iter().flat_map(|line| &line.spans).map(|span| length(&span.text)).sum::<usize>() > TEXT {
            return false;
        }
        if self.is_list() {
            let entries = lines.iter().filter(|line| line.opens).count();
            let description = length(&markdown(lines));
            return entries <= OPTIONS * ROWS
                && description <= DESCRIPTION
                && description + TITLE + NOTE <= TEXT;
        }
        let sheets = self.sheets(lines, part);
        let text: usize = sheets.iter().map(|sheet| self.embed(sheet).length()).sum();
        let fits = |text: usize| text + NOTE <= TEXT;
        // The plain text is no more than twice as long.
        let fits_plain = || fits(sheets.iter().map(|sheet| self.embed(&stripped(sheet)).length()).sum());
        sheets.len() <= EMBEDS && fits(text) && (fits(2 * text) || fits_plain())
    }

    /// Whether an embed would show anything.
    fn shows(&self, sheet: &Sheet) -> bool {
        let embed = self.embed(sheet);
        !(is_blank(&embed.title)
            && is_blank(&embed.description)
            && embed.fields.is_empty()
            && embed.footer.is_empty())
    }

    fn is_list(&self) -> bool {
        self.view.style() == Style::Headlines
    }

    fn sheets(&self, lines: &[Line], part: usize) -> Vec<Sheet> {
        let mut sheets = Vec::new();
        for group in lines.chunk_by(|a, b| self.is_list() || a.article == b.article) {
            let article = group[0].article.filter(|_| !self.is_list());
            let number = PartNumber::new(article.is_some() && !group[0].opens);
            let is_header = part == 0 && sheets.is_empty() && !self.view.is_opened();
            let (fields, description): (Vec<Line>, Vec<Line>) =
                group.iter().cloned().partition(|line| line.section.is_some());
            let empty = Sheet { article, number, is_header, description: Vec::new(), fields: Vec::new() };
            let mut own = vec![empty.clone()];
            for (place, description) in
                split(&description, |lines, _| fits_either_way(lines, DESCRIPTION)).into_iter().enumerate()
            {
                if place > 0 {
                    own.push(Sheet {
                        number: PartNumber::new(article.is_some()),
                        is_header: false,
                        ..empty.clone()
                    });
                }
                if let Some(last) = own.last_mut() {
                    last.description = description;
                }
            }
            for field in fields.chunk_by(|a, b| a.section == b.section).flat_map(fields_of) {
                if own.last().is_some_and(|last| last.fields.len() == FIELDS) {
                    own.push(Sheet { number: PartNumber::Later, is_header: false, ..empty.clone() });
                }
                if let Some(last) = own.last_mut() {
                    last.fields.push(field);
                }
            }
            sheets.append(&mut own);
        }
        sheets
    }

    /// The sheets as embeds.
    fn embeds(&self, messages: &[Vec<Sheet>]) -> Vec<Vec<Embed>> {
        let mut embeds = Vec::new();
        for message in messages {
            let mut set: Vec<Embed> = message.iter().map(|sheet| self.embed(sheet)).collect();
            // Discord merges embeds of one address within a message: only the first keeps it.
            let mut seen = BTreeSet::new();
            for embed in &mut set {
                embed.url = embed.url.take().filter(|url| seen.insert(url.clone()));
            }
            if let (Some(at), Some(last)) = (self.view.edition.corrected_at, set.last_mut()) {
                let note = self.view.say(Phrase::Corrected(at));
                last.footer =
                    if last.footer.is_empty() { note } else { format!("{} · {note}", last.footer) };
            }
            embeds.push(set);
        }
        embeds
    }

    fn embed(&self, sheet: &Sheet) -> Embed {
        let mut embed = Embed { description: markdown(&sheet.description), ..Embed::default() };
        if sheet.is_header {
            embed.title = title(&self.view.title(), "");
            embed.url = self.view.web();
        }
        let Some((place, article)) = sheet.article.and_then(|place| Some((place, self.view.article(place)?)))
        else {
            return embed;
        };
        embed.title = title(&headline(&article.article), &sheet.number.suffix());
        embed.url = self.view.link(&article.article);
        embed.image = picture(&article.article).filter(|_| sheet.number == PartNumber::First);
        embed.colour = self.view.topics(article).next().map(|(look, _)| look.colour);
        embed.footer = self.footer(place);
        for field in &sheet.fields {
            let name = article.article.sections.get(field.section).map(|section| plain(&section.title));
            let name = title(clean(&name.unwrap_or_default()).trim(), &field.number.suffix());
            embed.fields.push((or_nothing(name), or_nothing(markdown(&field.value))));
        }
        embed
    }

    /// `Modern Diplomacy · 2025-12-17 · 1/6`, of an opened article with its id. A footer knows no Markdown.
    fn footer(&self, place: usize) -> String {
        let footer = self.source(place);
        match self.view.id() {
            Some(id) if footer.is_empty() => id,
            Some(id) => format!("{footer} · {id}"),
            None => footer,
        }
    }

    fn source(&self, place: usize) -> String {
        let byline =
            self.view.article(place).map(|article| self.view.byline(&article.article)).unwrap_or_default();
        let (number, count) = self.view.number(place);
        let byline = discord_plain(&byline);
        match (byline.is_empty(), count) {
            (_, 1) => byline,
            (true, _) => format!("{number}/{count}"),
            (false, _) => format!("{byline} · {number}/{count}"),
        }
    }
}

/// The first picture of an article that Discord may fetch.
fn picture(article: &Article) -> Option<String> {
    article.sections.iter().flat_map(|section| &section.blocks).find_map(|block| match block {
        Block::Image { url, .. } => safe_link(url).filter(|url| url.starts_with("https://")),
        _ => None,
    })
}

/// Whether a title (of a digest, article or section) stands whole where titles do.
pub(super) fn is_title(text: &str) -> bool {
    length(&discord_markdown(text, true)) <= TITLE
}

/// A title with what follows it, cut to what an embed takes.
fn title(text: &str, suffix: &str) -> String {
    let set = |text: &str| format!("{}{suffix}", discord_markdown(text, true));
    set(&cut_by(text, |shorter| length(&set(shorter)) <= TITLE))
}

/// A section's lines as fields.
fn fields_of(lines: &[Line]) -> Vec<Field> {
    let Some(section) = lines.first().and_then(|line| line.section) else { return Vec::new() };
    let goes_on = !lines[0].opens_section;
    let parts = split(lines, |lines, _| fits_either_way(lines, FIELD_VALUE)).into_iter().enumerate();
    parts
        .map(|(part, value)| Field { section, number: PartNumber::new(goes_on || part > 0), value })
        .collect()
}

/// Numbers the later parts of articles and of sections, over all messages.
fn count_parts(messages: &mut [Vec<Sheet>]) {
    let mut articles: BTreeMap<Option<usize>, Vec<&mut PartNumber>> = BTreeMap::new();
    let mut sections: BTreeMap<(Option<usize>, usize), Vec<&mut PartNumber>> = BTreeMap::new();
    for sheet in messages.iter_mut().flatten() {
        articles.entry(sheet.article).or_default().push(&mut sheet.number);
        for field in &mut sheet.fields {
            sections.entry((sheet.article, field.section)).or_default().push(&mut field.number);
        }
    }
    for parts in articles.into_values().chain(sections.into_values()) {
        let count = parts.len();
        for (place, number) in parts.into_iter().enumerate().skip(1) {
            *number = PartNumber::Counted(place + 1, count);
        }
    }
}

fn or_nothing(text: String) -> String {
    if text.trim().is_empty() { NOTHING.to_owned() } else { text }
}

fn length(text: &str) -> usize {
    Unit::CodePoints.measure(text)
}

/// Whether lines fit, with their markup and without it: an address that is no link any more is text, of which each
/// character may have to be escaped.
fn fits_either_way(lines: &[Line], limit: usize) -> bool {
    let rich = length(&markdown(lines));
    rich <= limit && (2 * rich <= limit || length(&markdown(&plain_lines(lines))) <= limit)
}

fn plain_lines(lines: &[Line]) -> Vec<Line> {
    lines.iter().map(Line::stripped).collect()
}

fn stripped(sheet: &Sheet) -> Sheet {
    let fields = sheet.fields.iter().map(|field| Field { value: plain_lines(&field.value), ..field.clone() });
    Sheet { description: plain_lines(&sheet.description), fields: fields.collect(), ..sheet.clone() }
}

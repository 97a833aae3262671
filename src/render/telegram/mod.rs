//! Editions and replies as Telegram messages: what stands in which line is here, its HTML in `markup.rs`, the JSON
//! in `body.rs`.

mod body;
mod markup;

use std::collections::BTreeMap;

use crate::model::lexicon::Lexicon;
use crate::model::message::{Body, Rendered};
use crate::model::reply::{Action, Button, Choice, Found, Menu, Reply};
use crate::model::rich::plain as plain_text;
use crate::model::{EnrichedArticle, Style};
use crate::render::Surface;
use crate::render::flow::{Line, Marks, Rank, Span, lines, spans};
use crate::render::found;
use crate::render::list::List;
use crate::render::split::split;
use crate::render::telegram::body::{BUTTON_LINK, Message, ROW};
use crate::render::telegram::markup::{plain, set};
use crate::render::view::{Entry, View, headline, is_titled, shows_nothing, summary, summary_section};
use crate::render::words::{Phrase, is_summary_title};
use crate::text::{Unit, cut, is_blank};

/// A repeated headline is cut to this many characters.
const REPEATED: usize = 100;

/// The longest title in the header, in UTF-16 units: behind it the first headline must begin within the first 120,
/// which is what a notification shows. The whole of a longer one stands at the end.
const TITLE: usize = 60;

/// Choices of a menu in a row: more would be cut on a phone.
const CHOICES: usize = 3;

/// Numbers that no digest reaches, to measure with before the parts are counted.
const WIDEST: (usize, usize) = (999, 999);

/// The messages of a delivery.
pub(super) fn edition(surface: Surface<'_>, view: &View<'_>) -> Vec<Rendered> {
    let mut rendered = Vec::new();
    for (part, message) in messages(surface, Some(view), &[], &[]).into_iter().enumerate() {
        let silent = part > 0;
        let plain = Message { text: message.plain, is_plain: true, silent, ..Message::default() };
        let rich = Message { silent, ..message.rich };
        rendered.push(Rendered { body: rich.body(), plain: plain.body() });
    }
    rendered
}

/// A message that says no more than this line.
pub(super) fn line(text: &str) -> Rendered {
    let body = Message { text: text.to_owned(), is_plain: true, silent: true, ..Message::default() }.body();
    Rendered { body: body.clone(), plain: body }
}

/// The messages of a list over several digests.
pub(super) fn list(surface: Surface<'_>, list: &List<'_>) -> Vec<Rendered> {
    let title = Span::foreign(&list.title(TITLE), Marks::STRONG);
    let icon = Span::ours("📰 ", Marks::default());
    let mut lines = vec![Line::new(Rank::Article, vec![icon, title]), plain_line(&list.day_line())];
    for (number, item) in list.items() {
        if let Some(day) = &item.new_day {
            let day = Span::foreign(day, Marks::STRONG).linked(item.view.web());
            lines.push(Line::new(Rank::Section, vec![day]).after_gap());
        }
        let rank = if item.new_day.is_some() { Rank::Word } else { Rank::Article };
        lines.push(Line {
            rank,
            article: Some(number),
            opens: true,
            ..entry(item.view, number, item.article)
        });
    }
    let below = list.left_out().into_iter().chain(list.companies_line());
    lines.extend(below.map(|text| plain_line(&text).after_gap()));
    let mut rendered = Vec::new();
    for lines in split(&lines, |lines, _| set(lines).fits()) {
        let shown = list
            .items()
            .filter(|(number, _)| lines.iter().any(|line| line.opens && line.article == Some(*number)));
        let buttons: Vec<Button> =
            shown.filter_map(|(number, item)| opener(surface, item.view, number, item.place)).collect();
        let rows = buttons.chunks(ROW).map(<[_]>::to_vec).collect();
        let silent = !rendered.is_empty();
        let rich = Message { text: set(&lines).raw, rows, silent, ..Message::default() };
        let plain = Message { text: plain(&lines), is_plain: true, silent, ..Message::default() };
        rendered.push(Rendered { body: rich.body(), plain: plain.body() });
    }
    rendered
}

/// The messages of an answer.
pub(super) fn reply(surface: Surface<'_>, reply: &Reply, lexicon: &Lexicon) -> Vec<Body> {
    let view = reply.edition.as_deref().map(|edition| View::new(edition, lexicon));
    let mut lines = prose(&reply.lines);
    lines.append(&mut found::lines(&reply.found, reply.language, true));
    let mut buttons: Vec<Vec<Button>> = openers(surface, &reply.found);
    buttons.extend(reply.menus.iter().flat_map(choices));
    buttons
        .extend(reply.buttons.iter().map(|row| row.iter().filter_map(|one| private(surface, one)).collect()));
    let mut messages = messages(surface, view.as_ref(), &lines, &buttons);
    if let Some(last) =
        messages.last_mut().filter(|_| reply.picks_chat && surface == Surface::TelegramPrivate)
    {
        let labels = [Phrase::PickChannel, Phrase::PickGroup];
        last.rich.chooses = Some(labels.map(|label| label.say(reply.language)));
    }
    messages.into_iter().map(|message| message.rich.body()).collect()
}

/// A message, and the same words without markup.
struct Pair {
    rich: Message,
    plain: String,
}

/// The messages that show `prose` and then an edition, with buttons below the last.
fn messages(
    surface: Surface<'_>,
    view: Option<&View<'_>>,
    prose: &[Line],
    buttons: &[Vec<Button>],
) -> Vec<Pair> {
    let mut flow = prose.to_vec();
    if let Some(view) = view {
        let mut shown = self::flow(view);
        if let Some(first) = shown.first_mut() {
            first.gap = true;
        }
        flow.append(&mut shown);
    }
    let mut parts = split(&flow, |lines, _| fits(view, lines));
    parts.retain(|lines| !lines.iter().all(|line| is_blank(&line.text())));
    let mut counts: BTreeMap<Option<usize>, (usize, usize)> = BTreeMap::new();
    for lines in &parts {
        articles_of(lines).for_each(|article| counts.entry(article).or_default().1 += 1);
    }
    let mut pairs = Vec::new();
    for lines in parts {
        articles_of(&lines).for_each(|article| counts.entry(article).or_default().0 += 1);
        let number =
            lines[0].article.and_then(|article| counts.get(&Some(article)).copied()).unwrap_or_default();
        let whole = with_heading(view, &lines, number, view.and_then(note));
        let rows = view.map(|view| numbers(surface, view, &lines)).unwrap_or_default();
        let rich = Message { text: set(&whole).raw, rows, ..Message::default() };
        pairs.push(Pair { rich, plain: plain(&whole) });
    }
    if let (Some(first), Some(view)) = (pairs.first_mut(), view) {
        first.rich.preview = preview(view);
    }
    if let Some(last) = pairs.last_mut() {
        let press = !matches!(surface, Surface::TelegramGroup { .. });
        last.rich.rows.extend(view.and_then(View::neighbours).filter(|_| press));
        last.rich.rows.extend(buttons.iter().cloned());
        last.rich.rows.extend(view.and_then(web_button));
    }
    pairs
}

/// The articles of which lines are a part, each once, in order.
fn articles_of(lines: &[Line]) -> impl Iterator<Item = Option<usize>> {
    lines.chunk_by(|a, b| a.article == b.article).map(|group| group[0].article)
}

fn fits(view: Option<&View<'_>>, lines: &[Line]) -> bool {
    // Room is kept for a correction's note, so that a correction divides a digest as before.
    let note = Line::new(Rank::Line, vec![Span::ours("corrected 00:00", Marks::EMPHASIS)]);
    set(&with_heading(view, lines, WIDEST, Some(note))).fits()
}

/// A message's lines, below the repeated headline where they go on with an article, above the correction's note.
fn with_heading(
    view: Option<&View<'_>>,
    lines: &[Line],
    number: (usize, usize),
    note: Option<Line>,
) -> Vec<Line> {
    let mut whole = Vec::with_capacity(lines.len() + 2);
    if let (Some(view), Some(first)) = (view, lines.first()) {
        whole.extend(repeated(view, first, number));
    }
    whole.extend_from_slice(lines);
    whole.extend(note);
    whole
}

/// `**2. headline (2/3)**` above what goes on with an article.
fn repeated(view: &View<'_>, first: &Line, (part, parts): (usize, usize)) -> Option<Line> {
    let place = first.article.filter(|_| !first.opens && view.style() != Style::Headlines)?;
    let article = &view.article(place)?.article;
    let headline = cut(&headline(article), REPEATED, Unit::Utf16);
    let linked = Span::foreign(&headline, Marks::STRONG).linked(view.link(article));
    let suffix = Span::ours(format!(" ({part}/{parts})"), Marks::STRONG);
    Some(Line::new(Rank::Article, vec![number(view, place), linked, suffix]))
}

fn note(view: &View<'_>) -> Option<Line> {
    let note = view.say(Phrase::Corrected(view.edition.corrected_at?));
    Some(Line::new(Rank::Line, vec![Span::ours(note, Marks::EMPHASIS)]))
}

/// An answer's paragraphs. Commands in them are to be pressed; mentions and tags are not.
fn prose(paragraphs: &[String]) -> Vec<Line> {
    let line = |text: &str| {
        let pieces = text.split_inclusive('/').map(|piece| match piece.strip_suffix('/') {
            Some(before) => [Span::foreign(before, Marks::default()), Span::ours("/", Marks::default())],
            None => [Span::foreign(piece, Marks::default()), Span::default()],
        });
        Line::new(Rank::Line, pieces.flatten().filter(|span| !span.text.is_empty()).collect())
    };
    paragraphs.iter().flat_map(|paragraph| paragraph.split('\n').map(line)).collect()
}

/// Everything that an edition shows, as lines.
fn flow(view: &View<'_>) -> Vec<Line> {
    let digest = &view.edition.digest;
    let mut flow = Vec::new();
    if !view.is_opened() {
        flow.append(&mut header(view));
    }
    flow.append(&mut view.prose(&digest.intro));
    for entry_of in view.entries() {
        let (place, article) = match entry_of {
            Entry::Article(place, article) => (place, article),
            Entry::Withdrawn(lines) => {
                flow.extend(lines);
                continue;
            }
        };
        let is_first_entry = view.shown.first() == Some(&place);
        let mut own = match view.style() {
            Style::Headlines => vec![entry(view, view.number(place).0, article)],
            Style::Summary | Style::Full => set_article(view, place, article),
        };
        own[0].gap = is_first_entry || view.style() != Style::Headlines;
        own[0].rank = Rank::Article;
        own[0].opens = true;
        own.iter_mut().for_each(|line| line.article = Some(place));
        flow.append(&mut own);
    }
    let mut closing = view.prose(&digest.closing);
    if let Some(first) = closing.first_mut() {
        first.rank = Rank::Article;
    }
    flow.append(&mut closing);
    flow.extend(whole_title(view));
    flow.extend(web_line(view));
    flow
}

fn header(view: &View<'_>) -> Vec<Line> {
    let title = cut(&view.title(), TITLE, Unit::Utf16);
    let icon = Span::ours("📰 ", Marks::default());
    let mut header = vec![
        Line::new(Rank::Article, vec![icon, Span::foreign(&title, Marks::STRONG).linked(view.web())]),
        plain_line(&view.day_line()),
    ];
    if !view.prose(&view.edition.digest.intro).is_empty() {
        // An intro would push the first headline out of the notification.
        header.extend(view.first_headline(REPEATED).map(|headline| plain_line(&headline)));
    }
    header
}

fn plain_line(text: &str) -> Line {
    Line::new(Rank::Line, vec![Span::foreign(text, Marks::default())])
}

/// The title, where the header has it cut.
fn whole_title(view: &View<'_>) -> Option<Line> {
    let is_cut = Unit::Utf16.measure(&view.title()) > TITLE && !view.is_opened();
    let line = || Line::new(Rank::Article, vec![Span::foreign(&view.title(), Marks::EMPHASIS)]).after_gap();
    is_cut.then(line)
}

/// `1. ` before a headline; an article that is alone has no number.
fn number(view: &View<'_>, place: usize) -> Span {
    let (number, count) = view.number(place);
    Span::ours(if count > 1 { format!("{number}. ") } else { String::new() }, Marks::STRONG)
}

/// A line of a list: the number, the headline, the publisher.
fn entry(view: &View<'_>, number: usize, article: &EnrichedArticle) -> Line {
    let number = Span::ours(format!("{number}."), Marks::STRONG);
    let blank = Span::ours(" ", Marks::default());
    let headline = Span::foreign(&headline(&article.article), Marks::default());
    let mut entry = vec![number, blank, headline.linked(view.link(&article.article))];
    if let Some(publisher) =
        article.article.publisher.as_deref().map(str::trim).filter(|name| !name.is_empty())
    {
        entry.push(Span::foreign(&format!(" — {publisher}"), Marks::default()));
    }
    Line::new(Rank::Article, entry)
}

fn set_article(view: &View<'_>, place: usize, article: &EnrichedArticle) -> Vec<Line> {
    let link = view.link(&article.article);
    let mut heading = vec![number(view, place)];
    let headline = spans(&article.article.headline, Marks::STRONG);
    heading.extend(headline.into_iter().map(|span| span.linked(link.clone())));
    let mut own = vec![Line::new(Rank::Article, heading)];
    let mut body = match view.style() {
        Style::Full => sections(view, article),
        Style::Headlines | Style::Summary => lines(summary(&article.article), view.edition.language),
    };
    if let Some(first) = body.first_mut() {
        // A headline without a text below it is nothing to end a message with.
        first.rank = Rank::Word;
        first.gap = false;
    }
    own.append(&mut body);
    own.extend(below(view, article));
    own
}

/// All sections: the summary as it is, what follows it behind the fold.
fn sections(view: &View<'_>, article: &EnrichedArticle) -> Vec<Line> {
    let mut all = Vec::new();
    let summary = summary_section(&article.article);
    for (place, section) in article.article.sections.iter().enumerate() {
        if shows_nothing(section) {
            continue;
        }
        let mut own = lines(&section.blocks, view.edition.language);
        let is_named =
            is_titled(section) && !(place == summary && is_summary_title(&plain_text(&section.title)));
        if is_named {
            if let Some(first) = own.first_mut() {
                first.rank = Rank::Word;
            }
            own.insert(0, Line::new(Rank::Section, spans(&section.title, Marks::STRONG)));
        }
        if let Some(first) = own.first_mut() {
            first.rank = first.rank.max(Rank::Section);
            first.gap = place > summary + 1;
        }
        own.iter_mut().for_each(|line| line.folded = place > summary);
        all.append(&mut own);
    }
    all
}

/// The publisher's line and the tags.
fn below(view: &View<'_>, article: &EnrichedArticle) -> Vec<Line> {
    let byline = view.byline(&article.article);
    let topics = view.topics(article).map(|(_, name)| name);
    let tags: Vec<String> =
        topics.chain(view.tag_companies(article)).filter_map(|name| hashtag(&name)).collect();
    let mut below = Vec::new();
    if !byline.is_empty() {
        below.push(Line::new(Rank::Line, vec![Span::foreign(&byline, Marks::EMPHASIS)]));
    }
    if !tags.is_empty() {
        below.push(Line::new(Rank::Line, vec![Span::ours(tags.join(" "), Marks::default())]));
    }
    below.extend(
        view.id()
            .map(|id| Line::new(Rank::Line, vec![Span::ours(id, Marks { code: true, ..Marks::default() })])),
    );
    below
}

/// `#Hut8` for `Hut 8`: letters and digits alone make a tag, and not digits alone.
fn hashtag(name: &str) -> Option<String> {
    let tag: String = name.chars().filter(|c| c.is_alphanumeric() || *c == '_').collect();
    tag.chars().any(char::is_alphabetic).then(|| format!("#{tag}"))
}

/// A list's buttons: each number opens its article, here in private, else by a link that leads there.
fn numbers(surface: Surface<'_>, view: &View<'_>, lines: &[Line]) -> Vec<Vec<Button>> {
    if view.style() != Style::Headlines {
        return Vec::new();
    }
    let places = lines.iter().filter(|line| line.opens).filter_map(|line| line.article);
    let buttons: Vec<Button> =
        places.filter_map(|place| opener(surface, view, view.number(place).0, place)).collect();
    buttons.chunks(ROW).map(<[_]>::to_vec).collect()
}

/// The button that opens an article.
fn opener(surface: Surface<'_>, view: &View<'_>, number: usize, place: usize) -> Option<Button> {
    Some(Button { label: number.to_string(), action: opening(surface, view.opening(place))? })
}

/// What opens an article: the press in private, else a link that leads there.
fn opening(surface: Surface<'_>, press: String) -> Option<Action> {
    match surface {
        // What a start link carries may have no colon.
        Surface::TelegramGroup { bot } => {
            Some(Action::Open(format!("https://t.me/{}?start={}", bot?, press.replace(':', "_"))))
        }
        Surface::TelegramPrivate | Surface::Discord | Surface::DiscordForum => Some(Action::Press(press)),
    }
}

/// A button as it is here: what is about the presser's own conversation leads there, from elsewhere by a link.
fn private(surface: Surface<'_>, button: &Button) -> Option<Button> {
    match &button.action {
        Action::InPrivate(press) => {
            Some(Button { label: button.label.clone(), action: opening(surface, press.clone())? })
        }
        Action::Open(_) | Action::Press(_) => Some(button.clone()),
    }
}

/// The numbers that open what a look-up found.
fn openers(surface: Surface<'_>, found: &[Found]) -> Vec<Vec<Button>> {
    let button = |(number, item): (usize, &Found)| {
        Some(Button { label: number.to_string(), action: opening(surface, item.open.clone())? })
    };
    let buttons: Vec<Button> = (1..).zip(found).filter_map(button).collect();
    buttons.chunks(ROW).map(<[_]>::to_vec).collect()
}

/// A menu as buttons; the one that is chosen has a tick.
fn choices(menu: &Menu) -> Vec<Vec<Button>> {
    let button = |choice: &Choice| {
        let tick = if choice.chosen { "✓ " } else { "" };
        Button { label: format!("{tick}{}", choice.label), action: Action::Press(choice.press.clone()) }
    };
    menu.choices.chunks(CHOICES).map(|row| row.iter().map(button).collect()).collect()
}

fn web_button(view: &View<'_>) -> Option<Vec<Button>> {
    let link = view.web().filter(|link| is_for_a_button(link))?;
    Some(vec![Button { label: view.say(Phrase::ReadOnWeb), action: Action::Open(link) }])
}

/// The link to the publisher's post as text, where no button can hold it.
fn web_line(view: &View<'_>) -> Option<Line> {
    let link = view.web().filter(|link| !is_for_a_button(link))?;
    let label = Span::ours(view.say(Phrase::ReadOnWeb), Marks::default());
    Some(Line::new(Rank::Article, vec![label.linked(Some(link))]).after_gap())
}

fn is_for_a_button(link: &str) -> bool {
    Unit::CodePoints.measure(link) <= BUTTON_LINK
}

/// The one article's address: with more articles a preview would show any of them.
fn preview(view: &View<'_>) -> Option<String> {
    match view.shown.as_slice() {
        [place] => view.link(&view.article(*place)?.article),
        _ => None,
    }
}

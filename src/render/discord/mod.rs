//! Editions and replies as Discord messages: what stands in which line is here, how lines become embeds in
//! `layout.rs`, their Markdown in `markup.rs`, the JSON in `body.rs`.

mod body;
mod forum;
mod layout;
mod markup;
mod mention;
mod prose;

pub(super) use mention::mention;

use crate::model::lexicon::Lexicon;
use crate::model::message::{Body, Rendered};
use crate::model::reply::{Action, Audience, Button, Menu, Reply};
use crate::model::rich::plain;
use crate::model::{EnrichedArticle, Style};
use crate::render::discord::body::{BUTTON_LINK, CONTENT, Embed, MenuOption, Message, OPTIONS, ROWS, Row};
use crate::render::discord::forum::for_forum;
use crate::render::discord::layout::{DESCRIPTION, Layout, is_title};
use crate::render::discord::markup::markdown;
use crate::render::discord::prose::prose;
use crate::render::flow::{Line, Marks, Rank, Span, lines, spans};
use crate::render::found;
use crate::render::list::List;
use crate::render::split::split;
use crate::render::view::{
    Entry, THREAD_TITLE, View, headline, is_titled, shows_nothing, summary, topic_names,
};
use crate::render::words::Phrase;
use crate::text::{Unit, clean, cut, discord_markdown};

/// The digest's title and the first headline in the first line, in code points: a phone shows no more.
const NOTICE_TITLE: usize = 100;
const NOTICE_HEADLINE: usize = 200;

/// The messages of a list over several digests.
pub(super) fn list(list: &List<'_>, in_forum: bool) -> Vec<Rendered> {
    let mut lines = vec![plain_line(&list.day_line())];
    lines.extend(list.companies_line().map(|companies| plain_line(&companies)));
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
    lines.extend(list.left_out().map(|others| plain_line(&others).after_gap()));
    let parts = split(&lines, |lines, _| Unit::CodePoints.measure(&markdown(lines)) <= DESCRIPTION);
    let mut rendered = Vec::new();
    for (part, lines) in parts.iter().enumerate() {
        let title = if part == 0 { discord_markdown(&list.title(NOTICE_TITLE), true) } else { String::new() };
        let content = if part == 0 { list_notice(list) } else { String::new() };
        let embed = Embed { title, description: markdown(lines), ..Embed::default() };
        let stripped: Vec<Line> = lines.iter().map(Line::stripped).collect();
        let plain_embed = Embed { description: markdown(&stripped), ..embed.clone() };
        let shown = list
            .items()
            .filter(|(number, _)| lines.iter().any(|line| line.opens && line.article == Some(*number)));
        let options: Vec<MenuOption> = shown
            .map(|(number, item)| menu_option(number, item.article, item.view.opening(item.place)))
            .collect();
        let menus = options.chunks(OPTIONS).enumerate().map(|(place, options)| Row::Menu {
            id: format!("pick:{part}.{place}"),
            placeholder: list.say(Phrase::PickArticle),
            options: options.to_vec(),
        });
        let silent = part > 0;
        let rich = Message {
            content: content.clone(),
            embeds: vec![embed],
            rows: menus.collect(),
            silent,
            private: false,
        };
        let plain = Message {
            content: content.replace("**", ""),
            embeds: vec![plain_embed],
            rows: Vec::new(),
            ..rich.clone()
        };
        rendered.push(Rendered { body: rich.body(), plain: plain.body() });
    }
    if in_forum {
        for_forum(&mut rendered, &list.thread_name(), &list.topic_names());
    }
    rendered
}

fn list_notice(list: &List<'_>) -> String {
    let title = discord_markdown(&list.title(NOTICE_TITLE), true);
    let headline = list.first_headline(NOTICE_HEADLINE).unwrap_or_default();
    format!("📰 **{title}** — {}", discord_markdown(&headline, false))
}

fn plain_line(text: &str) -> Line {
    Line::new(Rank::Line, vec![Span::foreign(text, Marks::default())])
}

/// A message, and the same words without markup.
struct Pair {
    rich: Message,
    plain: Message,
}

/// The messages of a delivery.
pub(super) fn edition(view: &View<'_>, in_forum: bool) -> Vec<Rendered> {
    let mut pairs = pairs(view);
    if let (Some(first), false) = (pairs.first_mut(), view.is_opened()) {
        first.rich.content = notice(view);
        first.plain.content = first.rich.content.replace("**", "");
    }
    if let Some(last) = pairs.last_mut() {
        close(&mut last.rich, view, &[]);
    }
    for later in pairs.iter_mut().skip(1) {
        later.rich.silent = true;
        later.plain.silent = true;
    }
    let mut rendered: Vec<Rendered> =
        pairs.into_iter().map(|pair| Rendered { body: pair.rich.body(), plain: pair.plain.body() }).collect();
    if in_forum {
        let topics = topic_names(view.articles().map(|(_, article)| article), view.lexicon);
        for_forum(&mut rendered, &view.thread_name(), &topics);
    }
    rendered
}

/// A message that says no more than this line.
pub(super) fn line(text: &str) -> Rendered {
    let body = Message { content: text.to_owned(), silent: true, ..Message::default() }.body();
    Rendered { body: body.clone(), plain: body }
}

/// The messages of an answer.
pub(super) fn reply(reply: &Reply, lexicon: &Lexicon) -> Vec<Body> {
    let mut messages: Vec<Message> =
        prose(reply).into_iter().map(|content| Message { content, ..Message::default() }).collect();
    let view = reply.edition.as_deref().map(|edition| View::new(edition, lexicon));
    if let Some(view) = &view {
        let mut shown = pairs(view).into_iter().map(|pair| pair.rich);
        // The end of the prose and the beginning of the digest are one message.
        let content = messages.pop().map(|last| last.content).unwrap_or_default();
        messages.extend(shown.next().map(|first| Message { content, ..first }));
        messages.extend(shown);
    }
    find(&mut messages, reply);
    if let Some(last) = messages.last_mut() {
        last.rows.extend(reply.menus.iter().enumerate().map(|(place, menu)| choice(place, menu)));
        match &view {
            Some(view) => close(last, view, &reply.buttons),
            None => last.rows.extend(reply.buttons.iter().cloned().map(Row::Buttons)),
        }
    }
    for message in &mut messages {
        message.private = reply.audience == Audience::Asker;
    }
    messages.into_iter().map(Message::body).collect()
}

/// The same as a forum's post, which is named by the first words.
pub(super) fn post(reply: &Reply, lexicon: &Lexicon) -> Vec<Body> {
    let name = reply.lines.first().and_then(|line| line.lines().next()).unwrap_or_default();
    let name = cut(clean(name).trim(), THREAD_TITLE, Unit::CodePoints);
    let bodies = self::reply(reply, lexicon).into_iter();
    let mut posts: Vec<Rendered> = bodies.map(|body| Rendered { plain: body.clone(), body }).collect();
    for_forum(&mut posts, &name, &[]);
    posts.into_iter().map(|post| post.body).collect()
}

/// Adds what a look-up found, with the menu that opens it; the first part goes below the prose.
fn find(messages: &mut Vec<Message>, reply: &Reply) {
    let lines = found::lines(&reply.found, reply.language, false);
    let parts = split(&lines, |lines, _| Unit::CodePoints.measure(&markdown(lines)) <= DESCRIPTION);
    for (place, lines) in parts.iter().enumerate() {
        let embed = Embed { description: markdown(lines), ..Embed::default() };
        let is_here = |number: usize| lines.iter().any(|line| line.opens && line.article == Some(number));
        let options = (1..).zip(&reply.found).filter(|(number, _)| is_here(*number)).map(|(number, item)| {
            let publisher = item.publisher.as_deref().unwrap_or_default();
            MenuOption {
                label: format!("{number}. {}", found::label(item)),
                description: clean(publisher).trim().to_owned(),
                value: item.open.clone(),
                chosen: false,
            }
        });
        let menu = Row::Menu {
            id: format!("pick:found{place}"),
            placeholder: Phrase::PickArticle.say(reply.language),
            options: options.collect(),
        };
        match messages.last_mut().filter(|last| place == 0 && last.embeds.is_empty()) {
            Some(last) => {
                last.embeds.push(embed);
                last.rows.push(menu);
            }
            None => messages.push(Message { embeds: vec![embed], rows: vec![menu], ..Message::default() }),
        }
    }
}

fn choice(place: usize, menu: &Menu) -> Row {
    let options = menu.choices.iter().map(|choice| MenuOption {
        label: choice.label.clone(),
        description: String::new(),
        value: choice.press.clone(),
        chosen: choice.chosen,
    });
    Row::Menu {
        id: format!("pick:menu{place}"),
        placeholder: menu.placeholder.clone(),
        options: options.collect(),
    }
}

fn pairs(view: &View<'_>) -> Vec<Pair> {
    let messages = Layout { view }.messages(&flow(view));
    let pairs = messages.into_iter().map(|(lines, rich, plain)| Pair {
        rich: Message { embeds: rich, rows: menus(view, &lines), ..Message::default() },
        plain: Message { embeds: plain, ..Message::default() },
    });
    pairs.collect()
}

/// Adds what stands below the last message: an opened article's neighbours, an answer's buttons, the link to the
/// publisher's post (as text where no button can hold it).
fn close(message: &mut Message, view: &View<'_>, buttons: &[Vec<Button>]) {
    message.rows.extend(view.neighbours().map(Row::Buttons));
    message.rows.extend(buttons.iter().cloned().map(Row::Buttons));
    let Some(link) = view.web() else { return };
    let label = view.say(Phrase::ReadOnWeb);
    if Unit::CodePoints.measure(&link) <= BUTTON_LINK && message.rows.len() < ROWS {
        message.rows.push(Row::Buttons(vec![Button { label, action: Action::Open(link) }]));
        return;
    }
    let line = Line::new(Rank::Line, vec![Span::ours(label, Marks::default()).linked(Some(link))]);
    let content = format!("{}\n{}", message.content, markdown(&[line])).trim_start().to_owned();
    if Unit::CodePoints.measure(&content) <= CONTENT {
        message.content = content;
    }
}

/// The first line of a delivery: what a phone's notification shows.
fn notice(view: &View<'_>) -> String {
    let title = discord_markdown(&cut(&view.title(), NOTICE_TITLE, Unit::CodePoints), true);
    match view.first_headline(NOTICE_HEADLINE) {
        Some(headline) => format!("📰 **{title}** — {}", discord_markdown(&headline, false)),
        None => format!("📰 **{title}**"),
    }
}

/// Everything that an edition shows, as lines; the titles, links and footers of articles are their embeds'.
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
        let mut own = match view.style() {
            Style::Headlines => {
                let number = view.number(place).0;
                vec![Line { gap: number == 1, ..entry(view, number, article) }]
            }
            Style::Summary => with_title(article, summarised(view, article)),
            Style::Full => with_title(article, full(view, article)),
        };
        if own.is_empty() {
            own.push(Line::new(Rank::Article, Vec::new()));
        }
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
    flow
}

fn header(view: &View<'_>) -> Vec<Line> {
    let mut header = Vec::new();
    if !is_title(&view.title()) {
        header.push(Line::new(Rank::Line, vec![Span::foreign(&view.title(), Marks::STRONG)]));
    }
    header.push(plain_line(&view.day_line()));
    if view.style() != Style::Headlines && view.is_whole() {
        header.extend(view.companies_line().map(|companies| plain_line(&companies)));
    }
    header
}

/// A line of a list: `**1.** headline — publisher · 💰 투자`. Unlinked: long addresses would fill the message.
fn entry(view: &View<'_>, number: usize, article: &EnrichedArticle) -> Line {
    let mut rest = format!(" {}", headline(&article.article));
    let publisher =
        article.article.publisher.as_deref().map(str::trim).filter(|publisher| !publisher.is_empty());
    let topic = view.topics(article).next().map(|(look, name)| format!("{} {name}", look.emoji));
    let behind: Vec<&str> = publisher.into_iter().chain(topic.as_deref()).collect();
    if !behind.is_empty() {
        rest.push_str(&format!(" — {}", behind.join(" · ")));
    }
    let number = Span::ours(format!("{number}."), Marks::STRONG);
    Line::new(Rank::Article, vec![number, Span::foreign(&rest, Marks::default())])
}

fn summarised(view: &View<'_>, article: &EnrichedArticle) -> Vec<Line> {
    let mut lines = lines(summary(&article.article), view.edition.language);
    lines.extend(tags(view, article));
    lines
}

fn full(view: &View<'_>, article: &EnrichedArticle) -> Vec<Line> {
    let language = view.edition.language;
    let mut description = Vec::new();
    let mut fields = Vec::new();
    for (place, section) in article.article.sections.iter().enumerate() {
        let mut own = lines(&section.blocks, language);
        if place == 0 && !is_titled(section) {
            description = own;
            continue;
        }
        if shows_nothing(section) {
            continue;
        }
        if own.is_empty() {
            own.push(Line::new(Rank::Section, Vec::new()));
        }
        if !is_title(clean(&plain(&section.title)).trim()) {
            own.insert(0, Line::new(Rank::Section, spans(&section.title, Marks::STRONG)));
        }
        own[0].rank = Rank::Section;
        own[0].opens_section = true;
        own.iter_mut().for_each(|line| line.section = Some(place));
        fields.append(&mut own);
    }
    description.extend(tags(view, article));
    description.append(&mut fields);
    description
}

/// The lines, below the whole headline where the embed's title cannot hold it.
fn with_title(article: &EnrichedArticle, mut body: Vec<Line>) -> Vec<Line> {
    if is_title(&headline(&article.article)) {
        return body;
    }
    if let Some(first) = body.first_mut().filter(|line| line.section.is_none()) {
        first.rank = Rank::Word;
    }
    body.insert(0, Line::new(Rank::Article, spans(&article.article.headline, Marks::STRONG)));
    body
}

/// `💰 투자 · 🔲 반도체 · OpenAI`, below an empty line; nothing for an article that has neither.
fn tags(view: &View<'_>, article: &EnrichedArticle) -> Option<Line> {
    let topics = view.topics(article).map(|(look, name)| format!("{} {name}", look.emoji));
    let tags: Vec<String> = topics.chain(view.tag_companies(article)).collect();
    let line = || Line::new(Rank::Line, vec![Span::foreign(&tags.join(" · "), Marks::default())]).after_gap();
    (!tags.is_empty()).then(line)
}

/// The menus of a list of headlines: each opens an article of the digest that its id names.
fn menus(view: &View<'_>, lines: &[Line]) -> Vec<Row> {
    if view.style() != Style::Headlines {
        return Vec::new();
    }
    let places: Vec<usize> = lines.iter().filter(|line| line.opens).filter_map(|line| line.article).collect();
    let menus = places.chunks(OPTIONS).map(|places| Row::Menu {
        id: view.opening(places[0]),
        placeholder: view.say(Phrase::PickArticle),
        options: places.iter().filter_map(|place| option(view, *place)).collect(),
    });
    menus.collect()
}

fn option(view: &View<'_>, place: usize) -> Option<MenuOption> {
    let article = view.article(place)?;
    Some(menu_option(view.number(place).0, article, place.to_string()))
}

fn menu_option(number: usize, article: &EnrichedArticle, value: String) -> MenuOption {
    let publisher = article.article.publisher.as_deref().unwrap_or_default();
    MenuOption {
        label: format!("{number}. {}", headline(&article.article)),
        description: clean(publisher).trim().to_owned(),
        value,
        chosen: false,
    }
}

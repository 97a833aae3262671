//! *Compose*: how a post is understood and how it looks, before it goes out. Nothing is kept of it.

use axum::extract::{FromRequest, FromRequestParts as _, Multipart, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use chrono::NaiveDate;
use maud::{Markup, html};

use super::fault::Answer;
use super::form::CSRF;
use super::frame::{Place, page};
use super::parts::{channel_name, menu};
use super::visit::Visit;
use super::{Current, fault, preview};
use crate::model::channel::{ChannelId, ChannelKind};
use crate::model::digest::{Digest, DigestDate, DigestKey, RawDigest};
use crate::model::feed::{Feed, FeedName};
use crate::model::reply::{Edition, Selection};
use crate::model::subscription::Style;
use crate::parse::{self, Draft, Outline};
use crate::store::{ChannelFilter, StoreError};
use crate::text::chain;

/// The most channels that are offered for a trial.
const CHANNELS: u32 = 200;
/// The name that a post is read under if it came without one.
const UNNAMED: &str = "post.md";

/// What the form was sent with.
#[derive(Debug)]
pub(super) struct Post {
    /// Who.
    pub(super) visit: Visit,
    pub(super) feed: FeedName,
    pub(super) style: Style,
    /// Where a trial goes.
    pub(super) channel: Option<ChannelId>,
    name: String,
    text: String,
}

impl Post {
    fn blank(visit: Visit) -> Self {
        Self {
            visit,
            feed: FeedName(String::new()),
            style: Style::default(),
            channel: None,
            name: String::new(),
            text: String::new(),
        }
    }

    /// The configured feed that it is for; the first if it says none.
    fn feed<'d>(&self, desk: &'d Current) -> Option<&'d Feed> {
        desk.commands.feed(&self.feed).or_else(|| desk.feeds().first())
    }

    /// How it is understood.
    pub(super) fn read(&self, desk: &Current) -> Result<Understood, String> {
        let feed = self.feed(desk).ok_or_else(|| "there is no feed".to_owned())?;
        let reading = desk.readings.get(&feed.name).ok_or_else(|| "there is no such feed".to_owned())?;
        let name = if self.name.is_empty() { UNNAMED.to_owned() } else { self.name.clone() };
        let raw = RawDigest { name, bytes: self.text.clone().into_bytes() };
        let draft = parse::parse(&raw, &reading.rules).map_err(|error| chain(&error))?;
        let outline = Outline::from(&draft);
        let obstacle = draft.clone().into_digest(None).err().map(|error| chain(&error));
        let language = draft.language.unwrap_or(feed.language);
        let link = reading.permalinks.link(&draft);
        let edition = Edition {
            feed: feed.clone(),
            digest: desk.classifier.enrich(stand_in(draft, link)),
            selection: Selection::All,
            style: self.style,
            language,
            corrected_at: None,
        };
        Ok(Understood { outline, obstacle, edition })
    }
}

/// How a post was understood, and what it would be sent as.
#[derive(Debug)]
pub(super) struct Understood {
    outline: Outline,
    /// Why it would not be loaded, if so.
    obstacle: Option<String>,
    pub(super) edition: Edition,
}

/// The digest with something in place of what the post lacks, so that it can be seen all the same.
fn stand_in(draft: Draft, link: Option<String>) -> Digest {
    Digest {
        key: draft.key.unwrap_or_else(|| DigestKey(draft.name.clone())),
        title: draft.title.unwrap_or(draft.name),
        date: draft.date.unwrap_or(DigestDate::Day(NaiveDate::default())),
        language: draft.language,
        categories: draft.categories,
        tags: draft.tags,
        link,
        intro: draft.intro,
        articles: draft.articles,
        closing: draft.closing,
    }
}

impl<S: Send + Sync> FromRequest<S> for Post {
    type Rejection = Response;

    /// Only a form of ours is taken.
    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let Ok(visit) = Visit::from_request_parts(&mut parts, state).await;
        let request = Request::from_parts(parts, body);
        let mut form =
            Multipart::from_request(request, state).await.map_err(|refusal| refusal.into_response())?;
        let (mut post, mut csrf) = (Self::blank(visit), String::new());
        while let Some(field) = form.next_field().await.map_err(|refusal| refusal.into_response())? {
            let name = field.name().unwrap_or_default().to_owned();
            let value = field.text().await.map_err(|refusal| refusal.into_response())?;
            match name.as_str() {
                CSRF => csrf = value,
                "feed" => post.feed = FeedName(value),
                "style" => post.style = value.parse().unwrap_or_default(),
                "channel" => post.channel = value.parse().ok().map(ChannelId),
                "name" => post.name = value.trim().chars().take(200).collect(),
                // Browsers send the line breaks of a text area as CR LF.
                "text" => post.text = value.replace("\r\n", "\n"),
                _ => {}
            }
        }
        if post.visit.vouches_for(&csrf) { Ok(post) } else { Err(fault::refused(&post.visit)) }
    }
}

/// Asks for a post.
pub(super) async fn blank(State(desk): State<Current>, visit: Visit) -> Answer {
    Ok(show(&desk, &Post::blank(visit), None, StatusCode::OK).await?)
}

/// Shows a post.
pub(super) async fn shown(State(desk): State<Current>, post: Post) -> Answer {
    Ok(show(&desk, &post, None, StatusCode::OK).await?)
}

/// The page, with what a trial came to, if there was one.
pub(super) async fn show(
    desk: &Current,
    post: &Post,
    trial: Option<&Markup>,
    status: StatusCode,
) -> Result<Response, StoreError> {
    let words = post.visit.words;
    let has_text = !post.text.trim().is_empty();
    let channels = if has_text { offered(desk).await? } else { Vec::new() };
    let body = html! {
        p.lead { (words.compose_about) }
        @if let Some(trial) = trial { (trial) }
        (form(desk, post, &channels, has_text))
        @if has_text {
            @match post.read(desk) {
                Ok(understood) => {
                    (outline(&post.visit, &understood))
                    section.preview #preview aria-labelledby="preview-title" {
                        h2 #preview-title { (words.preview) " · " ((words.style_name)(post.style)) }
                        (preview::side_by_side(&post.visit, &understood.edition, &desk.commands.lexicon))
                    }
                }
                Err(why) => p.error role="alert" { (why) },
            }
        }
    };
    let page = page(&post.visit, Place::Compose, words.compose, &body);
    Ok((status, page).into_response())
}

fn form(desk: &Current, post: &Post, channels: &[(String, String)], has_text: bool) -> Markup {
    let words = post.visit.words;
    let feeds: Vec<_> = desk.feeds().iter().map(|feed| (feed.name.to_string(), feed.title.clone())).collect();
    let feed = post.feed(desk).map_or("", |feed| feed.name.as_str());
    let channel = post.channel.map(|channel| channel.0.to_string()).unwrap_or_default();
    html! {
        form.compose method="post" action="/compose#understood" enctype="multipart/form-data" data-drop {
            input type="hidden" name=(CSRF) value=(post.visit.csrf);
            div.filter {
                label.field.wide {
                    span { (words.file_name) }
                    input type="text" name="name" value=(post.name) maxlength="200" placeholder="2025-12-17-ai-news.md"
                        autocomplete="off" spellcheck="false";
                }
                @if feeds.len() > 1 {
                    label.field {
                        span { (words.feed) }
                        select name="feed" {
                            @for (value, text) in &feeds { option value=(value) selected[value == feed] { (text) } }
                        }
                    }
                } @else { input type="hidden" name="feed" value=(feed); }
            }
            label.field {
                span { (words.post_text) }
                textarea name="text" rows="16" spellcheck="false" required placeholder=(words.post_example) { (post.text) }
            }
            p.hint data-drop-hint hidden { (words.drop_hint) }
            div.buttons {
                @for style in Style::ALL {
                    button.primary[style == post.style] name="style" value=(style) { ((words.look_as)(style)) }
                }
            }
            @if has_text && !channels.is_empty() {
                details.sure open[post.channel.is_some()] {
                    summary { (words.try_it) }
                    div {
                        p { (words.try_about) }
                        (menu("channel", words.channel, words.choose, channels, &channel))
                        button.primary formaction="/compose/send" name="style" value=(post.style) {
                            (words.try_send) " (" ((words.style_name)(post.style)) ")"
                        }
                    }
                }
            }
        }
    }
}

/// Channels that a trial can go to. A forum takes threads, which cannot be tried.
async fn offered(desk: &Current) -> Result<Vec<(String, String)>, StoreError> {
    let all = desk.store().channels(&ChannelFilter::default(), 0, CHANNELS).await?;
    let takes = |kind: ChannelKind| kind != ChannelKind::Forum;
    let reached = all.into_iter().filter(|entry| desk.reach.contains_key(&entry.channel.address.platform()));
    Ok(reached
        .filter(|entry| takes(entry.channel.kind))
        .map(|entry| {
            let channel = entry.channel;
            let name = channel_name(channel.name.as_deref(), &channel.address);
            (channel.id.0.to_string(), format!("{} · {name}", channel.address.platform().brand()))
        })
        .collect())
}

fn outline(visit: &Visit, understood: &Understood) -> Markup {
    let words = visit.words;
    let Understood { outline, obstacle, edition } = understood;
    html! {
        section #understood aria-labelledby="understood-title" {
            h2 #understood-title { (words.understood) }
            @if let Some(obstacle) = obstacle { p.error { (words.not_loaded) " " (obstacle) } }
            @if !outline.warnings.is_empty() {
                ul.warnings aria-label=(words.warnings) { @for warning in &outline.warnings { li { (warning) } } }
            } @else if obstacle.is_none() { p.all-well { (words.no_warnings) } }
            dl.facts {
                div { dt { (words.title) } dd { (outline.title.as_deref().unwrap_or("—")) } }
                div { dt { (words.date) } dd { (outline.date.as_deref().unwrap_or("—")) } }
                @if let Some(intro) = &outline.intro { div { dt { (words.intro) } dd.prose { (intro) } } }
            }
            ol.rows {
                @for (article, enriched) in outline.articles.iter().zip(&edition.digest.articles) {
                    @let facts = [&article.publisher, &article.published, &article.link];
                    @let facts: Vec<&str> = facts.into_iter().flatten().map(String::as_str).collect();
                    @let sections: Vec<&str> =
                        article.sections.iter().map(|section| section.title.as_str()).filter(|title| !title.is_empty()).collect();
                    li {
                        div.row-main {
                            p.row-title { (article.headline) }
                            p.about { (facts.join(" · ")) }
                            @if !sections.is_empty() { p.about { (sections.join(" / ")) } }
                        }
                        span.mark.none { ((words.companies_count)(enriched.companies.len())) }
                    }
                }
            }
            @if let Some(closing) = &outline.closing { dl.facts { div { dt { (words.closing) } dd.prose { (closing) } } } }
            @if !outline.dropped.is_empty() {
                details {
                    summary { ((words.dropped)(outline.dropped.len())) }
                    dl.facts { @for one in &outline.dropped { div { dt { (one.reason) } dd.prose { (one.text) } } } }
                }
            }
        }
    }
}

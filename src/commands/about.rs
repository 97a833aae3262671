//! `/company` and `/topic`: the articles about one, newest first, in pages; a name that is none gets "did you mean".

use chrono::NaiveDate;
use futures::FutureExt as _;
use sha2::{Digest as _, Sha256};

use super::call::{Call, Caller};
use super::desk::{Desk, Failure};
use super::press::Press;
use super::spec::{Argument, ArgumentKind, Spec, Text, Who};
use super::{follow, search, view, words};
use crate::model::period::Period;
use crate::model::reply::{Action, Button, Found, Reply};
use crate::model::trends::{Days, Trends};
use crate::store::{Cursor, Listed, Subject};

/// The days that the first line counts where no period is asked for.
const RECENT: u32 = 30;
/// How many names are offered where none was given.
const OFFERED: usize = 9;
/// How many names are offered for a typo.
const ALIKE: usize = 3;

pub(super) const COMPANY: Spec = Spec {
    name: "company",
    korean: &["회사"],
    about: Text { ko: "회사 소식을 봅니다", en: "News about a company" },
    example: Text { ko: "company 엔비디아", en: "company NVIDIA" },
    arguments: &[
        Argument {
            name: "name",
            kind: ArgumentKind::Company,
            about: Text {
                ko: "회사 이름, 종목 기호, 제품", en: "A company's name, ticker or product"
            },
        },
        PERIOD,
    ],
    who: Who::Anyone,
    run: |call, desk| run(Kind::Company, ArgumentKind::Company, call, desk).boxed(),
};

pub(super) const TOPIC: Spec = Spec {
    name: "topic",
    korean: &["주제"],
    about: Text { ko: "주제별 소식을 봅니다", en: "News about a topic" },
    example: Text { ko: "topic 반도체", en: "topic chips" },
    arguments: &[
        Argument {
            name: "name",
            kind: ArgumentKind::Topic,
            about: Text { ko: "주제 이름: 반도체 · 투자", en: "A topic: chips, funding" },
        },
        PERIOD,
    ],
    who: Who::Anyone,
    run: |call, desk| run(Kind::Topic, ArgumentKind::Topic, call, desk).boxed(),
};

/// Which days to look at.
pub(super) const PERIOD: Argument = Argument {
    name: "period",
    kind: ArgumentKind::Period,
    about: Text {
        ko: "기간: 7 · 30d · 이번 주 · 지난달 · 2025-12",
        en: "Which days: 7, 30d, this week, last month, 2025-12",
    },
};

/// What is looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A company.
    Company,
    /// A topic.
    Topic,
}

/// A page of what is about a company or a topic, as a button carries it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    kind: Kind,
    /// A hash of the name: names may be longer than a button.
    tag: String,
    period: Period,
    from: Option<Cursor>,
}

impl Page {
    /// The first page about what has this name or key.
    pub(super) fn first(kind: Kind, name: &str, period: Period) -> Self {
        Self { kind, tag: tag(name), period, from: None }
    }

    pub(super) fn encode(&self) -> String {
        let kind = match self.kind {
            Kind::Company => 'c',
            Kind::Topic => 't',
        };
        let from = self.from.map(|cursor| cursor.to_string()).unwrap_or_default();
        format!("about:{kind}:{}:{}:{from}", self.tag, self.period)
    }

    pub(super) fn decode(text: &str) -> Option<Self> {
        let [kind, tag, period, from] = text.split(':').collect::<Vec<_>>().try_into().ok()?;
        Some(Self {
            kind: match kind {
                "c" => Kind::Company,
                "t" => Kind::Topic,
                _ => return None,
            },
            tag: tag.to_owned(),
            period: period.parse().ok()?,
            from: if from.is_empty() { None } else { Some(from.parse().ok()?) },
        })
    }

    /// The command that opens such a page afresh, if the text of its button says no more than that.
    pub(super) fn command_of(text: &str) -> &'static str {
        if text.starts_with('t') { TOPIC.name } else { COMPANY.name }
    }
}

/// Ten hexadecimal digits that stand for a name.
pub(super) fn tag(name: &str) -> String {
    Sha256::digest(name).iter().take(5).map(|byte| format!("{byte:02x}")).collect()
}

/// The button to the first page about a company or a topic.
pub(super) fn button(kind: Kind, name: &str, period: Period, caller: &Caller, desk: &Desk) -> Button {
    let label = shown(kind, name, caller, desk).to_owned();
    Button { label, action: Action::Press(Press::About(Page::first(kind, name, period)).encode()) }
}

/// The period that a call names.
pub(super) fn period(call: &Call) -> Result<Option<Period>, Failure> {
    let Some(text) = call.arguments.get(ArgumentKind::Period) else { return Ok(None) };
    let language = call.caller.language;
    let example = format!("/{} 30d", call.spec.example.get(language));
    let period = text.parse();
    Ok(Some(period.map_err(|_| words::not_understood(text, words::A_PERIOD, &example, language))?))
}

/// Today where the caller's channel is.
pub(super) async fn today(caller: &Caller, desk: &Desk) -> Result<NaiveDate, Failure> {
    let zone = view::zone(caller, desk).await?;
    Ok(desk.clock.now().with_timezone(&zone).date_naive())
}

async fn run(kind: Kind, argument: ArgumentKind, call: &Call, desk: &Desk) -> Result<Reply, Failure> {
    let caller = &call.caller;
    let period = period(call)?.unwrap_or_default();
    let Some(typed) = call.arguments.get(argument) else {
        return ask(kind, period, call, desk).await;
    };
    let known = match kind {
        Kind::Company => desk.lookup.company(typed),
        Kind::Topic => desk.lookup.topic(typed),
    };
    match known {
        Some(name) => about(name, &Page::first(kind, name, period), caller, desk).await,
        None => Ok(not_found(kind, typed, period, caller, desk)),
    }
}

/// The page that a button asks for.
pub(super) async fn page(page: &Page, caller: &Caller, desk: &Desk) -> Result<Reply, Failure> {
    let has_tag = |name: &&String| tag(name) == page.tag;
    let name = match page.kind {
        Kind::Company => desk.lexicon.companies.keys().find(has_tag),
        Kind::Topic => desk.lexicon.topics.keys().find(has_tag),
    };
    match name {
        Some(name) => Ok(Reply { in_place: true, ..about(name, page, caller, desk).await? }),
        None => {
            let command = if page.kind == Kind::Topic { TOPIC.name } else { COMPANY.name };
            Ok(words::old_button_of(command, caller.language))
        }
    }
}

/// No name was given: those that are in the news are offered.
async fn ask(kind: Kind, period: Period, call: &Call, desk: &Desk) -> Result<Reply, Failure> {
    let caller = &call.caller;
    let trends = in_the_news(caller, desk).await?;
    let most = match kind {
        Kind::Company => trends.companies,
        Kind::Topic => trends.topics,
    };
    let buttons: Vec<Button> =
        most.iter().map(|trend| button(kind, &trend.key, period, caller, desk)).collect();
    Ok(Reply {
        lines: words::which_name(call.spec.example.get(caller.language), caller.language),
        buttons: buttons.chunks(3).map(<[Button]>::to_vec).collect(),
        ..Reply::new(caller.language)
    })
}

/// What was most in the news of late, as many as fit into a few rows of buttons.
pub(super) async fn in_the_news(caller: &Caller, desk: &Desk) -> Result<Trends, Failure> {
    let today = today(caller, desk).await?;
    Ok(desk.store.trends(Days::ending(today, RECENT), OFFERED).await?)
}

async fn about(name: &str, page: &Page, caller: &Caller, desk: &Desk) -> Result<Reply, Failure> {
    let language = caller.language;
    let subject = match page.kind {
        Kind::Company => Subject::Company(name),
        Kind::Topic => Subject::Topic(name),
    };
    let days = page.period.days(today(caller, desk).await?);
    let count = u32::try_from(Found::MOST).unwrap_or(u32::MAX);
    // One more than is shown tells whether there is another page.
    let mut listed = desk.store.articles_about(subject, days, page.from, count + 1).await?;
    let shown_as = shown(page.kind, name, caller, desk);
    if listed.is_empty() {
        return none(subject, shown_as, page, caller, desk).await;
    }
    let has_more = listed.len() > Found::MOST;
    listed.truncate(Found::MOST);
    let mut turn = Vec::new();
    if page.from.is_some() {
        let first = Page { from: None, ..page.clone() };
        turn.push(press(words::FIRST_PAGE, Press::About(first), caller));
    }
    if let Some(last) = listed.last().filter(|_| has_more) {
        let is_implied = last.strength == Some(crate::model::article::Strength::Implied);
        let next = Page { from: Some(Cursor { is_implied, after: last.id }), ..page.clone() };
        turn.push(press(words::NEXT_PAGE, Press::About(next), caller));
    }
    Ok(Reply {
        lines: vec![counted(subject, shown_as, page.period, caller, desk).await?],
        found: listed.into_iter().map(|article| found(article, Vec::new())).collect(),
        buttons: [turn, follow(name, page.kind, caller)].into_iter().filter(|row| !row.is_empty()).collect(),
        again: Some(Press::About(page.clone()).encode()),
        ..Reply::new(language)
    })
}

/// The same for what a look-up is about.
fn follow_subject(subject: Subject<'_>, kind: Kind, caller: &Caller) -> Vec<Button> {
    match subject {
        Subject::Company(name) | Subject::Topic(name) => follow(name, kind, caller),
    }
}

/// The button that follows a company.
fn follow(name: &str, kind: Kind, caller: &Caller) -> Vec<Button> {
    match kind {
        Kind::Company => vec![follow::button(name, caller)],
        Kind::Topic => Vec::new(),
    }
}

/// The line that answers: how many there are, and how many there were before.
async fn counted(
    subject: Subject<'_>,
    name: &str,
    period: Period,
    caller: &Caller,
    desk: &Desk,
) -> Result<String, Failure> {
    let counted = if period == Period::All { Period::Last(RECENT) } else { period };
    let today = today(caller, desk).await?;
    let days = counted.days(today).unwrap_or(Days::ending(today, RECENT));
    let of =
        async |days| desk.store.count_about(subject, days).await.map(|tally| tally.named + tally.implied);
    let (now, before) = (of(Some(days)).await?, of(Some(days.before())).await?);
    let all = if period == Period::All { Some(of(None).await?) } else { None };
    Ok(words::counted(name, counted, now, days.count(), before, all, caller.language))
}

/// There is nothing in these days: says when there last was.
async fn none(
    subject: Subject<'_>,
    name: &str,
    page: &Page,
    caller: &Caller,
    desk: &Desk,
) -> Result<Reply, Failure> {
    let latest = desk.store.articles_about(subject, None, None, 1).await?.pop();
    let last_day = latest.as_ref().map(|article| article.day);
    let show = match &latest {
        Some(article) => press(
            words::SHOW_THAT,
            Press::Open { handle: article.handle.clone(), article: article.place },
            caller,
        ),
        None => search::button(name, page.period, caller),
    };
    Ok(Reply {
        lines: vec![words::no_news(name, page.period, last_day, caller.language)],
        buttons: vec![[vec![show], follow_subject(subject, page.kind, caller)].concat()],
        ..Reply::new(caller.language)
    })
}

fn not_found(kind: Kind, typed: &str, period: Period, caller: &Caller, desk: &Desk) -> Reply {
    let alike = match kind {
        Kind::Company => desk.lookup.companies_like(typed, ALIKE),
        Kind::Topic => desk.lookup.topics_like(typed, ALIKE),
    };
    let mut buttons: Vec<Button> =
        alike.iter().map(|name| button(kind, name, period, caller, desk)).collect();
    buttons.push(search::button(typed, period, caller));
    Reply {
        lines: vec![words::not_found(typed, !alike.is_empty(), caller.language)],
        buttons: vec![buttons],
        ..Reply::new(caller.language)
    }
}

fn shown<'d>(kind: Kind, name: &'d str, caller: &Caller, desk: &'d Desk) -> &'d str {
    match kind {
        Kind::Company => desk.lexicon.company(name, caller.language),
        Kind::Topic => desk.lexicon.topic(name, caller.language),
    }
}

/// An article of a list, with a piece of its text.
pub(super) fn found(article: Listed, snippet: Vec<(String, bool)>) -> Found {
    let Listed { handle, place, day, headline, publisher, link, .. } = article;
    Found { day, headline, publisher, link, snippet, open: Press::Open { handle, article: place }.encode() }
}

/// A button that says this and brings back that.
pub(super) fn press(label: Text, press: Press, caller: &Caller) -> Button {
    Button { label: label.get(caller.language).to_owned(), action: Action::Press(press.encode()) }
}

//! `/trends`: who and what was in the news, in numbers, against the days before.

use futures::FutureExt as _;

use super::call::Call;
use super::desk::{Desk, Failure};
use super::spec::{Spec, Text, Who};
use super::{about, words};
use crate::model::period::Period;
use crate::model::reply::Reply;

/// How many companies and topics are listed.
const MOST: usize = 10;
/// How many of the companies have a button.
const BUTTONS: usize = 5;

pub(super) const SPEC: Spec = Spec {
    name: "trends",
    korean: &["흐름"],
    about: Text { ko: "이번 주 흐름을 봅니다", en: "Who and what was in the news" },
    example: Text { ko: "trends", en: "trends" },
    arguments: &[about::PERIOD],
    who: Who::Anyone,
    run: |call, desk| run(call, desk).boxed(),
};

async fn run(call: &Call, desk: &Desk) -> Result<Reply, Failure> {
    let (caller, language) = (&call.caller, call.caller.language);
    let period = about::period(call)?.unwrap_or(Period::Last(7));
    let days = match period.days(about::today(caller, desk).await?) {
        Some(days) => Some(days),
        None => desk.store.archived_days().await?,
    };
    let Some(days) = days else {
        return Ok(Reply { lines: vec![words::empty_archive(language)], ..Reply::new(language) });
    };
    let trends = desk.store.trends(days, MOST).await?;
    let buttons: Vec<_> = trends
        .companies
        .iter()
        .take(BUTTONS)
        .map(|trend| about::button(about::Kind::Company, &trend.key, period, caller, desk))
        .collect();
    Ok(Reply {
        lines: words::trends(&trends, period, &desk.lexicon, language),
        buttons: if buttons.is_empty() { Vec::new() } else { vec![buttons] },
        trends: Some(Box::new(trends)),
        ..Reply::new(language)
    })
}

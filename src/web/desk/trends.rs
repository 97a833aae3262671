//! *Trends*: who and what was in the news, day by day, against as many days before.

use axum::extract::{Query, State};
use maud::{Markup, html};
use serde::Deserialize;

use super::fault::Answer;
use super::frame::{Place, page};
use super::visit::Visit;
use super::{Current, chart};
use crate::model::trends::{Days, Trend};
use crate::text::short_day;

/// The numbers of days that are offered.
const DAYS: [u32; 3] = [7, 30, 90];
/// How many companies and topics are shown.
const MOST: usize = 15;

/// What is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    days: String,
}

/// Shows them.
pub(super) async fn trends(State(desk): State<Current>, visit: Visit, Query(asked): Query<Asked>) -> Answer {
    let words = visit.words;
    let count = asked.days.parse().ok().filter(|days| DAYS.contains(days)).unwrap_or(DAYS[0]);
    let zone = desk.feeds().first().map_or(chrono_tz::UTC, |feed| feed.timezone);
    let days = Days::ending(desk.commands.clock.now().with_timezone(&zone).date_naive(), count);
    let trends = desk.store().trends(days, MOST).await?;
    let lexicon = &desk.commands.lexicon;
    let company = |key: &str| lexicon.company(key, visit.language).to_owned();
    let topic = |key: &str| lexicon.topic(key, visit.language).to_owned();
    let body = html! {
        nav.styles aria-label=(words.period) {
            @for one in DAYS {
                a href={ "/trends?days=" (one) } aria-current=[(one == count).then_some("true")] { ((words.days)(one)) }
            }
        }
        p.lead {
            (short_day(days.first, visit.language)) "–" (short_day(days.last, visit.language)) " · "
            ((words.articles)(trends.articles as usize)) " · "
            ((words.days_before)(count, trends.articles_before))
        }
        div.halves {
            (list(&visit, words.companies, &trends.companies, company))
            (list(&visit, words.topics, &trends.topics, topic))
        }
    };
    Ok(page(&visit, Place::Trends, words.trends, &body))
}

fn list(visit: &Visit, title: &str, trends: &[Trend], name: impl Fn(&str) -> String) -> Markup {
    let words = visit.words;
    let most = trends.iter().flat_map(|trend| trend.by_day.iter().copied()).max().unwrap_or(1);
    html! {
        section {
            h2 { (title) }
            @if trends.is_empty() { p.empty { (words.no_trends) } } @else {
                table.trends {
                    thead {
                        tr {
                            th scope="col" { (words.name) }
                            th scope="col" aria-hidden="true" { (words.by_day) }
                            th.number scope="col" { (words.count) }
                            th.number scope="col" { (words.before) }
                        }
                    }
                    tbody {
                        @for trend in trends {
                            tr {
                                th scope="row" { (name(&trend.key)) }
                                td.chart aria-hidden="true" { (chart::bars(&trend.by_day, most)) }
                                td.number { (trend.total()) }
                                td.number { (trend.before) " " (change(trend)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn change(trend: &Trend) -> Markup {
    let (now, before) = (trend.total(), trend.before);
    html! {
        @match now.cmp(&before) {
            std::cmp::Ordering::Greater => span.up { "▲" (now - before) },
            std::cmp::Ordering::Less => span.down { "▼" (before - now) },
            std::cmp::Ordering::Equal => span.same { "=" },
        }
    }
}

//! `jogan lookup trends`: who and what was in the news, as numbers, JSON or a picture.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use chrono::NaiveDate;
use clap::Args;

use crate::app;
use crate::cli::run::runtime;
use crate::cli::{Failed, Outcome};
use crate::clock::{Clock as _, SystemClock};
use crate::config::{Config, Environment};
use crate::model::language::Language;
use crate::model::lexicon::Lexicon;
use crate::model::period::Period;
use crate::model::trends::{Trend, Trends};
use crate::render;
use crate::store::Store;

#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    /// The days: 7, 30d, this week, last month, 2025-12, all
    #[arg(default_value = "7", value_name = "PERIOD")]
    period: Vec<String>,
    /// The day that counts as today [default: the first feed's]
    #[arg(long, value_name = "DATE")]
    until: Option<NaiveDate>,
    /// How many companies and topics
    #[arg(long, value_name = "COUNT", default_value_t = 10)]
    most: usize,
    /// The language of the names [default: the first feed's]
    #[arg(long, value_name = "ko|en")]
    language: Option<Language>,
    /// Write a picture there
    #[arg(long, value_name = "FILE")]
    png: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn trends(config: Option<&Path>, environment: &Environment, arguments: &Arguments) -> Outcome {
    let config = Config::load(config, environment)?;
    let period: Period =
        arguments.period.join(" ").parse().map_err(|error| Failed::Usage(format!("{error}")))?;
    let feed = config.feeds.first().map(|feed| &feed.feed).context("there is no feed")?;
    let today =
        arguments.until.unwrap_or_else(|| SystemClock.now().with_timezone(&feed.timezone).date_naive());
    let language = arguments.language.unwrap_or(feed.language);
    let trends = runtime()?.block_on(async {
        let store = Store::open(&config.database_url).await?;
        let days = match period.days(today) {
            Some(days) => Some(days),
            None => store.archived_days().await?,
        };
        let trends = match days {
            Some(days) => Some(store.trends(days, arguments.most).await?),
            None => None,
        };
        store.close().await;
        anyhow::Ok(trends)
    })?;
    let trends = trends.context("there are no articles yet: import some with `jogan import`")?;
    let dictionaries = app::dictionaries(&config.dictionaries)?;
    let lexicon = dictionaries.lexicon();
    if let Some(file) = &arguments.png {
        let picture = render::trends(&trends, lexicon, language).with_context(|| {
            format!("nothing was in the news from {} to {}", trends.days.first, trends.days.last)
        })?;
        std::fs::write(file, picture.png).with_context(|| format!("cannot write {}", file.display()))?;
    }
    let mut out = std::io::stdout().lock();
    if arguments.json {
        serde_json::to_writer_pretty(&mut out, &trends)?;
        writeln!(out)?;
    } else {
        out.write_all(as_text(&trends, lexicon, language).as_bytes())?;
    }
    Ok(())
}

fn as_text(trends: &Trends, lexicon: &Lexicon, language: Language) -> String {
    let Trends { days, before, articles, articles_before, companies, topics } = trends;
    let mut text = format!(
        "{} … {}: {articles} articles ({} … {}: {articles_before})\n",
        days.first, days.last, before.first, before.last
    );
    let mut list = |of: &[Trend], name: &dyn Fn(&str) -> String| {
        text.push('\n');
        for trend in of {
            text.push_str(&format!("{:>5} ({:>4})  {}\n", trend.total(), trend.before, name(&trend.key)));
        }
    };
    list(companies, &|key| lexicon.company(key, language).to_owned());
    list(topics, &|key| lexicon.topic(key, language).to_owned());
    text
}

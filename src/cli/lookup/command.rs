//! `jogan lookup company|topic|search`: the answer of the chat command of that name, as text or JSON.

use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use clap::Args;
use serde_json::{Value, json};

use crate::app;
use crate::cli::Outcome;
use crate::cli::run::runtime;
use crate::clock::SystemClock;
use crate::commands::arguments::Arguments as Words;
use crate::commands::{self, Call, Caller, Desk};
use crate::config::{Config, Environment};
use crate::model::channel::{Address, ChannelKind, Platform};
use crate::model::language::Language;
use crate::model::reply::{Action, Found, Reply};
use crate::store::Store;

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  jogan lookup company 엔비디아 30d
  jogan lookup search '\"데이터센터 투자\" -구글 after:2026-01-01'
  jogan lookup search 투자 --json -- -구글")]
pub(in crate::cli) struct Arguments {
    /// What one would write after the command in chat: a name or words, and a period
    #[arg(required = true, value_name = "WORDS")]
    words: Vec<String>,
    /// The language of the answer [default: the first feed's]
    #[arg(long, value_name = "ko|en")]
    language: Option<Language>,
    /// Print JSON: {"lines": […], "articles": […], "alike": […]}
    #[arg(long)]
    json: bool,
}

pub(super) fn answer(
    command: &str,
    config: Option<&Path>,
    environment: &Environment,
    arguments: &Arguments,
) -> Outcome {
    let config = Config::load(config, environment)?;
    let reply = runtime()?.block_on(async {
        let store = Store::open(&config.database_url).await?;
        let desk = app::desk(&config, store.clone(), Arc::new(SystemClock))?;
        let reply = ask(command, arguments, &desk).await;
        store.close().await;
        reply
    })?;
    let mut out = std::io::stdout().lock();
    if arguments.json {
        serde_json::to_writer_pretty(&mut out, &as_json(&reply))?;
        writeln!(out)?;
    } else {
        out.write_all(as_text(&reply).as_bytes())?;
    }
    Ok(())
}

async fn ask(command: &str, arguments: &Arguments, desk: &Desk) -> anyhow::Result<Reply> {
    let spec = commands::find(command).context("there is no such command")?;
    let feed = desk.feeds.first().context("there is no feed")?;
    let (words, unread) = Words::from_words(spec, &arguments.words.join(" "), &desk.feeds);
    // Somebody in a conversation of their own, with a channel that has no subscription.
    let caller = Caller {
        platform: Platform::Telegram,
        address: Address::Telegram { chat: 0, topic: None },
        kind: ChannelKind::Private,
        channel_name: None,
        person: String::new(),
        language: arguments.language.unwrap_or(feed.language),
        is_admin: false,
        is_operator: false,
        missing: Vec::new(),
        is_elsewhere: false,
        around: None,
        parent: None,
    };
    let call = Call { spec, arguments: words, unread, caller };
    commands::answer(&call, desk).await.context("nobody answers")
}

fn as_text(reply: &Reply) -> String {
    let mut text = format!("{}\n", reply.lines.join("\n\n"));
    let mut last_day = None;
    for (number, Found { day, headline, publisher, link, snippet, .. }) in (1..).zip(&reply.found) {
        if last_day.replace(day) != Some(day) {
            text.push_str(&format!("\n{day}\n"));
        }
        let publisher = publisher.as_ref().map(|publisher| format!(" — {publisher}")).unwrap_or_default();
        text.push_str(&format!("{number}. {headline}{publisher}\n"));
        if !snippet.is_empty() {
            let marked = snippet.iter().map(
                |(piece, is_hit)| {
                    if *is_hit { format!("[{piece}]") } else { piece.clone() }
                },
            );
            text.push_str(&format!("   {}\n", marked.collect::<String>().trim()));
        }
        if let Some(link) = link {
            text.push_str(&format!("   {link}\n"));
        }
    }
    for name in alike(reply) {
        text.push_str(&format!("  · {name}\n"));
    }
    text
}

fn as_json(reply: &Reply) -> Value {
    let articles: Vec<Value> = reply
        .found
        .iter()
        .map(|Found { day, headline, publisher, link, snippet, .. }| {
            let snippet: Vec<Value> =
                snippet.iter().map(|(text, is_hit)| json!({"text": text, "hit": is_hit})).collect();
            json!({
                "day": day, "headline": headline, "publisher": publisher, "link": link, "snippet": snippet
            })
        })
        .collect();
    json!({"lines": reply.lines, "articles": articles, "alike": alike(reply)})
}

/// What is offered where nothing was found: in chat these are buttons.
fn alike(reply: &Reply) -> Vec<&str> {
    if !reply.found.is_empty() {
        return Vec::new();
    }
    let buttons = reply.buttons.iter().flatten();
    buttons
        .filter(|button| matches!(&button.action, Action::Press(press) if press.starts_with("about:")))
        .map(|button| button.label.as_str())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::reply::Button;

    fn found(headline: &str, day: &str) -> Found {
        Found {
            day: day.parse().unwrap(),
            headline: headline.to_owned(),
            publisher: Some("Chip Daily".to_owned()),
            link: Some("https://news.example/1".to_owned()),
            snippet: vec![
                ("구글이 ".to_owned(), false),
                ("데이터센터".to_owned(), true),
                ("를".to_owned(), false),
            ],
            open: "open:a:0".to_owned(),
        }
    }

    #[test]
    fn what_was_found_stands_under_its_day_with_the_hit_marked() {
        let reply = Reply {
            lines: vec!["전체 2건".to_owned()],
            found: vec![found("하나", "2026-03-02"), found("둘", "2026-03-02")],
            ..Reply::new(Language::Ko)
        };
        let entry = |line: &str| {
            format!("{line} — Chip Daily\n   구글이 [데이터센터]를\n   https://news.example/1\n")
        };
        let expected = format!("전체 2건\n\n2026-03-02\n{}{}", entry("1. 하나"), entry("2. 둘"));
        assert_eq!(as_text(&reply), expected);
        assert_eq!(as_json(&reply)["articles"][1]["snippet"][1], json!({"text": "데이터센터", "hit": true}));
    }

    #[test]
    fn names_that_are_alike_are_offered() {
        let button = |label: &str, press: &str| Button {
            label: label.to_owned(),
            action: Action::Press(press.to_owned()),
        };
        let buttons = vec![vec![
            button("엔비디아", "about:c:0123456789:all:"),
            button("찾기", "search::0:all:엔비다아"),
        ]];
        let reply =
            Reply {
                lines: vec!["혹시 이 이름인가요?".to_owned()], buttons, ..Reply::new(Language::Ko)
            };
        assert_eq!(as_text(&reply), "혹시 이 이름인가요?\n  · 엔비디아\n");
        assert_eq!(as_json(&reply)["alike"], json!(["엔비디아"]));
    }
}

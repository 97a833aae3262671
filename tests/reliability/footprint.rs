//! What the program takes of a machine: how soon it is there, how much memory it has when nothing happens, and how soon the
//! pages of the operator's desk are there.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use tokio::process::Command;

use crate::bot::{Bot, binary};
use crate::caller::{Caller, HASH};
use crate::town::{Town, wish};
use crate::{full, number};

/// How often it is looked whether the bot polls.
const LOOK_EVERY: Duration = Duration::from_millis(1);
/// How long the bot is left alone before its memory is looked at.
const IDLE: Duration = Duration::from_secs(10);
/// Articles of a digest.
const ARTICLES: usize = 6;
/// How often each page is asked for.
const LOOKS: usize = 100;
/// The desk's pages; those of one digest or channel are found on them.
const PAGES: [&str; 7] = ["/", "/digests", "/channels", "/deliveries", "/trends", "/names", "/compose"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn footprint() -> anyhow::Result<()> {
    let (digests, on_each) = if full() { (10_000, 500_u16) } else { (50, 10) };
    let digests = number("JOGAN_RELIABILITY_DIGESTS").unwrap_or(digests);
    let mut town = Town::build(true).await?;
    for number in 0..digests {
        std::fs::write(town.file(&format!("posts/{}", name(number))), post(number))?;
    }
    let import = Command::new(binary())
        .args(["import", "--config"])
        .args([town.config(), town.file("posts")])
        .env_clear()
        .output()
        .await?;
    ensure!(import.status.success(), "{}", String::from_utf8_lossy(&import.stderr));
    town.settle(on_each.into(), on_each.into(), &wish(&[])).await?;

    // A poll is counted when it is answered: with something to tell it is answered at once.
    let person = Town::person(1_000 + i64::from(on_each));
    town.telegram.say(&person, person.id, None, "/help").await;
    // The first start reads every post once; what it takes from then on is what the next one shows.
    let bot = Bot::start(&town)?;
    polls(&town, 1).await?;
    tokio::time::sleep(IDLE).await;
    bot.kill().await?;
    let before = town.polls();
    town.telegram.say(&person, person.id, None, "/help").await;
    let desk = free_address()?;
    let with_desk = [("JOGAN_WEB__LISTEN", &*desk.to_string()), ("JOGAN_WEB__PASSWORD_HASH", HASH)];
    let began = Instant::now();
    let bot = Bot::start_as(&town, "jogan.log", &with_desk)?;
    polls(&town, before + 1).await?;
    let started_in = began.elapsed();
    tokio::time::sleep(IDLE).await;
    let anonymous = rss_anon(bot.id().context("it runs")?)?;
    let pages = pages(desk).await?;
    bot.kill().await?;
    println!(
        "footprint: {digests} digests, {} channels: RssAnon {:.1} MB, start to first poll {} ms",
        2 * on_each,
        anonymous as f64 / 1024.0,
        started_in.as_millis()
    );
    for (page, p99) in &pages {
        println!("footprint: page {page}, p99 {:.1} ms", p99.as_secs_f64() * 1000.0);
    }
    // The short form is an unoptimised program on a machine with much else to do.
    let (most, longest, latest) = if full() { (40, 100, 50) } else { (200, 10_000, 5_000) };
    ensure!(anonymous <= most * 1024, "more than {most} MB");
    ensure!(started_in <= Duration::from_millis(longest), "longer than {longest} ms");
    let late = pages.iter().find(|(_, p99)| *p99 > Duration::from_millis(latest));
    ensure!(late.is_none(), "a page takes longer than {latest} ms: {late:?}");
    Ok(())
}

/// An address on this machine that nobody listens on.
fn free_address() -> anyhow::Result<SocketAddr> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

/// How long 99 of 100 looks at each page of the desk take at most, to somebody who has logged in.
async fn pages(desk: SocketAddr) -> anyhow::Result<Vec<(String, Duration)>> {
    let operator = Caller::operator(format!("http://{desk}")).await;
    let mut paths: Vec<String> = PAGES.map(str::to_owned).to_vec();
    for list in ["/digests", "/channels"] {
        let page = operator.page(list).await;
        let (_, first) = page.split_once(&format!("href=\"{list}/")).context("a list has entries")?;
        paths.push(format!("{list}/{}", first.split('"').next().unwrap_or_default()));
    }
    let mut measured = Vec::new();
    for path in paths {
        let mut took = Vec::with_capacity(LOOKS);
        for _ in 0..LOOKS {
            let began = Instant::now();
            operator.page(&path).await;
            took.push(began.elapsed());
        }
        took.sort();
        measured.push((path, took[LOOKS * 99 / 100 - 1]));
    }
    Ok(measured)
}

/// Waits until Telegram has been asked for updates so often.
async fn polls(town: &Town, count: usize) -> anyhow::Result<()> {
    let polled = async {
        while town.polls() < count {
            tokio::time::sleep(LOOK_EVERY).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), polled).await.context("the bot does not poll")
}

/// Memory that is the process's alone, in KiB.
fn rss_anon(process: u32) -> anyhow::Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).context("no RssAnon")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}

/// Days from 1998 on.
fn day(number: usize) -> String {
    let day = chrono::NaiveDate::default() + chrono::Days::new(10_227 + number as u64);
    day.to_string()
}

fn name(number: usize) -> String {
    format!("{}-ai-news.md", day(number))
}

fn post(number: usize) -> String {
    let day = day(number);
    let mut post = format!("---\ntitle: \"{day} AI 뉴스\"\ndate: {day} 16:09:26 +0900\n---\n\n");
    for article in 0..ARTICLES {
        let _ = write!(
            post,
            "## 소식 {number}-{article}: 엔비디아와 삼성전자의 새 공장\n\n\
             [Chip Daily](https://news.example/{number}/{article}) - 발행일: {day}\n\n\
             ### 요약\n- **무엇**: 반도체 양산이 {article}월에 시작됩니다.\n- **누가**: 두 회사가 함께합니다.\n\n\
             ### 주요 내용 및 시사점\n- **기술적 의미**: 새 공정을 씁니다.\n- **향후 전망**: 투자가 이어집니다.\n\n---\n\n"
        );
    }
    post
}

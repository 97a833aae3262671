//! What an operator does at the desk happens.

use jogan::sandbox::discord;
use jogan::sandbox::discord::permissions::VIEW_CHANNEL;
use serde_json::json;

use super::{bot, caller, delivered, href, operator, url};
use crate::support::town::words;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_channel_is_paused_resumed_and_gets_what_it_missed() {
    let bot = delivered("첫 뉴스").await;
    let browser = operator(&bot).await;
    browser.goto(&url(&bot, "/channels?platform=telegram")).await;
    browser.click(".row-title").await;
    browser.wait_for_text("h1", "AI 뉴스방").await;
    browser.click("details.sure > summary").await;
    browser.click("form[action$=pause] button").await;
    browser.wait_for_text(".said", "배달을 멈췄습니다").await;
    bot.publish(&bot.post().slug("b").title("둘째").article("쉬는 동안의 소식", "그렇습니다."));
    bot.wait_for("Discord's", async || bot.on_discord(bot.channel, "쉬는 동안의 소식").pop()).await;
    bot.idle().await;
    assert!(bot.on_telegram(bot.group, "쉬는 동안의 소식").is_empty(), "it is paused");
    browser.click("form[action$=resume] button").await;
    browser.wait_for_text(".said", "다시 시작했습니다").await;
    bot.wait_for("the list", async || bot.on_telegram(bot.group, "쉬는 동안의 소식").pop()).await;
    assert_eq!(browser.console().await, Vec::<String>::new());
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_latest_digest_is_sent_once_more() {
    let bot = delivered("첫 뉴스").await;
    let operator = caller(&bot).await;
    let sent = |bot: &crate::support::bot::Bot| bot.on_discord(bot.channel, "첫 뉴스").len();
    let before = sent(&bot);
    let answer = operator.act("/channels/1/resend", &[("feed", "ai-news")]).await;
    assert_eq!(answer.headers()["location"], "/channels/1?said=resending");
    bot.wait_for("it again", async || (sent(&bot) == 2 * before).then_some(())).await;
    bot.idle().await;
    assert!(operator.page("/deliveries").await.contains("다시 보냄"));
    assert_eq!(operator.act("/channels/1/resend", &[("feed", "other")]).await.status(), 404);
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_channel_is_asked_at_once() {
    let bot = delivered("첫 뉴스").await;
    bot.discord.take_permission(bot.channel, VIEW_CHANNEL);
    bot.publish(&bot.post().slug("b").title("둘째").article("끊긴 사이의 소식", "그렇습니다."));
    bot.wait_for("the loss", async || (bot.lost_channels().await == 1).then_some(())).await;
    let operator = caller(&bot).await;
    assert!(operator.page("/").await.contains("글을 쓸 수 없는 채널 1곳"));
    let page = operator.page("/channels/1").await;
    assert!(page.contains("끊김") && page.contains("지금 확인"), "{page}");
    bot.discord.give_permission(bot.channel, VIEW_CHANNEL);
    operator.act("/channels/1/probe", &[]).await;
    bot.wait_for("the way back", async || bot.on_discord(bot.channel, "끊긴 사이의 소식").pop()).await;
    assert!(operator.page("/channels/1").await.contains("정상"));
    bot.finish().await;
}

/// Discord's servers fail when they are to send a message.
fn fault() -> discord::Faults {
    discord::Faults { times: 1, calls: "/messages".to_owned(), fault: discord::Fault::Status(503) }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_fails_is_given_up_and_tried_again() {
    let bot = bot().await;
    bot.subscribe_now().await;
    bot.discord.faults(discord::Faults { times: u32::MAX, ..fault() });
    bot.publish(&bot.post().title("막힌 뉴스"));
    let browser = operator(&bot).await;
    browser.goto(&url(&bot, "/deliveries?platform=discord&state=waiting")).await;
    browser.wait_for_text(".row-title", "ai-뉴스").await;
    let path = href(&browser, ".row-title").await;
    browser.goto(&url(&bot, &path)).await;
    browser.wait_for_text(".rows .error", "503").await;
    browser.click("details.sure > summary").await;
    browser.click("form[action$=give-up] button").await;
    browser.wait_for_text(".said", "더 보내지 않습니다").await;
    browser.goto(&url(&bot, "/deliveries?state=failed")).await;
    browser.wait_for_text(".rows .error", "given up by an operator").await;
    bot.discord.no_faults();
    browser.goto(&url(&bot, &path)).await;
    browser.click("form[action$=retry] button").await;
    browser.wait_for_text(".said", "지금 다시 보내고 있습니다").await;
    bot.wait_for("it", async || bot.on_discord(bot.channel, "막힌 뉴스").pop()).await;
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_held_digest_is_sent_or_dropped() {
    let bot = bot().await;
    bot.subscribe_now().await;
    for number in 1..=3 {
        let post = bot.post().slug(&format!("usual-{number}")).only(0);
        let post = (1..=6).fold(post, |post, of| post.article(&format!("소식 {number}-{of}"), "그렇습니다."));
        bot.publish(&post);
        bot.arrived(&format!("소식 {number}-6")).await;
    }
    let browser = operator(&bot).await;
    for (slug, button, said) in
        [("thin-a", "release", "뉴스를 보냅니다"), ("thin-b", "drop", "보내지 않기로")]
    {
        bot.publish(
            &bot.post().slug(slug).title(slug).only(0).article(&format!("얇은 {slug}"), "그렇습니다."),
        );
        browser.goto(&url(&bot, "/")).await;
        browser.wait_for_text(".trouble a", slug).await;
        let path = href(&browser, ".trouble a").await;
        browser.goto(&url(&bot, &path)).await;
        browser.click(&format!("form[action$={button}] button")).await;
        browser.wait_for_text(".said", said).await;
    }
    bot.arrived("얇은 thin-a").await;
    bot.idle().await;
    assert!(bot.on_telegram(bot.group, "얇은 thin-b").is_empty());
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_post_is_tried_in_a_channel_and_kept_nowhere() {
    let bot = delivered("첫 뉴스").await;
    let browser = operator(&bot).await;
    browser.goto(&url(&bot, "/compose")).await;
    let post = bot.post().title("시험 뉴스").article("시험 삼아", "그렇습니다.").markdown();
    browser.script("document.querySelector('textarea').value = given[0]", json!([post])).await;
    browser.click("button[name=style][value=summary]").await;
    browser.wait_for("document.querySelector('details.sure > summary')").await;
    browser.click("details.sure > summary").await;
    browser.click("button[formaction]").await;
    browser.wait_for_text("[role=alert]", "어느 채널에 보낼지").await;
    for (channel, name) in [("1", "ai-뉴스"), ("2", "AI 뉴스방")] {
        let choose = "const menu = document.querySelector('select[name=channel]'); menu.value = given[0]; \
                      menu.closest('details').open = true;";
        browser.script(choose, json!([channel])).await;
        browser.click("button[formaction]").await;
        browser.wait_for_text(".said", &format!("{name}에 보냈습니다")).await;
    }
    let (on_discord, _) = bot.arrived("시험 삼아").await;
    assert!(words(&on_discord).contains("시험 뉴스"));
    let operator = caller(&bot).await;
    assert!(!operator.page("/digests").await.contains("시험 뉴스"));
    bot.finish().await;
}

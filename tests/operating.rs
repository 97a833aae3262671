//! What operators do in chat: see how things stand, send again, recall, announce, load again.

use chrono::TimeDelta;
use jogan::clock::Clock as _;
use jogan::sandbox::discord;
use jogan::sandbox::telegram::{Fault, Faults};
use serde_json::json;

use crate::support::bot::Bot;
use crate::support::town::text;

/// Comes to where what goes on is looked at again.
fn later(bot: &Bot) {
    bot.clock.set(bot.clock.now() + TimeDelta::minutes(2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_status_tells_feeds_deliveries_and_the_last_changes() {
    let bot = Bot::start().await;
    bot.subscribe_now().await;
    bot.publish(&bot.post());
    bot.arrived("소식 6").await;
    bot.idle().await;
    let desk = bot.discord.add_dm(&bot.operator.0);
    let on_discord = bot.ask_discord(&bot.operator.0, desk, "admin status", json!({})).await;
    let on_telegram = bot.ask_telegram(&bot.operator.1, bot.operator.1.id, "/admin status").await;
    for told in [&on_discord, &on_telegram] {
        let told = text(told).replace('\\', "");
        for part in [
            "AI 뉴스 — 최근 뉴스 3월 2일(월) · 마지막 확인 3월 2일(월) 07:00",
            "Discord — 채널 1곳 · 24시간 동안 보냄 1개 · 기다림 0개 · 못 보냄 0개",
            "Telegram — 채널 1곳 · 24시간 동안 보냄 1개 · 기다림 0개 · 못 보냄 0개",
            "07:00 구독: AI 뉴스 · 나오는 대로 · 요약 — ai-뉴스 (",
            "07:00 구독: AI 뉴스 · 나오는 대로 · 요약 — AI 뉴스방 (Telegram 관리자 21)",
        ] {
            assert!(told.contains(part), "{part}: {told}");
        }
    }
    assert!(text(&on_discord).contains("(관리자 <@11>)"), "{on_discord}");
    assert!(text(&on_telegram).contains("(Discord 관리자 11)"), "{on_telegram}");
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_digest_is_sent_again_to_one_platform_or_to_all_after_a_confirm() {
    let bot = Bot::start().await;
    bot.subscribe_now().await;
    bot.publish(&bot.post());
    bot.arrived("소식 6").await;
    bot.idle().await;
    let (operator, chat) = (&bot.operator.1, bot.operator.1.id);
    let asked = bot.ask_telegram(operator, chat, "/admin resend 오늘 telegram").await;
    assert_eq!(
        text(&asked),
        "3월 2일(월) AI 뉴스(기사 6건)를 채널 1곳에 다시 보낼까요?\n그 가운데 1곳은 이미 받았습니다."
    );
    bot.press_telegram(operator, chat, &asked, "보내기").await;
    let asked = bot.says(chat, &asked, "채널 1곳에 다시 보냅니다.").await;
    bot.wait_for("it again", async || (bot.on_telegram(bot.group, "소식 6").len() == 2).then_some(())).await;
    bot.idle().await;
    assert_eq!(bot.on_discord(bot.channel, "소식 6").len(), 1, "Discord was not asked for");
    bot.press_telegram(operator, chat, &asked, "진행 보기").await;
    bot.says(chat, &asked, "✅ 채널 1곳에 모두 보냈습니다.").await;
    // It is told by itself, too, to the one who asked, once.
    later(&bot);
    let told =
        bot.wait_for("the end", async || bot.on_telegram(chat, "다시 보내기를 마쳤습니다.").pop()).await;
    assert_eq!(text(&told), "3월 2일(월) AI 뉴스 다시 보내기를 마쳤습니다.\n✅ 채널 1곳에 모두 보냈습니다.");

    let desk = bot.discord.add_dm(&bot.operator.0);
    let asked = bot.ask_discord(&bot.operator.0, desk, "admin resend", json!({})).await;
    assert!(text(&asked).contains("채널 2곳에 다시 보낼까요?"), "{asked}");
    let told = bot.press_discord(&bot.operator.0, desk, &asked, "취소").await;
    assert_eq!(text(&told), "바뀐 것은 없습니다.");
    assert_eq!(told["components"], json!([]), "with the question its buttons are gone");
    let options = json!({"channel": format!("discord:{}", bot.channel)});
    let asked = bot.ask_discord(&bot.operator.0, desk, "admin resend", options).await;
    bot.discord.faults(discord::Faults {
        times: 2,
        calls: format!("/channels/{}/messages", bot.channel),
        fault: discord::Fault::Status(400),
    });
    bot.press_discord(&bot.operator.0, desk, &asked, "보내기").await;
    later(&bot);
    let told =
        bot.wait_for("the end", async || bot.on_discord(desk, "다시 보내기를 마쳤습니다.").pop()).await;
    assert!(
        text(&told).contains("채널 1곳 가운데 0곳에 보냈고, 1곳에는 보내지 못했습니다.\n• ai-뉴스 — "),
        "{told}"
    );
    let asked = bot.ask_discord(&bot.operator.0, desk, "admin resend", json!({})).await;
    bot.press_discord(&bot.operator.0, desk, &asked, "보내기").await;
    bot.wait_for("it again", async || (bot.on_discord(bot.channel, "소식 6").len() == 2).then_some(())).await;
    bot.idle().await;
    assert_eq!(bot.on_telegram(bot.group, "소식 6").len(), 3);
    later(&bot);
    bot.wait_for("the end", async || bot.on_discord(desk, "✅ 채널 2곳에 모두 보냈습니다.").pop()).await;
    assert_eq!(bot.on_telegram(chat, "다시 보내기를 마쳤습니다.").len(), 1, "of its own alone");
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_sent_is_taken_back_and_what_stays_is_named() {
    let bot = Bot::start().await;
    bot.subscribe_now().await;
    let desk = bot.discord.add_dm(&bot.operator.0);
    let told = bot.ask_discord(&bot.operator.0, desk, "admin recall", json!({})).await;
    assert!(text(&told).contains("아직 나온 것이 없습니다"), "{told}");
    bot.publish(&bot.post());
    bot.arrived("소식 6").await;
    bot.idle().await;
    bot.telegram.faults(Faults {
        calls: 1,
        method: Some("deleteMessage".to_owned()),
        chat: Some(bot.group),
        fault: Fault::Status(400),
    });
    let asked = bot.ask_discord(&bot.operator.0, desk, "admin recall", json!({"date": "오늘"})).await;
    assert_eq!(text(&asked), "3월 2일(월) AI 뉴스: 채널 2곳에 보낸 메시지 2개를 지울까요?");
    let told = bot.press_discord(&bot.operator.0, desk, &asked, "지우기").await;
    assert_eq!(text(&told), "메시지 2개를 지웁니다.");
    bot.wait_for("the recall", async || bot.on_discord(bot.channel, "소식 6").is_empty().then_some(())).await;
    let progress = bot
        .wait_for("the end", async || {
            let shown = bot.discord.timeline(desk, bot.operator.0.id).pop()?;
            let open = shown["components"].as_array().is_some_and(|rows| !rows.is_empty());
            if open {
                bot.press_discord(&bot.operator.0, desk, &shown, "진행 보기").await;
                return None;
            }
            Some(shown)
        })
        .await;
    assert!(text(&progress).starts_with("지움 1개 · 남음 0개 · 지우지 못함 1개"), "{progress}");
    assert!(text(&progress).contains("• AI 뉴스방 —"), "{progress}");
    assert_eq!(bot.on_telegram(bot.group, "소식 6").len(), 1, "Telegram refused");
    later(&bot);
    let told = bot.wait_for("the end", async || bot.on_discord(desk, "거두기를 마쳤습니다.").pop()).await;
    assert!(
        text(&told).starts_with(
            "3월 2일(월) AI 뉴스 거두기를 마쳤습니다.\n메시지 1개를 지웠고, 1개는 지우지 못했습니다.\n• AI 뉴스방 — "
        ),
        "{told}"
    );

    // What could not be deleted is tried again.
    let asked = bot.ask_telegram(&bot.operator.1, bot.operator.1.id, "/admin recall 오늘").await;
    assert!(text(&asked).contains("지울 메시지가 없습니다") || text(&asked).contains("지울까요"), "{asked}");
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_announcement_reaches_every_subscribed_channel_once() {
    let bot = Bot::start().await;
    let (operator, chat) = (&bot.operator.1, bot.operator.1.id);
    let told = bot.ask_telegram(operator, chat, "/admin announce 내일은 쉽니다").await;
    assert!(text(&told).starts_with("알릴 채널이 없습니다."), "{told}");
    bot.subscribe_now().await;
    let told = bot.ask_telegram(operator, chat, "/admin announce").await;
    assert!(text(&told).contains("예: /admin announce"), "{told}");
    let asked =
        bot.ask_telegram(operator, chat, "/admin announce 내일은 쉽니다.\n@everyone 모레 뵙겠습니다.").await;
    assert!(text(&asked).starts_with("구독한 채널 2곳에 이렇게 알릴까요?\n📢 내일은 쉽니다."), "{asked}");
    bot.press_telegram(operator, chat, &asked, "보내기").await;
    let (discord, telegram) = bot.arrived("📢 내일은 쉽니다.").await;
    assert_eq!(text(&discord).replace('\\', "").lines().count(), 2, "on two lines: {discord}");
    assert_eq!(discord["mention_everyone"], false, "nobody is pinged");
    assert!(text(&telegram).contains("모레 뵙겠습니다."), "{telegram}");
    let asked = bot.says(chat, &asked, "채널 2곳에 알립니다.").await;
    bot.press_telegram(operator, chat, &asked, "진행 보기").await;
    bot.says(chat, &asked, "✅ 채널 2곳에 모두 보냈습니다.").await;
    assert_eq!(bot.on_discord(bot.channel, "📢").len() + bot.on_telegram(bot.group, "📢").len(), 2);

    let desk = bot.discord.add_dm(&bot.operator.0);
    let asked =
        bot.ask_discord(&bot.operator.0, desk, "admin announce", json!({"text": "다시 시작합니다"})).await;
    bot.press_discord(&bot.operator.0, desk, &asked, "취소").await;
    assert!(bot.on_discord(bot.channel, "다시 시작합니다").is_empty());
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dictionaries_are_loaded_again_whole_or_not_at_all() {
    let bot = Bot::builder().own_names().start().await;
    let (operator, chat) = (&bot.operator.1, bot.operator.1.id);
    let told = bot.ask_telegram(operator, chat, "/company 한빛반도체").await;
    assert!(text(&told).contains("찾지 못했습니다"), "{told}");
    bot.publish(&bot.post());
    bot.kept("소식 6").await;

    bot.name_company("Hanbit = 3");
    let told = bot.ask_telegram(operator, chat, "/admin reload").await;
    assert!(text(&told).starts_with("⚠️ 사전을 읽지 못해 전의 것을 그대로 씁니다"), "{told}");
    let told = bot.ask_telegram(operator, chat, "/company 엔비디아").await;
    assert!(text(&told).contains("소식이 없습니다"), "the old ones are there: {told}");

    bot.name_company(r#""Hanbit Semiconductor" = { ko = "한빛반도체", sector = "chips" }"#);
    let desk = bot.discord.add_dm(&bot.operator.0);
    let told = bot.ask_discord(&bot.operator.0, desk, "admin reload", json!({})).await;
    assert!(text(&told).starts_with("사전을 다시 읽었습니다."), "{told}");
    assert!(text(&told).contains("뉴스 원본 1곳을 지금 다시 확인합니다."), "{told}");
    // What was stored before is classified again.
    bot.wait_for("the company's news", async || {
        let told = bot.ask_discord(&bot.operator.0, desk, "company", json!({"name": "한빛반도체"})).await;
        text(&told).contains("6건").then_some(())
    })
    .await;
    bot.finish().await;
}

//! What is asked in one place and is about another: a channel named in `/subscribe`, the server's other channels, a role
//! to ping, a company that is followed in private.

use jogan::sandbox::discord::{ChannelKind, permissions};
use jogan::sandbox::telegram::ChatKind;
use serde_json::{Value, json};

use crate::support::bot::Bot;
use crate::support::town::{text, words};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_discord_channel_is_subscribed_by_whom_may_manage_it_once_the_bot_may_write_there() {
    let bot = Bot::start().await;
    let other = bot.discord.add_channel(bot.guild, "투자-뉴스", ChannelKind::Text);
    bot.discord.open_command("subscribe");
    let options = json!({"at": "now", "style": "headlines", "channel": "#투자-뉴스"});
    let refused = bot.ask_discord(&bot.reader.0, bot.channel, "subscribe", options.clone()).await;
    assert!(text(&refused).starts_with("이 명령은 채널 관리자만"), "{refused}");

    bot.discord.take_permission(other, permissions::EMBED_LINKS | permissions::SEND_MESSAGES);
    let asked = bot.ask_discord(&bot.admin.0, bot.channel, "subscribe", options).await;
    assert_eq!(
        text(&asked).replace('\\', ""),
        "#투자-뉴스에 아직 글을 쓸 수 없어 구독하지 않았습니다.\n\
         채널 설정 › 권한에서 봇에게 ‘메시지 보내기’와 ‘링크 첨부’를 켠 뒤 다시 눌러 주세요."
    );
    let still = bot.press_discord(&bot.admin.0, bot.channel, &asked, "다시 확인").await;
    assert!(text(&still).contains("아직 글을 쓸 수 없어"), "{still}");
    bot.discord.give_permission(other, permissions::EMBED_LINKS | permissions::SEND_MESSAGES);
    let told = bot.press_discord(&bot.admin.0, bot.channel, &still, "다시 확인").await;
    assert!(text(&told).starts_with("구독했습니다. 뉴스가 나오는 대로 모든 소식을 제목 목록으로"), "{told}");
    assert!(text(&told).replace('\\', "").contains("받는 곳: 투자-뉴스"), "{told}");
    bot.publish(&bot.post());
    bot.wait_for("the digest", async || bot.on_discord(other, "소식 6").pop()).await;
    bot.idle().await;
    assert!(bot.on_discord(bot.channel, "소식 6").is_empty(), "the channel where it was asked gets nothing");

    // Its buttons are about that channel, too.
    let styles = bot.press_discord(&bot.admin.0, bot.channel, &told, "모양 바꾸기").await;
    let settings = bot.press_discord(&bot.admin.0, bot.channel, &styles, "전체").await;
    assert!(text(&settings).contains("• 모양: 전체"), "{settings}");
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_telegram_channel_is_subscribed_by_its_name_by_whom_is_its_admin() {
    let bot = Bot::start().await;
    let channel = bot.telegram.add_chat("AI 뉴스 채널", ChatKind::Channel);
    bot.telegram.set_username(channel, "ai_news_ko");
    let reader = &bot.reader.1;
    let told = bot.ask_telegram(reader, reader.id, "/subscribe @ai_news_ko 08:30").await;
    assert!(text(&told).starts_with("이 명령은 채널 관리자만"), "{told}");
    let told = bot.ask_telegram(reader, reader.id, "/subscribe @no_such_channel 08:30").await;
    assert!(
        text(&told).replace('\u{2060}', "").starts_with("‘@no_such_channel’ 채널을 찾지 못했습니다."),
        "{told}"
    );

    bot.telegram.set_admin(channel, reader.id, true);
    bot.telegram.set_admin(channel, bot.telegram.bot_id(), false);
    let asked = bot.ask_telegram(reader, reader.id, "/subscribe @ai_news_ko now full").await;
    assert!(text(&asked).starts_with("AI 뉴스 채널에 아직 글을 쓸 수 없어 구독하지 않았습니다."), "{asked}");
    bot.telegram.set_admin(channel, bot.telegram.bot_id(), true);
    bot.press_telegram(reader, reader.id, &asked, "다시 확인").await;
    let told =
        bot.says(reader.id, &asked, "구독했습니다. 뉴스가 나오는 대로 모든 소식을 전체로 보냅니다.").await;
    assert!(text(&told).contains("받는 곳: AI 뉴스 채널"), "{told}");
    bot.publish(&bot.post());
    bot.wait_for("the digest", async || {
        // In a channel nobody is the sender.
        bot.telegram.timeline(channel).into_iter().find(|message| text(message).contains("소식 6"))
    })
    .await;
    bot.idle().await;
    assert!(bot.on_telegram(reader.id, "소식 6").is_empty(), "where it was asked nothing comes");
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn settings_reach_the_servers_other_channels_and_are_copied_there() {
    let bot = Bot::start().await;
    let (admin, here) = (&bot.admin.0, bot.channel);
    let other = bot.discord.add_channel(bot.guild, "둘째-방", ChannelKind::Text);
    let third = bot.discord.add_channel(bot.guild, "셋째-방", ChannelKind::Announcement);
    let options = json!({"at": "now", "style": "full", "filter": "공장"});
    bot.ask_discord(admin, here, "subscribe", options).await;
    bot.ask_discord(admin, here, "mute", json!({"what": "엔비디아"})).await;
    bot.ask_discord(admin, other, "subscribe", json!({"at": "08:30"})).await;

    let settings = bot.ask_discord(admin, here, "settings", json!({})).await;
    assert!(text(&settings).replace('\\', "").contains("빼기: 엔비디아 (관리자 <@11>)"), "{settings}");
    let others = bot.press_discord(admin, here, &settings, "역할·다른 채널").await;
    assert!(text(&others).replace('\\', "").contains("• #둘째-방 — AI 뉴스, 매일 08:30, 요약"), "{others}");
    let theirs = bot.press_discord(admin, here, &others, "#둘째-방 · AI 뉴스").await;
    assert!(text(&theirs).replace('\\', "").contains("받는 곳: 둘째-방"), "{theirs}");
    let settings = bot.ask_discord(admin, here, "settings", json!({})).await;
    let others = bot.press_discord(admin, here, &settings, "역할·다른 채널").await;
    let told = bot.press_discord(admin, here, &others, "#셋째-방").await;
    assert!(text(&told).starts_with("구독했습니다. 뉴스가 나오는 대로 공장 소식을 전체로"), "{told}");
    bot.publish(&bot.post().article("엔비디아의 공장", "큽니다."));
    let copied = bot.wait_for("the digest", async || bot.on_discord(third, "소식 6").pop()).await;
    assert!(words(&copied).contains("음소거 1건"), "with its mutes: {copied}");
    bot.idle().await;
    bot.clock.set(crate::support::clock::instant("2026-03-02T08:30:00+09:00"));
    bot.wait_for("the other's digest", async || bot.on_discord(other, "소식 6").pop()).await;
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_delivery_pings_the_role_that_an_admin_chose_and_nobody_else_by_its_first_message_alone() {
    let bot = Bot::start().await;
    let role = bot.discord.add_role(bot.guild, "소식통", true);
    let (admin, channel) = (&bot.admin.0, bot.channel);
    bot.ask_discord(admin, channel, "subscribe", json!({"at": "now", "style": "full"})).await;
    let settings = bot.ask_discord(admin, channel, "settings", json!({})).await;
    let roles = bot.press_discord(admin, channel, &settings, "역할·다른 채널").await;
    assert!(text(&roles).contains("배달의 첫 메시지에서 부를 역할을"), "{roles}");
    let settings = bot.press_discord(admin, channel, &roles, "@소식통").await;
    assert!(text(&settings).contains("• 첫 메시지에서 역할을 부름"), "{settings}");
    let long = "새 공장이 문을 엽니다. ".repeat(12);
    let post = (1..=8)
        .fold(bot.post().only(0), |post, number| post.article(&format!("긴 소식 {number} @everyone"), &long));
    bot.publish(&post);
    bot.wait_for("the last part", async || bot.on_discord(channel, "긴 소식 8").pop()).await;
    bot.idle().await;
    let sent = bot.sent_on_discord(channel);
    assert!(sent.len() > 1, "several messages: {sent:?}");
    let pings: Vec<&Value> = sent.iter().map(|message| &message["mention_roles"]).collect();
    assert_eq!(pings[0], &json!([role.to_string()]));
    assert!(pings[1..].iter().all(|roles| **roles == json!([])), "{pings:?}");
    assert!(sent.iter().all(|message| message["mention_everyone"] == false));

    // A correction changes the words of the message that pinged, keeps its ping's, and pings nobody.
    bot.publish(&post.clone().article("긴 소식 9", &long));
    let corrected = bot.wait_for("the correction", async || bot.on_discord(channel, "고침").pop()).await;
    bot.idle().await;
    assert!(text(&corrected).starts_with(&format!("<@&{role}> ")), "{corrected}");
    assert_eq!(corrected["id"], bot.sent_on_discord(channel)[0]["id"]);
    let sent = bot.sent_on_discord(channel);
    assert!(sent.iter().all(|message| message["mention_roles"] == json!([])), "{sent:?}");

    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_company_is_followed_in_private_from_anywhere() {
    let bot = Bot::start().await;
    // On Discord from a server, in the reader's conversation with the bot.
    let reader = &bot.reader.0;
    let private = bot.discord.add_dm(reader);
    let asked = bot.ask_discord(reader, bot.channel, "company", json!({"name": "엔비디아"})).await;
    let told = bot.press_discord(reader, bot.channel, &asked, "1:1로 계속 받기").await;
    assert!(text(&told).starts_with("엔비디아 소식이 나오는 대로 1:1 대화로 보내 드립니다."), "{told}");
    let told = bot.press_discord(reader, bot.channel, &asked, "1:1로 계속 받기").await;
    assert!(text(&told).starts_with("엔비디아는 이미 1:1 대화로 받고 계십니다."), "{told}");

    // On Telegram from a group by a link, and in private by the button.
    let reader = &bot.reader.1;
    let asked = bot.ask_telegram(reader, bot.group, "/company 엔비디아").await;
    let link = bot.link_of(&asked, "1:1로 계속 받기");
    let (_, payload) = link.split_once("?start=").expect("a start link");
    let told = bot.ask_telegram(reader, reader.id, &format!("/start {payload}")).await;
    assert!(text(&told).starts_with("엔비디아 소식이 나오는 대로"), "{told}");
    let asked = bot.ask_telegram(reader, reader.id, "/company 구글").await;
    bot.press_telegram(reader, reader.id, &asked, "1:1로 계속 받기").await;
    bot.wait_for("both", async || bot.on_telegram(reader.id, "지금 받으시는 소식: 엔비디아·구글").pop())
        .await;

    bot.publish(&bot.post().article("엔비디아의 새 칩", "빠릅니다."));
    let sent = bot.wait_for("the news", async || bot.on_discord(private, "엔비디아의 새 칩").pop()).await;
    assert!(!words(&sent).contains("소식 6"), "nothing else: {sent}");
    bot.wait_for("the news", async || bot.on_telegram(reader.id, "엔비디아의 새 칩").pop()).await;
    bot.idle().await;
    assert!(bot.on_discord(bot.channel, "엔비디아의 새 칩").is_empty(), "the server gets nothing");
    bot.finish().await;
}

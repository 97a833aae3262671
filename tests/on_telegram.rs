//! How people talk to the bot on Telegram: what is a command and what is not, names without one, links that open
//! something, channels and groups that are chosen, the greeting, the limits.

use chrono::TimeDelta;
use jogan::clock::Clock as _;
use jogan::sandbox::telegram::{ChatKind, ChooseError};
use serde_json::json;

use crate::support::bot::Bot;
use crate::support::buttons::{buttons, pressing};
use crate::support::clock::instant;
use crate::support::post::Post;
use crate::support::town::text;

/// A bot with a digest in which a company is named.
async fn with_news() -> Bot {
    let bot = Bot::start().await;
    bot.publish(&bot.post().article("엔비디아, 새 반도체 공장에 투자", "엔비디아가 반도체에 투자합니다."));
    bot.kept("엔비디아, 새").await;
    bot
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_alone_is_looked_up_in_private_and_nowhere_else() {
    let bot = with_news().await;
    let (reader, private) = (&bot.reader.1, bot.reader.1.id);
    for (said, answered) in [
        ("엔비디아", "엔비디아 — 최근 30일 1건"),
        ("nvda 7d", "엔비디아 — 최근 7일 1건"),
        ("반도체", "반도체 — 최근 30일"),
        ("엔비다아", "‘엔비다아’는 찾지 못했습니다. 혹시 이 이름인가요?"),
        ("오늘", "소식 6"),
        (
            "안녕하세요, 오늘 아침에는 어떤 소식이 있는지 자세히 알려 주시면 정말 감사하겠습니다. 부탁드립니다.",
            "회사나 주제의 이름을 보내시면",
        ),
    ] {
        let told = bot.ask_telegram(reader, private, said).await;
        assert!(text(&told).contains(answered), "{said}: {told}");
    }
    // An administrator of the group hears everything there, and keeps silent.
    bot.telegram.set_admin(bot.group, bot.telegram.bot_id(), true);
    bot.telegram.say(reader, bot.group, None, "엔비디아").await;
    let told = bot.ask_telegram(reader, bot.group, "/help").await;
    assert!(text(&told).starts_with("조간 — 매일의 AI 뉴스"), "{told}");
    assert_eq!(bot.said_on_telegram(bot.group).len(), 1);
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn words_behind_a_slash_that_are_no_command_are_answered_where_they_are_meant_for_the_bot() {
    let bot = Bot::start().await;
    let (reader, operator) = (&bot.reader.1, &bot.operator.1);
    let told = bot.ask_telegram(reader, reader.id, "/아무거나").await;
    assert!(text(&told).contains("‘/아무거나’는 없는 명령입니다."), "{told}");
    let told = bot.ask_telegram(reader, reader.id, "/admin").await;
    assert!(text(&told).contains("운영자만"), "{told}");
    let told = bot.ask_telegram(operator, operator.id, "/admin").await;
    assert!(text(&told).contains("/admin hold — ") && text(&told).contains("/admin mutes — "), "{told}");
    bot.wait_for("the operator's menu", async || {
        let menu = bot.telegram.commands(operator.id, operator);
        menu.iter().any(|(command, about)| command == "admin" && about == "운영자의 명령").then_some(())
    })
    .await;
    assert!(bot.telegram.commands(reader.id, reader).iter().all(|(command, _)| command != "admin"));

    bot.telegram.say(reader, bot.group, None, "/foo").await;
    let told = bot.ask_telegram(reader, bot.group, "/foo@jogan_bot").await;
    assert!(text(&told).contains("‘/foo’"), "{told}");
    assert_eq!(bot.said_on_telegram(bot.group).len(), 1, "the first may be for another bot");
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_passed_on_changed_or_said_by_bots_is_no_command() {
    let bot = Bot::start().await;
    let reader = &bot.reader.1;
    let channel = bot.telegram.add_chat("AI 뉴스 채널", ChatKind::Channel);
    bot.telegram.forward(reader, bot.group, "/today").await;
    bot.telegram.pass_on(channel, bot.group, "/today").await;
    bot.telegram.say_as_other_bot(bot.group, "/today").await;
    bot.telegram.forward(reader, reader.id, "엔비디아").await;
    let said = bot.telegram.say(reader, bot.group, None, "/foo").await;
    bot.telegram.edit(bot.group, said, "/today").await;
    bot.ask_telegram(reader, bot.group, "/help").await;
    bot.ask_telegram(reader, reader.id, "/help").await;
    assert_eq!(bot.said_on_telegram(bot.group).len(), 1);
    assert_eq!(bot.said_on_telegram(reader.id).len(), 1);
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_writes_as_the_group_is_its_admin_and_general_is_the_forum_itself() {
    let bot = Bot::start().await;
    let forum = bot.telegram.add_chat("토론", ChatKind::Forum);
    bot.telegram.add_topic(forum, "잡담");
    bot.telegram.say_anonymously(forum, "/subscribe now").await;
    let told = bot.wait_for("the answer", async || bot.said_on_telegram(forum).pop()).await;
    assert!(text(&told).starts_with("구독했습니다"), "{told}");
    assert!(told.get("message_thread_id").is_none(), "{told}");
    bot.publish(&bot.post());
    let sent = bot.wait_for("the digest", async || bot.on_telegram(forum, "소식 6").pop()).await;
    assert!(sent.get("message_thread_id").is_none(), "{sent}");
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_a_channel_the_command_and_its_answer_are_gone_after_half_a_minute() {
    let bot = Bot::start().await;
    let channel = bot.telegram.add_chat("AI 뉴스 채널", ChatKind::Channel);
    bot.telegram.set_admin(channel, bot.admin.1.id, true);
    bot.telegram.say(&bot.admin.1, channel, None, "오늘의 공지").await;
    bot.telegram.say(&bot.admin.1, channel, None, "/subscribe now").await;
    let shows = async |part: &'static str| {
        bot.wait_for(part, async || {
            let all = bot.telegram.timeline(channel);
            all.into_iter().find(|message| text(message).contains(part))
        })
        .await
    };
    let told = shows("구독했습니다").await;
    bot.publish(&bot.post());
    shows("소식 6").await;
    assert!(bot.telegram.timeline(channel).contains(&told), "it can be read for a while");
    bot.clock.set(bot.clock.now() + TimeDelta::seconds(31));
    bot.wait_for("order", async || (bot.telegram.timeline(channel).len() == 2).then_some(())).await;
    let left = bot.telegram.timeline(channel);
    assert!(text(&left[0]) == "오늘의 공지" && text(&left[1]).contains("소식 6"), "{left:?}");
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_a_channels_admin_makes_the_bot_say_something_there() {
    let bot = Bot::builder().before(this_morning()).start().await;
    let channel = bot.telegram.add_chat("AI 뉴스 채널", ChatKind::Channel);
    bot.telegram.set_admin(channel, bot.admin.1.id, true);
    bot.telegram.say(&bot.admin.1, channel, None, "/subscribe now").await;
    let told = bot
        .wait_for("the answer", async || {
            let all = bot.telegram.timeline(channel);
            all.into_iter().find(|message| text(message).starts_with("구독했습니다"))
        })
        .await;
    let latest = pressing(&told, "최근 뉴스 지금 보기");
    let id = told["message_id"].as_i64().expect("an id");
    let refused = bot.telegram.press(&bot.reader.1, channel, id, &latest).await.expect("an answer");
    assert!(refused.text.is_some_and(|text| text.contains("관리자만")), "a reader of it does not");
    bot.telegram.press(&bot.admin.1, channel, id, &latest).await.expect("an answer");
    bot.wait_for("the digest", async || {
        bot.telegram.timeline(channel).into_iter().find(|message| text(message).contains("소식 6"))
    })
    .await;
    bot.finish().await;
}

/// A digest of this morning.
fn this_morning() -> Post {
    Post::of(instant("2026-03-02T06:30:00+09:00"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_opens_the_subscription_and_changes_nothing_by_itself() {
    let bot = Bot::start().await;
    let (reader, private) = (&bot.reader.1, bot.reader.1.id);
    let asked = bot.ask_telegram(reader, private, "/start subscribe").await;
    assert!(text(&asked).starts_with("뉴스를 어디에서 받으시겠습니까?"), "{asked}");
    let id = asked["message_id"].as_i64().expect("an id");
    let here = pressing(&asked, "이 대화에서 받기");
    bot.telegram.press(reader, private, id, &here).await.expect("an answer");
    bot.wait_for("the change in place", async || {
        let said = bot.on_telegram(private, "구독했습니다.");
        said.into_iter().find(|message| message["message_id"] == id)
    })
    .await;
    bot.publish(&bot.post());
    bot.wait_for("the digest", async || bot.on_telegram(private, "소식 6").pop()).await;
    for start in ["leave_ai-news", "pause_", "set_ai-news_style_full"] {
        let told = bot.ask_telegram(reader, private, &format!("/start {start}")).await;
        assert!(text(&told).contains("오래되어"), "{start}: {told}");
    }
    bot.publish(&bot.post().slug("second").only(0).article("둘째 소식", "둘째입니다."));
    bot.wait_for("the second digest", async || bot.on_telegram(private, "둘째 소식").pop()).await;
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_channel_is_chosen_with_a_key_by_who_is_its_admin() {
    let bot = Bot::start().await;
    let (admin, private) = (&bot.admin.1, bot.admin.1.id);
    bot.telegram.add_private(admin);
    let channel = bot.telegram.add_chat("AI 뉴스 채널", ChatKind::Channel);
    bot.telegram.kick(channel);
    let asked = bot.ask_telegram(admin, private, "/start subscribe").await;
    let id = asked["message_id"].as_i64().expect("an id");
    let pick = pressing(&asked, "채널이나 그룹 고르기");
    bot.telegram.press(admin, private, id, &pick).await.expect("an answer");
    let keys = bot.wait_for("the keys", async || bot.telegram.keys(private)).await;
    assert_eq!(keys["keyboard"][0][0]["text"], "채널 고르기", "{keys}");
    assert_eq!(bot.telegram.choose(admin, private, 1, channel).await, Err(ChooseError::NotOffered));

    // As its admin it is offered, and the app makes the bot an administrator there.
    bot.telegram.set_admin(channel, admin.id, true);
    bot.telegram.choose(admin, private, 1, channel).await.expect("it is offered");
    bot.wait_for("the answer", async || bot.on_telegram(private, "구독했습니다.").pop()).await;
    assert_eq!(bot.telegram.keys(private), None, "the keys are put away");
    assert!(bot.telegram.timeline(channel).is_empty(), "a channel is never greeted");
    bot.publish(&bot.post());
    bot.wait_for("the digest", async || {
        bot.telegram.timeline(channel).into_iter().find(|message| text(message).contains("소식 6"))
    })
    .await;
    assert!(
        bot.on_telegram(private, "소식 6").is_empty(),
        "the channel was subscribed, not the conversation"
    );
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_bot_says_hello_once_in_a_group_and_never_in_a_channel() {
    let bot = Bot::start().await;
    let group = bot.telegram.add_chat("새 모임", ChatKind::Supergroup);
    let channel = bot.telegram.add_chat("새 채널", ChatKind::Channel);
    for chat in [group, channel, group, channel] {
        bot.telegram.kick(chat);
        bot.telegram.invite(&bot.admin.1, chat);
    }
    let hello = bot.wait_for("hello", async || bot.said_on_telegram(group).pop()).await;
    assert_eq!(
        text(&hello),
        "안녕하세요. 매일 AI 뉴스를 이 방에 정리해 드리는 조간입니다.\n\
         관리자께서 /subscribe 08:30 이라고 쓰시면 시작합니다. 뉴스는 /today로 바로 볼 수 있습니다."
    );
    bot.ask_telegram(&bot.reader.1, group, "/help").await;
    assert_eq!(bot.said_on_telegram(group).len(), 2, "once");
    assert!(bot.telegram.timeline(channel).is_empty());
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn help_has_two_screens_that_change_in_place() {
    let bot = Bot::start().await;
    let (reader, private) = (&bot.reader.1, bot.reader.1.id);
    let first = bot.ask_telegram(reader, private, "/help").await;
    assert_eq!(
        text(&first),
        "조간 — 매일의 AI 뉴스\n\n읽기\n/today — 오늘 뉴스\n/digest 어제 — 지난 뉴스\n/company 엔비디아 — 회사 소식\n\
         /topic 반도체 — 주제별 소식\n/search 데이터센터 투자 — 본문 찾기\n/trends — 이번 주 흐름\n\n\
         회사 이름만 보내도 찾습니다(1:1 대화에서)."
    );
    let id = first["message_id"].as_i64().expect("an id");
    let to_channel = pressing(&first, "채널에서 받기");
    bot.telegram.press(reader, private, id, &to_channel).await.expect("an answer");
    let second = bot.wait_for("the second", async || bot.on_telegram(private, "채널 관리자").pop()).await;
    assert_eq!(second["message_id"], id);
    assert!(text(&second).contains("/subscribe 08:30 반도체 투자 — 두 주제만"), "{second}");
    let labels: Vec<_> = buttons(&second).iter().map(|button| text(button).to_owned()).collect();
    assert_eq!(labels, ["채널이나 그룹 고르기", "읽기 명령"]);
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_group_has_six_answers_a_minute_and_then_one_polite_reply() {
    let bot = Bot::builder().usual_limits().start().await;
    let people = [&bot.admin.1, &bot.reader.1, &bot.operator.1];
    for by in people.iter().cycle().take(9) {
        bot.telegram.say(by, bot.group, None, "/help").await;
    }
    bot.wait_for("seven answers", async || (bot.said_on_telegram(bot.group).len() == 7).then_some(())).await;
    let said = bot.said_on_telegram(bot.group);
    assert_eq!(said.iter().filter(|message| text(message).starts_with("조간 — ")).count(), 6, "{said:?}");
    assert_eq!(
        said.iter().filter(|message| text(message).starts_with("잠시 쉬었다가")).count(),
        1,
        "{said:?}"
    );
    bot.clock.set(bot.clock.now() + TimeDelta::seconds(61));
    let told = bot.ask_telegram(&bot.reader.1, bot.group, "/help").await;
    assert!(text(&told).starts_with("조간 — "), "{told}");
    assert_eq!(bot.said_on_telegram(bot.group).len(), 8, "nothing was said of the two others");
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_day_the_days_before_are_offered() {
    let days = ["2026-02-27T06:30:00+09:00", "2026-02-28T06:30:00+09:00", "2026-03-01T06:30:00+09:00"];
    let before = days
        .iter()
        .fold(Bot::builder().before(this_morning()), |builder, day| builder.before(Post::of(instant(day))));
    let bot = before.start().await;
    let (reader, private) = (&bot.reader.1, bot.reader.1.id);
    let shown = bot.ask_telegram(reader, private, "/digest").await;
    assert!(text(&shown).contains("3월 2일(월)"), "{shown}");
    let labels: Vec<_> = buttons(&shown).iter().map(|button| text(button).to_owned()).collect();
    assert_eq!(labels, ["3월 1일(일) 뉴스", "2월 28일(토) 뉴스", "2월 27일(금) 뉴스"]);
    let id = shown["message_id"].as_i64().expect("an id");
    let data = pressing(&shown, "2월 28일(토) 뉴스");
    bot.telegram.press(reader, private, id, &data).await.expect("an answer");
    bot.wait_for("that day", async || bot.on_telegram(private, "2월 28일(토)").pop()).await;
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_missing_name_is_asked_for_with_buttons() {
    let bot = with_news().await;
    let (reader, private) = (&bot.reader.1, bot.reader.1.id);
    for (command, answered) in
        [("/company", "엔비디아 — 최근 30일 1건"), ("/topic", "건"), ("/search", "‘엔비디아’ — 전체")]
    {
        let asked = bot.ask_telegram(reader, private, command).await;
        let first = buttons(&asked).into_iter().next().unwrap_or_else(|| panic!("{command}: {asked}"));
        let data = if command == "/topic" {
            first["callback_data"].as_str().expect("data").to_owned()
        } else {
            pressing(&asked, "엔비디아")
        };
        let id = asked["message_id"].as_i64().expect("an id");
        bot.telegram.press(reader, private, id, &data).await.expect("an answer");
        bot.wait_for(command, async || {
            let all = bot.said_on_telegram(private);
            all.into_iter().find(|one| one["message_id"] == id && text(one).contains(answered))
        })
        .await;
    }
    assert_eq!(json!(bot.said_on_telegram(private).len()), 3, "each in the place of its question");
    bot.finish().await;
}

//! A whole week of one channel on each platform: subscribed, two digests, a mute, a late digest, a pause, a resend, the
//! end.

use jogan::sandbox::discord::Person;
use serde_json::{Value, json};

use crate::support::bot::Bot;
use crate::support::clock::instant;
use crate::support::post::Post;
use crate::support::town::{text, words};

/// The channel and the group together.
struct Rooms<'b> {
    bot: &'b Bot,
    admin: &'b Person,
}

impl Rooms<'_> {
    /// The admin says the same in both; what is answered begins so.
    async fn say(&self, command: &str, options: Value, typed: &str, answer: &str) -> (Value, Value) {
        let on_discord = self.bot.ask_discord(self.admin, self.bot.channel, command, options).await;
        let on_telegram = self.bot.ask_telegram(&self.bot.admin.1, self.bot.group, typed).await;
        for told in [&on_discord, &on_telegram] {
            assert!(text(told).replace('\\', "").contains(answer), "{answer}: {told}");
        }
        (on_discord, on_telegram)
    }

    /// The admin presses the same button below both answers.
    async fn press(&self, (discord, telegram): &(Value, Value), label: &str, then: &str) {
        let told = self.bot.press_discord(self.admin, self.bot.channel, discord, label).await;
        assert!(text(&told).contains(then), "{told}");
        self.bot.press_telegram(&self.bot.admin.1, self.bot.group, telegram, label).await;
        self.bot.says(self.bot.group, telegram, then).await;
    }

    /// How often each has been sent what holds `part`.
    fn count(&self, part: &str) -> (usize, usize) {
        let bot = self.bot;
        (bot.on_discord(bot.channel, part).len(), bot.on_telegram(bot.group, part).len())
    }

    /// It is that time, and the post comes out.
    async fn publish(&self, at: &str, post: impl FnOnce(Post) -> Post, headline: &str) {
        self.bot.clock.set(instant(at));
        self.bot.publish(&post(self.bot.post()));
        self.bot.kept(headline).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_week_goes_by() {
    let bot = Bot::builder()
        .at("2026-03-02T06:00:00+09:00")
        .feed("hold = false\nexpect_by = \"07:30\"")
        .start()
        .await;
    let rooms = Rooms { bot: &bot, admin: &bot.admin.0 };

    // Monday: subscribed; the first digest waits for its hour.
    rooms
        .say("subscribe", json!({"at": "08:30"}), "/subscribe 08:30", "첫 배달은 3월 2일(월) 08:30입니다.")
        .await;
    rooms
        .publish("2026-03-02T07:20:00+09:00", |post| post.article("월요일 소식", "하나."), "월요일 소식")
        .await;
    bot.idle().await;
    assert_eq!(rooms.count("월요일 소식"), (0, 0));
    bot.clock.set(instant("2026-03-02T08:30:00+09:00"));
    bot.arrived("월요일 소식").await;

    // Tuesday: the second, without what is muted.
    rooms
        .say("mute", json!({"what": "엔비디아"}), "/mute 엔비디아", "이 채널에서 엔비디아 소식을 뺍니다.")
        .await;
    let tuesday = |post: Post| post.article("화요일 소식", "둘.").article("엔비디아의 칩", "셋.");
    rooms.publish("2026-03-03T07:20:00+09:00", tuesday, "화요일 소식").await;
    bot.clock.set(instant("2026-03-03T08:30:00+09:00"));
    bot.arrived("화요일 소식").await;
    assert_eq!(rooms.count("엔비디아의 칩"), (0, 0));
    assert_eq!(rooms.count("음소거 1건"), (1, 1));

    // Wednesday: nothing at the hour; what comes late goes out at once.
    bot.clock.set(instant("2026-03-04T08:30:05+09:00"));
    bot.wait_for("the hour to be over", async || {
        let next = bot.app().store().next_planning().await.expect("the database");
        (next > Some(instant("2026-03-04T08:31:00+09:00"))).then_some(())
    })
    .await;
    assert_eq!(rooms.count("수요일 소식"), (0, 0));
    rooms
        .publish("2026-03-04T10:05:00+09:00", |post| post.article("수요일 소식", "넷."), "수요일 소식")
        .await;
    bot.arrived("수요일 소식").await;
    bot.idle().await;

    // Thursday and Friday: paused; on Saturday both come as one list.
    rooms.say("pause", json!({}), "/pause", "배달을 멈췄습니다.").await;
    rooms
        .publish("2026-03-05T07:20:00+09:00", |post| post.article("목요일 소식", "다섯."), "목요일 소식")
        .await;
    rooms
        .publish("2026-03-06T07:20:00+09:00", |post| post.article("금요일 소식", "여섯."), "금요일 소식")
        .await;
    bot.clock.set(instant("2026-03-06T12:00:00+09:00"));
    bot.idle().await;
    assert_eq!((rooms.count("목요일 소식"), rooms.count("금요일 소식")), ((0, 0), (0, 0)));
    bot.clock.set(instant("2026-03-07T09:00:00+09:00"));
    rooms.say("resume", json!({}), "/resume", "배달을 다시 시작합니다.").await;
    let (on_discord, on_telegram) = bot.arrived("금요일 소식").await;
    for list in [&on_discord, &on_telegram] {
        assert!(words(list).contains("목요일 소식"), "one list: {list}");
    }
    bot.idle().await;

    // Monday's once more, and why.
    let asked = rooms
        .say(
            "resend",
            json!({"date": "2026-03-02"}),
            "/resend 2026-03-02",
            "이미 08:30에 이 채널로 보냈습니다.",
        )
        .await;
    rooms.press(&asked, "보내기", "다시 보냅니다.").await;
    bot.wait_for("it again", async || (rooms.count("월요일 소식") == (2, 2)).then_some(())).await;
    bot.idle().await;

    // Sunday: the end; what comes out on Monday goes to nobody.
    bot.clock.set(instant("2026-03-08T20:00:00+09:00"));
    let asked = rooms.say("unsubscribe", json!({}), "/unsubscribe", "AI 뉴스 구독을 끝낼까요?").await;
    rooms.press(&asked, "끝내기", "구독을 끝냈습니다.").await;
    rooms
        .publish("2026-03-09T07:20:00+09:00", |post| post.article("다음 주 소식", "끝."), "다음 주 소식")
        .await;
    bot.clock.set(instant("2026-03-09T09:00:00+09:00"));
    bot.idle().await;
    assert_eq!(rooms.count("다음 주 소식"), (0, 0));

    // Everything that the admins have changed is on record.
    let store = bot.app().store();
    let changes = store.changes(jogan::store::ChangesOf::All, 100).await.expect("the database");
    let of = |verb: &str| changes.iter().filter(|change| change.what.starts_with(verb)).count();
    let counts = ["subscribe", "mute", "pause", "resume", "resend", "unsubscribe"].map(of);
    assert_eq!(counts, [2; 6], "{changes:?}");
    bot.finish().await;
}

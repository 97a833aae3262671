//! What a button carries is what was put on it.

use chrono::NaiveDate;

use super::Press;
use crate::commands::reach::Target;
use crate::commands::{about, help, search, settings, why};
use crate::model::channel::Address;
use crate::model::feed::FeedName;
use crate::model::language::Language;
use crate::model::note::AnnouncementId;
use crate::model::period::Period;
use crate::model::subscription::Style;
use crate::store::ArticleId;

fn set(change: settings::Change) -> Press {
    Press::Set { feed: FeedName("a-feed-with-the-longest-name-32-".into()), change }
}

fn everywhere() -> Target {
    let channel = Some(crate::model::channel::ChannelId(i64::MAX));
    Target { handle: "0123456789".into(), platform: Some(crate::model::Platform::Telegram), channel }
}

#[test]
fn what_a_button_carries_is_read_again() {
    for press in [
        Press::Open { handle: "0123456789".into(), article: 5 },
        Press::List { handle: "0123456789".into() },
        Press::Latest { feed: FeedName("a-feed-with-the-longest-name-32-".into()) },
        Press::Digest { handle: "0123456789".into() },
        Press::All { handle: "0123456789".into() },
        Press::Unsubscribe { feed: FeedName("a-feed-with-the-longest-name-32-".into()), is_sure: false },
        Press::Unsubscribe { feed: FeedName("ai-news".into()), is_sure: true },
        Press::Subscribe { feed: FeedName("a-feed-with-the-longest-name-32-".into()), as_before: true },
        Press::Subscribe { feed: FeedName("ai-news".into()), as_before: false },
        Press::Resend { handle: "0123456789".into(), missing: true },
        Press::Resend { handle: "0123456789".into(), missing: false },
        Press::Why(why::ArticleName { handle: "0123456789".into(), place: 99 }),
        Press::ResendAll(everywhere()),
        Press::ResendProgress { target: everywhere(), since: 1 << 33 },
        Press::Recall(everywhere()),
        Press::RecallProgress(everywhere()),
        Press::Announce(AnnouncementId(i64::MAX)),
        Press::AnnounceProgress(AnnouncementId(1)),
        Press::Recheck { feed: FeedName("a-feed-with-the-longest-name-32-".into()), day: None },
        Press::Recheck {
            feed: FeedName("a-feed-with-the-longest-name-32-".into()),
            day: NaiveDate::from_ymd_opt(2025, 12, 17),
        },
        Press::DayOff {
            feed: FeedName("a-feed-with-the-longest-name-32-".into()),
            day: NaiveDate::from_ymd_opt(2025, 12, 17).expect("a day"),
        },
        Press::Held { handle: "0123456789".into() },
        Press::Release { handle: "0123456789".into(), send: true },
        Press::Release { handle: "0123456789".into(), send: false },
        Press::Settings { feed: FeedName("a-feed-with-the-longest-name-32-".into()) },
        set(settings::Change::At("weekdays 08:30".parse().expect("a schedule"))),
        set(settings::Change::Style(Style::Headlines)),
        set(settings::Change::Language(Language::En)),
        set(settings::Change::Quiet(None)),
        set(settings::Change::Quiet("22:00-07:00".parse().ok())),
        set(settings::Change::Publish(true)),
        Press::Try { words: "08:30 Asia/Seoul full".into() },
        Press::Follow { tag: "0123456789".into() },
        Press::Others { feed: FeedName("ai-news".into()) },
        Press::Choose {
            feed: FeedName("a-feed-with-the-longest-name-32-".into()),
            of: settings::Setting::Time,
        },
        Press::Choose { feed: FeedName("ai-news".into()), of: settings::Setting::Style },
        Press::Choose { feed: FeedName("ai-news".into()), of: settings::Setting::Filter },
        set(settings::Change::Topic(None)),
        set(settings::Change::Topic(Some("robotics".into()))),
        Press::Pause,
        Press::Resume,
        Press::Unmute { tag: "0123456789".into(), everywhere: false },
        Press::Unmute { tag: "0123456789".into(), everywhere: true },
        Press::Help(help::Half::Reading),
        Press::Help(help::Half::Managing),
        Press::Receive,
        Press::PickChat,
        Press::Cancel,
        Press::About(about::Page::first(about::Kind::Topic, "chips", Period::ThisMonth)),
        Press::Show(Box::new(Press::Search(search::Page {
            newest: Some(ArticleId(i64::MAX)),
            skip: 15,
            period: Period::All,
            words: "데이터센터 투자".into(),
        }))),
        Press::Show(Box::new(Press::Open { handle: "0123456789".into(), article: 5 })),
    ] {
        let text = press.encode();
        assert!(text.len() <= 64, "{text}");
        assert_eq!(Press::decode(&text, None), Some(press));
    }
}

#[test]
fn what_is_pressed_for_another_channel_is_read_again() {
    let feed = || FeedName("a-feed-with-the-longest-name-32-".into());
    let (discord, telegram) =
        (Address::Discord { channel: u64::MAX }, Address::Telegram { chat: -1_001_234_567_890, topic: None });
    for (address, press, most) in [
        (telegram, Press::Subscribe { feed: feed(), as_before: true }, 64),
        (telegram, Press::Resume, 64),
        (discord, Press::Copy { from: discord, feed: feed() }, 100),
        (discord, set(settings::Change::Mention(Some(u64::MAX))), 100),
    ] {
        let press = Press::In { address, press: Box::new(press) };
        let text = press.encode();
        assert!(text.len() <= most, "{text}");
        assert_eq!(Press::decode(&text, None), Some(press));
    }
    assert_eq!(Press::decode("in:d1:in:d2:resume:", None), None);
}

#[test]
fn a_menu_and_the_entry_chosen_in_it_are_read_together() {
    let opened = Some(Press::Open { handle: "0123456789".into(), article: 3 });
    assert_eq!(Press::decode("open:0123456789:0", Some("3")), opened);
    assert_eq!(Press::decode("pick:1.0", Some("open:0123456789:3")), opened);
}

#[test]
fn forged_and_old_texts_mean_nothing() {
    for text in [
        "",
        "open",
        "open:",
        "open:x",
        "open:x:y",
        "destroy:everything",
        "show:",
        "show:show:list:x",
        "show:leave:x",
    ] {
        assert_eq!(Press::decode(text, None), None, "{text:?}");
    }
}

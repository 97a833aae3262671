//! Each sort of change as it is told, and by whom it is signed.

use rstest::rstest;

use super::*;
use crate::model::feed::{OnUnknown, Timing};
use crate::model::lexicon::{CompanyName, TopicLook};
use crate::model::note::Person;

fn feeds() -> [Feed; 1] {
    [Feed {
        name: FeedName("ai-news".to_owned()),
        title: "AI 뉴스".to_owned(),
        language: Language::Ko,
        timezone: chrono_tz::Asia::Seoul,
        timing: Timing::default(),
        on_unknown: OnUnknown::Resend,
        hold: true,
    }]
}

fn lexicon() -> Lexicon {
    let nvidia = CompanyName { ko: "엔비디아".to_owned(), en: "NVIDIA".to_owned() };
    let chips =
        TopicLook { ko: "반도체".to_owned(), en: "chips".to_owned(), emoji: "🔲".to_owned(), colour: 0 };
    Lexicon {
        companies: [("NVIDIA".to_owned(), nvidia)].into(),
        topics: [("chips".to_owned(), chips)].into(),
    }
}

fn teller<'t>(feeds: &'t [Feed], lexicon: &'t Lexicon, language: Language) -> Teller<'t> {
    let timezone = chrono_tz::Asia::Seoul;
    Teller { feeds, lexicon, timezone, language, on: Platform::Discord, alone: None, of_all: false }
}

fn told(what: &str, language: Language) -> String {
    teller(&feeds(), &lexicon(), language).tell(what)
}

#[rstest]
#[case::subscribed(
    "subscribe ai-news now Asia/Seoul headlines ko",
    "구독: AI 뉴스 · 나오는 대로 · 제목 목록",
    "Subscribed: AI 뉴스 · as soon as it is out · headlines"
)]
#[case::with_everything(
    "subscribe ai-news weekdays 08:30 Asia/Seoul full en quiet 22:00-07:00 반도체 NVIDIA 공장",
    "구독: AI 뉴스 · 평일 08:30(서울) · 전체 · English · 22:00부터 07:00까지 조용히 · 반도체·엔비디아·공장 소식만",
    "Subscribed: AI 뉴스 · weekdays at 08:30 (Seoul) · full · English · quiet from 22:00 to 07:00 · only chips·NVIDIA·공장"
)]
#[case::of_a_feed_that_is_gone(
    "subscribe old-news now Asia/Seoul summary ko",
    "구독: old-news · 나오는 대로 · 요약 · 한국어",
    "Subscribed: old-news · as soon as it is out · summary · 한국어"
)]
#[case::unsubscribed("unsubscribe ai-news", "구독 끝냄: AI 뉴스", "Unsubscribed: AI 뉴스")]
#[case::time(
    "settings ai-news at:08:30",
    "설정: AI 뉴스 · 매일 08:30",
    "Settings: AI 뉴스 · every day at 08:30"
)]
#[case::style("settings ai-news style:full", "설정: AI 뉴스 · 전체", "Settings: AI 뉴스 · full")]
#[case::no_quiet(
    "settings ai-news quiet:-",
    "설정: AI 뉴스 · 조용한 시간 없음",
    "Settings: AI 뉴스 · no quiet hours"
)]
#[case::topic(
    "settings ai-news topic:chips",
    "설정: AI 뉴스 · 주제 반도체",
    "Settings: AI 뉴스 · topic chips"
)]
#[case::all("settings ai-news topic:-", "설정: AI 뉴스 · 모든 소식", "Settings: AI 뉴스 · everything")]
#[case::role(
    "settings ai-news mention:42",
    "설정: AI 뉴스 · 첫 메시지에서 역할을 부름",
    "Settings: AI 뉴스 · the first message pings a role"
)]
#[case::muted("mute company:NVIDIA", "빼기: 엔비디아", "Muted: NVIDIA")]
#[case::muted_until(
    "mute topic:chips until 2026-03-08T22:00:00+00:00",
    "빼기: 반도체 (3월 9일(월) 07:00까지)",
    "Muted: chips (until Mon, Mar 9 07:00)"
)]
#[case::unmuted("unmute word:새 공장", "다시 넣기: 새 공장", "Unmuted: 새 공장")]
#[case::paused("pause", "배달 멈춤", "Paused")]
#[case::paused_until(
    "pause until 2026-03-08T22:00:00+00:00",
    "배달 멈춤 (3월 9일(월) 07:00까지)",
    "Paused (until Mon, Mar 9 07:00)"
)]
#[case::resumed("resume", "배달 다시 시작", "Resumed")]
#[case::resent("resend 2025-12-17-ai-news", "다시 보내기: 12월 17일(수) 뉴스", "Sent again: Wed, Dec 17")]
#[case::the_missing(
    "resend 2025-12-17-ai-news missing",
    "다시 보내기: 12월 17일(수) 뉴스 (빠진 것만)",
    "Sent again: Wed, Dec 17 (what was missing)"
)]
#[case::muted_for_all("admin mute topic:chips", "모든 채널에서 빼기: 반도체", "Muted everywhere: chips")]
#[case::unmuted_for_all(
    "admin unmute topic:chips",
    "모든 채널에서 다시 넣기: 반도체",
    "Unmuted everywhere: chips"
)]
#[case::released(
    "admin release ai-news 2025-12-17-ai-news",
    "보류한 뉴스 보냄: AI 뉴스 · 12월 17일(수) 뉴스",
    "Held digest sent: AI 뉴스 · Wed, Dec 17"
)]
#[case::dropped(
    "admin drop ai-news push-01",
    "보류한 뉴스 버림: AI 뉴스 · push-01",
    "Held digest dropped: AI 뉴스 · push-01"
)]
#[case::resent_to_all(
    "admin resend 2025-12-17-ai-news everywhere",
    "여러 채널에 다시 보내기: 12월 17일(수) 뉴스 · 모든 채널",
    "Sent again in bulk: Wed, Dec 17 · every channel"
)]
#[case::recalled(
    "admin recall 2025-12-17-ai-news telegram channel 7",
    "보낸 뉴스 거두기: 12월 17일(수) 뉴스 · 채널 1곳",
    "Recalled: Wed, Dec 17 · one channel"
)]
#[case::recalled_on_one(
    "admin recall 2025-12-17-ai-news discord",
    "보낸 뉴스 거두기: 12월 17일(수) 뉴스 · Discord",
    "Recalled: Wed, Dec 17 · Discord"
)]
#[case::announced(
    "admin announce 내일은\n쉽니다",
    "모든 채널에 알림: 내일은 쉽니다",
    "Announced: 내일은 쉽니다"
)]
#[case::loaded("admin reload", "뉴스와 사전 다시 읽기", "Sources and dictionaries loaded again")]
#[case::unknown("frobnicate it", "frobnicate it", "frobnicate it")]
#[case::half("subscribe ai-news", "subscribe ai-news", "subscribe ai-news")]
fn a_change_reads_as_people_say_it(#[case] what: &str, #[case] ko: &str, #[case] en: &str) {
    assert_eq!(told(what, Language::Ko), ko);
    assert_eq!(told(what, Language::En), en);
}

#[rstest]
#[case::a_name_on_discord((Platform::Discord, None, false), Platform::Discord, "resume", Some("관리자 <@11>"))]
#[case::to_operators((Platform::Discord, None, true), Platform::Discord, "resume", Some("관리자 <@11>"))]
#[case::an_operator((Platform::Discord, None, true), Platform::Discord, "admin reload", Some("운영자 <@11>"))]
#[case::from_telegram((Platform::Discord, None, true), Platform::Telegram, "resume", Some("Telegram 관리자 11"))]
#[case::nobody_is_called((Platform::Telegram, None, false), Platform::Telegram, "resume", Some("관리자"))]
#[case::from_discord((Platform::Telegram, None, false), Platform::Discord, "resume", Some("Discord 관리자"))]
#[case::the_id((Platform::Telegram, None, true), Platform::Telegram, "resume", Some("Telegram 관리자 11"))]
#[case::oneself((Platform::Telegram, Some("11"), false), Platform::Telegram, "resume", None)]
#[case::another((Platform::Telegram, Some("12"), false), Platform::Telegram, "resume", Some("관리자"))]
fn a_change_is_signed(
    #[case] (on, alone, of_all): (Platform, Option<&str>, bool),
    #[case] platform: Platform,
    #[case] what: &str,
    #[case] expected: Option<&str>,
) {
    let (feeds, lexicon) = (feeds(), lexicon());
    let teller = Teller { on, alone, of_all, ..teller(&feeds, &lexicon, Language::Ko) };
    let by = Person { platform, id: "11".to_owned() };
    let what = what.to_owned();
    let change = Change { at: DateTime::UNIX_EPOCH, by, address: None, channel: None, what };
    assert_eq!(teller.by(&change).as_deref(), expected);
}

//! Every page shows what it is for.

use chrono::TimeDelta;
use jogan::clock::Clock as _;
use serde_json::json;

use super::{caller, delivered, operator, url};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn today_shows_how_far_the_digest_has_got_and_is_drawn_anew() {
    let bot = delivered("첫 뉴스").await;
    let browser = operator(&bot).await;
    browser.wait_for_text(".headline a", "첫 뉴스").await;
    assert_eq!(browser.find_all(".platform").await.len(), 2);
    browser.wait_for_text(".platform", "1곳 중 1곳 도착").await;
    browser.wait_for_text(".all-well", "모두 제대로").await;
    browser.wait_for_text(".slots", "나오는 대로").await;

    bot.publish(&bot.post().slug("second").title("둘째 뉴스").article("또 하나", "그렇습니다."));
    // Nobody reloads the page.
    browser.wait_for_text(".headline a", "둘째 뉴스").await;
    assert_eq!(browser.console().await, Vec::<String>::new());
    bot.idle().await;
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_digest_is_found_and_shown_as_both_apps_show_it() {
    let bot = delivered("찾을 뉴스").await;
    let browser = operator(&bot).await;
    browser.goto(&url(&bot, "/digests")).await;
    browser.wait_for_text(".row-title", "찾을 뉴스").await;
    browser.type_keys("input[name=q]", "엔비디아 공장").await;
    browser.click(".filter button").await;
    browser.wait_for_text(".row-title", "엔비디아, 새 공장을 짓는다").await;
    browser.click(".row-title").await;
    browser.wait_for_text("h1", "찾을 뉴스").await;
    browser.wait_for("location.hash === '#article-7'").await;
    browser.wait_for_text("#article-7 .tag", "엔비디아").await;
    browser.wait_for_text("#article-7 .topic", "반도체").await;
    for (style, discord, telegram) in [
        ("headlines", "엔비디아, 새 공장을 짓는다", "엔비디아, 새 공장을 짓는다"),
        ("summary", "이천에서", "이천에서"),
        ("full", "기술적 의미", "기술적 의미"),
    ] {
        browser.click(&format!(".styles a[href*={style}]")).await;
        browser.wait_for(&format!("location.search.includes('{style}')")).await;
        browser.wait_for_text(".messages.discord", discord).await;
        browser.wait_for_text(".messages.telegram", telegram).await;
    }
    assert_eq!(browser.console().await, Vec::<String>::new());
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn channels_and_deliveries_are_filtered_and_shown_one_by_one() {
    let bot = delivered("배달된 뉴스").await;
    let operator = caller(&bot).await;
    let all = operator.page("/channels").await;
    assert!(all.contains("ai-뉴스") && all.contains("AI 뉴스방") && all.contains("정상"), "{all}");
    let narrowed =
        operator.page("/channels?platform=telegram&q=%EB%89%B4%EC%8A%A4%EB%B0%A9&health=well").await;
    assert!(!narrowed.contains(">ai-뉴스<") && narrowed.contains("AI 뉴스방"), "{narrowed}");
    assert!(operator.page("/channels?health=lost").await.contains("채널이 없습니다"));
    assert!(
        operator.page("/channels?q=%25").await.contains("채널이 없습니다"),
        "a percent sign is no wildcard"
    );

    let one = operator.page("/channels/1").await;
    for part in ["나오는 대로", "Asia/Seoul", "요약", "배달된 뉴스", "discord:"] {
        assert!(one.contains(part), "{part}: {one}");
    }
    let log = operator.page("/deliveries?platform=discord&state=sent&feed=ai-news").await;
    assert_eq!(log.matches("href=\"/deliveries/").count(), 1, "{log}");
    assert!(operator.page("/deliveries?state=failed").await.contains("배달이 없습니다"));
    let delivery = operator.page("/deliveries/1").await;
    assert!(
        delivery.contains("메시지 1") && delivery.contains("1번 시도") && delivery.contains("도착"),
        "{delivery}"
    );
    for path in ["/channels/99", "/deliveries/99", "/digests/0000000000", "/nothing"] {
        assert_eq!(operator.get(path).await.status(), 404, "{path}");
    }
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trends_and_names_count_what_was_in_the_news() {
    let bot = delivered("첫 뉴스").await;
    bot.publish(
        &bot.post().slug("b").title("둘째").article("Quuxly가 공장을 짓는다", "신생 기업 Quuxly가 샀다."),
    );
    bot.arrived("둘째").await;
    bot.idle().await;
    let operator = caller(&bot).await;
    let trends = operator.page("/trends?days=7").await;
    assert!(trends.contains("엔비디아") && trends.contains("<svg") && !trends.contains("style="), "{trends}");
    let names = operator.page("/names").await;
    assert!(
        names.contains("Quuxly = { ko = &quot;Quuxly&quot; }") && names.contains("Quuxly가 공장을"),
        "{names}"
    );
    bot.clock.set(bot.clock.now() + TimeDelta::days(40));
    assert!(operator.page("/login").await.contains("비밀번호"), "the session is over by then");
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_post_is_pasted_or_dropped_and_shown_before_it_goes_out() {
    let bot = delivered("첫 뉴스").await;
    let browser = operator(&bot).await;
    browser.goto(&url(&bot, "/compose")).await;
    let drop = "const data = new DataTransfer(); data.items.add(new File([given[0]], given[1])); \
                document.querySelector('[data-drop]').dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));";
    let post = bot.post().title("보낼 뉴스").article("구글이 답했다", "그렇습니다.");
    browser.script(drop, json!([post.markdown(), "2026-03-02-b.md"])).await;
    browser.wait_for("document.querySelector('textarea').value.includes('구글이 답했다')").await;
    browser.click("button[name=style][value=full]").await;
    browser.wait_for_text("#understood", "구글이 답했다").await;
    browser.wait_for_text("#understood", "2026-03-02 07").await;
    browser.wait_for_text(".messages.discord", "구글이 답했다").await;
    browser.wait_for_text(".messages.telegram", "기술적 의미").await;

    let draft = "const area = document.querySelector('textarea'); area.value = given[0];";
    browser.script(draft, json!(["제목 없는 글\n\n- 하나\n- 둘"])).await;
    browser.script("document.querySelector('input[name=name]').value = ''", json!([])).await;
    browser.click("button[name=style][value=summary]").await;
    browser.wait_for_text("#understood .error", "이대로는 불러오지 않습니다").await;
    assert_eq!(browser.console().await, Vec::<String>::new());
    bot.finish().await;
}

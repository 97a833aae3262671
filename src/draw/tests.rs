//! What the drawing shows of messages, and that nothing in them leaves its place.

use proptest::prelude::*;
use rstest::rstest;
use serde_json::{Value, json};

use super::*;

fn draw(platform: Platform, body: Value) -> String {
    messages(platform, &[Body(body)]).into_string()
}

/// The inside of the first element of this class.
fn content(text: &str) -> String {
    let drawn = draw(Platform::Discord, json!({ "content": text }));
    let (_, inner) = drawn.split_once("<div class=\"d-content\">").expect("a content");
    inner.strip_suffix("</div></article></div>").expect("nothing behind it").to_owned()
}

fn telegram(text: &str) -> String {
    let drawn = draw(Platform::Telegram, json!({ "text": text, "parse_mode": "HTML" }));
    let (_, inner) = drawn.split_once("<div class=\"text\">").expect("a text");
    inner.strip_suffix("</div></div></article></div>").expect("nothing behind it").to_owned()
}

#[rstest]
#[case::strong("**삼성**은 *웃고* ~~운다~~", "<strong>삼성</strong>은 <em>웃고</em> <s>운다</s>")]
#[case::nested("**가 *나* 다**", "<strong>가 <em>나</em> 다</strong>")]
#[case::both("***가***", "<strong><em>가</em></strong>")]
#[case::escaped("\\*\\*가\\*\\* \\<b\\>", "**가** &lt;b&gt;")]
#[case::code("`a*b*` **`c`**", "<code>a*b*</code> <strong><code>c</code></strong>")]
#[case::word("snake_case_name", "snake_case_name")]
#[case::product("3 * 4 * 5", "3 * 4 * 5")]
#[case::masked("[가](https://a.b/c)", "<a href=\"https://a.b/c\" rel=\"noreferrer nofollow\">가</a>")]
#[case::no_link("[가](javascript:x)", "[가](javascript:x)")]
#[case::time("<t:1765955366:f>", "<time>2025-12-17 07:09 UTC</time>")]
#[case::open("**가", "**가")]
fn what_stands_in_a_line_of_discord(#[case] text: &str, #[case] drawn: &str) {
    assert_eq!(content(text), format!("<div class=\"text\">{drawn}</div>"));
}

#[rstest]
#[case::list("- 가\n  - 나\n- 다", "<ul><li>가<ul><li>나</li></ul></li><li>다</li></ul>")]
#[case::numbers("3. 가\n4. 나", "<ol start=\"3\"><li>가</li><li>나</li></ol>")]
#[case::code("```rust\na < b\n```\n끝", "<pre><code>a &lt; b</code></pre><div class=\"text\">끝</div>")]
#[case::quote("> - 가\n> 나", "<blockquote><ul><li>가</li></ul><div class=\"text\">나</div></blockquote>")]
#[case::heading("## 가", "<p class=\"d-heading\">가</p>")]
#[case::lines("가\n나", "<div class=\"text\">가\n나</div>")]
fn blocks_of_discord(#[case] text: &str, #[case] drawn: &str) {
    assert_eq!(content(text), drawn);
}

#[rstest]
#[case::tags("<b>가</b> &lt;b&gt; R&amp;D", "<strong>가</strong> &lt;b&gt; R&amp;D")]
#[case::link(
    "<a href=\"https://a.b/?c=1&amp;d\">가</a>",
    "<a rel=\"noreferrer nofollow\" href=\"https://a.b/?c=1&amp;d\">가</a>"
)]
#[case::bad_link("<a href=\"javascript:x\">가</a>", "<a>가</a>")]
#[case::unknown("<img src=x onerror=y>가", "&lt;img src=x onerror=y&gt;가")]
#[case::open("<b>가", "<strong>가</strong>")]
#[case::crossed("<b><i>가</b></i>", "<strong><em>가&lt;/b&gt;</em></strong>")]
#[case::quote(
    "<blockquote expandable>가</blockquote>\n나",
    "<blockquote class=\"t-folded\" tabindex=\"0\">가</blockquote>나"
)]
#[case::tag("#투자 C#이", "<span class=\"t-tag\">#투자</span> C#이")]
fn telegrams_markup(#[case] text: &str, #[case] drawn: &str) {
    assert_eq!(telegram(text), drawn);
}

#[test]
fn embeds_and_buttons_are_drawn() {
    let drawn = draw(
        Platform::Discord,
        json!({
            "embeds": [{ "title": "제목", "url": "https://a.b", "color": 3_066_993, "description": "글",
                "fields": [{ "name": "요약", "value": "- 하나" }], "footer": { "text": "BNN · **1/2**" } }],
            "components": [
                { "type": 1, "components": [{ "type": 3, "placeholder": "골라 읽기",
                    "options": [{ "label": "1. 하나", "description": "BNN" }] }] },
                { "type": 1, "components": [{ "type": 2, "label": "웹에서 보기", "url": "https://a.b" }] },
            ],
            "flags": 4096,
        }),
    );
    let parts = [
        "fill=\"#2ecc71\"",
        "rel=\"noreferrer nofollow\">제목</a>",
        "<p class=\"d-name\">요약</p>",
        "BNN · **1/2**",
        "<summary>골라 읽기</summary>",
        "1. 하나<small>BNN</small>",
        "웹에서 보기 ↗",
        "🔕",
    ];
    for part in parts {
        assert!(drawn.contains(part), "{part} is not in {drawn}");
    }
}

#[test]
fn a_keyboard_is_drawn() {
    let rows = json!([[{ "text": "1", "callback_data": "open" }], [{ "text": "웹", "url": "https://a.b" }]]);
    let drawn =
        draw(Platform::Telegram, json!({ "text": "<b>", "reply_markup": { "inline_keyboard": rows } }));
    assert!(drawn.contains("<span class=\"t-button\">1</span>"), "{drawn}");
    assert!(drawn.contains("class=\"t-button\" href=\"https://a.b\""), "{drawn}");
    assert!(drawn.contains("&lt;b&gt;"), "without a parse mode it is text: {drawn}");
}

/// Pieces of markup of both platforms and of HTML.
fn rubble() -> impl Strategy<Value = String> {
    let parts = [
        "가",
        " ",
        "\n",
        "**",
        "*",
        "_",
        "~~",
        "`",
        "```",
        "[",
        "](https://a.b/\"c)",
        "](x)",
        "<",
        ">",
        "\"",
        "'",
        "&lt;",
        "&",
        "<b>",
        "</b>",
        "<a href=\"https://a.b\">",
        "</a>",
        "<blockquote expandable>",
        "</blockquote>",
        "<script>",
        "<t:1:f>",
        "<t:99999999999999999:f>",
        "- ",
        "  - ",
        "> ",
        "# ",
        "#가",
        "\\",
        "https://a.b",
        "||",
    ];
    prop::collection::vec(prop::sample::select(parts.to_vec()), 0..40).prop_map(|parts| parts.concat())
}

/// Whether every tag is one of ours, and each that begins ends in its place.
fn is_well_formed(html: &str) -> bool {
    let mut open = Vec::new();
    for tag in html.split('<').skip(1) {
        let Some((tag, _)) = tag.split_once('>') else { return false };
        let name = tag.split(' ').next().unwrap_or_default();
        match name.strip_prefix('/') {
            Some(name) if open.pop() == Some(name) => {}
            Some(_) => return false,
            None if name == "br" => {}
            None if name.starts_with(|c: char| c.is_ascii_lowercase()) && name != "script" => open.push(name),
            None => return false,
        }
    }
    open.is_empty()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_a_message_holds_stays_in_its_place(text in rubble()) {
        let embed = json!({ "title": text, "url": text, "description": text,
            "fields": [{ "name": text, "value": text }], "footer": { "text": text } });
        let discord = json!({ "content": text, "embeds": [embed] });
        prop_assert!(is_well_formed(&draw(Platform::Discord, discord)));
        let telegram = json!({ "text": text, "parse_mode": "HTML",
            "reply_markup": { "inline_keyboard": [[{ "text": text, "url": text }]] } });
        prop_assert!(is_well_formed(&draw(Platform::Telegram, telegram)));
    }

    #[test]
    fn escaped_text_is_shown_as_it_was(text in "[가-힣a-z*#>-][가-힣a-z*_~`<>&\\[\\]()#. -]{0,59}") {
        let shown = content(&crate::text::discord_markdown(&text, true));
        let words: String = strip_tags(&shown);
        let is_word = |c: &char| !c.is_whitespace() && *c != '\u{2060}';
        prop_assert_eq!(
            words.chars().filter(is_word).collect::<String>(),
            text.chars().filter(is_word).collect::<String>()
        );
    }
}

fn strip_tags(html: &str) -> String {
    let words: String = html
        .split('<')
        .enumerate()
        .map(
            |(place, part)| if place == 0 { part } else { part.split_once('>').map_or("", |(_, text)| text) },
        )
        .collect();
    words.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

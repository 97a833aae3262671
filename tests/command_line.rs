//! Subcommands that need no configuration: `preview`, `lookup classify`, `demo`.

use std::process::{Output, Stdio};
use std::time::Duration;

use chrono::{DateTime, Utc};
use rstest::rstest;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;

use crate::support::clock::instant;
use crate::support::post::Post;
use crate::support::program::{Program, jogan};
use crate::support::town::words;

fn noon() -> DateTime<Utc> {
    instant("2025-12-17T12:00:00+09:00")
}

/// Runs `jogan` on a file with this content.
async fn on_file(name: &str, bytes: &[u8], arguments: &[&str]) -> Output {
    let disk = tempfile::tempdir().expect("a folder");
    let file = disk.path().join(name);
    std::fs::write(&file, bytes).expect("a file");
    jogan(&["preview"]).arg(&file).args(arguments).output().await.expect("the binary")
}

/// Its standard output, which must be JSON alone.
fn json_of(output: &Output) -> Value {
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stdout)))
}

#[tokio::test]
async fn preview_prints_how_a_post_is_understood() {
    let post = Post::of(noon());
    let outline = json_of(&on_file(&post.file_name(), post.markdown().as_bytes(), &["--json"]).await);
    assert_eq!(outline["title"], "2025-12-17 AI 뉴스");
    let articles = outline["articles"].as_array().expect("articles");
    assert_eq!(articles.len(), 6);
    for (article, headline) in articles.iter().zip(post.headlines()) {
        assert_eq!(article["headline"], headline);
        assert_eq!(article["publisher"], "Chip Daily");
        assert_eq!(article["published"], "2025-12-17");
        let sections = article["sections"].as_array().expect("sections");
        let titles: Vec<_> = sections.iter().map(|section| section["title"].as_str()).collect();
        assert_eq!(titles, [Some("요약"), Some("주요 내용 및 시사점")]);
        for label in ["무엇", "어디서", "누가", "기술적 의미", "산업적 영향", "향후 전망"]
        {
            let held = sections
                .iter()
                .any(|section| section["text"].as_str().is_some_and(|text| text.contains(label)));
            assert!(held, "{label} is lost: {article}");
        }
    }
    assert_eq!(outline["warnings"], json!([]));
    // The word before the date is shown nowhere.
    let label = json!({"text": "발행일", "reason": "labels; what stands behind them is kept"});
    assert_eq!(outline["dropped"], json!([label]));
}

#[tokio::test]
async fn preview_prints_the_messages_of_each_platform() {
    let post = Post::of(noon());
    for (platform, styles) in
        [("discord", ["headlines", "summary", "full"]), ("telegram", ["headlines", "summary", "full"])]
    {
        for style in styles {
            let arguments = ["--platform", platform, "--style", style, "--json"];
            let bodies = json_of(&on_file("post.md", post.markdown().as_bytes(), &arguments).await);
            let bodies = bodies.as_array().expect("a list");
            assert_eq!(bodies.len(), 1, "{platform} {style}");
            for headline in post.headlines() {
                assert!(words(&bodies[0]).contains(headline), "{headline} is not in {}", bodies[0]);
            }
            for key in ["chat_id", "message_thread_id", "nonce"] {
                assert_eq!(bodies[0].get(key), None, "{platform} {style}");
            }
        }
    }
}

#[tokio::test]
async fn preview_takes_any_text_and_any_name() {
    let odd: [(&str, &[u8]); 8] = [
        ("empty.md", b""),
        ("no-front-matter.md", "# 제목\n\n그냥 글입니다.\n".as_bytes()),
        ("2025-12-17-x.txt", "한 줄".as_bytes()),
        ("only-front-matter.md", b"---\ntitle: x\n---\n"),
        ("unclosed.md", b"---\ntitle: x\n\n## a\n"),
        ("broken.md", b"---\ntitle: \"x\ndate: [\n---\n## a\n- b\n"),
        ("bom.md", b"\xef\xbb\xbf---\r\ntitle: x\r\n---\r\n## a\r\n- b\r\n"),
        ("blank", b"\n\n \t\n\0\n"),
    ];
    for (name, bytes) in odd {
        let outline = json_of(&on_file(name, bytes, &["--json"]).await);
        assert!(outline["articles"].is_array(), "{name}");
        for platform in ["discord", "telegram"] {
            let bodies = json_of(&on_file(name, bytes, &["--platform", platform, "--json"]).await);
            assert!(bodies.is_array(), "{name}");
        }
    }
}

#[tokio::test]
async fn preview_draws_a_page_that_shows_both_platforms_and_loads_nothing() {
    let disk = tempfile::tempdir().expect("a folder");
    let (file, page) = (disk.path().join("2025-12-17-x.md"), disk.path().join("page.html"));
    let hostile = "<script>alert(1)</script> \"><img src=x onerror=alert(2)>";
    let post = format!(
        "---\ntitle: '{hostile}'\n---\n## 하나 {hostile}\n[P](https://a.b/1)\n\n글 `{hostile}`\n\n## 둘\n[P](https://a.b/2)\n"
    );
    std::fs::write(&file, post).expect("a file");
    let output =
        jogan(&["preview", "--json", "--html"]).arg(&page).arg(&file).output().await.expect("the binary");
    assert_eq!(json_of(&output)["articles"].as_array().map(Vec::len), Some(2));
    let page = std::fs::read_to_string(page).expect("a page");
    for part in [
        "messages discord",
        "messages telegram",
        "제목만",
        "요약",
        "전체",
        "prefers-color-scheme",
        "Noto Sans KR",
    ] {
        assert!(page.contains(part), "{part} is not in {page}");
    }
    for part in ["<script", "<img", "url(", "@import", "<link"] {
        assert!(!page.contains(part), "{part} is in {page}");
    }
}

#[tokio::test]
async fn benchmarks_print_their_numbers_beside_a_reference() {
    let output = jogan(&["bench", "parse", "--json"]).output().await.expect("the binary");
    let measures = json_of(&output);
    let number = |key: &str| measures[0][key].as_f64().expect("a number");
    assert!(number("ours") > 0.0 && number("reference") > 0.0, "{measures}");
}

#[tokio::test]
async fn preview_is_strict_where_it_is_asked_to_be() {
    let post = Post::of(noon());
    let fine = on_file(&post.file_name(), post.markdown().as_bytes(), &["--strict", "--json"]).await;
    assert_eq!(fine.status.code(), Some(0));
    let faulty = on_file("nothing.md", b"", &["--strict", "--json"]).await;
    assert_eq!(faulty.status.code(), Some(1));
}

#[rstest]
#[case("company", "엔비디아")]
#[case("topic", "반도체")]
#[case("search", "투자")]
#[tokio::test]
async fn options_stand_before_or_after_the_words_of_a_look_up(#[case] what: &str, #[case] words: &str) {
    for arguments in [["--language", "xx", words], [words, "--language", "xx"]] {
        let output = jogan(&["lookup", what]).args(arguments).output().await.expect("the binary");
        assert_eq!(output.status.code(), Some(2));
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(told.contains("--language"), "{told}");
    }
}

#[tokio::test]
async fn classify_answers_line_by_line() {
    let mut child = jogan(&["lookup", "classify", "--json"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the binary");
    let lines = "{\"text\": \"엔비디아가 삼성전자와 HBM 공급 계약\"}\n{\"text\": \"오늘은 날씨가 맑다\"}\n";
    let mut stdin = child.stdin.take().expect("piped");
    stdin.write_all(lines.as_bytes()).await.expect("it reads");
    drop(stdin);
    let output = child.wait_with_output().await.expect("an end");
    assert_eq!(output.status.code(), Some(0));
    let answers: Vec<Value> = String::from_utf8(output.stdout)
        .expect("UTF-8")
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let [first, second] = answers.as_slice() else { panic!("{answers:?}") };
    let companies = first["companies"].as_array().expect("a list");
    assert_eq!(companies.len(), 2, "{first}");
    assert_eq!(second["companies"], json!([]));
    assert!(second["topics"].is_array() && second["implied"].is_array());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_demo_prints_one_address_and_shows_the_sample_on_both_platforms() {
    let mut command = jogan(&["demo", "--port", "0"]);
    let disk = tempfile::tempdir().expect("a folder");
    command.env("TMPDIR", disk.path());
    let demo = Program::start(command);
    let shown = tokio::time::timeout(Duration::from_secs(10), async {
        let page = until(async || address(&demo.out())).await;
        let http = reqwest::Client::builder().no_proxy().build().expect("a client");
        let get = async |path: String| -> Value {
            let answer = http.get(format!("{page}{path}")).send().await.expect("the page");
            answer.json().await.expect("JSON")
        };
        let state = get("/state".to_owned()).await;
        let channel = state["discord"]["channels"][0]["id"].as_str().expect("a channel").to_owned();
        let person = state["discord"]["people"][0]["id"].as_str().expect("a person").to_owned();
        let chats = state["telegram"]["chats"].as_array().expect("chats").clone();
        until(async || {
            let on_discord = get(format!("/discord/timeline?channel={channel}&person={person}")).await;
            let all = on_discord["messages"].as_array()?;
            let embeds = |message: &Value| message["embeds"].as_array().map_or(0, Vec::len);
            all.iter().any(|message| embeds(message) > 2).then_some(())
        })
        .await;
        until(async || {
            for chat in &chats {
                let id = chat["id"].as_str().map_or_else(|| chat["id"].to_string(), str::to_owned);
                let on_telegram = get(format!("/telegram/timeline?chat={id}")).await;
                let all = on_telegram["messages"].as_array()?;
                let long =
                    |message: &Value| message["text"].as_str().is_some_and(|text| text.chars().count() > 300);
                if all.iter().any(|message| message["from"]["is_bot"] == true && long(message)) {
                    return Some(());
                }
            }
            None
        })
        .await;
    })
    .await;
    assert!(shown.is_ok(), "the sample is not there: {} {}", demo.out(), demo.log());
    assert_eq!(demo.out().matches("http://").count(), 1, "{}", demo.out());
    let (status, log) = demo.terminate().await;
    assert_eq!(status.code(), Some(0), "{log}");
    let left = std::fs::read_dir(disk.path()).expect("a folder").count();
    assert_eq!(left, 0, "nothing of it stays");
}

/// The page's address in what the demo printed.
fn address(out: &str) -> Option<String> {
    let at = out.find("http://")?;
    out[at..].split_whitespace().next().map(|address| address.trim_end_matches('/').to_owned())
}

/// What `look` finds as soon as it finds something; the caller bounds it.
async fn until<T>(look: impl AsyncFn() -> Option<T>) -> T {
    let mut pace = tokio::time::interval(Duration::from_millis(50));
    loop {
        pace.tick().await;
        if let Some(found) = look().await {
            return found;
        }
    }
}

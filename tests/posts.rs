//! What lies in the folder: what was there before is kept for look-up and sent to nobody, what is being written
//! waits for its end, and what cannot be a post stops no other.

use std::fs::File;
use std::io::Write as _;

use serde_json::json;

use crate::support::bot::Bot;
use crate::support::clock::instant;
use crate::support::post::Post;
use crate::support::town::{text, words};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_there_at_the_first_load_is_kept_and_sent_to_nobody() {
    let old = Post::of(instant("2026-03-02T06:30:00+09:00")).slug("old").title("먼저 있던 판");
    let bot = Bot::builder().before(old).start().await;
    bot.subscribe_now().await;
    bot.publish(&bot.post().slug("new").title("나중 판").only(1).article("나중 소식", "나중입니다."));
    let (first, _) = bot.arrived("나중 소식").await;
    bot.idle().await;
    assert_eq!(bot.sent_on_discord(bot.channel).len(), 1, "the old one would have come first: {first}");
    assert!(bot.on_telegram(bot.group, "먼저 있던").is_empty());
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_post_that_was_there_at_the_first_load_is_shown_by_today() {
    let old = Post::of(instant("2026-03-02T06:30:00+09:00"));
    let bot = Bot::builder().before(old.clone()).start().await;
    let shown = bot.ask_discord(&bot.reader.0, bot.channel, "today", json!({})).await;
    assert!(words(&shown).contains(old.headlines()[5]), "{shown}");
    let shown = bot.ask_telegram(&bot.reader.1, bot.reader.1.id, "/today").await;
    assert!(text(&shown).contains(old.headlines()[5]), "{shown}");
    assert!(bot.sent_on_discord(bot.channel).is_empty(), "an answer is for the asker alone");
    bot.finish().await;
}

/// Each piece comes before the file could settle; were it loaded between two of them, the delivery would be of a
/// half.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_is_written_slowly_is_not_loaded_half() {
    let bot = Bot::start().await;
    bot.subscribe_now().await;
    let post = bot.post();
    let markdown = post.markdown();
    let mut file = File::create(bot.posts().join(post.file_name())).expect("a file");
    let mut pace = tokio::time::interval(std::time::Duration::from_millis(250));
    let piece = markdown.len() / 8;
    for piece in markdown.as_bytes().chunks(piece) {
        pace.tick().await;
        file.write_all(piece).expect("a piece");
        file.sync_all().expect("on disk");
        assert!(bot.sent_on_discord(bot.channel).is_empty(), "it was loaded half");
    }
    drop(file);
    let (on_discord, on_telegram) = bot.arrived("소식 6").await;
    assert_eq!(on_discord["embeds"].as_array().map(Vec::len), Some(7));
    assert!(text(&on_telegram).contains("소식 1"));
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_a_post_stops_no_other() {
    let bot = Bot::start().await;
    bot.subscribe_now().await;
    odd_files(&bot);
    bot.publish(&bot.post().title("온전한 판"));
    bot.arrived("소식 6").await;
    bot.idle().await;
    assert_eq!(bot.sent_on_discord(bot.channel).len(), 1);
    assert_eq!(bot.on_telegram(bot.group, "소식 ").len(), 1);
    bot.finish().await;
}

/// Files that are no posts, each in its own way.
pub(crate) fn odd_files(town: &crate::support::town::Town) {
    use jogan::clock::Clock as _;
    let post = Post::of(town.clock.now());
    town.publish(&post.clone().slug("draft").key("published: false"));
    town.write("2026-03-02-broken.md", b"---\ntitle: \"no end\ndate: [what\n---\n");
    town.write("2026-03-02-latin.md", b"---\ntitle: caf\xe9\n---\n## caf\xe9\n");
    town.write("2026-03-02-empty.md", b"");
    let large = File::create(town.posts().join("2026-03-02-large.md")).expect("a file");
    large.set_len(11 << 20).expect("its length");
    town.write("notes.txt", post.markdown().as_bytes());
    town.write(".hidden.md", post.markdown().as_bytes());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_post_with_a_date_to_come_waits_for_it() {
    let bot = Bot::start().await;
    bot.subscribe_now().await;
    bot.publish(&Post::of(instant("2026-03-02T09:00:00+09:00")).title("아홉 시 판"));
    bot.publish(&bot.post().slug("now").title("지금 판").article("지금 소식", "지금입니다."));
    bot.arrived("지금 소식").await;
    bot.clock.set(instant("2026-03-02T08:59:58+09:00"));
    bot.wait_for("the other", async || (bot.sent_on_discord(bot.channel).len() == 2).then_some(())).await;
    let sent = bot.sent_on_discord(bot.channel);
    let at = sent[1]["timestamp"].as_str().map(instant);
    assert!(at >= Some(instant("2026-03-02T09:00:00+09:00")), "{at:?}");
    bot.finish().await;
}

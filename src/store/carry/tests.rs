//! That no table is forgotten, and that what is carried over is whole.

use std::collections::BTreeSet;

use super::*;
use crate::model::channel::{Address, ChannelKind};
use crate::model::language::Language;
use crate::store::Store;

/// What stays behind on purpose, or is written anew; `_config`, … are FTS5's own.
const BEHIND: &[&str] =
    &["program", "leases", "gateways", "shard_sessions", "rounds", "_sqlx_migrations", "sqlite_sequence"];

async fn sqlite(folder: &tempfile::TempDir) -> Store {
    let url = format!("sqlite://{}", folder.path().join("from.db").display());
    Store::open(&url).await.expect("a database")
}

#[tokio::test]
async fn no_table_is_forgotten() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = sqlite(&folder).await;
    let there: Vec<String> = sqlx::query_scalar("SELECT name FROM sqlite_schema WHERE type = 'table'")
        .fetch_all(&store.read)
        .await
        .expect("the tables");
    let there: BTreeSet<&str> = there.iter().map(String::as_str).collect();
    let known =
        |name: &&str| TABLES.contains(name) || BEHIND.contains(name) || name.starts_with("article_words");
    let forgotten: Vec<&str> = there.into_iter().filter(|name| !known(name)).collect();
    assert!(forgotten.is_empty(), "add these to TABLES, or say why they stay behind: {forgotten:?}");
}

#[tokio::test]
async fn what_is_carried_over_is_whole_and_new_rows_follow_it() {
    let (folder, other) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let from = sqlite(&folder).await;
    let now = "2026-03-02T00:00:00Z".parse().expect("an instant");
    let keep = async |store: &Store, channel: u64| {
        let address = Address::Discord { channel };
        let kept = store.keep_channel(address, ChannelKind::Text, Some("조간"), Language::Ko, now);
        kept.await.expect("a channel")
    };
    for channel in 1..=450 {
        keep(&from, channel).await;
    }
    let to = Store::open(&crate::test_database::url_in(other.path())).await.expect("a database");
    let carried = to.carry_over(&from).await.expect("carried over");
    let channels = carried.iter().find(|carried| carried.table == "channels").expect("the table");
    assert_eq!(channels.sum.rows, 450);
    assert_eq!(
        to.channel(Address::Discord { channel: 450 }).await.expect("it").map(|kept| kept.id.0),
        Some(450)
    );
    assert_eq!(keep(&to, 451).await.id.0, 451, "further rows are numbered on");
    let error = to.carry_over(&from).await.expect_err("it is not empty any more");
    assert!(matches!(error, StoreError::NotEmpty { channels: 451, .. }), "{error:?}");
}

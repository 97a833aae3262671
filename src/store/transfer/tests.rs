//! That no column is forgotten.

use std::collections::BTreeSet;

use super::TEXTS_SINCE;
use super::rows::{self, Table};
use crate::store::Store;
use crate::store::error::StoreError;

/// What stays behind on purpose: what loads and Discord will tell, and whose claim a message was.
const BEHIND: [(&str, &str); 9] = [
    ("feeds", "last_error"),
    ("feeds", "failing_since"),
    ("feeds", "failures"),
    ("feeds", "retry_at"),
    ("feeds", "reading"),
    ("digests", "dictionaries"),
    ("channels", "server"),
    ("messages", "owner"),
    ("messages", "lease_until"),
];

async fn check<T: Table>(store: &Store) {
    let columns = store.backend.column_types(&store.read, T::NAME).await.expect("the table");
    let there: BTreeSet<&str> =
        columns.iter().map(|(column, _)| column.as_str()).filter(|column| *column != "rowid").collect();
    let behind = BEHIND.iter().filter(|(table, _)| *table == T::NAME).map(|(_, column)| *column);
    let known: BTreeSet<&str> = T::COLUMNS.iter().copied().chain(behind).collect();
    assert_eq!(there, known, "{}: add the column to `rows.rs`, or say why it stays behind", T::NAME);
}

#[tokio::test]
async fn every_column_moves_or_stays_behind_on_purpose() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = crate::test_database::url_in(folder.path());
    let store = Store::open(&url).await.expect("a database");
    check::<rows::Feed>(&store).await;
    check::<rows::Digest>(&store).await;
    check::<rows::DigestName>(&store).await;
    check::<rows::WithdrawnArticle>(&store).await;
    check::<rows::Push>(&store).await;
    check::<rows::Channel>(&store).await;
    check::<rows::Subscription>(&store).await;
    check::<rows::Mute>(&store).await;
    check::<rows::Delivery>(&store).await;
    check::<rows::Text>(&store).await;
    check::<rows::Message>(&store).await;
    check::<rows::Resend>(&store).await;
    check::<rows::Wait>(&store).await;
    check::<rows::Change>(&store).await;
    check::<rows::Greeting>(&store).await;
}

#[tokio::test]
async fn messages_of_an_older_version_are_refused_rather_than_lost() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(&crate::test_database::url_in(folder.path())).await.expect("a database");
    let mut old = store.export(chrono::DateTime::UNIX_EPOCH).await.expect("nothing to write out");
    old.migration = TEXTS_SINCE - 1;
    store.restore(&old).await.expect("nothing is in it that was kept otherwise");
    old.messages.push(rows::Message::default());
    assert!(matches!(store.restore(&old).await, Err(StoreError::Older { .. })));
}

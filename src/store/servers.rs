//! Which Discord server channels are in: Discord tells of a server that is gone, and not of its channels.

use super::Store;
use super::error::StoreError;
use super::rows::Row;
use crate::model::channel::Address;

/// Channels that are looked up with one statement.
const AT_ONCE: usize = 500;

impl Store {
    /// Notes which server channels are in; those that nobody has subscribed are passed over.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn note_server(&self, server: u64, channels: &[Address]) -> Result<(), StoreError> {
        let Ok(server) = i64::try_from(server) else { return Ok(()) };
        for some in channels.chunks(AT_ONCE) {
            // Addresses are numbers and fixed words. Read first: most of what Discord tells is known, and a write waits for
            // its turn.
            let list: Vec<String> = some.iter().map(|channel| format!("'{channel}'")).collect();
            let elsewhere: Vec<i64> = sqlx::query_scalar(sqlx::AssertSqlSafe(format!(
                "SELECT id FROM channels WHERE server IS DISTINCT FROM $1 AND address IN ({})",
                list.join(", ")
            )))
            .bind(server)
            .fetch_all(&self.read)
            .await?;
            for id in elsewhere {
                sqlx::query("UPDATE channels SET server = $2 WHERE id = $1")
                    .bind(id)
                    .bind(server)
                    .execute(&self.write)
                    .await?;
            }
        }
        Ok(())
    }

    /// The channels of a server, as far as that is known.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn channels_of_server(&self, server: u64) -> Result<Vec<Address>, StoreError> {
        let Ok(server) = i64::try_from(server) else { return Ok(Vec::new()) };
        let addresses: Vec<String> = sqlx::query_scalar("SELECT address FROM channels WHERE server = $1")
            .bind(server)
            .fetch_all(&self.read)
            .await?;
        let of = Row { table: "channels", id: 0 };
        addresses.iter().map(|address| of.word(address)).collect()
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::model::channel::ChannelKind;
    use crate::model::language::Language;

    #[tokio::test]
    async fn the_channels_of_a_server_are_those_that_are_ours() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&crate::test_database::url_in(folder.path())).await.unwrap();
        let at = DateTime::from_timestamp(1_772_402_400, 0).unwrap();
        let [ours, also, other] = [1, 2, 3].map(|channel| Address::Discord { channel });
        for address in [ours, also] {
            store.keep_channel(address, ChannelKind::Text, None, Language::Ko, at).await.unwrap();
        }
        store.note_server(7, &[ours, also, other]).await.unwrap();
        assert_eq!(store.channels_of_server(7).await.unwrap(), [ours, also]);
        store.note_server(8, &[also]).await.unwrap();
        assert_eq!(store.channels_of_server(7).await.unwrap(), [ours]);
    }
}

//! Articles that corrections took out of digests: noted when a revision is kept (`digests.rs`), shown when what was sent
//! is corrected (`corrections.rs`).

use sqlx::{Any, FromRow, Transaction};

use super::Store;
use super::error::StoreError;
use super::rows::{Row, readable, to_json};
use crate::model::article::EnrichedArticle;
use crate::model::digest::{DigestId, EnrichedDigest};
use crate::model::withdrawn::{Withdrawn, is_back, withdrawn};

#[derive(Debug, FromRow)]
struct WithdrawnRow {
    rowid: i64,
    place: i64,
    article: String,
}

impl TryFrom<WithdrawnRow> for Withdrawn {
    type Error = StoreError;

    fn try_from(found: WithdrawnRow) -> Result<Self, StoreError> {
        let row = Row { table: "withdrawn_articles", id: found.rowid };
        Ok(Self {
            // A place that fits no `usize` is behind every article.
            place: usize::try_from(found.place).unwrap_or(usize::MAX),
            article: row.json(&found.article)?,
        })
    }
}

impl Store {
    /// The articles that a digest has lost since a revision, and not got back, by where they stood.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn withdrawn_since(
        &self,
        digest: DigestId,
        revision: u32,
    ) -> Result<Vec<Withdrawn>, StoreError> {
        let rows: Vec<WithdrawnRow> = sqlx::query_as(
            "SELECT rowid, place, article FROM withdrawn_articles WHERE digest_id = $1 AND revision > $2
             ORDER BY place, revision",
        )
        .bind(digest.0)
        .bind(i64::from(revision))
        .fetch_all(&self.read)
        .await?;
        Ok(readable(rows.into_iter().map(Withdrawn::try_from)))
    }
}

/// Notes which articles a digest loses with its next revision, `after`, and forgets those that it gets back.
pub(super) async fn note_withdrawn(
    tx: &mut Transaction<'static, Any>,
    id: i64,
    after: &EnrichedDigest,
) -> Result<(), StoreError> {
    let (revision, body): (i64, String) = sqlx::query_as("SELECT revision, body FROM digests WHERE id = $1")
        .bind(id)
        .fetch_one(&mut **tx)
        .await?;
    let row = Row { table: "digests", id };
    // A digest that cannot be read any more has nothing that could be told from the new one.
    let before: Vec<EnrichedArticle> =
        row.json(&body).map_or_else(|_| Vec::new(), |before: EnrichedDigest| before.articles);
    let noted: Vec<(i64, String)> =
        sqlx::query_as("SELECT rowid, article FROM withdrawn_articles WHERE digest_id = $1")
            .bind(id)
            .fetch_all(&mut **tx)
            .await?;
    for (rowid, article) in noted {
        if row.json(&article).is_ok_and(|gone: EnrichedArticle| is_back(&gone, &after.articles)) {
            sqlx::query("DELETE FROM withdrawn_articles WHERE rowid = $1")
                .bind(rowid)
                .execute(&mut **tx)
                .await?;
        }
    }
    for gone in withdrawn(&before, &after.articles) {
        sqlx::query(
            "INSERT INTO withdrawn_articles (digest_id, revision, place, article) VALUES ($1, $2, $3, $4)",
        )
        .bind(id)
        .bind(revision + 1)
        .bind(i64::try_from(gone.place).unwrap_or(i64::MAX))
        .bind(to_json(&gone.article))
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

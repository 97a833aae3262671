//! What messages say, once for all that say the same.

use sha2::{Digest as _, Sha256};
use sqlx::{Any, Transaction};

use super::error::StoreError;
use super::rows::{hex, to_json};
use crate::model::message::Rendered;

/// Keeps what a message says, and returns its row in `texts`.
pub(super) async fn keep_text(
    tx: &mut Transaction<'static, Any>,
    message: &Rendered,
) -> Result<i64, StoreError> {
    let (body, plain) = (to_json(&message.body), to_json(&message.plain));
    let hash = hex(Sha256::new().chain_update(&body).chain_update("\n").chain_update(&plain));
    let kept: Option<i64> = sqlx::query_scalar(
        "INSERT INTO texts (hash, body, plain) VALUES ($1, $2, $3) ON CONFLICT (hash) DO NOTHING RETURNING id",
    )
    .bind(&hash)
    .bind(body)
    .bind(plain)
    .fetch_optional(&mut **tx)
    .await?;
    match kept {
        Some(id) => Ok(id),
        None => Ok(sqlx::query_scalar("SELECT id FROM texts WHERE hash = $1")
            .bind(hash)
            .fetch_one(&mut **tx)
            .await?),
    }
}

//! The outbox: what planning puts in (`plan.rs`), what a worker claims (`claim.rs`), and how it is settled
//! (`settle.rs`).
//!
//! Planning writes a delivery, its messages and how far the subscription has got in one transaction. A worker
//! claims the first open message of a channel, sends it outside any transaction, and settles it. A channel's
//! messages go one after the other, in the order (due, delivery, part).

mod claim;
mod measure;
mod plan;
mod settle;

pub use self::claim::Texts;
pub(super) use self::plan::{Messages, New, Of, put_deliveries};
pub use self::plan::{NewDelivery, Planned};

//! What the operator's desk (`web/desk/`) reads beyond what the rest of the program needs: how far a day has got
//! (`today.rs`), the archive (`archive.rs`), channels (`channels.rs`), deliveries (`deliveries.rs`), and who is logged
//! in (`sessions.rs`).

mod archive;
mod channels;
mod deliveries;
mod sessions;
mod today;

pub use archive::ArchivedDigest;
pub use channels::{ChannelEntry, ChannelFilter, Health};
pub use deliveries::{DeliveryEntry, DeliveryFilter, DeliveryState, MessageEntry};
pub use today::{PlatformProgress, SlotCount};

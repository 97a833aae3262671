//! The two joints: [`Ingest`] (source → parse → enrich → store) and [`Dispatch`] (plan → render → outbox), which also
//! brings what is under way and what was sent up to date after a correction (`corrections.rs`) and sends again what
//! somebody asks for (`resends.rs`). [`Import`] is ingest
//! for a folder of old posts, which nobody gets; both read posts by the same [`Reading`]. [`Reclassify`] brings
//! the archive up to date with the dictionaries; [`candidates`] says what these lack. [`Resolver`] finds out where links
//! lead before news is kept.

mod candidates;
mod corrections;
mod dispatch;
mod import;
mod ingest;
mod links;
mod pushed;
mod reading;
mod recheck;
mod reclassify;
mod resends;
mod stale;

pub use candidates::{Lacking, NameCounts};
pub use dispatch::Dispatch;
pub use import::{Import, ImportError, Imported, Refused};
pub use ingest::Ingest;
pub use links::Resolver;
pub use pushed::push_name;
pub use reading::Reading;
pub use recheck::Recheck;
pub use reclassify::Reclassify;

//! Which deliveries are due: slots, catch-up, late digests, backlog. Pure: the time is a parameter, and nothing
//! is read or written.
//!
//! In reading order: [`slots`] turns a schedule into instants; [`news`] says whether a digest that arrives is for
//! anybody; [`hold`] whether it should wait for the operator; [`arrival`] learns when a feed's digests come, [`lateness`] whether
//! one is missing; [`due`] decides
//! for one subscription what goes out now; [`advice`] is what is told on subscribing.

pub mod advice;
pub mod arrival;
pub mod due;
pub mod hold;
pub mod lateness;
pub mod news;
pub mod selection;
pub mod slots;

pub use due::{Batch, Cause, Form, Standing, Verdict, Waiting, decide};
pub use slots::{Slots, next_slot};

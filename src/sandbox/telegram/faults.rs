//! What goes wrong on purpose.

use std::time::Duration;

use crate::sandbox::weather::{Mishap, Sky};

/// Something that goes wrong with the next calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Faults {
    /// How many calls it meets.
    pub calls: usize,
    /// Which method it meets, in any case; `None`: every one but `getUpdates`.
    pub method: Option<String>,
    /// Which chat's calls it meets; `None`: any.
    pub chat: Option<i64>,
    /// What happens.
    pub fault: Fault,
}

/// A fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// Nothing is done, and the answer is this status: from 500 on with a page of HTML, as a proxy sends it.
    Status(u16),
    /// Nothing is done, and 429 asks to wait for this many seconds; a message sooner counts as disobeyed.
    Flood(u64),
    /// Nothing is done, and the connection breaks without an answer.
    ResetBefore,
    /// It is done, and the connection breaks without an answer.
    ResetAfter,
    /// It is done after this long (of real time).
    Delay(Duration),
}

impl From<Mishap> for Fault {
    fn from(mishap: Mishap) -> Self {
        match mishap {
            Mishap::Failure(status) => Self::Status(status),
            Mishap::ResetBefore => Self::ResetBefore,
            Mishap::ResetAfter => Self::ResetAfter,
            Mishap::Wait(seconds) => Self::Flood(seconds),
        }
    }
}

impl Faults {
    /// The next `calls` calls of any method but `getUpdates` meet `fault`.
    pub fn next(calls: usize, fault: Fault) -> Self {
        Self { calls, method: None, chat: None, fault }
    }

    pub(crate) fn meets(&self, method: &str, chat: Option<i64>) -> bool {
        let is_method = match &self.method {
            Some(name) => name.eq_ignore_ascii_case(method),
            None => method != "getupdates",
        };
        self.calls > 0 && is_method && (self.chat.is_none() || self.chat == chat)
    }
}

/// The fault that a call meets, if any, and how long its answer takes.
pub(crate) fn take(
    faults: &mut Vec<Faults>,
    sky: Option<&mut Sky>,
    method: &str,
    chat: Option<i64>,
) -> (Option<Fault>, Duration) {
    let Some(met) = faults.iter_mut().find(|faults| faults.meets(method, chat)) else {
        let sky = sky.filter(|_| method != "getupdates");
        let (mishap, latency) = sky.map(Sky::next).unwrap_or_default();
        return (mishap.map(Fault::from), latency);
    };
    met.calls -= 1;
    let fault = met.fault.clone();
    faults.retain(|faults| faults.calls > 0);
    (Some(fault), Duration::ZERO)
}

//! Faults on purpose: the next calls fail in a way that a test chooses, as a platform does on a bad day.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use chrono::TimeDelta;

use crate::sandbox::discord::rates;
use crate::sandbox::weather::Mishap;

/// The next calls that go wrong, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Faults {
    /// How many of the calls that match.
    pub times: u32,
    /// Which calls: those whose `METHOD /path` contains this. Empty: every one.
    pub calls: String,
    /// How they go wrong.
    pub fault: Fault,
}

/// How a call goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It is answered with this status and a body that is no JSON, as proxies in front of Discord do.
    Status(u16),
    /// It is answered 429 with this to wait.
    Limited {
        /// How long to wait.
        wait: Duration,
        /// Whether for all calls.
        global: bool,
    },
    /// The connection breaks, and nothing was done.
    ResetBefore,
    /// All is done, and the connection breaks before the answer.
    ResetAfter,
    /// The answer takes this long, by the sandbox's clock.
    Delay(Duration),
}

impl Faults {
    /// Whether a call is one of them.
    pub(crate) fn matches(&self, method: &Method, path: &str) -> bool {
        self.times > 0 && format!("{method} {path}").contains(&self.calls)
    }
}

impl From<Mishap> for Fault {
    fn from(mishap: Mishap) -> Self {
        match mishap {
            Mishap::Failure(status) => Self::Status(status),
            Mishap::ResetBefore => Self::ResetBefore,
            Mishap::ResetAfter => Self::ResetAfter,
            Mishap::Wait(seconds) => Self::Limited { wait: Duration::from_secs(seconds), global: false },
        }
    }
}

impl Fault {
    /// The answer of a fault that keeps the call from being processed.
    pub(crate) fn instead(self) -> Option<Response> {
        match self {
            Self::Status(status) => {
                let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
                Some((status, format!("error code: {}", status.as_u16())).into_response())
            }
            Self::Limited { wait, global } => {
                Some(rates::too_many(TimeDelta::from_std(wait).unwrap_or(TimeDelta::MAX), global))
            }
            Self::ResetBefore => Some(reset()),
            Self::ResetAfter | Self::Delay(_) => None,
        }
    }
}

/// An answer that breaks the connection before its first byte: a body that fails at once keeps hyper from
/// sending even the head.
pub(crate) fn reset() -> Response {
    let broken = Err::<Bytes, _>(std::io::Error::from(std::io::ErrorKind::ConnectionReset));
    Body::from_stream(futures::stream::iter([broken])).into_response()
}

//! Follows links to where they lead, once and politely, so that messages outlive the redirects of search engines.
//! The only part of this module that touches the world: it calls hosts of the public internet ([`address`]) at their
//! pace ([`pace`]), and no others, whatever a post, a redirect or a name's answer says.

mod address;
mod names;
mod pace;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use reqwest::header::LOCATION;
use reqwest::redirect::Policy;
use reqwest::{Client, Method, StatusCode};
use url::{Host, Url};

use crate::text::{chain, safe_link};

use address::Reach;
use names::Names;
use pace::Pace;

/// How many redirects are followed.
const MAX_HOPS: usize = 5;
/// How long the answers of one link may take together. Waiting for a host's turn does not count.
const WITHIN: Duration = Duration::from_secs(10);
/// What lies between two calls to a host: two a second.
const BETWEEN: Duration = Duration::from_millis(500);
const AGENT: &str = concat!("jogan/", env!("CARGO_PKG_VERSION"));

/// Follows links.
#[derive(Debug)]
pub struct Links {
    client: Client,
    reach: Reach,
    pace: Mutex<Pace>,
}

/// Why it is not known where a link leads.
#[derive(Debug, thiserror::Error)]
pub enum Astray {
    /// It is, or it redirects to, what may not be contacted, or what is no link.
    #[error("`{0}` is no address of the public web")]
    Forbidden(String),
    /// It redirects too often.
    #[error("it redirects more than {MAX_HOPS} times")]
    Endless,
    /// There is nothing any more.
    #[error("`{0}` answers {1}")]
    Gone(Url, StatusCode),
    /// No answer came.
    #[error("no answer: {0}")]
    Unreachable(String),
}

/// What one address answers.
enum Step {
    /// It is at another address.
    To(Url),
    /// It is here.
    Here,
}

impl Links {
    /// Follows links to hosts of the public internet.
    ///
    /// # Errors
    /// If TLS cannot be set up.
    pub fn new() -> Result<Self, reqwest::Error> {
        Self::within(Reach::public(), Names::of_the_system(), Pace::new(BETWEEN))
    }

    /// Follows links to a test's server on 127.0.0.1, too, as fast as it can.
    #[cfg(test)]
    pub(crate) fn of_a_test() -> Self {
        let here = std::net::Ipv4Addr::LOCALHOST.into();
        let found = Self::within(Reach::public_and(here), Names::of_the_system(), Pace::new(Duration::ZERO));
        found.expect("a client")
    }

    fn within(reach: Reach, names: Names, pace: Pace) -> Result<Self, reqwest::Error> {
        let client = Client::builder()
            .user_agent(AGENT)
            // Each redirect is looked at first, and a proxy would look names up for itself.
            .redirect(Policy::none())
            .no_proxy()
            // Connections are made to what this finds and to nothing else: a name that changes its mind in between
            // changes nothing. Addresses written as numbers do not pass here; `step` looks at them.
            .dns_resolver(Arc::new(names.reaching(reach)))
            .build()?;
        Ok(Self { client, reach, pace: Mutex::new(pace) })
    }

    /// Where a link leads; the link as it is written if it leads nowhere else. No body is read: the first lines of the
    /// answers say enough.
    ///
    /// # Errors
    /// If it cannot be told; the link is then as good as before.
    pub async fn follow(&self, link: &str) -> Result<String, Astray> {
        let forbidden = || Astray::Forbidden(link.to_owned());
        let first = safe_link(link).and_then(|link| Url::parse(&link).ok()).ok_or_else(forbidden)?;
        let mut at = first.clone();
        let mut left = WITHIN;
        for _ in 0..=MAX_HOPS {
            match self.step(&at, &mut left).await? {
                Step::To(next) => at = next,
                Step::Here if at == first => return Ok(link.to_owned()),
                Step::Here => return Ok(at.into()),
            }
        }
        Err(Astray::Endless)
    }

    /// Asks an address where it is: with HEAD, and with GET where that is not answered well. A host that refuses
    /// programs refuses nobody who reads: it is there.
    async fn step(&self, at: &Url, left: &mut Duration) -> Result<Step, Astray> {
        self.look_at(at)?;
        match self.ask(Method::HEAD, at, left).await {
            Ok((status, Some(next))) if status.is_redirection() => Ok(Step::To(next)),
            Ok((status, _)) if status.is_success() => Ok(Step::Here),
            _ => match self.ask(Method::GET, at, left).await? {
                (status, Some(next)) if status.is_redirection() => Ok(Step::To(next)),
                (status @ (StatusCode::NOT_FOUND | StatusCode::GONE), _) => {
                    Err(Astray::Gone(at.clone(), status))
                }
                _ => Ok(Step::Here),
            },
        }
    }

    /// Whether an address may be contacted, as far as it says: what a name stands for is seen when it is looked up.
    fn look_at(&self, at: &Url) -> Result<(), Astray> {
        let is_literal_and_forbidden = match at.host() {
            Some(Host::Ipv4(address)) => !self.reach.allows(address.into()),
            Some(Host::Ipv6(address)) => !self.reach.allows(address.into()),
            Some(Host::Domain(_)) => false,
            None => true,
        };
        if is_literal_and_forbidden || safe_link(at.as_str()).is_none() {
            return Err(Astray::Forbidden(at.to_string()));
        }
        Ok(())
    }

    /// One call: its status, and where it redirects to, if anywhere.
    async fn ask(
        &self,
        method: Method,
        at: &Url,
        left: &mut Duration,
    ) -> Result<(StatusCode, Option<Url>), Astray> {
        let turn = {
            let mut pace = self.pace.lock().unwrap_or_else(PoisonError::into_inner);
            pace.turn(at.host_str().unwrap_or_default(), Instant::now())
        };
        tokio::time::sleep_until(turn.into()).await;
        let begun = Instant::now();
        let answer = self.client.request(method, at.clone()).timeout(*left).send().await;
        *left = left.saturating_sub(begun.elapsed());
        let answer = answer.map_err(|error| Astray::Unreachable(chain(&error.without_url())))?;
        let next = answer.headers().get(LOCATION).and_then(|next| at.join(next.to_str().ok()?).ok());
        Ok((answer.status(), next))
    }
}

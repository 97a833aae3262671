//! The addresses of names, without those that may not be contacted.

use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::Reach;

/// What a test says of a name.
#[cfg(test)]
pub(super) type Told = std::sync::Arc<dyn Fn(&str) -> Vec<IpAddr> + Send + Sync>;

/// Who knows the addresses of names.
#[derive(Clone)]
pub(super) enum Names {
    /// The system, which asks the network.
    System,
    /// A test.
    #[cfg(test)]
    Told(Told),
}

impl Names {
    pub(super) fn of_the_system() -> Self {
        Self::System
    }

    /// Only the addresses that may be contacted.
    pub(super) fn reaching(self, reach: Reach) -> Reaching {
        Reaching { names: self, reach }
    }

    async fn look_up(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        match self {
            Self::System => Ok(tokio::net::lookup_host((name, 0)).await?.map(|found| found.ip()).collect()),
            #[cfg(test)]
            Self::Told(told) => Ok(told(name)),
        }
    }
}

impl fmt::Debug for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Names")
    }
}

/// Names' addresses as the client may see them.
#[derive(Debug, Clone)]
pub(super) struct Reaching {
    names: Names,
    reach: Reach,
}

/// A name of nothing that may be contacted.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is no name of the public internet")]
struct Hidden(String);

impl Resolve for Reaching {
    fn resolve(&self, name: Name) -> Resolving {
        let Self { names, reach } = self.clone();
        Box::pin(async move {
            let found = names.look_up(name.as_str()).await?;
            let allowed: Vec<SocketAddr> = found
                .into_iter()
                .filter(|address| reach.allows(*address))
                // The client puts the port of the address that is called.
                .map(|address| SocketAddr::new(address, 0))
                .collect();
            if allowed.is_empty() {
                return Err(Hidden(name.as_str().to_owned()).into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

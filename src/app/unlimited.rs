//! A worker that knows no limits, for benchmarks: what remains is our own work.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use secrecy::SecretString;
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::clock::{SharedClock, SystemClock};
use crate::deliver::{Settings, Worker};
use crate::model::channel::Platform;
use crate::platform::gate::{Gate, Limits};
use crate::platform::{Courier, Timeouts, discord, telegram};
use crate::store::Store;

/// A worker that delivers what a platform's outbox has, as fast as the platform takes it.
#[derive(Debug)]
pub struct Unlimited {
    stop: CancellationToken,
    running: JoinHandle<()>,
}

impl Unlimited {
    /// Begins to deliver from `store` to the server at `api_url`, so many messages at once; `wake` tells that there are more.
    ///
    /// # Errors
    /// If the address or the token cannot be used.
    pub fn start(
        platform: Platform,
        (api_url, token): (Url, SecretString),
        store: &Store,
        in_flight: u32,
        wake: Arc<Notify>,
    ) -> anyhow::Result<Self> {
        let clock: SharedClock = Arc::new(SystemClock);
        let (waits, _told) = mpsc::unbounded_channel();
        let gate = Arc::new(Gate::new(Limits::unlimited(), Arc::clone(&clock), Vec::new(), waits));
        let stop = CancellationToken::new();
        let settings = Settings {
            give_up_after: TimeDelta::hours(24),
            in_flight,
            lease: TimeDelta::seconds(60),
            stop_within: Duration::from_secs(20),
        };
        let timeouts = Timeouts::default();
        let of = Of { platform, store: store.clone(), gate, clock, settings, wake };
        let running = match platform {
            Platform::Discord => {
                let settings = discord::Settings { api_url, token, timeouts };
                of.spawn(discord::Discord::new(settings, Arc::clone(&of.gate))?, &stop)
            }
            Platform::Telegram => {
                let settings = telegram::Settings { api_url, token, timeouts };
                of.spawn(telegram::Telegram::new(settings, Arc::clone(&of.gate))?, &stop)
            }
        };
        Ok(Self { stop, running })
    }

    /// Ends it.
    ///
    /// # Errors
    /// If it had ended badly before.
    pub async fn stop(self) -> anyhow::Result<()> {
        self.stop.cancel();
        Ok(self.running.await?)
    }
}

struct Of {
    platform: Platform,
    store: Store,
    gate: Arc<Gate>,
    clock: SharedClock,
    settings: Settings,
    wake: Arc<Notify>,
}

impl Of {
    fn spawn<C: Courier>(&self, courier: C, stop: &CancellationToken) -> JoinHandle<()> {
        let worker = Worker {
            platform: self.platform,
            store: self.store.clone(),
            courier: Arc::new(courier),
            gate: Arc::clone(&self.gate),
            clock: Arc::clone(&self.clock),
            owner: "bench".to_owned(),
            settings: self.settings,
            wake: Arc::clone(&self.wake),
            lost: Arc::new(Notify::new()),
        };
        tokio::spawn(worker.run(stop.clone()))
    }
}

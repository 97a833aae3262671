//! A platform as far as delivering is concerned: it takes messages, knows a nonce again, loses channels, fails on
//! demand, and holds a call for ever when the bot is to die in the middle of it. No network.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};

use chrono::{DateTime, TimeDelta, Utc};
use jogan::clock::{Clock as _, TestClock};
use jogan::model::channel::{Address, Platform};
use jogan::model::message::{Body, PlatformMessageId};
use jogan::platform::gate::Place;
use jogan::platform::{CallError, Courier, Covers, Post};

/// For so long Discord knows a nonce.
const NONCE_HOLDS: TimeDelta = TimeDelta::seconds(60);

/// What goes wrong with a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// 503, and nothing done.
    Failure,
    /// No answer, and nothing done.
    ResetBefore,
    /// No answer, and all done.
    ResetAfter,
    /// 429, for five seconds.
    Wait,
}

/// A message that a channel has.
#[derive(Debug, Clone)]
pub(crate) struct Posted {
    id: u64,
    /// When it came, by the bot's clock.
    pub(crate) at: DateTime<Utc>,
    /// By one that nobody sets.
    truly_at: DateTime<Utc>,
    nonce: String,
    /// What it said when it was sent.
    pub(crate) first: String,
    /// What it says; nothing once it was deleted.
    pub(crate) text: Option<String>,
}

#[derive(Debug, Default)]
struct State {
    channels: BTreeMap<Address, Vec<Posted>>,
    lost: BTreeSet<Address>,
    faults: VecDeque<Fault>,
    /// After so many more calls one is held, before or after it is done.
    hold_after: Option<(u8, bool)>,
    holding: bool,
    /// Messages that a channel took and nobody heard of.
    unheard: BTreeMap<Address, usize>,
    last_id: u64,
    /// How far the clock was set from the truth.
    set_by: TimeDelta,
}

/// Both platforms. Clones are the same.
#[derive(Debug, Clone)]
pub(crate) struct World {
    clock: TestClock,
    state: Arc<Mutex<State>>,
}

impl World {
    pub(crate) fn new(clock: TestClock) -> Self {
        Self { clock, state: Arc::default() }
    }

    pub(crate) fn courier(&self, platform: Platform) -> Arc<Line> {
        Arc::new(Line { world: self.clone(), platform })
    }

    /// The clock was set by this much, and no time passed.
    pub(crate) fn clock_was_set(&self, by: TimeDelta) {
        self.state().set_by += by;
    }

    pub(crate) fn lose(&self, address: Address) {
        self.state().lost.insert(address);
    }

    pub(crate) fn give_back(&self, address: Address) {
        self.state().lost.remove(&address);
    }

    pub(crate) fn fail(&self, fault: Fault, times: u8) {
        self.state().faults.extend(std::iter::repeat_n(fault, usize::from(times)));
    }

    /// Of the calls to come, this one is never answered.
    pub(crate) fn hold(&self, after: u8, done: bool) {
        self.state().hold_after = Some((after, done));
    }

    /// Whether a call is held.
    pub(crate) fn is_holding(&self) -> bool {
        self.state().holding
    }

    /// The bot that made the held call is dead.
    pub(crate) fn let_go(&self) {
        self.state().holding = false;
    }

    /// All is well from now on.
    pub(crate) fn heal(&self) {
        let mut state = self.state();
        state.faults.clear();
        state.lost.clear();
        state.hold_after = None;
    }

    pub(crate) fn is_lost(&self, address: Address) -> bool {
        self.state().lost.contains(&address)
    }

    pub(crate) fn posted(&self, address: Address) -> Vec<Posted> {
        self.state().channels.get(&address).cloned().unwrap_or_default()
    }

    pub(crate) fn unheard(&self, address: Address) -> usize {
        self.state().unheard.get(&address).copied().unwrap_or_default()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nobody panicked with it")
    }
}

/// The calls to one platform.
#[derive(Debug)]
pub(crate) struct Line {
    world: World,
    platform: Platform,
}

/// How a call goes on.
enum Way {
    Done,
    Fails(CallError),
    /// It is done, and the answer is lost.
    Unheard(CallError),
    Held {
        done: bool,
    },
}

impl Line {
    fn way(&self) -> Way {
        let mut state = self.world.state();
        if state.holding {
            return Way::Held { done: false };
        }
        match state.hold_after {
            Some((0, done)) => {
                state.hold_after = None;
                state.holding = true;
                return Way::Held { done };
            }
            Some((calls, done)) => state.hold_after = Some((calls - 1, done)),
            None => {}
        }
        let no_answer = || CallError::Unanswered("reset".to_owned());
        match state.faults.pop_front() {
            None => Way::Done,
            Some(Fault::Failure) => Way::Fails(CallError::Transient("503".to_owned())),
            Some(Fault::ResetBefore) => Way::Fails(no_answer()),
            Some(Fault::ResetAfter) => Way::Unheard(no_answer()),
            Some(Fault::Wait) => {
                Way::Fails(CallError::RetryAfter { after: TimeDelta::seconds(5), covers: Covers::Channel })
            }
        }
    }

    /// Does `deed` as far as this call comes.
    async fn call<T>(
        &self,
        address: Address,
        deed: impl FnOnce(&mut State) -> Result<T, CallError>,
    ) -> Result<T, CallError> {
        let way = self.way();
        let mut deed = Some(deed);
        let mut doing = || {
            let mut state = self.world.state();
            if state.lost.contains(&address) {
                return Err(CallError::Lost("403".to_owned()));
            }
            deed.take().map_or_else(|| unreachable!("done once"), |deed| deed(&mut state))
        };
        match way {
            Way::Done => doing(),
            Way::Fails(error) => Err(error),
            Way::Unheard(error) => {
                doing()?;
                Err(error)
            }
            Way::Held { done } => {
                if done {
                    let _ = doing();
                }
                std::future::pending().await
            }
        }
    }

    fn truly_now(&self, state: &State) -> DateTime<Utc> {
        self.world.clock.now() - state.set_by
    }
}

impl Courier for Line {
    fn recognises_nonce(&self) -> bool {
        self.platform == Platform::Discord
    }

    async fn send(&self, post: Post<'_>, _place: Place) -> Result<PlatformMessageId, CallError> {
        let before = self.world.posted(post.address).len();
        let sent = self.call(post.address, |state| {
            let (at, truly_at) = (self.world.clock.now(), self.truly_now(state));
            let posted = state.channels.entry(post.address).or_default();
            let again = posted.iter().find(|other| {
                // Nor by the bot's clock: one that is set between an attempt and the next is beyond this model.
                let ages = [truly_at - other.truly_at, at - other.at];
                self.recognises_nonce()
                    && other.nonce == post.nonce
                    && ages.iter().any(|age| (TimeDelta::zero()..NONCE_HOLDS).contains(age))
            });
            if let Some(again) = again {
                return Ok(PlatformMessageId(again.id.to_string()));
            }
            state.last_id += 1;
            let text = post.body.0.to_string();
            posted.push(Posted {
                id: state.last_id,
                at,
                truly_at,
                nonce: post.nonce.to_owned(),
                first: text.clone(),
                text: Some(text),
            });
            // Taken back as soon as the answer is out.
            *state.unheard.entry(post.address).or_default() += 1;
            Ok(PlatformMessageId(state.last_id.to_string()))
        });
        let sent = sent.await;
        if sent.is_ok() && self.world.posted(post.address).len() > before {
            *self.world.state().unheard.entry(post.address).or_default() -= 1;
        }
        sent
    }

    async fn edit(
        &self,
        address: Address,
        message: &PlatformMessageId,
        body: &Body,
        _place: Place,
    ) -> Result<(), CallError> {
        self.call(address, |state| {
            let posted = state.find(address, message).filter(|posted| posted.text.is_some());
            let posted = posted.ok_or_else(|| CallError::Gone("not there".to_owned()))?;
            posted.text = Some(body.0.to_string());
            Ok(())
        })
        .await
    }

    async fn delete(
        &self,
        address: Address,
        message: &PlatformMessageId,
        _place: Place,
    ) -> Result<(), CallError> {
        self.call(address, |state| {
            if let Some(posted) = state.find(address, message) {
                posted.text = None;
            }
            Ok(())
        })
        .await
    }

    fn shows_history(&self) -> bool {
        self.platform == Platform::Discord
    }

    async fn find(
        &self,
        address: Address,
        body: &Body,
        since: DateTime<Utc>,
        _place: Place,
    ) -> Result<Option<PlatformMessageId>, CallError> {
        let text = body.0.to_string();
        self.call(address, |state| {
            let posted = state.channels.get(&address).into_iter().flatten();
            let mut same = posted.rev().filter(|posted| posted.text.as_deref() == Some(&text));
            Ok(same.find(|posted| posted.at >= since).map(|posted| PlatformMessageId(posted.id.to_string())))
        })
        .await
    }

    async fn probe(&self, address: Address, _place: Place) -> Result<(), CallError> {
        let state = self.world.state();
        if state.lost.contains(&address) {
            return Err(CallError::Lost("403".to_owned()));
        }
        Ok(())
    }
}

impl State {
    fn find(&mut self, address: Address, message: &PlatformMessageId) -> Option<&mut Posted> {
        let posted = self.channels.get_mut(&address)?;
        posted.iter_mut().find(|posted| posted.id.to_string() == message.0)
    }
}

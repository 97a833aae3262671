//! Lost channels come back: with a courier that answers by script and a clock that is turned by hand.

use std::sync::Mutex;

use tokio::sync::mpsc;

use super::*;
use crate::clock::{Clock as _, TestClock};
use crate::model::channel::ChannelState;
use crate::model::feed::FeedName;
use crate::model::language::Language;
use crate::model::message::{Body, PlatformMessageId};
use crate::model::subscription::{Style, Wish};
use crate::platform::Post;
use crate::platform::gate::{Limits, Place};

const HERE: Address = Address::Telegram { chat: -7, topic: None };
const TOPIC: Address = Address::Telegram { chat: -7, topic: Some(3) };

/// Answers probes as it was told last, and notes when it was asked.
struct Script {
    clock: TestClock,
    answer: Mutex<Result<(), CallError>>,
    asked: Mutex<Vec<(DateTime<Utc>, Address)>>,
}

impl Courier for Script {
    fn recognises_nonce(&self) -> bool {
        false
    }

    async fn send(&self, _: Post<'_>, _: Place) -> Result<PlatformMessageId, CallError> {
        panic!("a probe sends nothing")
    }

    async fn edit(&self, _: Address, _: &PlatformMessageId, _: &Body, _: Place) -> Result<(), CallError> {
        panic!("a probe edits nothing")
    }

    async fn delete(&self, _: Address, _: &PlatformMessageId, _: Place) -> Result<(), CallError> {
        panic!("a probe deletes nothing")
    }

    fn shows_history(&self) -> bool {
        false
    }

    async fn find(
        &self,
        _: Address,
        _: &Body,
        _: DateTime<Utc>,
        _: Place,
    ) -> Result<Option<PlatformMessageId>, CallError> {
        panic!("a probe looks for nothing")
    }

    async fn probe(&self, address: Address, _: Place) -> Result<(), CallError> {
        self.asked.lock().unwrap().push((self.clock.now(), address));
        self.answer.lock().unwrap().clone()
    }
}

struct Scene {
    prober: Prober<Script>,
    clock: TestClock,
    disk: tempfile::TempDir,
}

impl Scene {
    async fn new() -> Self {
        let clock = TestClock::new("2026-03-02T00:00:00Z".parse().unwrap());
        let disk = tempfile::tempdir().unwrap();
        let store = Store::open(&crate::test_database::url_in(disk.path())).await.unwrap();
        let shared: SharedClock = Arc::new(clock.clone());
        let (waits, _) = mpsc::unbounded_channel();
        let prober = Prober {
            platform: Platform::Telegram,
            store,
            courier: Arc::new(Script {
                clock: clock.clone(),
                answer: Mutex::new(Err(CallError::Lost("403".to_owned()))),
                asked: Mutex::default(),
            }),
            gate: Arc::new(Gate::new(Limits::unlimited(), Arc::clone(&shared), Vec::new(), waits)),
            clock: shared,
            wake: Arc::default(),
            deliver: Arc::default(),
            plan: Arc::default(),
            operators: Vec::new(),
            notes: Vec::new(),
        };
        Self { prober, clock, disk }
    }

    /// A channel with a subscription.
    async fn channel(&self, address: Address) {
        let (store, now) = (&self.prober.store, self.clock.now());
        let kept = store.keep_channel(address, ChannelKind::Group, None, Language::Ko, now).await.unwrap();
        let wish = Wish {
            schedule: "09:00".parse().unwrap(),
            timezone: chrono_tz::Asia::Seoul,
            style: Style::Summary,
            filter: Vec::new(),
            language: Language::Ko,
            quiet: None,
        };
        store.subscribe(kept.id, &FeedName("news".to_owned()), &wish, now).await.unwrap();
    }

    async fn lose(&self, address: Address) {
        assert!(self.prober.store.lose_channels(&[address], "403", self.clock.now()).await.unwrap());
    }

    async fn lost(address: Address) -> Self {
        let scene = Self::new().await;
        scene.channel(address).await;
        scene.lose(address).await;
        scene
    }

    fn answer(&self, answer: Result<(), CallError>) {
        *self.prober.courier.answer.lock().unwrap() = answer;
    }

    fn asked(&self) -> Vec<(DateTime<Utc>, Address)> {
        self.prober.courier.asked.lock().unwrap().drain(..).collect()
    }

    /// Looks, turns the clock to when it wants to look again, and says how many minutes those are.
    async fn wait_for_probe(&self) -> Option<i64> {
        let next = self.prober.round().await.unwrap()?;
        let wait = next - self.clock.now();
        self.clock.set(next);
        Some(wait.num_minutes())
    }

    async fn state(&self, address: Address) -> Option<ChannelState> {
        self.prober.store.channel(address).await.unwrap().map(|channel| channel.state)
    }

    async fn subscriptions(&self, address: Address) -> usize {
        self.prober.store.subscriptions_of(address).await.unwrap().len()
    }
}

async fn is_notified(notify: &Notify) -> bool {
    futures::FutureExt::now_or_never(notify.notified()).is_some()
}

#[tokio::test]
async fn the_first_probe_comes_after_a_minute_and_the_waits_double_up_to_six_hours() {
    let scene = Scene::lost(HERE).await;
    let mut waits = Vec::new();
    for _ in 0..12 {
        waits.push(scene.wait_for_probe().await.unwrap());
    }
    assert_eq!(waits, [1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360, 360]);
    assert_eq!(scene.asked().len(), 11);
}

#[tokio::test]
async fn a_channel_that_answers_is_active_and_delivering_and_planning_go_on() {
    let scene = Scene::lost(HERE).await;
    scene.wait_for_probe().await;
    scene.answer(Ok(()));
    assert!(
        scene.prober.store.next_planning().await.unwrap().is_none(),
        "nothing is planned while it is lost"
    );
    assert_eq!(scene.prober.round().await.unwrap(), None);
    assert_eq!(scene.state(HERE).await, Some(ChannelState::Active));
    let next = scene.prober.store.next_planning().await.unwrap();
    assert!(next.is_some_and(|next| next <= scene.clock.now()), "{next:?}");
    assert!(is_notified(&scene.prober.deliver).await && is_notified(&scene.prober.plan).await);
}

#[tokio::test]
async fn the_next_probe_and_the_waits_hold_after_a_restart() {
    let mut scene = Scene::lost(HERE).await;
    for _ in 0..4 {
        scene.wait_for_probe().await;
    }
    let next = scene.prober.round().await.unwrap().unwrap();
    scene.prober.store.close().await;
    let url = crate::test_database::url_in(scene.disk.path());
    scene.prober.store = Store::open(&url).await.unwrap();
    scene.asked();
    assert_eq!(scene.prober.round().await.unwrap(), Some(next));
    assert!(scene.asked().is_empty());
    scene.clock.set(next);
    assert_eq!(scene.wait_for_probe().await, Some(32));
}

#[tokio::test]
async fn what_says_nothing_about_the_channel_does_not_lengthen_the_waits() {
    let scene = Scene::lost(HERE).await;
    scene.wait_for_probe().await;
    scene.answer(Err(CallError::Transient("502".to_owned())));
    assert_eq!(scene.wait_for_probe().await, Some(1));
    let covers = crate::platform::Covers::Channel;
    scene.answer(Err(CallError::RetryAfter { after: TimeDelta::minutes(3), covers }));
    assert_eq!(scene.wait_for_probe().await, Some(3));
    scene.answer(Err(CallError::Lost("403".to_owned())));
    assert_eq!(scene.wait_for_probe().await, Some(2));
}

#[tokio::test]
async fn a_channel_that_probes_well_and_takes_nothing_is_tried_less_and_less() {
    let scene = Scene::lost(HERE).await;
    scene.answer(Ok(()));
    let mut waits = Vec::new();
    for _ in 0..3 {
        waits.push(scene.wait_for_probe().await.unwrap());
        assert_eq!(scene.prober.round().await.unwrap(), None);
        scene.lose(HERE).await;
    }
    assert_eq!(waits, [1, 2, 4]);
    // What the platform says itself is believed.
    assert!(scene.prober.store.regain_channels(HERE, scene.clock.now()).await.unwrap());
    scene.lose(HERE).await;
    assert_eq!(scene.wait_for_probe().await, Some(1));
}

#[tokio::test]
async fn after_thirty_days_a_lost_channel_is_forgotten() {
    let scene = Scene::lost(HERE).await;
    scene.clock.advance(TimeDelta::days(30) - TimeDelta::minutes(1));
    scene.prober.round().await.unwrap();
    assert_eq!(scene.subscriptions(HERE).await, 1);
    scene.clock.advance(TimeDelta::minutes(1));
    assert_eq!(scene.prober.round().await.unwrap(), None);
    assert_eq!(scene.subscriptions(HERE).await, 0);
}

#[tokio::test]
async fn a_group_with_a_new_id_is_probed_there_with_all_its_topics() {
    let scene = Scene::lost(HERE).await;
    scene.channel(TOPIC).await;
    scene.wait_for_probe().await;
    scene.answer(Err(CallError::Moved(-100)));
    let next = scene.prober.round().await.unwrap();
    assert_eq!(next, Some(scene.clock.now()));
    scene.answer(Ok(()));
    scene.asked();
    scene.prober.round().await.unwrap();
    let new = Address::Telegram { chat: -100, topic: None };
    assert_eq!(scene.asked(), [(scene.clock.now(), new)]);
    assert_eq!(scene.state(new).await, Some(ChannelState::Active));
    assert_eq!(scene.subscriptions(new).await, 1);
    assert_eq!(scene.subscriptions(Address::Telegram { chat: -100, topic: Some(3) }).await, 1);
    assert_eq!(scene.state(HERE).await, None);
}

#[tokio::test]
async fn a_group_that_is_known_under_its_new_id_already_has_one_subscription_after_it() {
    let scene = Scene::new().await;
    let new = Address::Telegram { chat: -100, topic: None };
    let far = Address::Telegram { chat: -71, topic: None };
    for address in [HERE, new, far] {
        scene.channel(address).await;
    }
    assert!(scene.prober.store.move_chat(-7, -100, scene.clock.now()).await.unwrap());
    assert_eq!(scene.subscriptions(new).await, 1);
    assert_eq!(scene.subscriptions(HERE).await, 0);
    assert_eq!(scene.subscriptions(far).await, 1, "an id that begins alike is another chat's");
    scene.prober.store.move_chat(-7, -100, scene.clock.now()).await.unwrap();
    assert_eq!(scene.subscriptions(new).await, 1, "the note comes twice");
}

#[tokio::test]
async fn what_is_said_of_a_chat_holds_for_its_topics() {
    let scene = Scene::new().await;
    for address in [HERE, TOPIC] {
        scene.channel(address).await;
    }
    scene.lose(HERE).await;
    assert_eq!(scene.state(TOPIC).await, Some(ChannelState::Lost));
    assert!(scene.prober.store.probe_soon(&[HERE], scene.clock.now()).await.unwrap());
    scene.prober.round().await.unwrap();
    assert_eq!(scene.asked().len(), 2);
}

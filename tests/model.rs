//! The delivery against a model: random schedules, digests, corrections, withdrawals, lost channels, faults, deaths
//! and clocks that are set, and in the end every channel has seen what it should: nothing lost, nothing twice, in
//! order, no burst. `scene.rs` is the bot, `platform.rs` the platforms, `account.rs` what must have been seen.
//!
//! A failing case is made as small as it can be and printed. An ordinary run lives through the same cases each time,
//! so that what fails was broken by the change at hand; `PROPTEST_CASES=5000` looks for longer, and
//! `PROPTEST_RNG_SEED=7` at others.

mod account;
mod platform;
mod scene;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use jogan::clock::Clock as _;
use jogan::config::Environment;
use jogan::model::Language;
use jogan::model::channel::Address;
use jogan::model::subscription::{Style, Wish};
use jogan::store::Store;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestRunner};

use crate::model::account::Account;
use crate::model::platform::Fault;
use crate::model::scene::Scene;

/// Cases of an ordinary run, and the seed that they are drawn by.
const CASES: u32 = 64;
const SEED: u64 = 20_251_217;
/// The most digests in a case: so many that a list names each of their articles.
const DIGESTS: usize = 10;

const CHANNELS: [Address; 4] = [
    Address::Discord { channel: 1 },
    Address::Discord { channel: 2 },
    Address::Telegram { chat: 3, topic: None },
    Address::Telegram { chat: 4, topic: None },
];
/// Of every kind; the fourth is round-ups, the fifth fires in the hours in which clocks change.
const SCHEDULES: [(&str, Tz); 6] = [
    ("now", Tz::Asia__Seoul),
    ("09:00", Tz::Asia__Seoul),
    ("08:30,18:00", Tz::Europe__Berlin),
    ("mon 09:00", Tz::Asia__Seoul),
    ("02:30", Tz::America__New_York),
    ("weekdays 07:15", Tz::America__New_York),
];
/// Where cases begin: on an ordinary day, and before clocks change in New York, forward and back.
const BEGINNINGS: [&str; 3] = ["2026-01-14T03:00:00Z", "2026-03-06T12:00:00Z", "2026-10-30T12:00:00Z"];

/// What happens.
#[derive(Debug, Clone)]
enum Deed {
    /// A digest comes out; of one or of two messages.
    Publish {
        long: bool,
    },
    /// One is corrected; it may become longer or shorter.
    Correct {
        digest: usize,
        long: bool,
    },
    /// The post of one is deleted, or comes back.
    Withdraw {
        digest: usize,
    },
    Return {
        digest: usize,
    },
    /// A channel wants another schedule.
    Change {
        channel: usize,
        schedule: usize,
    },
    /// A channel's deliveries are held back for some minutes or until they are resumed, or go on.
    Pause {
        channel: usize,
        minutes: Option<i64>,
    },
    Resume {
        channel: usize,
    },
    /// A platform takes nothing for a channel any more, or takes it again.
    Lose {
        channel: usize,
    },
    GiveBack {
        channel: usize,
    },
    /// The next calls fail.
    Fail {
        fault: Fault,
        times: u8,
    },
    /// The bot dies in one of the next calls, before or after the platform has done it.
    DieInCall {
        after: u8,
        done: bool,
    },
    /// A digest comes out and the bot dies somewhere on the way.
    PublishAndDie {
        moments: u8,
    },
    /// Time passes, and everything happens when its time has come.
    Pass {
        minutes: i64,
    },
    /// Time passes, and the machine sleeps.
    Sleep {
        hours: i64,
    },
    /// Somebody sets the clock.
    Set {
        minutes: i64,
    },
}

fn deed() -> impl Strategy<Value = Deed> {
    let channel = 0..CHANNELS.len();
    let fault =
        prop::sample::select(vec![Fault::Failure, Fault::ResetBefore, Fault::ResetAfter, Fault::Wait]);
    prop_oneof![
        6 => any::<bool>().prop_map(|long| Deed::Publish { long }),
        3 => (0..DIGESTS, any::<bool>()).prop_map(|(digest, long)| Deed::Correct { digest, long }),
        1 => (0..DIGESTS).prop_map(|digest| Deed::Withdraw { digest }),
        1 => (0..DIGESTS).prop_map(|digest| Deed::Return { digest }),
        1 => (channel.clone(), 0..SCHEDULES.len())
            .prop_map(|(channel, schedule)| Deed::Change { channel, schedule }),
        2 => (channel.clone(), prop::option::of(1_i64..4_000))
            .prop_map(|(channel, minutes)| Deed::Pause { channel, minutes }),
        2 => channel.clone().prop_map(|channel| Deed::Resume { channel }),
        2 => channel.clone().prop_map(|channel| Deed::Lose { channel }),
        2 => channel.prop_map(|channel| Deed::GiveBack { channel }),
        3 => (fault, 1_u8..6).prop_map(|(fault, times)| Deed::Fail { fault, times }),
        3 => (0_u8..6, any::<bool>()).prop_map(|(after, done)| Deed::DieInCall { after, done }),
        2 => (0_u8..80).prop_map(|moments| Deed::PublishAndDie { moments }),
        5 => prop_oneof![1_i64..10, 10_i64..2_000].prop_map(|minutes| Deed::Pass { minutes }),
        1 => (1_i64..50).prop_map(|hours| Deed::Sleep { hours }),
        2 => prop_oneof![Just(-60_i64), Just(60), -90_i64..90].prop_map(|minutes| Deed::Set { minutes }),
    ]
}

/// A whole case: when it begins, each channel's schedule, what happens.
fn story() -> impl Strategy<Value = (usize, Vec<usize>, Vec<Deed>)> {
    (
        0..BEGINNINGS.len(),
        prop::collection::vec(0..SCHEDULES.len(), CHANNELS.len()),
        prop::collection::vec(deed(), 1..30),
    )
}

/// Found by a random run.
#[tokio::test]
async fn nothing_is_given_up_for_the_time_that_the_machine_slept() {
    let disk = tempfile::tempdir().expect("a temporary folder");
    let empty = disk.path().join("empty.db");
    Store::open(&format!("sqlite://{}", empty.display())).await.expect("a database").close().await;
    let fail = |times| Deed::Fail { fault: Fault::Failure, times };
    let deeds = [
        Deed::Publish { long: false },
        fail(1),
        fail(5),
        fail(4),
        fail(1),
        Deed::Publish { long: false },
        Deed::Pass { minutes: 6 },
        Deed::Sleep { hours: 24 },
    ];
    let lived = live(&empty, BEGINNINGS[0], &[0, 1, 1, 1], &deeds).await;
    lived.expect("every channel sees what it should");
}

#[test]
fn every_channel_sees_what_it_should() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let disk = tempfile::tempdir().expect("a temporary folder");
    let empty = disk.path().join("empty.db");
    runtime.block_on(async {
        let store = Store::open(&format!("sqlite://{}", empty.display())).await.expect("a database");
        store.close().await;
    });
    let mut config = Config { failure_persistence: None, max_shrink_iters: 2_000, ..Config::default() };
    let chosen = Environment::of_process();
    if chosen.get("PROPTEST_CASES").is_none() {
        config.cases = CASES;
    }
    if chosen.get("PROPTEST_RNG_SEED").is_none() {
        config.rng_seed = RngSeed::Fixed(SEED);
    }
    let mut runner = TestRunner::new(config);
    let run = runner.run(&story(), |(beginning, schedules, deeds)| {
        runtime.block_on(live(&empty, BEGINNINGS[beginning], &schedules, &deeds))
    });
    if let Err(failure) = run {
        panic!("{failure}");
    }
}

fn wish(schedule: usize) -> Wish {
    let (schedule, timezone) = SCHEDULES[schedule];
    Wish {
        schedule: schedule.parse().expect("a schedule"),
        timezone,
        style: Style::Summary,
        filter: Vec::new(),
        language: Language::Ko,
        quiet: None,
    }
}

/// Lives through a case and looks at what the channels have seen.
async fn live(
    empty: &std::path::Path,
    at: &str,
    schedules: &[usize],
    deeds: &[Deed],
) -> Result<(), TestCaseError> {
    let at: DateTime<Utc> = at.parse().expect("an instant");
    let mut scene = Scene::begin(empty, at).await;
    let mut account = Account::new(&CHANNELS);
    for (channel, schedule) in CHANNELS.iter().zip(schedules) {
        scene.subscribe(*channel, &wish(*schedule)).await;
    }
    scene.settle().await;
    for deed in deeds {
        act(&mut scene, &mut account, deed).await;
        scene.settle().await;
        account.look(&scene).await?;
    }
    scene.world.heal();
    for channel in CHANNELS {
        scene.resume(channel).await;
    }
    scene.settle().await;
    let until = scene.clock.now() + TimeDelta::days(16);
    while !account.has_all(&scene).await && scene.clock.now() < until {
        scene.step(until).await;
        account.look(&scene).await?;
    }
    account.close(&scene).await
}

async fn act(scene: &mut Scene, account: &mut Account, deed: &Deed) {
    match *deed {
        Deed::Publish { long } => {
            if account.published() < DIGESTS {
                let digest = account.publish(scene, long).await;
                scene.keep(&digest).await;
            }
        }
        Deed::PublishAndDie { moments } => {
            if account.published() < DIGESTS {
                let digest = account.publish(scene, false).await;
                scene.keep(&digest).await;
            }
            for _ in 0..moments {
                tokio::task::yield_now().await;
            }
            scene.die().await;
        }
        Deed::Correct { digest, long } => {
            if let Some(digest) = account.correct(scene, digest, long) {
                scene.keep(&digest).await;
            }
        }
        Deed::Withdraw { digest } => {
            if let Some(digest) = account.withdraw(digest) {
                scene.withdraw(&digest).await;
            }
        }
        Deed::Return { digest } => {
            if let Some(digest) = account.bring_back(digest) {
                scene.keep(&digest).await;
            }
        }
        Deed::Change { channel, schedule } => {
            // A person asks in the channel: it can be reached.
            scene.world.give_back(CHANNELS[channel]);
            scene.subscribe(CHANNELS[channel], &wish(schedule)).await;
        }
        Deed::Pause { channel, minutes } => {
            scene.pause(CHANNELS[channel], minutes.map(TimeDelta::minutes)).await;
        }
        Deed::Resume { channel } => scene.resume(CHANNELS[channel]).await,
        Deed::Lose { channel } => {
            scene.world.lose(CHANNELS[channel]);
            account.lost(CHANNELS[channel]);
        }
        Deed::GiveBack { channel } => scene.world.give_back(CHANNELS[channel]),
        Deed::Fail { fault, times } => scene.world.fail(fault, times),
        Deed::DieInCall { after, done } => scene.world.hold(after, done),
        Deed::Pass { minutes } => scene.pass(TimeDelta::minutes(minutes)).await,
        Deed::Sleep { hours } => {
            scene.clock.advance(TimeDelta::hours(hours));
        }
        Deed::Set { minutes } => {
            let by = TimeDelta::minutes(minutes);
            scene.world.clock_was_set(by);
            scene.clock.advance(by);
        }
    }
}

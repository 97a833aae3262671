//! What the gate promises: no window is ever exceeded, hardly anything of it is wasted, waits are obeyed by what
//! they cover, and people go before deliveries.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use futures::FutureExt as _;
use proptest::prelude::*;
use rstest::rstest;
use tokio::sync::mpsc::{self, UnboundedReceiver};

use super::*;
use crate::clock::{Clock as _, TestClock};

const START: DateTime<Utc> = DateTime::UNIX_EPOCH;

fn gate(limits: Limits) -> (Arc<Gate>, TestClock, UnboundedReceiver<Wait>) {
    let clock = TestClock::new(START);
    let (told, waits) = mpsc::unbounded_channel();
    (Arc::new(Gate::new(limits, Arc::new(clock.clone()), Vec::new(), told)), clock, waits)
}

fn telegram(chat: i64) -> Address {
    Address::Telegram { chat, topic: None }
}

fn discord(channel: u64) -> Address {
    Address::Discord { channel }
}

fn ms(milliseconds: i64) -> TimeDelta {
    TimeDelta::milliseconds(milliseconds)
}

fn bucket(limit: u32, remaining: u32, reset_after: TimeDelta) -> Bucket {
    Bucket { id: "abcd".to_owned(), limit, remaining, reset_after }
}

/// A waiting command that is looked at by hand.
type Command = Pin<Box<dyn Future<Output = Place>>>;

fn command(gate: &Arc<Gate>, address: Address, kind: ChannelKind) -> Command {
    let gate = Arc::clone(gate);
    Box::pin(async move { gate.take(&address, kind).await })
}

fn look(command: &mut Command) -> Option<Place> {
    match command.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(place) => Some(place),
        Poll::Pending => None,
    }
}

#[test]
fn a_chat_gets_its_next_message_a_second_after_the_last_one_was_answered() {
    let (gate, clock, _waits) = gate(Limits::telegram());
    let place = gate.try_take(&telegram(1), ChannelKind::Private).unwrap();
    clock.advance(ms(300));
    assert_eq!(gate.try_take(&telegram(1), ChannelKind::Private).unwrap_err(), START + ms(1300));
    drop(place);
    clock.advance(ms(900));
    assert_eq!(gate.try_take(&telegram(1), ChannelKind::Private).unwrap_err(), START + ms(1300));
    clock.advance(ms(100));
    drop(gate.try_take(&telegram(1), ChannelKind::Private).unwrap());
}

#[test]
fn topics_share_the_rates_of_their_chat() {
    let (gate, _clock, _waits) = gate(Limits::telegram());
    let topic = |topic| Address::Telegram { chat: -100, topic };
    let _place = gate.try_take(&topic(Some(7)), ChannelKind::Group).unwrap();
    assert!(gate.try_take(&topic(Some(8)), ChannelKind::Group).is_err());
    assert!(gate.try_take(&topic(None), ChannelKind::Group).is_err());
}

#[rstest]
#[case::group(ChannelKind::Group, 20)]
#[case::channel(ChannelKind::Broadcast, 60)]
fn a_minute_holds_so_many_messages(#[case] kind: ChannelKind, #[case] expected: usize) {
    let (gate, clock, _waits) = gate(Limits::telegram());
    let mut sent = 0;
    while clock.now() < START + TimeDelta::minutes(1) {
        match gate.try_take(&telegram(-100), kind) {
            Ok(_place) => sent += 1,
            Err(at) => clock.set(at),
        }
    }
    assert_eq!(sent, expected);
}

#[test]
fn a_busy_chat_does_not_delay_another() {
    let (gate, _clock, _waits) = gate(Limits::telegram());
    drop(gate.try_take(&telegram(1), ChannelKind::Private).unwrap());
    let mut waiting: Vec<_> = (0..40).map(|_| command(&gate, telegram(1), ChannelKind::Private)).collect();
    assert!(waiting.iter_mut().all(|command| look(command).is_none()));
    drop(gate.try_take(&telegram(2), ChannelKind::Private).unwrap());
}

#[test]
fn a_waiting_command_goes_before_deliveries() {
    let (gate, clock, _waits) = gate(Limits { channel: None, ..Limits::telegram() });
    for chat in 0..30 {
        drop(gate.try_take(&telegram(chat), ChannelKind::Private).unwrap());
        clock.advance(ms(1));
    }
    let mut first = command(&gate, telegram(100), ChannelKind::Private);
    let mut second = command(&gate, telegram(101), ChannelKind::Private);
    assert!(look(&mut first).is_none() && look(&mut second).is_none());
    // Two places are free: both are the commands', though nobody has looked at them yet.
    clock.set(START + ms(1001));
    assert!(gate.try_take(&telegram(200), ChannelKind::Private).is_err());
    assert!(look(&mut second).is_none(), "the first one goes first");
    let place = look(&mut first).unwrap();
    let _other = look(&mut second).unwrap();
    assert!(gate.try_take(&telegram(200), ChannelKind::Private).is_err(), "no third place is free");
    clock.set(START + ms(1004));
    assert!(gate.try_take(&telegram(200), ChannelKind::Private).is_err(), "three are left to who else asks");
    clock.set(START + ms(1005));
    drop(gate.try_take(&telegram(200), ChannelKind::Private).unwrap());
    drop(place);
}

#[test]
fn a_command_that_gives_up_leaves_its_turn_to_others() {
    let (gate, clock, _waits) = gate(Limits::telegram());
    drop(gate.try_take(&telegram(1), ChannelKind::Private).unwrap());
    let mut gone = command(&gate, telegram(1), ChannelKind::Private);
    let mut next = command(&gate, telegram(1), ChannelKind::Private);
    assert!(look(&mut gone).is_none() && look(&mut next).is_none());
    drop(gone);
    clock.advance(ms(1000));
    assert!(gate.try_take(&telegram(1), ChannelKind::Private).is_err(), "the next command is due");
    drop(look(&mut next).unwrap());
    clock.advance(ms(1000));
    drop(gate.try_take(&telegram(1), ChannelKind::Private).unwrap());
}

#[test]
fn a_channel_wait_stops_that_channel_alone_and_is_reported() {
    let (gate, clock, mut waits) = gate(Limits::telegram());
    gate.told(&Address::Telegram { chat: 1, topic: Some(3) }, Covers::Channel, ms(6500));
    let until = START + ms(6500);
    assert_eq!(gate.try_take(&telegram(1), ChannelKind::Private).unwrap_err(), until);
    drop(gate.try_take(&telegram(2), ChannelKind::Private).unwrap());
    clock.set(until - ms(1));
    assert!(gate.try_take(&telegram(1), ChannelKind::Private).is_err());
    clock.set(until);
    drop(gate.try_take(&telegram(1), ChannelKind::Private).unwrap());
    assert_eq!(waits.try_recv().unwrap(), Wait { covers: Covered::Channel(telegram(1)), until });
    assert!(waits.try_recv().is_err());
}

#[test]
fn a_global_wait_stops_everything_and_holds_after_a_restart() {
    let (gate, clock, mut waits) = gate(Limits::discord());
    gate.told(&discord(1), Covers::Everything, ms(2000));
    gate.told(&discord(1), Covers::Everything, ms(500));
    let mut answer = command(&gate, discord(3), ChannelKind::Text);
    assert!(look(&mut answer).is_none(), "commands wait too");
    assert_eq!(gate.try_take(&discord(2), ChannelKind::Text).unwrap_err(), START + ms(2000));
    let remembered = waits.try_recv().unwrap();
    assert!(waits.try_recv().is_err(), "a shorter wait is no news");

    clock.set(START + ms(1000));
    let (told, _waits) = mpsc::unbounded_channel();
    let restarted = Arc::new(Gate::new(Limits::discord(), Arc::new(clock.clone()), vec![remembered], told));
    assert_eq!(restarted.try_take(&discord(2), ChannelKind::Text).unwrap_err(), START + ms(2000));
    clock.set(START + ms(2000));
    drop(restarted.try_take(&discord(2), ChannelKind::Text).unwrap());
    assert!(look(&mut answer).is_some());
}

#[test]
fn an_unknown_channel_is_learned_with_one_call() {
    let (gate, clock, _waits) = gate(Limits::discord());
    let place = gate.try_take(&discord(1), ChannelKind::Text).unwrap();
    assert!(gate.try_take(&discord(1), ChannelKind::Text).is_err());
    gate.learned(&discord(1), bucket(5, 4, ms(5000)));
    drop(place);
    let places: Vec<_> = std::iter::from_fn(|| gate.try_take(&discord(1), ChannelKind::Text).ok()).collect();
    assert_eq!(places.len(), 4);
    // Their answers arrive in another order than they were given.
    for remaining in [1, 0, 3, 2] {
        gate.learned(&discord(1), bucket(5, remaining, ms(4000)));
    }
    drop(places);
    clock.advance(ms(1500));
    assert_eq!(gate.try_take(&discord(1), ChannelKind::Text).unwrap_err(), START + ms(4000));
    clock.set(START + ms(4000));
    let places: Vec<_> = std::iter::from_fn(|| gate.try_take(&discord(1), ChannelKind::Text).ok()).collect();
    assert_eq!(places.len(), 5);
}

#[test]
fn a_clock_that_is_set_back_lengthens_no_wait() {
    let (gate, clock, _waits) = gate(Limits::telegram());
    drop(gate.try_take(&telegram(1), ChannelKind::Private).unwrap());
    gate.told(&telegram(2), Covers::Channel, ms(3000));
    clock.set(START - TimeDelta::hours(1));
    let back = clock.now();
    assert_eq!(gate.try_take(&telegram(1), ChannelKind::Private).unwrap_err(), back + ms(1000));
    assert_eq!(gate.try_take(&telegram(2), ChannelKind::Private).unwrap_err(), back + ms(3000));
}

#[test]
fn idle_channels_are_forgotten() {
    let (gate, clock, _waits) = gate(Limits { overall: None, ..Limits::telegram() });
    for chat in 0..100_000 {
        drop(gate.try_take(&telegram(chat), ChannelKind::Private).unwrap());
        clock.advance(ms(1));
    }
    assert!(gate.lanes().channels.len() <= 2 * FORGET_FROM);
}

#[test]
fn without_limits_only_what_the_platform_tells_holds() {
    let (gate, _clock, _waits) = gate(Limits::unlimited());
    let places: Vec<_> =
        (0..1000).map(|_| gate.try_take(&telegram(1), ChannelKind::Group).unwrap()).collect();
    gate.told_all(ms(10));
    assert!(gate.try_take(&telegram(1), ChannelKind::Group).is_err());
    drop(places);
}

#[test]
fn a_place_that_is_soon_free_can_be_reserved_and_is_taken_when_it_is() {
    let (gate, clock, _waits) = gate(Limits::telegram());
    let chat = telegram(1);
    drop(gate.try_take(&chat, ChannelKind::Private).unwrap());
    assert_eq!(gate.reserve(&chat, ChannelKind::Private).unwrap_err(), START + ms(900));
    clock.advance(ms(900));
    let mut reserved = gate.reserve(&chat, ChannelKind::Private).unwrap();
    assert!(gate.reserve(&chat, ChannelKind::Private).is_err(), "it is kept for one");
    assert_eq!(reserved.try_begin().unwrap_err(), START + ms(1000));
    clock.advance(ms(100));
    assert!(gate.try_take(&chat, ChannelKind::Private).is_err(), "it is kept also when it is free");
    drop(reserved.try_begin().unwrap());
}

#[test]
fn a_reservation_that_is_not_used_costs_nothing_and_one_obeys_what_is_told_meanwhile() {
    let (gate, clock, _waits) = gate(Limits::telegram());
    let chat = telegram(1);
    drop(gate.reserve(&chat, ChannelKind::Private).unwrap());
    let mut reserved = gate.reserve(&chat, ChannelKind::Private).unwrap();
    gate.told_all(ms(3000));
    assert_eq!(reserved.try_begin().unwrap_err(), START + ms(3000));
    clock.advance(ms(3000));
    drop(reserved.try_begin().unwrap());
}

/// Sends to `channels` channels as fast as the gate lets, each call taking 5 ms and its claim before it 30 ms, and
/// counts the calls of a minute.
fn calls_in_a_minute(limits: Limits, kind: ChannelKind, channels: i64) -> u32 {
    let (gate, clock, _waits) = gate(limits);
    let mut claiming: Vec<(DateTime<Utc>, usize, Reserved)> = Vec::new();
    let mut in_flight: BTreeMap<DateTime<Utc>, Vec<Place>> = BTreeMap::new();
    let mut ask_at = vec![START; channels as usize];
    let mut calls = 0;
    loop {
        let now = clock.now();
        while in_flight.first_key_value().is_some_and(|(done, _)| *done <= now) {
            drop(in_flight.pop_first());
        }
        for (chat, ask) in ask_at.iter_mut().enumerate().filter(|(_, ask)| **ask <= now) {
            match gate.reserve(&telegram(chat as i64), kind) {
                Ok(reserved) => {
                    claiming.push((now + ms(30), chat, reserved));
                    *ask = DateTime::<Utc>::MAX_UTC;
                }
                Err(at) => *ask = at,
            }
        }
        claiming.retain_mut(|(at, chat, reserved)| {
            if *at <= now {
                match reserved.try_begin() {
                    Ok(place) => {
                        calls += 1;
                        in_flight.entry(now + ms(5)).or_default().push(place);
                        ask_at[*chat] = now + ms(5);
                        return false;
                    }
                    Err(opens) => *at = opens,
                }
            }
            true
        });
        let claims = claiming.iter().map(|(at, ..)| at);
        let next = ask_at.iter().chain(in_flight.keys()).chain(claims).min().copied().unwrap();
        if next >= START + TimeDelta::minutes(1) {
            return calls;
        }
        clock.set(next);
    }
}

#[rstest]
#[case::telegram_overall(Limits::telegram(), 100, 30 * 60)]
#[case::telegram_one_chat(Limits::telegram(), 1, 60)]
#[case::discord_overall(Limits { learns: false, ..Limits::discord() }, 100, 50 * 60)]
fn ninety_nine_percent_of_a_limit_are_used(
    #[case] limits: Limits,
    #[case] channels: i64,
    #[case] limit: u32,
) {
    let calls = calls_in_a_minute(limits, ChannelKind::Private, channels);
    assert!(calls * 100 >= limit * 99, "{calls} of {limit}");
}

/// Deliveries that take every place they get, for so many milliseconds.
fn deliver(gate: &Arc<Gate>, clock: &TestClock, reserved: &mut Vec<Reserved>, milliseconds: i64) -> usize {
    let mut calls = 0;
    for _ in 0..milliseconds {
        let chat = clock.now().timestamp_millis();
        while let Ok(place) = gate.reserve(&telegram(chat), ChannelKind::Private) {
            reserved.push(place);
        }
        let waiting = reserved.len();
        reserved.retain_mut(|place| place.try_begin().is_err());
        calls += waiting - reserved.len();
        clock.advance(ms(1));
    }
    calls
}

/// How long somebody waits for a place while deliveries take all they get.
fn waits(gate: &Arc<Gate>, clock: &TestClock, reserved: &mut Vec<Reserved>) -> TimeDelta {
    let (asked, mut person) = (clock.now(), command(gate, telegram(-1), ChannelKind::Private));
    while look(&mut person).is_none() {
        deliver(gate, clock, reserved, 1);
    }
    clock.now() - asked
}

#[test]
fn nobody_who_asks_in_the_midst_of_deliveries_waits_for_long() {
    for begins in 0..20 {
        let (gate, clock, _waits) = gate(Limits { channel: None, ..Limits::telegram() });
        let mut reserved = Vec::new();
        deliver(&gate, &clock, &mut reserved, 7 * begins);
        for _ in 0..60 {
            let waited = waits(&gate, &clock, &mut reserved);
            assert!(waited <= ms(40), "{waited}");
            deliver(&gate, &clock, &mut reserved, 67);
        }
    }
}

#[test]
fn while_people_ask_deliveries_leave_a_tenth_of_the_places_to_them_and_else_none() {
    let (gate, clock, _waits) = gate(Limits { channel: None, ..Limits::telegram() });
    let mut reserved = Vec::new();
    // Nobody else is there: this is no reason.
    waits(&gate, &clock, &mut reserved);
    deliver(&gate, &clock, &mut reserved, 2_000);
    assert_eq!(deliver(&gate, &clock, &mut reserved, 10_000), 300);
    waits(&gate, &clock, &mut reserved);
    deliver(&gate, &clock, &mut reserved, 5_000);
    let calls = deliver(&gate, &clock, &mut reserved, 10_000);
    assert!((265..=270).contains(&calls), "{calls}");
    deliver(&gate, &clock, &mut reserved, 20_000);
    assert_eq!(deliver(&gate, &clock, &mut reserved, 10_000), 300);
}

/// One thing that happens to the gate.
#[derive(Debug, Clone)]
enum Event {
    Pass(i64),
    Bulk(i64),
    Begin(usize),
    Cancel(usize),
    Command(i64),
    Look(usize),
    GiveUp(usize),
    Finish { which: usize, arrived: i64 },
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        3 => (1i64..400).prop_map(Event::Pass),
        4 => (0i64..4).prop_map(Event::Bulk),
        4 => (0usize..8).prop_map(Event::Begin),
        1 => (0usize..8).prop_map(Event::Cancel),
        2 => (0i64..4).prop_map(Event::Command),
        3 => (0usize..8).prop_map(Event::Look),
        1 => (0usize..8).prop_map(Event::GiveUp),
        4 => (0usize..8, 0i64..100).prop_map(|(which, arrived)| Event::Finish { which, arrived }),
    ]
}

fn tight() -> Limits {
    Limits {
        overall: Some(Rate::new(3, 1)),
        channel: Some(Rate::new(1, 1)),
        group: Some(Rate::new(4, 10)),
        learns: false,
    }
}

/// Whether any span of the rate's length holds more calls than it allows. Both ends of a span cannot be in it.
fn exceeds(mut arrivals: Vec<DateTime<Utc>>, rate: Rate) -> bool {
    arrivals.sort_unstable();
    arrivals.windows(rate.calls as usize + 1).any(|few| few[few.len() - 1] - few[0] < rate.per)
}

proptest! {
    /// However takings, waits, answers and delays interleave, and wherever in its flight the platform counts a
    /// call, no span holds more calls than the limit.
    #[test]
    fn no_window_is_ever_exceeded(events in prop::collection::vec(event(), 1..300)) {
        let limits = tight();
        let (gate, clock, _waits) = gate(limits.clone());
        let mut commands: Vec<(i64, Command)> = Vec::new();
        let mut reserved: Vec<(i64, Reserved)> = Vec::new();
        let mut in_flight: Vec<(i64, DateTime<Utc>, Place)> = Vec::new();
        let mut counted: Vec<(i64, DateTime<Utc>)> = Vec::new();
        for event in events {
            match event {
                Event::Pass(by) => clock.advance(ms(by)),
                Event::Bulk(chat) => match gate.reserve(&telegram(chat), ChannelKind::Group) {
                    Ok(place) => reserved.push((chat, place)),
                    Err(at) => prop_assert!(at > clock.now()),
                },
                Event::Begin(which) => {
                    if let Some((chat, waiting)) = reserved.get_mut(which)
                        && let Ok(place) = waiting.try_begin()
                    {
                        in_flight.push((*chat, clock.now(), place));
                        drop(reserved.swap_remove(which));
                    }
                }
                Event::Cancel(which) if which < reserved.len() => drop(reserved.swap_remove(which)),
                Event::Command(chat) => {
                    commands.push((chat, command(&gate, telegram(chat), ChannelKind::Group)));
                }
                Event::Look(which) => {
                    if let Some((chat, waiting)) = commands.get_mut(which)
                        && let Some(place) = look(waiting)
                    {
                        in_flight.push((*chat, clock.now(), place));
                        drop(commands.swap_remove(which));
                    }
                }
                Event::GiveUp(which) if which < commands.len() => drop(commands.swap_remove(which)),
                Event::Finish { which, arrived } if which < in_flight.len() => {
                    let (chat, taken, place) = in_flight.swap_remove(which);
                    let flight = clock.now() - taken;
                    counted.push((chat, taken + flight * arrived as i32 / 99));
                    drop(place);
                }
                Event::Cancel(_) | Event::GiveUp(_) | Event::Finish { .. } => {}
            }
        }
        counted.extend(in_flight.iter().map(|(chat, _, _)| (*chat, clock.now())));
        prop_assert!(!exceeds(counted.iter().map(|call| call.1).collect(), limits.overall.unwrap()));
        for chat in 0..4 {
            let calls: Vec<_> = counted.iter().filter(|call| call.0 == chat).map(|call| call.1).collect();
            prop_assert!(!exceeds(calls.clone(), limits.channel.unwrap()));
            prop_assert!(!exceeds(calls, limits.group.unwrap()));
        }
    }
}

#[test]
fn room_is_left_for_programs_that_call_beside_the_one_whose_turn_it_is() {
    let (gate, ..) = gate(Limits::discord());
    gate.leave_room();
    gate.leave_room();
    let places: Vec<Place> =
        (0..100).filter_map(|channel| gate.try_take(&discord(channel), ChannelKind::Text).ok()).collect();
    let aside = Limits::discord_aside().overall.unwrap().calls * limits::ASIDE;
    let together = u32::try_from(places.len()).unwrap() + aside;
    assert_eq!(together, Limits::discord().overall.unwrap().calls);
}

#[test]
fn no_call_is_made_before_it_is_known_what_others_were_told() {
    let (gate, clock, _waits) = gate(Limits::discord());
    gate.expect_turn().unwrap();
    gate.await_take_over();
    gate.expect_turn().unwrap_err();
    let told = Wait { covers: Covered::Everything, until: clock.now() + TimeDelta::seconds(6) };
    gate.take_over(&[told], &[]);
    gate.expect_turn().unwrap();
    assert!(gate.take_for_none().now_or_never().is_none(), "the wait of others holds");
}

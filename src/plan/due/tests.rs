//! Stories of one subscription, and all of them at once: whatever happens, each digest goes out once.

use std::collections::BTreeSet;

use proptest::prelude::*;
use rstest::rstest;

use super::*;
use crate::model::channel::ChannelId;
use crate::model::subscription::{Style, SubscriptionId, Wish};
use crate::model::{FeedName, Language};

const ZONE: Tz = Tz::Asia__Seoul;

/// A time in Seoul, as `12-17 09:00` of 2025.
fn at(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(&format!("2025-{}:00+09:00", text.replace(' ', "T"))).unwrap().to_utc()
}

/// Whether its channel can be written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Access {
    /// It can.
    Open,
    /// It is paused or lost.
    Held,
    /// A pause has just ended.
    Resumed,
}

/// One subscription in its world.
struct Story {
    subscription: Subscription,
    timing: Timing,
    usual: Option<NaiveTime>,
    waiting: Vec<Waiting>,
    access: Access,
    look_again_at: Option<DateTime<Utc>>,
}

impl Story {
    /// Subscribed on the morning of 17 December at six; the digest is expected by eight.
    fn new(schedule: &str) -> Self {
        Self::since(schedule, at("12-17 06:00"))
    }

    fn since(schedule: &str, since: DateTime<Utc>) -> Self {
        let wish = Wish {
            schedule: schedule.parse().unwrap(),
            timezone: ZONE,
            style: Style::Summary,
            filter: Vec::new(),
            language: Language::Ko,
            quiet: None,
        };
        let subscription = Subscription {
            id: SubscriptionId(1),
            channel: ChannelId(1),
            feed: FeedName("ai-news".into()),
            wish,
            edition: 0,
            last_slot: since,
            late_until: None,
            owes_list: false,
            mutes: Vec::new(),
        };
        let timing = Timing { expect_by: NaiveTime::from_hms_opt(8, 0, 0), ..Timing::default() };
        Self {
            subscription,
            timing,
            usual: None,
            waiting: Vec::new(),
            access: Access::Open,
            look_again_at: None,
        }
    }

    fn stores(&mut self, digest: i64, when: &str) -> &mut Self {
        self.waiting.push(Waiting { digest, stored_at: at(when), published: at(when) });
        self
    }

    /// Between those hours nothing but slots is delivered.
    fn quiet(mut self, hours: &str) -> Self {
        self.subscription.wish.quiet = hours.parse().ok();
        self
    }

    fn decide(&self, now: DateTime<Utc>) -> Verdict {
        let owes_list = self.access == Access::Resumed;
        decide(&Standing {
            subscription: &Subscription { owes_list, ..self.subscription.clone() },
            timing: &self.timing,
            feed_zone: ZONE,
            usual: self.usual,
            waiting: &self.waiting,
            now,
        })
    }

    /// Decides and does as decided.
    fn goes_on(&mut self, now: DateTime<Utc>) -> Option<Batch> {
        // Nobody asks then.
        if self.access == Access::Held {
            self.look_again_at = None;
            return None;
        }
        let verdict = self.decide(now);
        self.subscription.last_slot = verdict.last_slot;
        self.subscription.late_until = verdict.late_until;
        self.look_again_at = verdict.look_again_at;
        if self.access == Access::Resumed && !verdict.owes_list {
            self.access = Access::Open;
        }
        if let Some(batch) = &verdict.deliver {
            self.waiting.retain(|waiting| !batch.digests.contains(&waiting.digest));
        }
        verdict.deliver
    }

    /// What goes out at a time, if anything does: digests, form and cause.
    fn at(&mut self, when: &str) -> Option<(Vec<i64>, Form, Cause)> {
        self.goes_on(at(when)).map(|batch| (batch.digests, batch.form, batch.cause))
    }
}

fn some(digests: &[i64], form: Form, cause: Cause) -> Option<(Vec<i64>, Form, Cause)> {
    Some((digests.to_vec(), form, cause))
}

#[test]
fn a_digest_waits_for_its_slot() {
    let mut story = Story::new("09:00");
    story.stores(1, "12-17 07:50");
    assert_eq!(story.at("12-17 08:59"), None);
    assert_eq!(story.look_again_at, Some(at("12-17 09:00")));
    assert_eq!(story.at("12-17 09:00"), some(&[1], Form::Each, Cause::Slot));
    assert_eq!(story.look_again_at, Some(at("12-18 09:00")));
    assert_eq!(story.at("12-17 09:00"), None);
}

#[test]
fn all_that_was_published_since_the_last_slot_goes_out_by_date() {
    let mut story = Story::new("18:00");
    for (digest, published) in
        [(1, "12-17 15:00"), (2, "12-17 07:00"), (3, "12-17 09:00"), (4, "12-17 11:00")]
    {
        story.waiting.push(Waiting { digest, stored_at: at("12-17 16:00"), published: at(published) });
    }
    // Four are no backlog at a slot that was not missed.
    assert_eq!(story.at("12-17 18:00"), some(&[2, 3, 4, 1], Form::Each, Cause::Slot));
}

#[test]
fn with_nothing_new_the_next_slot_takes_what_comes() {
    let mut story = Story::new("07:00,18:00");
    assert_eq!(story.at("12-17 07:00"), None);
    // Expected by eight, which is later: no window is open.
    assert_eq!(story.subscription.late_until, None);
    story.stores(1, "12-17 08:10");
    assert_eq!(story.at("12-17 08:10"), None);
    assert_eq!(story.at("12-17 18:00"), some(&[1], Form::Each, Cause::Slot));
}

#[test]
fn a_late_digest_goes_out_when_it_comes_and_further_ones_wait() {
    let mut story = Story::new("09:00");
    assert_eq!(story.at("12-17 09:00"), None);
    assert_eq!(story.subscription.late_until, Some(at("12-17 15:00")));
    story.stores(1, "12-17 10:20").stores(2, "12-17 10:21");
    assert_eq!(story.at("12-17 10:21"), some(&[1], Form::Each, Cause::Late));
    assert_eq!(story.subscription.late_until, None);
    assert_eq!(story.at("12-17 10:22"), None);
    assert_eq!(story.at("12-18 09:00"), some(&[2], Form::Each, Cause::Slot));
}

#[test]
fn a_digest_that_is_later_than_late_waits_for_the_next_slot() {
    let mut story = Story::new("09:00");
    assert_eq!(story.at("12-17 09:00"), None);
    story.stores(1, "12-17 15:01");
    assert_eq!(story.at("12-17 15:01"), None);
    assert_eq!(story.subscription.late_until, None);
    assert_eq!(story.at("12-18 09:00"), some(&[1], Form::Each, Cause::Slot));
}

#[test]
fn a_late_window_outlives_a_slot_in_it() {
    let mut story = Story::new("09:00,12:00");
    assert_eq!(story.at("12-17 09:00"), None);
    assert_eq!(story.at("12-17 12:00"), None);
    assert_eq!(story.subscription.late_until, Some(at("12-17 15:00")));
    story.stores(1, "12-17 13:00");
    assert_eq!(story.at("12-17 13:00"), some(&[1], Form::Each, Cause::Late));
}

#[rstest]
#[case::learned_before_the_slot("18:00", "18:00", Some("16:09:00"), Some("12-18 00:00"))]
#[case::half_an_hour_is_granted("16:30,16:45", "16:30", Some("16:09:00"), None)]
#[case::and_then_is_over("16:30,16:45", "16:45", Some("16:09:00"), Some("12-17 22:45"))]
#[case::nothing_is_known("18:00", "18:00", None, None)]
fn a_window_opens_by_what_was_learned(
    #[case] schedule: &str,
    #[case] slot: &str,
    #[case] usual: Option<&str>,
    #[case] until: Option<&str>,
) {
    let mut story = Story::since(schedule, at("12-16 18:00"));
    story.timing.expect_by = None;
    story.usual = usual.map(|time| time.parse().unwrap());
    assert_eq!(story.at(&format!("12-17 {slot}")), None);
    assert_eq!(story.subscription.late_until, until.map(at));
}

#[test]
fn now_delivers_at_once_and_after_the_delay_where_one_is_set() {
    let mut story = Story::new("now");
    story.stores(1, "12-17 16:09");
    assert_eq!(story.at("12-17 16:09"), some(&[1], Form::Each, Cause::Out));

    story.timing.delay = TimeDelta::minutes(10);
    story.stores(2, "12-18 16:09").stores(3, "12-18 16:15");
    assert_eq!(story.at("12-18 16:15"), None);
    assert_eq!(story.look_again_at, Some(at("12-18 16:19")));
    assert_eq!(story.at("12-18 16:19"), some(&[2], Form::Each, Cause::Out));
    assert_eq!(story.look_again_at, Some(at("12-18 16:25")));
    assert_eq!(story.at("12-18 16:25"), some(&[3], Form::Each, Cause::Out));
}

#[rstest]
#[case(3, Form::Each)]
#[case(4, Form::List)]
fn a_backlog_for_now_is_one_list(#[case] digests: i64, #[case] form: Form) {
    let mut story = Story::new("now");
    for digest in 1..=digests {
        story.stores(digest, "12-17 16:09");
    }
    let batch = story.goes_on(at("12-17 17:00")).unwrap();
    assert_eq!((batch.digests.len() as i64, batch.form), (digests, form));
}

#[rstest]
#[case::within_a_minute("12-17 09:00", 4, Form::Each, Cause::Slot)]
#[case::after_hours("12-17 20:00", 3, Form::Each, Cause::CatchUp)]
#[case::a_backlog("12-17 20:00", 4, Form::List, Cause::CatchUp)]
#[case::at_the_end("12-17 21:00", 1, Form::Each, Cause::CatchUp)]
fn a_missed_slot_fires_once_on_return(
    #[case] back: &str,
    #[case] digests: i64,
    #[case] form: Form,
    #[case] cause: Cause,
) {
    let mut story = Story::new("09:00");
    for digest in 1..=digests {
        story.stores(digest, "12-17 07:00");
    }
    let all: Vec<i64> = (1..=digests).collect();
    assert_eq!(story.at(back), some(&all, form, cause));
    assert_eq!(story.at(back), None);
    assert_eq!(story.subscription.last_slot, at("12-17 09:00"));
}

#[test]
fn a_slot_missed_too_long_ago_is_merged_into_the_next() {
    let mut story = Story::new("09:00");
    for (digest, day) in [(1, "12-17 07:00"), (2, "12-18 07:00"), (3, "12-19 07:00")] {
        story.stores(digest, day);
    }
    assert_eq!(story.at("12-19 21:01"), None);
    assert_eq!(story.look_again_at, Some(at("12-20 09:00")));
    story.stores(4, "12-20 07:00");
    assert_eq!(story.at("12-20 09:00"), some(&[1, 2, 3, 4], Form::List, Cause::Slot));
    assert_eq!(story.at("12-21 09:00"), None);
}

#[test]
fn the_time_to_catch_up_may_be_seconds() {
    let mut story = Story::new("09:00");
    story.timing.catch_up_within = TimeDelta::seconds(10);
    story.stores(1, "12-17 07:00");
    assert_eq!(story.goes_on(at("12-17 09:00") + TimeDelta::seconds(11)), None);
    assert_eq!(story.at("12-18 09:00"), some(&[1], Form::Each, Cause::Slot));
}

#[test]
fn several_missed_slots_fire_once() {
    let mut story = Story::new("09:00,18:00");
    story.stores(1, "12-17 07:00").stores(2, "12-18 07:00");
    assert_eq!(story.at("12-18 20:00"), some(&[1, 2], Form::Each, Cause::CatchUp));
    assert_eq!(story.subscription.last_slot, at("12-18 18:00"));
}

#[test]
fn nothing_fires_again_when_the_clock_is_set_back() {
    let mut story = Story::new("09:00");
    story.stores(1, "12-17 07:00");
    assert_eq!(story.at("12-17 09:00"), some(&[1], Form::Each, Cause::Slot));
    story.stores(2, "12-17 08:30");
    for back in ["12-17 08:59", "12-17 09:00", "12-15 09:00", "12-16 09:00"] {
        assert_eq!(story.at(back), None, "{back}");
        assert_eq!(story.look_again_at, Some(at("12-18 09:00")));
    }
    assert_eq!(story.at("12-18 09:00"), some(&[2], Form::Each, Cause::Slot));
}

#[test]
fn now_is_not_delayed_by_a_clock_that_was_set_back() {
    let mut story = Story::new("now");
    story.timing.delay = TimeDelta::minutes(10);
    story.stores(1, "12-17 16:09");
    assert_eq!(story.at("12-17 12:00"), some(&[1], Form::Each, Cause::Out));
}

#[test]
fn what_came_before_the_clock_was_set_back_is_not_left_out() {
    // Subscriptions know only the last edition that they got: 1 must not be overtaken.
    let mut slots = Story::new("09:00");
    slots.stores(1, "12-17 10:00").stores(2, "12-17 09:30");
    slots.waiting[1].published = slots.waiting[0].published;
    assert_eq!(slots.at("12-18 09:00"), some(&[1, 2], Form::Each, Cause::Slot));

    let mut late = Story::new("09:00");
    assert_eq!(late.at("12-17 09:00"), None);
    late.stores(1, "12-17 15:30").stores(2, "12-17 14:30");
    assert_eq!(late.at("12-17 14:30"), None, "the first of them was too late");
    assert_eq!(late.at("12-18 09:00"), some(&[2, 1], Form::Each, Cause::Slot));

    let mut now = Story::new("now");
    now.timing.delay = TimeDelta::minutes(10);
    now.stores(1, "12-17 10:00").stores(2, "12-17 09:30");
    assert_eq!(now.at("12-17 10:01"), some(&[2, 1], Form::Each, Cause::Out));
}

#[test]
fn a_changed_schedule_counts_from_then() {
    let mut story = Story::new("09:00");
    story.stores(1, "12-17 07:00");
    // Changed at ten to half past eight, which is over for today.
    story.subscription.wish.schedule = "08:30".parse().unwrap();
    story.subscription.last_slot = at("12-17 10:00");
    assert_eq!(story.at("12-17 10:00"), None);
    assert_eq!(story.look_again_at, Some(at("12-18 08:30")));
    assert_eq!(story.at("12-18 08:30"), some(&[1], Form::Each, Cause::Slot));
}

#[test]
fn while_held_nothing_is_planned_and_a_resumption_gives_one_list() {
    let mut story = Story::new("09:00");
    story.access = Access::Held;
    story.stores(1, "12-17 07:00");
    assert_eq!(story.at("12-17 09:00"), None);
    assert_eq!(story.look_again_at, None);
    story.access = Access::Resumed;
    // Days later, and only one: still one list, at once.
    assert_eq!(story.at("12-24 14:00"), some(&[1], Form::List, Cause::Resumed));
    story.stores(2, "12-25 07:00");
    assert_eq!(story.at("12-25 09:00"), some(&[2], Form::Each, Cause::Slot));
}

#[test]
fn a_resumption_with_no_slot_missed_waits_for_the_slot() {
    let mut story = Story::new("09:00");
    story.stores(1, "12-17 07:00");
    story.access = Access::Resumed;
    assert_eq!(story.at("12-17 07:30"), None);
    assert_eq!(story.at("12-17 09:00"), some(&[1], Form::Each, Cause::Slot));
}

#[test]
fn a_resumption_of_now_gives_one_list_at_once() {
    let mut story = Story::new("now");
    story.timing.delay = TimeDelta::hours(1);
    story.stores(1, "12-17 07:00").stores(2, "12-17 07:10");
    story.access = Access::Resumed;
    assert_eq!(story.at("12-17 07:30"), some(&[1, 2], Form::List, Cause::Resumed));
}

#[test]
fn regained_access_is_caught_up_like_downtime() {
    let mut story = Story::new("09:00");
    story.access = Access::Held;
    for digest in 1..=4 {
        story.stores(digest, "12-17 07:00");
    }
    assert_eq!(story.at("12-17 09:00"), None);
    story.access = Access::Open;
    assert_eq!(story.at("12-17 11:00"), some(&[1, 2, 3, 4], Form::List, Cause::CatchUp));
}

#[test]
fn quiet_hours_hold_everything_but_slots() {
    let mut now = Story::new("now").quiet("22:00-07:00");
    now.stores(1, "12-17 23:00");
    assert_eq!(now.at("12-17 23:00"), None);
    assert_eq!(now.look_again_at, Some(at("12-18 07:00")));
    assert_eq!(now.at("12-18 07:00"), some(&[1], Form::Each, Cause::Out));

    let mut slot = Story::new("23:00").quiet("22:00-07:00");
    slot.stores(1, "12-17 22:30");
    assert_eq!(slot.at("12-17 23:00"), some(&[1], Form::Each, Cause::Slot));

    // It came in time; the night does not make it too late.
    let mut late = Story::new("21:00").quiet("22:00-07:00");
    assert_eq!(late.at("12-17 21:00"), None);
    late.stores(1, "12-17 23:30");
    assert_eq!(late.at("12-17 23:30"), None);
    assert_eq!(late.look_again_at, Some(at("12-18 07:00")));
    assert_eq!(late.at("12-18 07:00"), some(&[1], Form::Each, Cause::Late));

    let mut missed = Story::new("21:00").quiet("22:00-07:00");
    missed.stores(1, "12-17 20:00");
    assert_eq!(missed.at("12-17 23:30"), None);
    assert_eq!(missed.at("12-18 07:00"), some(&[1], Form::Each, Cause::CatchUp));

    let mut resumed = Story { access: Access::Resumed, ..Story::new("now").quiet("22:00-07:00") };
    resumed.stores(1, "12-17 20:00");
    assert_eq!(resumed.at("12-17 23:30"), None);
    assert_eq!(resumed.at("12-18 07:00"), some(&[1], Form::List, Cause::Resumed));
}

#[rstest]
#[case::weekly("wed 09:00", Form::RoundUp)]
#[case::twice_a_week("mon,wed 09:00", Form::RoundUp)]
#[case::every_second_day("0 9 1-31/2 * *", Form::RoundUp)]
#[case::weekdays("weekdays 09:00", Form::Each)]
#[case::daily("09:00", Form::Each)]
#[case::two_days_in_a_row("tue,wed 09:00", Form::Each)]
fn slots_far_apart_are_round_ups(#[case] schedule: &str, #[case] form: Form) {
    // 17 December 2025 is a Wednesday.
    let mut story = Story::new(schedule);
    story.stores(1, "12-17 07:00").stores(2, "12-17 08:00");
    assert_eq!(story.at("12-17 09:00"), some(&[1, 2], form, Cause::Slot));
}

#[rstest]
#[case::friday_to_sunday(3, Form::Each)]
#[case::a_busy_weekend(4, Form::RoundUp)]
fn the_monday_of_weekdays_is_a_slot_like_others(#[case] digests: i64, #[case] form: Form) {
    let mut story = Story::since("weekdays 09:00", at("12-19 09:00"));
    for digest in 1..=digests {
        story.stores(digest, "12-20 10:00");
    }
    let batch = story.goes_on(at("12-22 09:00")).unwrap();
    assert_eq!((batch.form, batch.cause), (form, Cause::Slot));
}

#[test]
fn durations_of_any_length_are_survived() {
    let mut story = Story::new("09:00");
    story.timing = Timing {
        fresh_within: TimeDelta::MAX,
        late_within: TimeDelta::MAX,
        catch_up_within: TimeDelta::MAX,
        delay: TimeDelta::MAX,
        max_backlog: u32::MAX,
        ..story.timing
    };
    assert_eq!(story.at("12-17 09:00"), None);
    story.stores(1, "12-17 12:00");
    assert_eq!(story.at("12-17 12:00"), some(&[1], Form::Each, Cause::Late));
    story.subscription.wish.schedule = Schedule::Now;
    story.stores(2, "12-17 13:00");
    assert_eq!(story.at("12-17 13:00"), None);
}

/// What happens next to a subscription.
#[derive(Debug, Clone)]
enum Event {
    /// Time passes, and decisions are taken when they fall due.
    Runs(i64),
    /// Time passes, and nobody decides anything.
    Down(i64),
    /// The clock is set back.
    SetBack(i64),
    /// So many digests are stored.
    Stores(i64),
    Pauses,
    Resumes,
    /// The schedule becomes this one of [`SCHEDULES`].
    Changes(usize),
}

const SCHEDULES: &[&str] = &["now", "09:00", "08:30,18:00", "weekdays 09:00", "mon 09:00", "30 */6 * * *"];

fn events() -> impl Strategy<Value = Vec<Event>> {
    let event = prop_oneof![
        4 => (1i64..3000).prop_map(Event::Runs),
        2 => (1i64..5000).prop_map(Event::Down),
        1 => (1i64..2000).prop_map(Event::SetBack),
        5 => (1i64..6).prop_map(Event::Stores),
        1 => Just(Event::Pauses),
        1 => Just(Event::Resumes),
        1 => (0..SCHEDULES.len()).prop_map(Event::Changes),
    ];
    prop::collection::vec(event, 1..40)
}

/// A story that checks every step of it.
struct Run {
    story: Story,
    now: DateTime<Utc>,
    stored: i64,
    delivered: BTreeSet<i64>,
    /// Nobody decided since.
    unattended_since: DateTime<Utc>,
}

impl Run {
    fn step(&mut self) {
        let before = self.story.subscription.clone();
        let waited = self.story.waiting.clone();
        let resumed = self.story.access == Access::Resumed;
        let batch = self.story.goes_on(self.now);
        let after = &self.story.subscription;
        assert!(after.last_slot >= before.last_slot, "slots never go back");
        if let Some(batch) = batch {
            assert!(self.story.access != Access::Held, "nothing while held");
            for digest in &batch.digests {
                assert!(self.delivered.insert(*digest), "{digest} went out twice");
                assert!(waited.iter().any(|waiting| waiting.digest == *digest), "{digest} was not waiting");
            }
            assert!(batch.due_at <= self.now);
            let slots = Slots::new(&before.wish.schedule, ZONE);
            let slot = slots.iter_after(before.last_slot).take_while(|slot| *slot <= self.now).last();
            match batch.cause {
                Cause::Out => assert_eq!(before.wish.schedule, Schedule::Now),
                Cause::Late => {
                    assert_eq!(batch.digests.len(), 1, "a late window lets one through");
                    assert!(before.late_until.is_some() && after.late_until.is_none());
                }
                Cause::Slot | Cause::CatchUp => {
                    assert!(slot.is_some(), "went out before its slot");
                    assert_eq!(Some(after.last_slot), slot);
                }
                Cause::Resumed => assert!(resumed && batch.form != Form::Each, "one list after a pause"),
            }
            let on_return = self.now - self.unattended_since > TimeDelta::hours(1);
            if on_return && batch.cause != Cause::Slot {
                assert!(
                    batch.form != Form::Each || batch.digests.len() <= 3,
                    "a burst of {} on return",
                    batch.digests.len()
                );
            }
        }
        self.unattended_since = self.now;
    }

    fn runs_until(&mut self, end: DateTime<Utc>) {
        self.step();
        while let Some(next) = self.story.look_again_at.filter(|next| *next <= end) {
            assert!(next > self.now, "a decision must not ask to be taken again at once");
            self.now = next;
            self.step();
        }
        self.now = self.now.max(end);
    }

    fn happens(&mut self, event: &Event) {
        match event {
            Event::Runs(minutes) => self.runs_until(self.now + TimeDelta::minutes(*minutes)),
            Event::Down(minutes) => self.now += TimeDelta::minutes(*minutes),
            Event::SetBack(minutes) => {
                self.now -= TimeDelta::minutes(*minutes);
                self.unattended_since = self.unattended_since.min(self.now);
            }
            Event::Stores(many) => {
                for _ in 0..*many {
                    self.stored += 1;
                    let waiting = Waiting { digest: self.stored, stored_at: self.now, published: self.now };
                    self.story.waiting.push(waiting);
                }
            }
            Event::Pauses => self.story.access = Access::Held,
            Event::Resumes if self.story.access == Access::Held => self.story.access = Access::Resumed,
            Event::Resumes => {}
            Event::Changes(place) => {
                self.story.subscription.wish.schedule = SCHEDULES[*place].parse().unwrap();
                // Slots of the property go up to the clock; a clock set back does not take them back.
                self.story.subscription.last_slot = self.story.subscription.last_slot.max(self.now);
                self.story.subscription.late_until = None;
            }
        }
    }
}

proptest! {
    #[test]
    fn whatever_happens_each_digest_goes_out_once_and_at_its_time(
        events in events(),
        schedule in prop::sample::select(SCHEDULES),
        quiet in prop::option::of(Just("22:00-07:00")),
        delay in 0i64..90,
    ) {
        let start = at("12-17 06:00");
        let mut story = Story::since(schedule, start);
        story.subscription.wish.quiet = quiet.and_then(|hours| hours.parse().ok());
        story.timing.delay = TimeDelta::minutes(delay);
        let mut run = Run { story, now: start, stored: 0, delivered: BTreeSet::new(), unattended_since: start };
        for event in &events {
            run.happens(event);
        }
        // However it was left: with the channel open, all is out after the longest set-back and two weeks.
        run.happens(&Event::Resumes);
        let end = run.now.max(run.story.subscription.last_slot) + TimeDelta::days(14);
        run.runs_until(end);
        prop_assert!(run.story.waiting.is_empty(), "{:?} never went out", run.story.waiting);
        prop_assert_eq!(run.delivered.len() as i64, run.stored);
    }
}

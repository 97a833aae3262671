//! Planning next to other writers: what arrives while it decides, and deliveries of two feeds to one channel.

use chrono::TimeDelta;
use serde_json::json;

use super::*;
use crate::model::channel::{Address, ChannelKind};
use crate::model::digest::{Digest, DigestDate, DigestKey};
use crate::model::feed::FeedName;
use crate::model::hold::Reception;
use crate::model::language::Language;
use crate::model::message::Body;
use crate::model::subscription::{Style, Subscription, Wish};
use crate::store::Texts;
use crate::store::{Due, Kept};

struct Scene {
    store: Store,
    now: DateTime<Utc>,
    _disk: tempfile::TempDir,
}

impl Scene {
    async fn new() -> Self {
        let disk = tempfile::tempdir().unwrap();
        let store = Store::open(&crate::test_database::url_in(disk.path())).await.unwrap();
        Self { store, now: "2026-03-02T00:00:00Z".parse().unwrap(), _disk: disk }
    }

    async fn subscribe(&self, feed: &str) -> Subscription {
        let here = Address::Discord { channel: 7 };
        let kept =
            self.store.keep_channel(here, ChannelKind::Text, None, Language::Ko, self.now).await.unwrap();
        let wish = Wish {
            schedule: "now".parse().unwrap(),
            timezone: chrono_tz::Asia::Seoul,
            style: Style::Summary,
            filter: Vec::new(),
            language: Language::Ko,
            quiet: None,
        };
        self.store.subscribe(kept.id, &FeedName(feed.to_owned()), &wish, self.now).await.unwrap()
    }

    /// Keeps a digest without articles, which is news.
    async fn keep(&self, feed: &str, key: &str) -> DigestId {
        let digest = Digest {
            key: DigestKey(key.to_owned()),
            title: key.to_owned(),
            date: DigestDate::Instant(self.now.fixed_offset()),
            language: None,
            categories: Vec::new(),
            tags: Vec::new(),
            link: None,
            intro: Vec::new(),
            articles: Vec::new(),
            closing: Vec::new(),
        };
        let feed = FeedName(feed.to_owned());
        let kept =
            self.store.keep_digest(&feed, &digest, key, self.now, Reception::News, self.now).await.unwrap();
        let Kept::New(id) = kept else { panic!("{kept:?}") };
        id
    }

    async fn due(&self) -> Vec<Due> {
        self.store.subscriptions_due(self.now, None, 10).await.unwrap()
    }

    /// Plans a delivery of two messages for a subscription, due so many minutes ago; says whether it was written.
    async fn plan(&self, due: &Due, digest: DigestId, minutes_ago: i64) -> bool {
        self.store.put_planned(&[self.planned(due, digest, minutes_ago)], self.now).await.unwrap() == 1
    }

    fn planned(&self, due: &Due, digest: DigestId, minutes_ago: i64) -> Planned {
        let message = Rendered { body: Body(json!({})), plain: Body(json!({})) };
        let delivery = NewDelivery {
            occasion: 0,
            digest,
            revision: 1,
            on_unknown: OnUnknown::Resend,
            due_at: self.now - TimeDelta::minutes(minutes_ago),
            is_list: false,
            after_edition: None,
            heeds_quiet: false,
            messages: Arc::new(vec![message.clone(), message]),
            nonces: ["one", "two"].map(str::to_owned).to_vec(),
        };
        Planned { deliveries: vec![delivery], edition: due.subscription.edition + 1, ..nothing(due) }
    }
}

fn nothing(due: &Due) -> Planned {
    Planned {
        subscription: due.subscription.id,
        channel: due.subscription.channel,
        platform: Platform::Discord,
        edition_before: due.subscription.edition,
        next_at_before: due.next_at,
        edition: due.subscription.edition,
        last_slot: due.subscription.last_slot,
        late_until: None,
        owes_list: false,
        next_at: None,
        deliveries: Vec::new(),
    }
}

#[tokio::test]
async fn a_digest_that_arrives_while_planning_decides_is_not_slept_over() {
    let scene = Scene::new().await;
    scene.subscribe("news").await;
    let [due] = &scene.due().await[..] else { panic!("one is due") };
    // Decided without it: nothing to do until a digest arrives.
    scene.keep("news", "2026-03-02-a").await;
    scene.store.put_planned(&[nothing(due)], scene.now).await.unwrap();
    let [again] = &scene.due().await[..] else { panic!("it is still due") };
    scene.store.put_planned(&[nothing(again)], scene.now).await.unwrap();
    assert_eq!(scene.due().await, []);
}

#[tokio::test]
async fn two_digests_that_arrive_at_one_instant_while_planning_decides_are_not_slept_over() {
    let scene = Scene::new().await;
    scene.subscribe("news").await;
    scene.keep("news", "2026-03-02-a").await;
    let [due] = &scene.due().await[..] else { panic!("one is due") };
    scene.keep("news", "2026-03-02-b").await;
    scene.keep("news", "2026-03-02-c").await;
    scene.store.put_planned(&[nothing(due)], scene.now).await.unwrap();
    assert_eq!(scene.due().await.len(), 1, "it is still due");
}

#[tokio::test]
async fn of_those_decided_together_only_the_one_that_was_changed_is_decided_again() {
    let scene = Scene::new().await;
    scene.subscribe("news").await;
    scene.subscribe("weekly").await;
    let (news, weekly) =
        (scene.keep("news", "2026-03-02-a").await, scene.keep("weekly", "2026-03-02-b").await);
    let [of_news, of_weekly] = &scene.due().await[..] else { panic!("two are due") };
    let planned = [scene.planned(of_news, news, 0), scene.planned(of_weekly, weekly, 0)];
    scene.keep("weekly", "2026-03-02-c").await;
    assert_eq!(scene.store.put_planned(&planned, scene.now).await.unwrap(), 1);
    let [again] = &scene.due().await[..] else { panic!("one is still due") };
    assert_eq!(again.subscription.id, of_weekly.subscription.id);
    assert_eq!(again.subscription.edition, of_weekly.subscription.edition);
    assert_eq!(scene.store.message_counts().await.unwrap(), [("queued".to_owned(), 2)]);
}

#[tokio::test]
async fn what_is_due_is_read_a_page_at_a_time() {
    let scene = Scene::new().await;
    scene.subscribe("news").await;
    scene.subscribe("weekly").await;
    let all = scene.due().await;
    let page = async |after| scene.store.subscriptions_due(scene.now, after, 1).await.unwrap();
    assert_eq!(all.len(), 2);
    assert_eq!(page(None).await, all[..1]);
    assert_eq!(page(Some(&all[0])).await, all[1..]);
    assert_eq!(page(Some(&all[1])).await, []);
}

#[tokio::test]
async fn a_delivery_does_not_come_into_the_middle_of_another_feeds() {
    let scene = Scene::new().await;
    let channel = scene.subscribe("news").await.channel;
    scene.subscribe("weekly").await;
    let (news, weekly) =
        (scene.keep("news", "2026-03-02-a").await, scene.keep("weekly", "2026-03-02-b").await);
    let [of_news, of_weekly] = &scene.due().await[..] else { panic!("two are due") };
    assert!(scene.plan(of_news, news, 0).await);
    let claim = async || {
        let claimed = scene
            .store
            .claim("me", &[channel], scene.now, TimeDelta::minutes(1), &mut Texts::default())
            .await
            .unwrap();
        let [claimed] = <[_; 1]>::try_from(claimed).unwrap();
        let sent =
            crate::model::delivery::Outcome::Sent(crate::model::message::PlatformMessageId("1".to_owned()));
        let of = claimed.delivery;
        scene.store.settle("me", &[(claimed, sent)], scene.now).await.unwrap();
        of
    };
    let first = claim().await;
    // A slot that was missed an hour ago.
    assert!(scene.plan(of_weekly, weekly, 60).await);
    assert_eq!(claim().await, first, "what has begun comes to its end");
    let second = claim().await;
    assert!(second != first && claim().await == second);
}

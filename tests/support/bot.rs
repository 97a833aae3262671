//! The one test bot: the whole program inside the test, on a database of its own, talking to a [`Town`] over HTTP
//! and WebSocket as it would to the platforms.

use std::ops::Deref;
use std::sync::Arc;

use jogan::app::App;
use jogan::config::{Config, Environment, Tokens};
use jogan::model::digest::StoredDigest;
use jogan::model::feed::FeedName;
use jogan::model::message::MessageState;
use jogan::model::rich::plain;
use secrecy::SecretString;

use crate::support::clock::{StoryClock, instant};
use crate::support::post::Post;
use crate::support::town::{DISCORD_TOKEN, TELEGRAM_TOKEN, Town};

/// A running bot and its town.
pub(crate) struct Bot {
    town: Town,
    feed: String,
    /// Whether the dictionaries are in a folder of its own, to be changed.
    own_names: bool,
    web: String,
    limits: String,
    sections: String,
    app: Option<App>,
}

/// How a bot begins.
pub(crate) struct Builder {
    clock: StoryClock,
    feed: String,
    own_names: bool,
    web: String,
    limits: String,
    sections: String,
    before: Vec<Post>,
}

impl Bot {
    /// A bot that begins on a Monday morning, `2026-03-02T07:00:00+09:00`.
    pub(crate) fn builder() -> Builder {
        let clock = StoryClock::of_the_system();
        clock.set(instant("2026-03-02T07:00:00+09:00"));
        // Stories ask until something has happened: more often than people may.
        let limits = "person = 100000\ngroup = 100000".to_owned();
        Builder {
            clock,
            feed: String::new(),
            web: String::new(),
            limits,
            sections: String::new(),
            own_names: false,
            before: Vec::new(),
        }
    }

    /// A bot without further wishes.
    pub(crate) async fn start() -> Self {
        Self::builder().start().await
    }

    /// A post of this instant.
    pub(crate) fn post(&self) -> Post {
        use jogan::clock::Clock as _;
        Post::of(self.town.clock.now())
    }

    /// Stops the program as SIGTERM does.
    pub(crate) async fn stop(&mut self) {
        if let Some(app) = self.app.take() {
            app.stop().await;
        }
    }

    /// Starts it again on the same database.
    pub(crate) async fn start_again(&mut self) {
        let text = format!(
            "{}\n[limits]\n{}\n[discord]\napi_url = {:?}\noperators = [{:?}]\n\
             [telegram]\napi_url = {:?}\noperators = [{}]\n{}",
            self.town.configuration(&self.feed),
            self.limits,
            self.town.discord_url,
            self.town.operator.0.id.to_string(),
            self.town.telegram_url,
            self.town.operator.1.id,
            self.sections
        );
        let names = if self.own_names {
            format!("\n[dictionaries]\npath = {:?}\n", self.town.disk.path().join("names"))
        } else {
            String::new()
        };
        let mut table: toml::Table = (text + &names).parse().expect("TOML");
        if !self.web.is_empty() {
            table.insert("web".to_owned(), toml::Value::Table(self.web.parse().expect("TOML")));
        }
        let config = Config::from_table(table, &Environment::default()).expect("a configuration");
        let tokens = Tokens {
            discord: Some(SecretString::from(DISCORD_TOKEN)),
            telegram: Some(SecretString::from(TELEGRAM_TOKEN)),
            ..Tokens::default()
        };
        let app = App::start(config, tokens, Arc::new(self.town.clock.clone())).await.expect("a bot");
        self.app = Some(app);
        self.town.bot_is_here().await;
    }

    /// Waits until the folder has been read, so that what comes next is news.
    pub(crate) async fn first_load(&self) {
        let feed = FeedName("ai-news".to_owned());
        self.town
            .wait_for("the first load", async || {
                self.app().store().feed_loads(&feed).await.expect("the database").first
            })
            .await;
    }

    /// The feed's latest digest.
    pub(crate) async fn latest(&self) -> Option<StoredDigest> {
        self.app().store().latest_digest(&FeedName("ai-news".to_owned()), None).await.expect("the database")
    }

    /// Waits until the latest digest has an article with this headline.
    pub(crate) async fn kept(&self, headline: &str) {
        self.town
            .wait_for(headline, async || {
                let articles = self.latest().await?.digest.articles;
                articles
                    .iter()
                    .any(|article| plain(&article.article.headline).contains(headline))
                    .then_some(())
            })
            .await;
    }

    /// The messages in the outbox that are in this state.
    pub(crate) async fn messages(&self, state: MessageState) -> u64 {
        let counts = self.app().store().message_counts().await.expect("the database");
        counts.iter().find(|(name, _)| name == state.name()).map_or(0, |(_, count)| *count)
    }

    /// How many channels cannot be written to.
    pub(crate) async fn lost_channels(&self) -> u64 {
        self.app().store().lost_channels().await.expect("the database")
    }

    /// Waits until the digest with this title is in the database.
    pub(crate) async fn stored(&self, title: &str) {
        let feed = FeedName("ai-news".to_owned());
        self.town
            .wait_for(title, async || {
                let news = self.app().store().news_after(&feed, 0).await.expect("the database");
                news.iter().any(|stored| stored.digest.title.contains(title)).then_some(())
            })
            .await;
    }

    /// Waits until nothing is on its way any more.
    pub(crate) async fn idle(&self) {
        self.town
            .wait_for("rest", async || {
                let open = [MessageState::Queued, MessageState::Sending, MessageState::Unknown];
                // At one instant: a message goes from one of them to another.
                let counts = self.app().store().message_counts().await.expect("the store");
                let is_open = |state: &str| open.iter().any(|open| open.name() == state);
                (!counts.iter().any(|(state, count)| is_open(state) && *count > 0)).then_some(())
            })
            .await;
    }

    /// Ends the story: nothing is left on its way, nobody was called before they were ready, and the program stops.
    pub(crate) async fn finish(mut self) {
        self.idle().await;
        assert_eq!(self.town.discord.counters().disobeyed, 0, "Discord was called too early");
        assert_eq!(self.town.telegram.counters().disobeyed, 0, "Telegram was called too early");
        self.stop().await;
    }

    pub(crate) fn app(&self) -> &App {
        self.app.as_ref().expect("the bot runs")
    }
}

impl Builder {
    /// Further lines of the feed's section.
    pub(crate) fn feed(mut self, lines: &str) -> Self {
        self.feed = lines.to_owned();
        self
    }

    /// Dictionaries in a folder of its own, as shipped: [`Town::name_company`] adds to them.
    pub(crate) fn own_names(mut self) -> Self {
        self.own_names = true;
        self
    }

    /// The section `[web]`, which has nobody listening otherwise.
    pub(crate) fn web(mut self, lines: &str) -> Self {
        self.web = lines.to_owned();
        self
    }

    /// How much people may ask, as it is when nothing is configured.
    pub(crate) fn usual_limits(mut self) -> Self {
        self.limits.clear();
        self
    }

    /// Further sections of the configuration.
    pub(crate) fn sections(mut self, lines: &str) -> Self {
        self.sections = lines.to_owned();
        self
    }

    /// The time at which it begins.
    pub(crate) fn at(self, at: &str) -> Self {
        self.clock.set(instant(at));
        self
    }

    /// A post that is there before the bot is.
    pub(crate) fn before(mut self, post: Post) -> Self {
        self.before.push(post);
        self
    }

    /// Starts it in a town that is prepared for it, with the further lines of the feed's section that come of that.
    pub(crate) async fn in_town(self, prepare: impl AsyncFnOnce(&Town) -> String) -> Bot {
        let town = Town::build(self.clock).await;
        let feed = prepare(&town).await;
        let mut bot = Bot {
            town,
            feed,
            web: self.web,
            limits: self.limits,
            sections: self.sections,
            own_names: self.own_names,
            app: None,
        };
        bot.start_again().await;
        bot.first_load().await;
        bot
    }

    /// Starts it, and waits until it is connected and has read the folder.
    pub(crate) async fn start(self) -> Bot {
        let town = Town::build(self.clock).await;
        self.before.iter().for_each(|post| town.publish(post));
        if self.own_names {
            town.copy_names();
        }
        let mut bot = Bot {
            town,
            feed: self.feed,
            web: self.web,
            limits: self.limits,
            sections: self.sections,
            own_names: self.own_names,
            app: None,
        };
        bot.start_again().await;
        bot.first_load().await;
        bot
    }
}

impl Deref for Bot {
    type Target = Town;

    fn deref(&self) -> &Town {
        &self.town
    }
}

impl Drop for Bot {
    fn drop(&mut self) {
        let ended = self.app.is_none() || std::thread::panicking();
        assert!(ended, "a story ends with `finish`, which looks for stranded deliveries");
    }
}

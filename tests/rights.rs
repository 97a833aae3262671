//! Who may use what: every command of the catalogue, by everybody, on both platforms. A new command is tested by being
//! there.

use chrono::TimeDelta;
use jogan::clock::Clock as _;
use jogan::commands::{CATALOGUE, Spec, Who};
use serde_json::json;

use crate::support::bot::Bot;
use crate::support::town::text;

/// How the refusal of any command begins.
const REFUSED: &str = "이 명령은";

#[derive(Debug, Clone, Copy)]
enum Role {
    Reader,
    Admin,
    Operator,
}

const ROLES: [Role; 3] = [Role::Reader, Role::Admin, Role::Operator];

impl Role {
    fn may(self, who: Who) -> bool {
        match self {
            Self::Reader => who == Who::Anyone,
            Self::Admin => who <= Who::ChannelAdmin,
            Self::Operator => true,
        }
    }
}

/// The commands that both platforms know.
fn commands() -> impl Iterator<Item = &'static Spec> {
    CATALOGUE.iter().filter(|spec| spec.name != "start")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_command_on_discord_answers_those_who_may_and_refuses_the_others() {
    let bot = Bot::start().await;
    for spec in commands() {
        // The menu hides it from most; a server's admin can open it to all, and the call decides.
        bot.discord.open_command(spec.group().map_or(spec.name, |(group, _)| group));
    }
    for spec in commands() {
        for role in ROLES {
            let by = match role {
                Role::Reader => &bot.reader.0,
                Role::Admin => &bot.admin.0,
                Role::Operator => &bot.operator.0,
            };
            let told = bot.ask_discord(by, bot.channel, spec.name, json!({})).await;
            let is_refused = text(&told).starts_with(REFUSED);
            assert_eq!(!is_refused, role.may(spec.who), "{} by {role:?}: {told}", spec.name);
        }
    }
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_command_in_a_telegram_group_answers_those_who_may_and_refuses_the_others() {
    let bot = Bot::start().await;
    for spec in commands() {
        for role in ROLES {
            let by = match role {
                Role::Reader => &bot.reader.1,
                Role::Admin => &bot.admin.1,
                Role::Operator => &bot.operator.1,
            };
            // A group gets no more than twenty messages a minute.
            bot.clock.set(bot.clock.now() + TimeDelta::seconds(10));
            let told = bot.ask_telegram(by, bot.group, &format!("/{}", spec.name)).await;
            let is_refused = text(&told).starts_with(REFUSED);
            assert_eq!(!is_refused, role.may(spec.who), "{} by {role:?}: {told}", spec.name);
        }
    }
    bot.finish().await;
}

/// In a conversation with the bot the person is the admin, and no operator for that.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_private_everybody_is_the_admin_and_nobody_an_operator_by_it() {
    let bot = Bot::start().await;
    let (discord, telegram) = (&bot.reader.0, &bot.reader.1);
    let private = bot.discord.add_dm(discord);
    for spec in commands() {
        let refused = spec.who == Who::Operator;
        let told = bot.ask_discord(discord, private, spec.name, json!({})).await;
        assert_eq!(text(&told).starts_with(REFUSED), refused, "{}: {told}", spec.name);
        bot.clock.set(bot.clock.now() + TimeDelta::seconds(2));
        let told = bot.ask_telegram(telegram, telegram.id, &format!("/{}", spec.name)).await;
        assert_eq!(text(&told).starts_with(REFUSED), refused, "{}: {told}", spec.name);
    }
    bot.finish().await;
}

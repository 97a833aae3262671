//! A bot made with serenity: it connects, is told what people do, and answers.

use std::sync::Arc;

use serde_json::{Value, json};
use serenity::all::{
    ActionRowComponent, AutocompleteChoice, CommandInteraction, CommandOptionType, CommandType,
    ComponentInteraction, Context, CreateActionRow, CreateAutocompleteResponse, CreateButton, CreateCommand,
    CreateCommandOption, CreateEmbed, CreateInputText, CreateInteractionResponse,
    CreateInteractionResponseFollowup, CreateInteractionResponseMessage, CreateModal, CreateSelectMenu,
    CreateSelectMenuKind, CreateSelectMenuOption, EditInteractionResponse, Event, GatewayError,
    GatewayIntents, Http, HttpBuilder, InputTextStyle, Interaction, ModalInteraction, Permissions,
    RawEventHandler, ResolvedValue,
};
use tokio::sync::mpsc;

use super::{Served, TOKEN, admin, reader};
use crate::sandbox::discord::{ChannelKind, InvokeError};

/// A bot that tells which events it got, and knows a few commands.
struct Bot {
    heard: mpsc::UnboundedSender<Event>,
}

#[serenity::async_trait]
impl RawEventHandler for Bot {
    async fn raw_event(&self, context: Context, event: Event) {
        if let Event::InteractionCreate(asked) = &event {
            match &asked.interaction {
                Interaction::Command(asked) => command(&context, asked).await,
                Interaction::Autocomplete(asked) => complete(&context, asked).await,
                Interaction::Component(asked) => component(&context, asked).await,
                Interaction::Modal(asked) => modal(&context, asked).await,
                _ => {}
            }
        }
        let _ = self.heard.send(event);
    }
}

fn message(text: &str) -> CreateInteractionResponseMessage {
    CreateInteractionResponseMessage::new().content(text)
}

async fn command(context: &Context, asked: &CommandInteraction) {
    match asked.data.name.as_str() {
        "today" => {
            let options = asked.data.options();
            let feed = match options.first().map(|option| &option.value) {
                Some(ResolvedValue::String(feed)) => *feed,
                _ => "-",
            };
            let may = asked.member.as_ref().and_then(|member| member.permissions).unwrap_or_default();
            let manages = may.contains(Permissions::MANAGE_CHANNELS);
            let buttons = vec![
                CreateActionRow::Buttons(vec![
                    CreateButton::new("more").label("더"),
                    CreateButton::new("form").label("양식"),
                ]),
                CreateActionRow::SelectMenu(CreateSelectMenu::new(
                    "pick",
                    CreateSelectMenuKind::String {
                        options: vec![
                            CreateSelectMenuOption::new("하나", "1"),
                            CreateSelectMenuOption::new("둘", "2"),
                        ],
                    },
                )),
            ];
            let shown = message(&format!("{feed} {} {manages}", asked.locale))
                .add_embed(CreateEmbed::new().title("오늘"))
                .components(buttons)
                .ephemeral(asked.guild_id.is_some());
            asked.create_response(context, CreateInteractionResponse::Message(shown)).await.unwrap();
        }
        "slow" => {
            asked.defer_ephemeral(context).await.unwrap();
            let edit = EditInteractionResponse::new().content("다 됐습니다");
            asked.edit_response(context, edit).await.unwrap();
            let more = CreateInteractionResponseFollowup::new().content("하나 더");
            asked.create_followup(context, more).await.unwrap();
            assert_eq!(asked.get_response(context).await.unwrap().content, "다 됐습니다");
        }
        "admin" => {
            let options = asked.data.options();
            let Some(ResolvedValue::SubCommand(inner)) = options.first().map(|option| &option.value) else {
                panic!("no subcommand")
            };
            let Some(ResolvedValue::Channel(channel)) = inner.first().map(|option| &option.value) else {
                panic!("no channel: {inner:?}")
            };
            let text = format!("{} {}", options[0].name, channel.name.clone().unwrap());
            asked.create_response(context, CreateInteractionResponse::Message(message(&text))).await.unwrap();
        }
        "why" => {
            let target = asked.data.resolved.messages.values().next().unwrap().content.clone();
            asked
                .create_response(context, CreateInteractionResponse::Message(message(&target)))
                .await
                .unwrap();
        }
        _ => {}
    }
}

async fn complete(context: &Context, asked: &CommandInteraction) {
    let typed = asked.data.autocomplete().unwrap().value.to_owned();
    let choices = CreateAutocompleteResponse::new()
        .set_choices(vec![AutocompleteChoice::new(format!("{typed}…"), typed)]);
    asked.create_response(context, CreateInteractionResponse::Autocomplete(choices)).await.unwrap();
}

async fn component(context: &Context, asked: &ComponentInteraction) {
    let answer = match asked.data.custom_id.as_str() {
        "more" => CreateInteractionResponse::UpdateMessage(message("바뀌었습니다").components(Vec::new())),
        "form" => {
            let input = CreateInputText::new(InputTextStyle::Short, "시각", "at").value("09:00");
            let rows = vec![CreateActionRow::InputText(input)];
            CreateInteractionResponse::Modal(CreateModal::new("when", "언제").components(rows))
        }
        _ => CreateInteractionResponse::Message(message(&format!("{:?}", asked.data.kind)).ephemeral(true)),
    };
    asked.create_response(context, answer).await.unwrap();
}

async fn modal(context: &Context, asked: &ModalInteraction) {
    let ActionRowComponent::InputText(input) = &asked.data.components[0].components[0] else {
        panic!("no input")
    };
    let text = input.value.clone().unwrap();
    asked.create_response(context, CreateInteractionResponse::UpdateMessage(message(&text))).await.unwrap();
}

/// The commands of that bot.
fn commands() -> Vec<CreateCommand> {
    let option = |kind, name: &str| CreateCommandOption::new(kind, name, "d");
    vec![
        CreateCommand::new("today")
            .name_localized("ko", "오늘")
            .description("Today's digest")
            .add_option(option(CommandOptionType::String, "feed").set_autocomplete(true)),
        CreateCommand::new("slow").description("d"),
        CreateCommand::new("silent").description("d"),
        CreateCommand::new("admin")
            .description("d")
            .default_member_permissions(Permissions::MANAGE_CHANNELS)
            .add_option(
                option(CommandOptionType::SubCommand, "resend")
                    .add_sub_option(option(CommandOptionType::Channel, "channel").required(true)),
            ),
        CreateCommand::new("why").kind(CommandType::Message),
    ]
}

/// A served Discord with that bot connected.
struct Connected {
    served: Served,
    events: mpsc::UnboundedReceiver<Event>,
    guild: u64,
    channel: u64,
    bot: tokio::task::JoinHandle<()>,
}

impl Drop for Connected {
    fn drop(&mut self) {
        self.bot.abort();
    }
}

impl Connected {
    async fn new() -> Self {
        let served = Served::new(false).await;
        let guild = served.discord.add_guild("신문");
        let channel = served.discord.add_channel(guild, "뉴스", ChannelKind::Text);
        served.discord.add_channel(guild, "포럼", ChannelKind::Forum);
        served.discord.add_thread(channel, "글타래");
        served.discord.add_role(guild, "독자", true);
        let http: Http = HttpBuilder::new(TOKEN).proxy(&served.base).ratelimiter_disabled(true).build();
        let http = Arc::new(http);
        let (heard, events) = mpsc::unbounded_channel();
        let mut client = serenity::client::ClientBuilder::new_with_http(
            HttpBuilder::new(TOKEN).proxy(&served.base).ratelimiter_disabled(true).build(),
            GatewayIntents::GUILDS,
        )
        .raw_event_handler(Bot { heard })
        .await
        .unwrap();
        let bot = tokio::spawn(async move {
            let _ = client.start().await;
        });
        let mut connected = Self { served, events, guild, channel, bot };
        let ready = connected.event(|event| match event {
            Event::Ready(ready) => Some(ready.ready),
            _ => None,
        });
        let ready = ready.await;
        http.set_application_id(ready.application.id);
        serenity::model::application::Command::set_global_commands(&http, commands()).await.unwrap();
        connected
    }

    /// Waits for an event that is wanted.
    async fn event<T>(&mut self, wanted: impl Fn(Event) -> Option<T>) -> T {
        loop {
            if let Some(found) = wanted(self.events.recv().await.unwrap()) {
                return found;
            }
        }
    }

    fn timeline(&self, person: u64) -> Vec<Value> {
        self.served.discord.timeline(self.channel, person)
    }

    fn last(&self, person: u64) -> (u64, Value) {
        let last = self.timeline(person).pop().unwrap();
        (last["id"].as_str().unwrap().parse().unwrap(), last)
    }
}

#[tokio::test]
async fn a_guild_is_told_whole() {
    let mut bot = Connected::new().await;
    let guild = bot
        .event(|event| match event {
            Event::GuildCreate(event) => Some(event.guild),
            _ => None,
        })
        .await;
    assert_eq!((guild.id.get(), guild.channels.len(), guild.threads.len()), (bot.guild, 2, 1));
    assert_eq!(guild.roles.len(), 2);
    bot.served.discord.outage(bot.guild, true);
    bot.served.discord.outage(bot.guild, false);
    bot.served.discord.delete_channel(bot.channel);
    bot.served.discord.remove_bot(bot.guild);
    let gone = |event| match event {
        Event::GuildDelete(event) => Some(event.guild.unavailable),
        _ => None,
    };
    assert!(bot.event(gone).await, "an outage");
    let deleted = bot.event(|event| match event {
        Event::ChannelDelete(event) => Some(event.channel.id.get()),
        _ => None,
    });
    assert_eq!(deleted.await, bot.channel);
    assert!(!bot.event(gone).await, "thrown out");
    assert_eq!(
        bot.served.discord.invoke(&reader(), bot.channel, "today", json!({})).await,
        Err(InvokeError::UnknownChannel(bot.channel))
    );
}

#[tokio::test]
async fn a_command_is_answered_for_the_asker_alone() {
    let bot = Connected::new().await;
    let discord = &bot.served.discord;
    discord.invoke(&reader(), bot.channel, "today", json!({"feed": "ai-news"})).await.unwrap();
    let (_, answer) = bot.last(reader().id);
    assert_eq!((&answer["content"], &answer["flags"]), (&"ai-news ko false".into(), &64.into()));
    assert_eq!(
        (&answer["interaction"]["name"], &answer["interaction"]["user"]["id"]),
        (&"today".into(), &"7001".into())
    );
    assert_eq!((bot.timeline(admin().id).len(), discord.messages(bot.channel).len()), (0, 0));
    discord.invoke(&admin(), bot.channel, "today", json!({})).await.unwrap();
    assert_eq!(bot.last(admin().id).1["content"], "- en-US true");
    let dm = discord.add_dm(&reader());
    discord.invoke(&reader(), dm, "today", json!({})).await.unwrap();
    assert_eq!(discord.messages(dm).len(), 1);
}

#[tokio::test]
async fn a_deferred_answer_stays_for_the_asker_alone() {
    let bot = Connected::new().await;
    let mut changes = bot.served.discord.changes();
    bot.served.discord.invoke(&reader(), bot.channel, "slow", json!({})).await.unwrap();
    while bot.timeline(reader().id).len() < 2 {
        changes.changed().await.unwrap();
    }
    let all = bot.timeline(reader().id);
    assert_eq!((&all[0]["content"], &all[0]["flags"]), (&"다 됐습니다".into(), &64.into()));
    assert_eq!((&all[1]["content"], &all[1]["flags"]), (&"하나 더".into(), &0.into()));
    assert_eq!(bot.served.discord.messages(bot.channel).len(), 1);
}

#[tokio::test]
async fn buttons_menus_and_forms_are_used() {
    let bot = Connected::new().await;
    let discord = &bot.served.discord;
    discord.invoke(&reader(), bot.channel, "today", json!({})).await.unwrap();
    let (message, _) = bot.last(reader().id);
    assert_eq!(discord.press(&admin(), message, "more").await, Err(InvokeError::UnknownMessage(message)));
    assert!(matches!(discord.press(&reader(), message, "no").await, Err(InvokeError::UnknownComponent(_))));
    assert!(discord.select(&reader(), message, "pick", &["3".to_owned()]).await.is_err());
    discord.select(&reader(), message, "pick", &["2".to_owned()]).await.unwrap();
    assert_eq!(bot.last(reader().id).1["content"], "StringSelect { values: [\"2\"] }");
    discord.press(&reader(), message, "form").await.unwrap();
    assert_eq!(discord.modal(reader().id).unwrap()["title"], "언제");
    discord.submit(&reader(), &[("at", "08:30")]).await.unwrap();
    assert_eq!(bot.timeline(reader().id)[0]["content"], "08:30");
    discord.press(&reader(), message, "more").await.unwrap();
    let first = bot.timeline(reader().id).swap_remove(0);
    assert_eq!((&first["content"], &first["components"]), (&"바뀌었습니다".into(), &json!([])));
}

#[tokio::test]
async fn options_are_completed_typed_and_refused() {
    let bot = Connected::new().await;
    let discord = &bot.served.discord;
    let offered = discord.autocomplete(&reader(), bot.channel, "today", "feed", "ai", json!({})).await;
    assert_eq!(offered, Ok(vec![("ai…".to_owned(), "ai".into())]));
    discord.invoke(&admin(), bot.channel, "admin resend", json!({"channel": "#뉴스"})).await.unwrap();
    assert_eq!(bot.last(admin().id).1["content"], "resend 뉴스");
    assert_eq!(bot.last(admin().id).1["interaction"]["name"], "admin resend");
    let nested = json!({"resend": {"channel": bot.channel.to_string()}});
    discord.invoke(&admin(), bot.channel, "admin", nested).await.unwrap();
    for (command, options) in [
        ("today", json!({"nothing": "x"})),
        ("today", json!({"feed": 3})),
        ("admin", json!({})),
        ("admin resend", json!({})),
        ("admin resend", json!({"channel": "#none"})),
    ] {
        let refused = discord.invoke(&admin(), bot.channel, command, options).await;
        assert!(matches!(refused, Err(InvokeError::BadOption { .. })), "{refused:?}");
    }
    let refused = discord.invoke(&reader(), bot.channel, "admin resend", json!({"channel": "#뉴스"})).await;
    assert_eq!(refused, Err(InvokeError::NotOffered("admin".to_owned())));
    discord.open_command("admin");
    discord.invoke(&reader(), bot.channel, "admin resend", json!({"channel": "#뉴스"})).await.unwrap();
    assert!(matches!(
        discord.invoke(&reader(), bot.channel, "nothing", json!({})).await,
        Err(InvokeError::UnknownCommand(_))
    ));
    let said = discord.say(&reader(), bot.channel, "이 글").unwrap();
    discord.invoke_on_message(&reader(), said, "why").await.unwrap();
    assert_eq!(bot.last(reader().id).1["content"], "이 글");
}

#[tokio::test]
async fn a_late_answer_is_refused() {
    let mut bot = Connected::new().await;
    let discord = Arc::clone(&bot.served.discord);
    let (asker, channel) = (reader(), bot.channel);
    let waiting = tokio::spawn(async move { discord.invoke(&asker, channel, "silent", json!({})).await });
    let asked = bot.event(|event| match event {
        Event::InteractionCreate(asked) => asked.interaction.command(),
        _ => None,
    });
    let asked = asked.await;
    let url = format!("{}/api/v10/interactions/{}/{}/callback", bot.served.base, asked.id, asked.token);
    let answer = || bot.served.http.post(&url).json(&json!({"type": 4, "data": {"content": "x"}})).send();
    bot.served.advance(4);
    assert_eq!(answer().await.unwrap().json::<Value>().await.unwrap()["code"], 10062);
    bot.served.advance(-2);
    let wrong = bot.served.http.post(&url).json(&json!({"type": 7, "data": {"content": "x"}})).send();
    assert_eq!(wrong.await.unwrap().json::<Value>().await.unwrap()["code"], 50035);
    assert_eq!(answer().await.unwrap().status(), 204);
    assert_eq!(answer().await.unwrap().json::<Value>().await.unwrap()["code"], 40060);
    assert_eq!(waiting.await.unwrap(), Ok(()));
    let original = format!(
        "{}/api/v10/webhooks/{}/{}/messages/@original",
        bot.served.base, asked.application_id, asked.token
    );
    let get = || bot.served.http.get(&original).send();
    assert_eq!(get().await.unwrap().status(), 200);
    bot.served.advance(15 * 60);
    assert_eq!(get().await.unwrap().json::<Value>().await.unwrap()["code"], 50027);
}

#[tokio::test]
async fn a_broken_connection_is_resumed_and_nothing_is_missed() {
    let mut bot = Connected::new().await;
    bot.served.discord.close_gateway(4000);
    assert!(!bot.served.discord.connected());
    let made = bot.served.discord.add_channel(bot.guild, "뒤에", ChannelKind::Text);
    let told = bot.event(|event| match event {
        Event::ChannelCreate(event) => Some(event.channel.id.get()),
        _ => None,
    });
    assert_eq!(told.await, made);
    let counters = bot.served.discord.counters();
    assert_eq!((counters.identified, counters.resumed), (1, 1));
    bot.served.discord.ask_to_reconnect();
    bot.event(|event| matches!(event, Event::Resumed(_)).then_some(())).await;
    bot.event(|event| matches!(event, Event::Resumed(_)).then_some(())).await;
    assert_eq!(bot.served.discord.counters().resumed, 2);
    bot.served.discord.invoke(&reader(), bot.channel, "today", json!({})).await.unwrap();
}

#[tokio::test]
async fn a_forgotten_session_begins_anew() {
    let mut bot = Connected::new().await;
    bot.served.discord.forget_sessions();
    // Takes 5 s: serenity waits so long between two starts of a shard.
    bot.event(|event| matches!(event, Event::Ready(_)).then_some(())).await;
    assert_eq!(bot.served.discord.counters().identified, 2);
}

#[tokio::test]
async fn a_wrong_token_and_a_privileged_intent_are_turned_away() {
    let served = Served::new(false).await;
    for (token, intents, reason) in [
        ("MTAw.wrong.token", GatewayIntents::GUILDS, GatewayError::InvalidAuthentication),
        (TOKEN, GatewayIntents::MESSAGE_CONTENT, GatewayError::DisallowedGatewayIntents),
    ] {
        let http = HttpBuilder::new(token).proxy(&served.base).ratelimiter_disabled(true).build();
        let mut client = serenity::client::ClientBuilder::new_with_http(http, intents).await.unwrap();
        let error = client.start().await.unwrap_err();
        let serenity::Error::Gateway(turned) = error else { panic!("{error:?}") };
        assert_eq!(turned.to_string(), reason.to_string());
    }
    assert!(!served.discord.connected());
}

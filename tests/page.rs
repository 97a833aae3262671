//! The demo's page in a real browser: both panes draw what was sent, and people type, choose and press there.

use std::sync::Arc;

use jogan::clock::SystemClock;
use jogan::sandbox::discord::{self, ChannelKind, Discord, permissions};
use jogan::sandbox::page::{Stage, router};
use jogan::sandbox::telegram::{self, ChatKind, Telegram};
use serde_json::{Value, json};
use serenity::all::{
    AutocompleteChoice, ClientBuilder, Context, CreateAutocompleteResponse,
    CreateInteractionResponse as Answer, CreateInteractionResponseMessage as Text, Event, GatewayIntents,
    HttpBuilder, Interaction, RawEventHandler,
};

use crate::support::browser::{Browser, key};

const DISCORD_TOKEN: &str = "MTAw.test.token";
const TELEGRAM_TOKEN: &str = "777:test";

/// Both platforms with a room each, and the page before them.
struct Demo {
    discord: Arc<Discord>,
    telegram: Arc<Telegram>,
    discord_url: String,
    telegram_url: String,
    page_url: String,
    channel: u64,
    group: i64,
    http: reqwest::Client,
}

impl Demo {
    async fn start() -> Self {
        let clock = Arc::new(SystemClock);
        let options =
            discord::Options { token: DISCORD_TOKEN.to_owned(), clock: clock.clone(), limits: false };
        let discord = Discord::new(options);
        let telegram = Telegram::new(telegram::Options {
            token: TELEGRAM_TOKEN.to_owned(),
            username: "jogan_bot".to_owned(),
            clock,
            limits: false,
        });
        let guild = discord.add_guild("AI 연구회");
        let channel = discord.add_channel(guild, "ai-뉴스", ChannelKind::Text);
        discord.add_channel(guild, "잡담", ChannelKind::Text);
        let group = telegram.add_chat("AI 뉴스방", ChatKind::Supergroup);
        let telegram_people = vec![telegram_person(100, "관리자"), telegram_person(101, "독자")];
        telegram.add_private(&telegram_people[0]);
        let stage = Stage {
            discord: discord.clone(),
            telegram: telegram.clone(),
            discord_people: vec![
                discord_person(1, "관리자", permissions::MANAGE_CHANNELS),
                discord_person(2, "독자", 0),
            ],
            telegram_people,
        };
        let discord_url = serve(discord.router()).await;
        discord.set_origin(discord_url.trim_start_matches("http://"));
        let telegram_url = serve(telegram.router()).await;
        let page_url = serve(router(Arc::new(stage))).await;
        let http = reqwest::Client::builder()
            .user_agent("DiscordBot (test, 1)")
            .no_proxy()
            .build()
            .expect("a client");
        Self { discord, telegram, discord_url, telegram_url, page_url, channel, group, http }
    }

    /// A call of the bot to Discord.
    async fn on_discord(&self, method: reqwest::Method, path: &str, body: Value) -> Value {
        let url = format!("{}/api/v10{path}", self.discord_url);
        let request = self.http.request(method, url).header("Authorization", format!("Bot {DISCORD_TOKEN}"));
        let answer = request.json(&body).send().await.expect("Discord is there");
        let status = answer.status();
        let body: Value = answer.json().await.expect("JSON");
        assert!(status.is_success(), "{path}: {body}");
        body
    }

    async fn post_to_discord(&self, message: Value) {
        let path = format!("/channels/{}/messages", self.channel);
        self.on_discord(reqwest::Method::POST, &path, message).await;
    }

    /// A call of the bot to Telegram.
    async fn on_telegram(&self, method: &str, body: Value) -> Value {
        let url = format!("{}/bot{TELEGRAM_TOKEN}/{method}", self.telegram_url);
        let answer: Value = self
            .http
            .post(url)
            .json(&body)
            .send()
            .await
            .expect("Telegram is there")
            .json()
            .await
            .expect("JSON");
        assert_eq!(answer["ok"], true, "{method}: {answer}");
        answer["result"].clone()
    }

    async fn post_to_telegram(&self, html: &str, keyboard: Value) {
        let message = json!({
            "chat_id": self.group, "text": html, "parse_mode": "HTML",
            "reply_markup": {"inline_keyboard": keyboard},
        });
        self.on_telegram("sendMessage", message).await;
    }

    /// Registers commands and connects a bot that answers them; it is on the line when this returns.
    async fn connect_bot(&self) {
        let commands = json!([
            {"name": "today", "description": "Today's digest", "description_localizations": {"ko": "오늘의 뉴스"}},
            {"name": "company", "description": "News of a company", "options": [
                {"type": 3, "name": "name", "description": "Which", "required": true, "autocomplete": true},
                {"type": 3, "name": "period", "description": "Since when"},
            ]},
            {"name": "silence", "description": "Never answers"},
        ]);
        let path = format!("/applications/{}/commands", self.discord.application());
        self.on_discord(reqwest::Method::PUT, &path, commands).await;
        let http =
            HttpBuilder::new(DISCORD_TOKEN).proxy(&self.discord_url).ratelimiter_disabled(true).build();
        let mut client = ClientBuilder::new_with_http(http, GatewayIntents::GUILDS)
            .raw_event_handler(Bot)
            .await
            .expect("a client");
        tokio::spawn(async move { client.start().await });
        let mut changes = self.discord.changes();
        while !self.discord.connected() {
            changes.changed().await.expect("Discord is there");
        }
    }

    async fn open(&self) -> Browser {
        let browser = Browser::start().await;
        browser.goto(&self.page_url).await;
        browser
    }
}

fn discord_person(id: u64, name: &str, permissions: u64) -> discord::Person {
    discord::Person { id, name: name.to_owned(), permissions, locale: "ko".to_owned() }
}

fn telegram_person(id: i64, name: &str) -> telegram::Person {
    let language_code = "ko".to_owned();
    telegram::Person { id, first_name: name.to_owned(), username: None, language_code }
}

async fn serve(router: axum::Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

/// Says what it was asked.
struct Bot;

#[serenity::async_trait]
impl RawEventHandler for Bot {
    async fn raw_event(&self, context: Context, event: Event) {
        let Event::InteractionCreate(asked) = event else { return };
        let answered = match asked.interaction {
            Interaction::Command(asked) if asked.data.name == "silence" => Ok(()),
            Interaction::Command(asked) => {
                let given: Vec<_> = asked.data.options.iter().map(|option| format!("{option:?}")).collect();
                let text = format!("{} {}", asked.data.name, given.join(" "));
                let only_them = asked.user.name == "독자";
                let answer = Answer::Message(Text::new().content(text).ephemeral(only_them));
                asked.create_response(&context, answer).await
            }
            Interaction::Autocomplete(asked) => {
                let choices = vec![AutocompleteChoice::new("엔비디아", "nvidia")];
                let answer = CreateAutocompleteResponse::new().set_choices(choices);
                asked.create_response(&context, Answer::Autocomplete(answer)).await
            }
            Interaction::Component(asked) => {
                let text = format!("{:?}", asked.data.kind);
                asked.create_response(&context, Answer::UpdateMessage(Text::new().content(text))).await
            }
            _ => Ok(()),
        };
        answered.expect("Discord takes the answer");
    }
}

#[tokio::test]
async fn both_panes_draw_what_was_sent_as_it_arrives() {
    let demo = Demo::start().await;
    let browser = demo.open().await;
    browser.wait_for_text(".d-welcome", "#ai-뉴스").await;

    demo.post_to_discord(json!({
        "content": "📰 **2025-12-17 AI 뉴스** — OpenAI, 아마존과 투자 논의 외 5건",
        "flags": 4096,
        "embeds": [{
            "title": "OpenAI, 아마존과 투자 논의", "url": "https://example.org/1", "color": 0x2ecc71,
            "description": "- **대규모**: 최소 100억 달러\n- **칩**: `Trainium`",
            "fields": [{"name": "요약", "value": "가"}, {"name": "왼쪽", "value": "나", "inline": true}],
            "footer": {"text": "Modern Diplomacy · 2025-12-17 · 1/6"},
        }],
        "components": [{"type": 1, "components": [
            {"type": 2, "style": 5, "label": "웹에서 보기", "url": "https://example.org/post"},
        ]}],
    }))
    .await;
    demo.post_to_telegram(
        "📰 <b><a href=\"https://example.org/post\">2025-12-17 AI 뉴스</a></b>\n\
         <blockquote expandable><b>시사점</b>\n가\n나\n다\n라\n마</blockquote>\n#투자",
        json!([[{"text": "웹에서 보기", "url": "https://example.org/post"}]]),
    )
    .await;

    browser.wait_for_text(".d-content strong", "2025-12-17 AI 뉴스").await;
    let colour = "getComputedStyle(document.querySelector('.d-embed')).borderLeftColor";
    browser.wait_for(&format!("{colour} === 'rgb(46, 204, 113)'")).await;
    assert_eq!(browser.text(".d-embed-title a").await, "OpenAI, 아마존과 투자 논의");
    assert_eq!(browser.find_all(".d-embed li").await.len(), 2);
    assert_eq!(browser.find_all(".d-silent").await.len(), 1);
    assert_eq!(browser.text("a.d-button").await, "웹에서 보기");

    browser.wait_for_text(".t-text a strong", "2025-12-17 AI 뉴스").await;
    assert_eq!(browser.text("a.t-button").await, "웹에서 보기");
    assert_eq!(browser.text(".t-text .t-link").await, "#투자");
    let height = "return document.querySelector('.t-quote-text').clientHeight";
    let closed = browser.script(height, json!([])).await.as_f64();
    browser.click(".t-quote-more").await;
    browser.wait_for("document.querySelector('.t-quote-more[aria-expanded=true]')").await;
    assert!(browser.script(height, json!([])).await.as_f64() > closed);

    let links = "return [...document.querySelectorAll('.pane a')].every((a) => \
                 a.rel === 'noopener noreferrer' && a.target === '_blank')";
    assert_eq!(browser.script(links, json!([])).await, true);
    assert_eq!(browser.console().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_command_is_typed_without_a_mouse_and_the_bot_asked_while_typing() {
    let demo = Demo::start().await;
    demo.connect_bot().await;
    let browser = demo.open().await;
    browser.wait_for_text(".status", "봇 온라인").await;

    browser.type_keys(".d-line", "/").await;
    browser.wait_for_text(".d-composer [role=option]", "오늘의 뉴스").await;
    browser.type_keys(".d-line", &format!("today{}", key::ENTER)).await;
    browser.wait_for_text(".d-content", "today").await;
    assert_eq!(browser.text(".d-above").await, "관\n관리자 님이 /today 사용");

    browser.type_keys(".d-line", &format!("/comp{}", key::ESCAPE)).await;
    browser.wait_for("document.querySelector('.d-composer .suggest').hidden").await;
    browser.type_keys(".d-line", "any ").await;
    browser.type_keys(".d-slot input", "엔").await;
    browser.wait_for_text(".d-composer [role=option]", "엔비디아").await;
    browser.type_keys(".d-slot input", &format!("{}{}", key::DOWN, key::ENTER)).await;
    browser.wait_for("document.querySelector('.d-slot input').value === '엔비디아'").await;
    browser.type_keys(".d-line", key::ENTER).await;
    browser.wait_for_text(".d-content", "nvidia").await;
}

#[tokio::test]
async fn a_whole_command_may_be_pasted_and_its_options_by_name() {
    let demo = Demo::start().await;
    demo.connect_bot().await;
    let browser = demo.open().await;
    browser.wait_for_text(".status", "봇 온라인").await;
    let paste = "const line = document.querySelector('.d-line'); line.focus(); line.value = given[0]; \
                 line.dispatchEvent(new InputEvent('input', { bubbles: true }));";
    browser.script(paste, json!(["/company 엔비디아 period:30d"])).await;
    browser.type_keys(".d-slot:last-of-type input", key::ENTER).await;
    browser.wait_for_text(".d-content", "\"period\"").await;
    browser.wait_for_text(".d-content", "30d").await;
    browser.wait_for_text(".d-content", "엔비디아").await;
}

#[tokio::test]
async fn a_reader_alone_sees_a_private_answer_and_may_close_it() {
    let demo = Demo::start().await;
    demo.connect_bot().await;
    let browser = demo.open().await;
    browser.wait_for_text(".status", "봇 온라인").await;
    let become_person = "const who = document.querySelector('.switcher-discord-person select'); \
                         who.value = given[0]; who.dispatchEvent(new Event('change'));";
    browser.script(become_person, json!(["2"])).await;
    browser.type_keys(".d-line", &format!("/today{}", key::ENTER)).await;
    browser.wait_for_text(".d-ephemeral", "나만 볼 수 있음").await;

    browser.script(become_person, json!(["1"])).await;
    browser.wait_for("document.querySelectorAll('.d-message').length === 0").await;
    browser.script(become_person, json!(["2"])).await;
    browser.wait_for("document.querySelector('.d-dismiss')").await;
    browser.click(".d-dismiss").await;
    browser.wait_for("document.querySelectorAll('.d-message').length === 0").await;
}

#[tokio::test]
async fn no_answer_looks_as_it_does_in_the_app() {
    let demo = Demo::start().await;
    let browser = demo.open().await;
    demo.connect_bot().await;
    browser.wait_for_text(".status", "봇 온라인").await;
    browser.type_keys(".d-line", &format!("/silence{}", key::ENTER)).await;
    browser.wait_for_text(".d-ephemeral", "애플리케이션이 응답하지 않았습니다").await;
    browser.type_keys(".d-line", &format!("/nothing{}", key::ENTER)).await;
    browser.wait_for_text(".d-hint", "그런 명령은 없습니다").await;
}

#[tokio::test]
async fn buttons_and_menus_reach_the_bot() {
    let demo = Demo::start().await;
    demo.connect_bot().await;
    demo.post_to_discord(json!({"content": "고르기", "components": [{"type": 1, "components": [
        {"type": 3, "custom_id": "open", "options": [
            {"label": "하나", "value": "1"}, {"label": "둘", "value": "2"},
        ]},
    ]}]}))
    .await;
    demo.post_to_telegram("시각", json!([[{"text": "시각 바꾸기", "callback_data": "at"}]])).await;
    let browser = demo.open().await;
    browser.wait_for("document.querySelector('.d-menu-face')").await;
    browser.click(".d-menu-face").await;
    browser.type_keys(".d-menu-list", &format!("{}{}", key::DOWN, key::ENTER)).await;
    browser.wait_for_text(".d-content", "\"2\"").await;

    browser.click("button.t-button").await;
    let update = demo.on_telegram("getUpdates", json!({"timeout": 10})).await;
    let query = &update[0]["callback_query"];
    assert_eq!(query["data"], "at");
    let answer = json!({"callback_query_id": query["id"], "text": "바꿨습니다", "show_alert": true});
    demo.on_telegram("answerCallbackQuery", answer).await;
    browser.wait_for_text("dialog[open]", "바꿨습니다").await;
}

#[tokio::test]
async fn telegram_offers_its_menu_and_a_link_to_the_bot_opens_the_private_chat() {
    let demo = Demo::start().await;
    let menu = json!({"commands": [{"command": "today", "description": "오늘의 뉴스"}]});
    demo.on_telegram("setMyCommands", menu).await;
    let link = json!([[{"text": "1", "url": "https://t.me/jogan_bot?start=a1"}]]);
    demo.post_to_telegram("골라 읽기", link).await;
    let browser = demo.open().await;
    browser.wait_for("document.querySelector('a.t-button')").await;

    browser.type_keys(".t-line", "/").await;
    browser.wait_for_text(".t-composer [role=option]", "오늘의 뉴스").await;
    browser.type_keys(".t-line", &format!("{}{}", key::DOWN, key::ENTER)).await;
    browser.wait_for_text(".t-out .t-text", "/today").await;
    browser.click("a.t-button").await;
    browser.wait_for_text(".t-out .t-text", "/start a1").await;
    let said = demo.telegram.timeline(100);
    assert_eq!(said.last().map(|message| &message["text"]), Some(&json!("/start a1")));
}

#[tokio::test]
async fn hostile_text_stays_text() {
    let demo = Demo::start().await;
    let hostile = "<img src=x onerror=alert(1)> [눌러](javascript:alert(1)) <script>alert(1)</script>";
    let embed = json!({"title": hostile, "description": hostile, "footer": {"text": hostile},
        "image": {"url": "https://example.org/tracker.png"}});
    demo.post_to_discord(json!({"content": hostile, "embeds": [embed]})).await;
    demo.on_telegram("sendMessage", json!({"chat_id": demo.group, "text": hostile})).await;
    let browser = demo.open().await;
    browser.wait_for_text(".d-content", hostile).await;
    browser.wait_for_text(".t-text", hostile).await;
    let found = browser.find_all(".pane img, .pane script, .pane a, .pane [onerror]").await;
    assert_eq!(found.len(), 0);
    assert_eq!(browser.text(".d-no-picture").await, "이미지");
    assert_eq!(browser.console().await, Vec::<String>::new());
}

#[tokio::test]
async fn discords_markdown_is_read_as_discord_reads_it() {
    let demo = Demo::start().await;
    let browser = demo.open().await;
    let draw = "const { markdown } = await import('/markdown.js'); const box = document.createElement('div'); \
                box.append(...markdown(given[0])); return box.innerHTML.replaceAll(/ (class|title|target|rel|tabindex|role|aria-[a-z]+)=\"[^\"]*\"/g, '');";
    for (text, drawn) in [
        (
            "**굵게** __밑줄__ *기울임* _기울임_ ~~취소~~",
            "<div><strong>굵게</strong> <u>밑줄</u> <em>기울임</em> <em>기울임</em> <s>취소</s></div>",
        ),
        ("***둘 다***", "<div><strong><em>둘 다</em></strong></div>"),
        (r"\*그대로\* 2 * 3 * 4 snake_case_name", "<div>*그대로* 2 * 3 * 4 snake_case_name</div>"),
        ("`**코드**`", "<div><code>**코드**</code></div>"),
        ("```rust\nlet a = 1;\n```끝", "<pre><code>let a = 1;</code></pre><div>끝</div>"),
        ("> 인용\n> 둘째\n밖", "<blockquote><div>인용\n둘째</div></blockquote><div>밖</div>"),
        ("- 하나\n  - 안쪽\n- 둘", "<ul><li>하나<ul><li>안쪽</li></ul></li><li>둘</li></ul>"),
        ("3. 셋\n4. 넷", "<ol start=\"3\"><li>셋</li><li>넷</li></ol>"),
        ("## 제목", "<div>제목</div>"),
        ("[글](https://e.org/a_(b))", "<div><a href=\"https://e.org/a_(b)\">글</a></div>"),
        ("https://e.org/x.", "<div><a href=\"https://e.org/x\">https://e.org/x</a>.</div>"),
        ("||비밀||", "<div><span>비밀</span></div>"),
        ("</today:12> @everyone", "<div><span>/today</span> <span>@everyone</span></div>"),
        ("**열기만", "<div>**열기만</div>"),
    ] {
        assert_eq!(browser.script(draw, json!([text])).await, json!(drawn), "{text}");
    }
}

#[tokio::test]
async fn telegrams_entities_are_drawn_by_utf_16_offsets_also_where_they_cross() {
    let demo = Demo::start().await;
    let browser = demo.open().await;
    let draw = "const { formatted } = await import('/telegram_entities.js'); const box = document.createElement('div'); \
                box.append(...formatted(given[0], given[1])); return box.innerHTML;";
    for (text, entities, drawn) in [
        ("📰 굵게", json!([["bold", 3, 2]]), "📰 <strong>굵게</strong>"),
        ("abcd", json!([["bold", 0, 4], ["italic", 1, 2]]), "<strong>a<em>bc</em>d</strong>"),
        ("abcdef", json!([["bold", 0, 4], ["italic", 2, 4]]), "<strong>ab<em>cd</em></strong><em>ef</em>"),
        ("인용\n밖", json!([["blockquote", 0, 2]]), "<blockquote class=\"t-quote\">인용</blockquote>밖"),
        ("끝을 넘어", json!([["code", 3, 99]]), "끝을 <code class=\"t-code\">넘어</code>"),
    ] {
        let entities: Vec<_> = entities
            .as_array()
            .unwrap()
            .iter()
            .map(|one| json!({"type": one[0], "offset": one[1], "length": one[2]}))
            .collect();
        assert_eq!(browser.script(draw, json!([text, entities])).await, json!(drawn), "{text}");
    }
}

#[tokio::test]
async fn on_a_phone_the_panes_are_behind_tabs_and_nothing_is_wider_than_the_screen() {
    let demo = Demo::start().await;
    let long = format!("https://example.org/{}", "a".repeat(400));
    demo.post_to_discord(json!({"content": long, "embeds": [{"description": long}]})).await;
    demo.on_telegram("sendMessage", json!({"chat_id": demo.group, "text": long})).await;
    let browser = demo.open().await;
    browser.resize(500, 844).await;
    for (tab, pane, message) in
        [("#tab-discord", "#discord", ".d-content a"), ("#tab-telegram", "#telegram", ".t-text a")]
    {
        browser.click(tab).await;
        browser.wait_for(&format!("document.querySelector('{message}')?.offsetParent")).await;
        browser.wait_for(&format!("document.querySelector('{pane}').clientWidth === innerWidth")).await;
        let wider = "return [...document.querySelectorAll('body, .scroller')].filter((one) => \
                     one.scrollWidth > one.clientWidth).map((one) => one.className)";
        assert_eq!(browser.script(wider, json!([])).await, json!([]));
    }
}

#[tokio::test]
async fn another_website_cannot_act_here() {
    let demo = Demo::start().await;
    let say = json!({"person": "1", "channel": demo.channel.to_string(), "text": "남의 글"});
    let url = format!("{}/discord/say", demo.page_url);
    let foreign = demo.http.post(&url).header("Origin", "https://evil.example").json(&say);
    assert_eq!(foreign.send().await.unwrap().status(), 403);
    let rebound = demo.http.post(&url).header("Host", "evil.example").json(&say);
    assert_eq!(rebound.send().await.unwrap().status(), 403);
    let form = demo.http.post(&url).header("Content-Type", "text/plain").body(say.to_string());
    assert_eq!(form.send().await.unwrap().status(), 415);
    assert!(demo.discord.messages(demo.channel).is_empty());

    let own = demo.http.post(&url).header("Origin", &demo.page_url).json(&say).send().await.unwrap();
    assert_eq!(own.status(), 200);
    let policy = own.headers()["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"));
    assert_eq!(demo.discord.messages(demo.channel).len(), 1);
}

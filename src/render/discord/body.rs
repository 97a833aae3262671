//! A laid-out message to the JSON that Discord takes, by serenity's builders.
//!
//! Limits are those of `developers/resources/message.mdx` and `developers/components/reference.mdx` in Discord's
//! documentation, in code points.

use serde_json::Value;
use serenity::all::{
    ButtonStyle, CreateActionRow, CreateAllowedMentions, CreateButton, CreateEmbed, CreateEmbedFooter,
    CreateMessage, CreateSelectMenu, CreateSelectMenuKind, CreateSelectMenuOption, MessageFlags,
};

use crate::model::message::Body;
use crate::model::reply::{Action, Button};
use crate::text::{Unit, cut, discord_plain, safe_link};

/// The longest content.
pub(super) const CONTENT: usize = 2000;
/// The longest address of a link button.
pub(super) const BUTTON_LINK: usize = 512;
/// The most options of a menu.
pub(super) const OPTIONS: usize = 25;
/// The most rows of buttons or menus.
pub(super) const ROWS: usize = 5;

const BUTTONS: usize = 5;
const LABEL: usize = 80;
const OPTION_TEXT: usize = 100;
const CUSTOM_ID: usize = 100;

/// A message as plain values.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Message {
    pub(super) content: String,
    pub(super) embeds: Vec<Embed>,
    pub(super) rows: Vec<Row>,
    /// Whether it does without a notification.
    pub(super) silent: bool,
    /// Whether the asker alone sees it.
    pub(super) private: bool,
}

/// An embed as plain values; empty texts are left out.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Embed {
    pub(super) title: String,
    pub(super) url: Option<String>,
    pub(super) colour: Option<u32>,
    /// The address of a picture that is shown below the text.
    pub(super) image: Option<String>,
    pub(super) description: String,
    /// Names and values, neither empty.
    pub(super) fields: Vec<(String, String)>,
    /// Without Markdown, which it does not know.
    pub(super) footer: String,
}

/// A row below a message.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Row {
    /// Buttons, at most five.
    Buttons(Vec<Button>),
    /// A menu of at most 25 options.
    Menu { id: String, placeholder: String, options: Vec<MenuOption> },
}

/// An entry of a menu.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct MenuOption {
    pub(super) label: String,
    pub(super) description: String,
    pub(super) value: String,
    /// Whether it is chosen already.
    pub(super) chosen: bool,
}

impl Embed {
    /// All of its text that counts towards a message's 6,000.
    pub(super) fn length(&self) -> usize {
        let fields = self.fields.iter().flat_map(|(name, value)| [name, value]);
        [&self.title, &self.description, &self.footer]
            .into_iter()
            .chain(fields)
            .map(|text| Unit::CodePoints.measure(text))
            .sum()
    }

    fn build(self) -> CreateEmbed {
        let mut embed = CreateEmbed::new();
        if !self.title.is_empty() {
            embed = embed.title(self.title);
        }
        if let Some(url) = self.url {
            embed = embed.url(url);
        }
        if let Some(colour) = self.colour {
            embed = embed.colour(colour);
        }
        if let Some(image) = self.image {
            embed = embed.image(image);
        }
        if !self.description.is_empty() {
            embed = embed.description(self.description);
        }
        embed = embed.fields(self.fields.into_iter().map(|(name, value)| (name, value, false)));
        if !self.footer.is_empty() {
            embed = embed.footer(CreateEmbedFooter::new(self.footer));
        }
        embed
    }
}

impl Message {
    /// The request's body. Nothing in it pings anybody.
    pub(super) fn body(self) -> Body {
        let mut message = CreateMessage::new().allowed_mentions(CreateAllowedMentions::new());
        if !self.content.is_empty() {
            message = message.content(self.content);
        }
        message = message.embeds(self.embeds.into_iter().map(Embed::build).collect());
        let rows: Vec<CreateActionRow> = self.rows.into_iter().filter_map(Row::build).take(ROWS).collect();
        if !rows.is_empty() {
            message = message.components(rows);
        }
        let mut flags = MessageFlags::empty();
        flags.set(MessageFlags::SUPPRESS_NOTIFICATIONS, self.silent);
        flags.set(MessageFlags::EPHEMERAL, self.private);
        if !flags.is_empty() {
            message = message.flags(flags);
        }
        Body(without_defaults(&message))
    }
}

impl Row {
    fn build(self) -> Option<CreateActionRow> {
        match self {
            Self::Buttons(buttons) => {
                let built: Vec<CreateButton> = buttons.into_iter().filter_map(button).take(BUTTONS).collect();
                (!built.is_empty()).then_some(CreateActionRow::Buttons(built))
            }
            Self::Menu { id, placeholder, options } => {
                let options: Vec<_> = options.into_iter().take(OPTIONS).map(MenuOption::build).collect();
                let menu = CreateSelectMenu::new(id, CreateSelectMenuKind::String { options });
                Some(CreateActionRow::SelectMenu(menu.placeholder(placeholder)))
            }
        }
    }
}

impl MenuOption {
    fn build(self) -> CreateSelectMenuOption {
        let label = cut(&discord_plain(&self.label), OPTION_TEXT, Unit::CodePoints);
        let option = CreateSelectMenuOption::new(label, self.value).default_selection(self.chosen);
        if self.description.is_empty() {
            return option;
        }
        option.description(cut(&discord_plain(&self.description), OPTION_TEXT, Unit::CodePoints))
    }
}

/// The button, if Discord would take it.
fn button(button: Button) -> Option<CreateButton> {
    let label = cut(&discord_plain(button.label.trim()), LABEL, Unit::CodePoints);
    if label.is_empty() {
        return None;
    }
    match button.action {
        Action::Open(address) => {
            let link = safe_link(&address).filter(|link| Unit::CodePoints.measure(link) <= BUTTON_LINK)?;
            Some(CreateButton::new_link(link).label(label))
        }
        Action::Press(id) | Action::InPrivate(id) => {
            let is_valid = (1..=CUSTOM_ID).contains(&Unit::CodePoints.measure(&id));
            is_valid.then(|| CreateButton::new(id).style(ButtonStyle::Secondary).label(label))
        }
    }
}

/// The message as JSON without what serenity writes for values that are not set.
fn without_defaults(message: &CreateMessage) -> Value {
    // Serialising strings, numbers and lists cannot fail.
    let mut value = serde_json::to_value(message).unwrap_or_default();
    for embed in value["embeds"].as_array_mut().into_iter().flatten() {
        embed["type"] = Value::Null;
    }
    prune(&mut value);
    // An empty list is meant here: without it Discord would parse mentions.
    value["allowed_mentions"] = serde_json::json!({ "parse": [] });
    value
}

fn prune(value: &mut Value) {
    match value {
        Value::Object(object) => {
            for inner in object.values_mut() {
                prune(inner);
            }
            object.retain(|key, inner| match inner {
                Value::Null => false,
                Value::Array(items) => !items.is_empty(),
                Value::Object(inner) => !inner.is_empty(),
                Value::Bool(false) => key == "inline",
                _ => true,
            });
        }
        Value::Array(items) => items.iter_mut().for_each(prune),
        _ => {}
    }
}

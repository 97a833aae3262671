//! How things look on the wire: users, guilds, channels, messages as Discord writes them, with every field, since
//! clients with strict models drop what lacks one.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use crate::sandbox::discord::state::{Cause, Channel, Guild, Message, Origin, Role, State};
use crate::sandbox::discord::{ChannelKind, Person, permissions};

/// The type of a message that replies to another.
const REPLY: u8 = 19;
/// The type of a command's answer.
const COMMAND_ANSWER: u8 = 20;
/// The type of the answer to a command of a message's menu.
const MENU_ANSWER: u8 = 23;

/// An instant as Discord writes it.
pub(crate) fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, false)
}

/// A person.
pub(crate) fn user(person: &Person) -> Value {
    account(person.id, &person.name, false)
}

fn account(id: u64, name: &str, bot: bool) -> Value {
    json!({
        "id": id.to_string(), "username": name, "global_name": if bot { Value::Null } else { name.into() },
        "discriminator": "0", "avatar": null, "avatar_decoration_data": null, "banner": null,
        "accent_color": null, "collectibles": null, "primary_guild": null, "bot": bot, "system": false,
        "flags": 0, "public_flags": 0,
    })
}

impl State {
    /// The bot's own account.
    pub(crate) fn bot(&self) -> Value {
        account(self.application, "jogan", true)
    }

    /// Anybody's account; a name is made up for who never did anything here.
    pub(crate) fn user(&self, id: u64) -> Value {
        match self.people.get(&id) {
            Some(person) => user(person),
            None if id == self.application => self.bot(),
            None => account(id, &format!("user{id}"), false),
        }
    }

    /// A person as a member of a guild, with what they may do there.
    pub(crate) fn member(&self, person: &Person, guild: &Guild) -> Value {
        json!({
            "user": user(person), "nick": null, "avatar": null, "banner": null, "roles": own_roles(person),
            "joined_at": time(guild.made), "premium_since": null, "deaf": false, "mute": false, "flags": 0,
            "pending": false, "permissions": rights(person).to_string(),
            "communication_disabled_until": null, "unusual_dm_activity_until": null,
            "avatar_decoration_data": null, "collectibles": null,
        })
    }

    /// The bot as a member of a guild: without the intent for members the only one that it is told of.
    pub(crate) fn own_member(&self, guild: &Guild) -> Value {
        json!({
            "user": self.bot(), "nick": null, "avatar": null, "banner": null, "roles": [],
            "joined_at": time(guild.joined_at), "premium_since": null, "deaf": false, "mute": false, "flags": 0,
            "pending": false, "communication_disabled_until": null,
        })
    }

    /// What a channel takes from the bot.
    fn overwrites(&self, channel: &Channel) -> Value {
        if channel.denied == 0 {
            return json!([]);
        }
        let denied = channel.denied.to_string();
        json!([{"id": self.application.to_string(), "type": 1, "allow": "0", "deny": denied}])
    }

    /// The application.
    pub(crate) fn application(&self) -> Value {
        json!({
            "id": self.application.to_string(), "name": "jogan", "icon": null, "description": "",
            "summary": "", "rpc_origins": [], "bot_public": true, "bot_require_code_grant": false,
            "owner": account(1, "owner", false), "verify_key": "0".repeat(64), "team": null, "flags": 0,
            "bot": self.bot(), "tags": [], "redirect_uris": [], "interactions_endpoint_url": null,
            "role_connections_verification_url": null, "integration_types_config": {"0": {}, "1": {}},
            "approximate_guild_count": self.guilds.len(), "approximate_user_install_count": 0,
        })
    }

    /// A guild as GUILD_CREATE tells it.
    pub(crate) fn guild_create(&self, guild: &Guild) -> Value {
        let id = guild.id;
        let (threads, channels): (Vec<_>, Vec<_>) = self
            .channels
            .values()
            .filter(|channel| channel.guild == Some(id))
            .partition(|channel| channel.kind == ChannelKind::Thread);
        let list = |all: Vec<&Channel>| all.into_iter().map(|one| self.channel_body(one)).collect::<Vec<_>>();
        let mut body = self.guild_body(guild);
        let extra = json!({
            "joined_at": time(guild.joined_at), "large": false, "unavailable": false, "member_count": 2,
            "voice_states": [], "members": [self.own_member(guild)], "channels": list(channels), "threads": list(threads),
            "presences": [], "stage_instances": [], "guild_scheduled_events": [], "soundboard_sounds": [],
        });
        merge(&mut body, extra);
        body
    }

    /// A guild as REST tells it.
    pub(crate) fn guild_body(&self, guild: &Guild) -> Value {
        let everyone = Role { id: guild.id, name: "@everyone".to_owned(), mentionable: false };
        let mut roles: Vec<_> = std::iter::once(&everyone).chain(&guild.roles).map(role).collect();
        roles.extend(self.people.values().filter(|person| person.permissions != 0).map(own_role));
        let mut body = json!({
            "id": guild.id.to_string(), "name": guild.name, "icon": null, "icon_hash": null, "splash": null,
            "discovery_splash": null, "owner_id": "1", "region": "deprecated", "afk_channel_id": null,
            "afk_timeout": 300, "widget_enabled": false, "widget_channel_id": null, "verification_level": 0,
            "default_message_notifications": 1, "explicit_content_filter": 0, "roles": roles, "emojis": [],
            "stickers": [], "features": ["COMMUNITY"], "mfa_level": 0, "application_id": null,
        });
        let settings = json!({
            "system_channel_id": null, "system_channel_flags": 0, "rules_channel_id": null,
            "max_presences": null, "max_members": 500_000, "vanity_url_code": null, "description": null,
            "banner": null, "premium_tier": 0, "premium_subscription_count": 0,
            "preferred_locale": guild.locale, "public_updates_channel_id": null,
            "max_video_channel_users": 25, "max_stage_video_channel_users": 50, "nsfw": false,
            "nsfw_level": 0, "premium_progress_bar_enabled": false, "safety_alerts_channel_id": null,
            "home_header": null, "incidents_data": null, "inventory_settings": null, "hub_type": null,
            "latest_onboarding_question_id": null, "owner_configured_content_level": 0,
        });
        merge(&mut body, settings);
        body
    }

    /// A channel.
    pub(crate) fn channel_body(&self, channel: &Channel) -> Value {
        let last = channel.messages.values().rev().find(|message| message.only_for.is_none());
        let mut body = json!({
            "id": channel.id.to_string(), "type": channel.kind.number(), "flags": 0,
            "last_message_id": last.map(|message| message.id.to_string()), "last_pin_timestamp": null,
        });
        let Some(guild) = channel.guild else {
            let recipients: Vec<_> = channel.recipient.iter().map(|id| self.user(*id)).collect();
            merge(&mut body, json!({ "recipients": recipients }));
            return body;
        };
        let common = json!({
            "guild_id": guild.to_string(), "name": channel.name, "rate_limit_per_user": 0,
            "parent_id": channel.parent.map(|parent| parent.to_string()),
        });
        merge(&mut body, common);
        let special = match channel.kind {
            ChannelKind::Thread => json!({
                "owner_id": self.application.to_string(), "message_count": channel.messages.len(),
                "total_message_sent": channel.messages.len(), "member_count": 1,
                "applied_tags": channel.applied_tags.iter().map(u64::to_string).collect::<Vec<_>>(),
                "thread_metadata": {
                    "archived": channel.archive.archived, "locked": channel.archive.locked,
                    "auto_archive_duration": channel.archive.after, "archive_timestamp": time(channel.made),
                    "create_timestamp": time(channel.made),
                },
            }),
            ChannelKind::Forum => json!({
                "topic": null, "nsfw": false, "position": 0, "permission_overwrites": self.overwrites(channel),
                "flags": if channel.tag_required { 1 << 4 } else { 0 },
                "available_tags": channel.tags.iter().map(|tag| json!({
                    "id": tag.id.to_string(), "name": tag.name, "moderated": false, "emoji_id": null,
                    "emoji_name": null,
                })).collect::<Vec<_>>(),
                "default_reaction_emoji": null, "default_sort_order": null, "default_forum_layout": 0,
                "default_thread_rate_limit_per_user": 0,
            }),
            _ => json!({
                "topic": null, "nsfw": false, "position": 0, "permission_overwrites": self.overwrites(channel),
            }),
        };
        merge(&mut body, special);
        body
    }

    /// A message.
    pub(crate) fn message_body(&self, message: &Message) -> Value {
        let mut body = json!({
            "id": message.id.to_string(), "channel_id": message.channel.to_string(), "type": kind(message),
            "author": message.author.map_or_else(|| self.bot(), |id| self.user(id)),
            "content": message.content, "timestamp": time(message.at),
            "edited_timestamp": message.edited.map(time), "tts": false, "pinned": false,
            "mention_everyone": message.everyone,
            "mentions": message.users.iter().map(|id| self.user(*id)).collect::<Vec<_>>(),
            "mention_roles": message.roles.iter().map(u64::to_string).collect::<Vec<_>>(),
            "mention_channels": [], "attachments": message.attachments, "embeds": message.embeds,
            "reactions": [], "flags": message.flags, "components": message.components,
        });
        if let Some(nonce) = &message.nonce {
            body["nonce"] = nonce.clone();
        }
        if let Some(thread) = self.channels.get(&message.id).filter(|_| message.channel != message.id) {
            body["thread"] = self.channel_body(thread);
        }
        if let Some(replied) = message.reply_to {
            let channel = self.channels.get(&message.channel);
            body["message_reference"] = json!({
                "type": 0, "message_id": replied.to_string(), "channel_id": message.channel.to_string(),
                "guild_id": channel.and_then(|channel| channel.guild).map(|id| id.to_string()),
            });
            let replied = channel.and_then(|channel| channel.messages.get(&replied));
            // One deep, as Discord does: a replied message does not carry what it replied to.
            body["referenced_message"] = replied.map_or(Value::Null, |replied| {
                self.message_body(&Message { reply_to: None, ..replied.clone() })
            });
        }
        if let Some(cause) = &message.answers {
            body["application_id"] = self.application.to_string().into();
            body["webhook_id"] = self.application.to_string().into();
            merge(&mut body, self.cause(cause));
        } else if message.author.is_none() {
            body["application_id"] = self.application.to_string().into();
        }
        body
    }

    /// Which interaction a message answers, in the old form (commands only) and the new one.
    fn cause(&self, cause: &Cause) -> Value {
        let id = cause.interaction.to_string();
        let mut metadata = json!({
            "id": id, "user": self.user(cause.by), "authorizing_integration_owners": {},
        });
        match &cause.origin {
            Origin::Command { name, target } => {
                metadata["type"] = 2.into();
                metadata["name"] = name.clone().into();
                if let Some(target) = target {
                    metadata["target_message_id"] = target.to_string().into();
                }
                let old = json!({"id": id, "type": 2, "name": name, "user": self.user(cause.by)});
                json!({"interaction": old, "interaction_metadata": metadata})
            }
            Origin::Component { message } | Origin::Modal { message: Some(message) } => {
                metadata["type"] = 3.into();
                metadata["interacted_message_id"] = message.to_string().into();
                json!({ "interaction_metadata": metadata })
            }
            Origin::Autocomplete | Origin::Modal { message: None } => json!({}),
        }
    }
}

/// What a person may do in a guild's channels, as bits.
pub(crate) fn rights(person: &Person) -> u64 {
    if person.permissions & permissions::ADMINISTRATOR != 0 {
        // Discord gives administrators every bit that it knows; 2^53 - 1 is safe in every client.
        (1 << 53) - 1
    } else {
        person.permissions | permissions::MEMBER
    }
}

/// Adds the keys of `extra` to an object.
pub(crate) fn merge(body: &mut Value, extra: Value) {
    if let (Value::Object(body), Value::Object(extra)) = (body, extra) {
        body.extend(extra);
    }
}

/// A role.
pub(crate) fn role(role: &Role) -> Value {
    json!({
        "id": role.id.to_string(), "name": role.name, "color": 0, "hoist": false, "icon": null,
        "colors": {"primary_color": 0, "secondary_color": null, "tertiary_color": null},
        "unicode_emoji": null, "position": 0, "permissions": permissions::MEMBER.to_string(),
        "managed": false, "mentionable": role.mentionable, "flags": 0,
    })
}

/// What a person may do beyond a plain member is a role of their own, with their id.
fn own_role(person: &Person) -> Value {
    let mut body = role(&Role { id: person.id, name: person.name.clone(), mentionable: false });
    body["permissions"] = person.permissions.to_string().into();
    body["managed"] = true.into();
    body
}

fn own_roles(person: &Person) -> Value {
    if person.permissions == 0 { json!([]) } else { json!([person.id.to_string()]) }
}

/// The number of a message's type.
fn kind(message: &Message) -> u8 {
    match (&message.answers, message.reply_to) {
        (Some(Cause { origin: Origin::Command { target: None, .. }, .. }), None) => COMMAND_ANSWER,
        (Some(Cause { origin: Origin::Command { target: Some(_), .. }, .. }), None) => MENU_ANSWER,
        (_, Some(_)) => REPLY,
        _ => 0,
    }
}

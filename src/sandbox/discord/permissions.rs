//! The permissions that this Discord looks at, as bits. Source: Discord, `topics/permissions`.

/// Everything, whatever a channel says.
pub const ADMINISTRATOR: u64 = 1 << 3;
/// Create, edit and delete channels.
pub const MANAGE_CHANNELS: u64 = 1 << 4;
/// Change the server.
pub const MANAGE_GUILD: u64 = 1 << 5;
/// See a channel at all.
pub const VIEW_CHANNEL: u64 = 1 << 10;
/// Write in it; no effect in threads.
pub const SEND_MESSAGES: u64 = 1 << 11;
/// Delete others' messages.
pub const MANAGE_MESSAGES: u64 = 1 << 13;
/// Messages with embeds.
pub const EMBED_LINKS: u64 = 1 << 14;
/// Messages with files.
pub const ATTACH_FILES: u64 = 1 << 15;
/// See what was written before.
pub const READ_MESSAGE_HISTORY: u64 = 1 << 16;
/// Ping everyone, and every role.
pub const MENTION_EVERYONE: u64 = 1 << 17;
/// Use commands.
pub const USE_APPLICATION_COMMANDS: u64 = 1 << 31;
/// Archive and delete threads.
pub const MANAGE_THREADS: u64 = 1 << 34;
/// Start a thread.
pub const CREATE_PUBLIC_THREADS: u64 = 1 << 35;
/// Write in a thread.
pub const SEND_MESSAGES_IN_THREADS: u64 = 1 << 38;

/// What the bot may do where nothing is taken away: as a bot invited with these, in a server whose `@everyone`
/// role is as Discord makes it, which may ping everyone.
pub const BOT: u64 = VIEW_CHANNEL
    | SEND_MESSAGES
    | EMBED_LINKS
    | ATTACH_FILES
    | READ_MESSAGE_HISTORY
    | MENTION_EVERYONE
    | USE_APPLICATION_COMMANDS
    | MANAGE_THREADS
    | CREATE_PUBLIC_THREADS
    | SEND_MESSAGES_IN_THREADS;

/// What a member without any right of their own may do.
pub const MEMBER: u64 = VIEW_CHANNEL
    | SEND_MESSAGES
    | EMBED_LINKS
    | ATTACH_FILES
    | READ_MESSAGE_HISTORY
    | MENTION_EVERYONE
    | USE_APPLICATION_COMMANDS
    | CREATE_PUBLIC_THREADS
    | SEND_MESSAGES_IN_THREADS;

//! What `chat/` asks of Discord about a server: its roles, its channels with what is allowed there, one member. To be
//! called with a place in the rates each.

use serenity::all::{GuildChannel, Member, PartialGuild};

use crate::platform::call::CallError;
use crate::platform::discord::Discord;

impl Discord {
    /// A server with its roles.
    ///
    /// # Errors
    /// As of any call.
    pub async fn server(&self, guild: u64) -> Result<PartialGuild, CallError> {
        self.read(&format!("/guilds/{guild}"), None).await
    }

    /// A server's channels, without threads.
    ///
    /// # Errors
    /// As of any call.
    pub async fn server_channels(&self, guild: u64) -> Result<Vec<GuildChannel>, CallError> {
        self.read(&format!("/guilds/{guild}/channels"), None).await
    }

    /// A member of a server.
    ///
    /// # Errors
    /// As of any call.
    pub async fn server_member(&self, guild: u64, user: u64) -> Result<Member, CallError> {
        self.read(&format!("/guilds/{guild}/members/{user}"), None).await
    }
}

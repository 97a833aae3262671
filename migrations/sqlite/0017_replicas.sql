-- What programs that share the work tell each other. An SQLite file is one program's; there it outlives a restart.

-- The bot's username on a platform, without `@`: links in what is planned need it, whoever talks to the platform.
CREATE TABLE bots (
    platform TEXT PRIMARY KEY,
    username TEXT NOT NULL
) STRICT;

-- What was tried last: whoever begins to talk to a platform keeps the rates that count it.
CREATE INDEX messages_attempted ON messages (platform, attempted_at) WHERE attempted_at IS NOT NULL;

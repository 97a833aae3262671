-- What programs that share the work tell each other. An SQLite file is one program's; there it outlives a restart.

-- The bot's username on a platform, without `@`: links in what is planned need it, whoever talks to the platform.
CREATE TABLE bots (
    platform TEXT PRIMARY KEY,
    username TEXT NOT NULL
) STRICT;

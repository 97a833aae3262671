-- What programs that share the work tell each other.

-- The bot's username on a platform, without `@`: links in what is planned need it, whoever talks to the platform.
CREATE TABLE bots (
    platform TEXT PRIMARY KEY,
    username TEXT NOT NULL
);

-- Who does what only one may do at a time: talk to a platform, plan, load a feed. An SQLite file is one program's and has
-- no such table. The server's clock decides, so that the programs' need not agree.
CREATE TABLE leases (
    name  TEXT   PRIMARY KEY,           -- discord, telegram, plan, feed/ai-news
    owner TEXT   NOT NULL,              -- the program that has it, or had it last
    until BIGINT NOT NULL               -- anybody may take it after this
);

-- What was tried last: whoever begins to talk to a platform keeps the rates that count it.
CREATE INDEX messages_attempted ON messages (platform, attempted_at) WHERE attempted_at IS NOT NULL;

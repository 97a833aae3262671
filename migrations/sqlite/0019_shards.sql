-- Discord's gateway in several shards, which programs that share the work divide among them; and what they all look at.

-- What the platform said of its gateway when it was last asked.
CREATE TABLE gateways (
    platform        TEXT    PRIMARY KEY,    -- discord
    url             TEXT    NOT NULL,       -- where sessions begin
    shards          INTEGER NOT NULL,       -- how many the bot needs
    max_concurrency INTEGER NOT NULL,       -- of the shards with the same remainder by this, one may begin in 5 s
    sessions_left   INTEGER NOT NULL,       -- how many may still begin before
    resets_at       INTEGER NOT NULL        -- this instant
) STRICT;

-- The sessions of shards: whoever takes a shard over goes on with its session, and misses nothing.
CREATE TABLE shard_sessions (
    shard   INTEGER NOT NULL,
    shards  INTEGER NOT NULL,               -- of so many
    session TEXT    NOT NULL,
    url     TEXT    NOT NULL,               -- where it goes on
    seq     INTEGER NOT NULL,               -- the last event that was dealt with
    account TEXT    NOT NULL,               -- the bot's own id
    app     TEXT    NOT NULL,               -- the application's
    PRIMARY KEY (shard, shards)
) STRICT;

-- How often something was asked of all programs; each does it when the number is another than it knows.
CREATE TABLE rounds (
    name   TEXT    PRIMARY KEY,             -- reload
    number INTEGER NOT NULL
) STRICT;

-- The Discord server that a channel is in, as far as Discord has told.
ALTER TABLE channels ADD COLUMN server INTEGER;

-- Discord's gateway in several shards, which programs that share the work divide among them; and what they all look at.

-- What the platform said of its gateway when it was last asked.
CREATE TABLE gateways (
    platform        TEXT    PRIMARY KEY,    -- discord
    url             TEXT    NOT NULL,       -- where sessions begin
    shards          BIGINT  NOT NULL,       -- how many the bot needs
    max_concurrency BIGINT  NOT NULL,       -- of the shards with the same remainder by this, one may begin in 5 s
    sessions_left   BIGINT  NOT NULL,       -- how many may still begin before
    resets_at       BIGINT  NOT NULL        -- this instant
);

-- The sessions of shards: whoever takes a shard over goes on with its session, and misses nothing.
CREATE TABLE shard_sessions (
    shard   BIGINT  NOT NULL,
    shards  BIGINT  NOT NULL,               -- of so many
    session TEXT    NOT NULL,
    url     TEXT    NOT NULL,               -- where it goes on
    seq     BIGINT  NOT NULL,               -- the last event that was dealt with
    account TEXT    NOT NULL,               -- the bot's own id
    app     TEXT    NOT NULL,               -- the application's
    PRIMARY KEY (shard, shards)
);

-- How often something was asked of all programs; each does it when the number is another than it knows.
CREATE TABLE rounds (
    name   TEXT    PRIMARY KEY,             -- reload
    number BIGINT  NOT NULL
);

-- The Discord server that a channel is in, as far as Discord has told.
ALTER TABLE channels ADD COLUMN server BIGINT;

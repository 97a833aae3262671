-- How the source of each feed fares, what was read from it, and what was pushed.

ALTER TABLE feeds ADD COLUMN failing_since INTEGER;             -- first failed load since the last that did not
ALTER TABLE feeds ADD COLUMN failures INTEGER NOT NULL DEFAULT 0; -- failed loads since then
ALTER TABLE feeds ADD COLUMN retry_at INTEGER;                  -- when it is tried again; NULL: it does not fail
ALTER TABLE feeds ADD COLUMN reading TEXT;                      -- hash of how its posts are understood: rules, dictionaries

-- The posts that are loaded, so that after a restart only changed ones are read, and those that are gone are noticed.
CREATE TABLE posts (
    feed  TEXT NOT NULL,
    place TEXT NOT NULL,                -- where it is in its source: a path within the folder, an entry's id, a push's key
    stamp TEXT NOT NULL,                -- changes when the post does; empty: to be read again
    key   TEXT NOT NULL,                -- the digest that it became
    PRIMARY KEY (feed, place)
) STRICT, WITHOUT ROWID;

-- What publishers pushed. One that is not in `posts` with its stamp has still to be loaded.
CREATE TABLE pushes (
    id          INTEGER PRIMARY KEY,
    feed        TEXT    NOT NULL,
    place       TEXT    NOT NULL,       -- the Idempotency-Key, else made of the post's title and date
    name        TEXT    NOT NULL,       -- the file name that it is read under
    stamp       TEXT    NOT NULL,       -- hash of the body
    body        BLOB    NOT NULL,       -- the post, Markdown
    received_at INTEGER NOT NULL,
    UNIQUE (feed, place)
) STRICT;

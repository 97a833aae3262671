-- Digests that wait for the operator, and notes to people.

ALTER TABLE digests ADD COLUMN held TEXT; -- why it waits: empty, thin, repeated; NULL: it does not
CREATE INDEX digests_held ON digests (stored_at) WHERE held IS NOT NULL;

-- What the program writes to a person by itself.
CREATE TABLE notes (
    id         INTEGER PRIMARY KEY,
    platform   TEXT    NOT NULL,
    person     TEXT    NOT NULL,        -- the person's id there
    about      TEXT    NOT NULL,        -- JSON: what it tells
    state      TEXT    NOT NULL,        -- queued, sent, failed
    attempts   INTEGER NOT NULL DEFAULT 0,
    next_at    INTEGER NOT NULL,        -- not to be tried before
    created_at INTEGER NOT NULL,
    error      TEXT                     -- why the last attempt failed
) STRICT;
CREATE INDEX notes_open ON notes (platform, next_at) WHERE state = 'queued';

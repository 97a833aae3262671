-- What is left out, where, until when. A mute that is over is deleted.
CREATE TABLE mutes (
    id         INTEGER PRIMARY KEY,
    channel_id INTEGER REFERENCES channels (id), -- NULL: for every channel, by an operator
    term       TEXT    NOT NULL,        -- topic:chips, company:NVIDIA, word:hbm4
    until      INTEGER,                 -- NULL: for good
    person     TEXT    NOT NULL,        -- who set it: a person's id on the channel's platform
    created_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX mutes_by_term ON mutes (coalesce(channel_id, 0), term);
CREATE INDEX mutes_by_channel ON mutes (channel_id);
CREATE INDEX mutes_to_end ON mutes (until) WHERE until IS NOT NULL;

-- Instants are milliseconds since 1970-01-01T00:00Z. JSON is text. Words such as states and styles are those of
-- the code's `name()` functions.

-- The version of the program that changed the tables last: one row.
CREATE TABLE program (version TEXT NOT NULL) STRICT;

CREATE TABLE feeds (
    name            TEXT PRIMARY KEY,   -- as configured
    first_loaded_at INTEGER,            -- first successful load in this database; what was there then is archived
    last_loaded_at  INTEGER,            -- last successful load
    last_error      TEXT                -- why the last load failed; NULL after one that did not
) STRICT;

CREATE TABLE digests (
    id           INTEGER PRIMARY KEY,
    feed         TEXT    NOT NULL,
    key          TEXT    NOT NULL,      -- identity within the feed: 2025-12-17-ai-news
    handle       TEXT    NOT NULL,      -- short hash of feed and key, for buttons and links
    revision     INTEGER NOT NULL,      -- 1, rising with each correction
    edition      INTEGER,               -- place in the feed's row of news, rising; NULL: archived, sent to nobody
    day          TEXT    NOT NULL,      -- 2025-12-17, as the post writes it
    title        TEXT    NOT NULL,
    published_at INTEGER NOT NULL,      -- the post's own date as an instant
    stored_at    INTEGER NOT NULL,      -- first stored
    revised_at   INTEGER NOT NULL,      -- last revision stored
    withdrawn_at INTEGER,               -- its post was deleted or made a draft then; NULL: it is published
    fingerprint  TEXT    NOT NULL,      -- hash of what the post says: the same means unchanged
    outline      TEXT,                  -- hash of its date and links, to know it by under another name; NULL: no links
    body         TEXT    NOT NULL,      -- the enriched digest, JSON
    UNIQUE (feed, key),
    UNIQUE (feed, edition)
) STRICT;
CREATE UNIQUE INDEX digests_by_handle ON digests (handle);
CREATE INDEX digests_by_day ON digests (feed, day);
CREATE INDEX digests_corrected ON digests (revised_at) WHERE revision > 1;

-- Further keys of a digest whose file was renamed.
CREATE TABLE digest_names (
    feed      TEXT    NOT NULL,
    key       TEXT    NOT NULL,
    digest_id INTEGER NOT NULL REFERENCES digests (id),
    PRIMARY KEY (feed, key)
) STRICT;

CREATE TABLE channels (
    id           INTEGER PRIMARY KEY,
    platform     TEXT    NOT NULL,      -- discord, telegram
    address      TEXT    NOT NULL UNIQUE, -- discord:123, telegram:-100123/7
    kind         TEXT    NOT NULL,      -- text, announcement, forum, private, group, broadcast
    name         TEXT,                  -- what people call it
    language     TEXT    NOT NULL,      -- of replies: ko, en
    state        TEXT    NOT NULL,      -- active, lost
    state_reason TEXT,                  -- why it is not active
    state_since  INTEGER NOT NULL,
    paused_at    INTEGER,               -- an admin holds deliveries back since then; NULL: nobody does
    paused_until INTEGER,               -- and until then; NULL: until somebody resumes them
    loss_told    INTEGER NOT NULL DEFAULT 0, -- 1: people were told that it is lost, and no message has arrived there since
    probe_at     INTEGER,               -- while lost: when to ask next whether messages can go there again
    probes       INTEGER NOT NULL DEFAULT 0, -- probes since a message arrived there; the waits between them grow with it
    created_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX channels_lost ON channels (platform, probe_at) WHERE state = 'lost';
CREATE INDEX channels_paused ON channels (paused_until) WHERE paused_at IS NOT NULL;

CREATE TABLE subscriptions (
    id         INTEGER PRIMARY KEY,
    channel_id INTEGER NOT NULL REFERENCES channels (id),
    feed       TEXT    NOT NULL,
    schedule   TEXT    NOT NULL,        -- `now`, `weekdays 09:00`, `30 9 * * *`: the schedule's canonical text
    timezone   TEXT    NOT NULL,        -- IANA name
    style      TEXT    NOT NULL,        -- headlines, summary, full
    filter     TEXT    NOT NULL,        -- JSON list of words; empty: everything
    language   TEXT    NOT NULL,
    quiet      TEXT,                    -- quiet hours in its zone, 22:00-07:00; NULL: none
    edition    INTEGER NOT NULL,        -- the last edition that was dealt with; those above it are waiting
    last_slot  INTEGER NOT NULL,        -- the last slot that was dealt with; none up to it fires again
    late_until INTEGER,                 -- a late digest goes out at once until then
    person     TEXT,                    -- who subscribed: their id on the channel's platform
    owes_list  INTEGER NOT NULL DEFAULT 0, -- 1: a pause has ended, and what was missed is to come as one list
    next_at    INTEGER,                 -- when planning has to look at it again; NULL: when a digest arrives
    created_at INTEGER NOT NULL,
    ended_at   INTEGER,                 -- unsubscribed then; NULL: alive
    UNIQUE (channel_id, feed)
) STRICT;
CREATE INDEX subscriptions_due ON subscriptions (next_at) WHERE ended_at IS NULL;
CREATE INDEX subscriptions_by_feed ON subscriptions (feed) WHERE ended_at IS NULL;

CREATE TABLE deliveries (
    id              INTEGER PRIMARY KEY,
    subscription_id INTEGER NOT NULL REFERENCES subscriptions (id),
    digest_id       INTEGER NOT NULL REFERENCES digests (id),
    revision        INTEGER NOT NULL,   -- of the digest, as rendered
    occasion        INTEGER NOT NULL,   -- 0: as planned; 1 and more: sent again on request
    is_list         INTEGER NOT NULL,   -- 1: headlines of several digests; corrections leave it alone
    on_unknown      TEXT    NOT NULL,   -- resend, skip
    due_at          INTEGER NOT NULL,
    created_at      INTEGER NOT NULL,
    after_edition   INTEGER,            -- the edition that the subscription had got before it; NULL: sent again on request
    stale           INTEGER NOT NULL DEFAULT 0, -- changes of the wish or of mutes since it was set, while it has not begun
    UNIQUE (subscription_id, digest_id, occasion)
) STRICT;
CREATE INDEX deliveries_by_digest ON deliveries (digest_id);
CREATE INDEX deliveries_stale ON deliveries (id) WHERE stale > 0;

CREATE TABLE messages (
    id           INTEGER PRIMARY KEY,
    delivery_id  INTEGER NOT NULL REFERENCES deliveries (id),
    channel_id   INTEGER NOT NULL REFERENCES channels (id),
    platform     TEXT    NOT NULL,
    due_at       INTEGER NOT NULL,      -- the delivery's; a channel's messages go in the order (due_at, delivery_id, part)
    part         INTEGER NOT NULL,      -- from 1
    content      TEXT    NOT NULL,      -- hash of the body as rendered without the note of a correction
    body         TEXT    NOT NULL,      -- request body, JSON
    plain        TEXT    NOT NULL,      -- the same words without markup, JSON
    use_plain    INTEGER NOT NULL DEFAULT 0, -- 1: the platform refused `body`
    nonce        TEXT    NOT NULL,      -- at most 25 characters, the same at every attempt
    state        TEXT    NOT NULL,      -- queued, sending, sent, unknown, failed, cancelled
    attempts     INTEGER NOT NULL DEFAULT 0,
    failing_for  INTEGER NOT NULL DEFAULT 0, -- milliseconds it has waited after passing failures: it is given up after so many
    next_at      INTEGER NOT NULL,      -- not to be tried before
    attempted_at INTEGER,               -- the last attempt's beginning
    owner        TEXT,                  -- who claimed it, while sending
    lease_until  INTEGER,               -- after this the claim is void
    platform_id  TEXT,                  -- the platform's message id, once sent
    sent_at      INTEGER,
    error        TEXT,                  -- why the last attempt failed
    change       TEXT,                  -- edit, delete: what a correction does to it once it is sent
    new_body     TEXT,                  -- what an edit puts in place of `body`
    new_plain    TEXT,                  -- and of `plain`
    UNIQUE (delivery_id, part)
) STRICT;
-- What is still to be done, in the order of each channel.
CREATE INDEX messages_open ON messages (platform, channel_id, due_at, delivery_id, part)
    WHERE state IN ('queued', 'sending', 'unknown');
-- Sent messages that a correction still has to change.
CREATE INDEX messages_to_change ON messages (platform, channel_id)
    WHERE state = 'sent' AND change IS NOT NULL;

CREATE TABLE waits (
    platform TEXT    NOT NULL,
    scope    TEXT    NOT NULL,          -- `everything`, or a channel's address
    until    INTEGER NOT NULL,          -- the platform told to wait until then
    PRIMARY KEY (platform, scope)
) STRICT;

-- What is done to messages after they are sent: corrections, publishing, recall, sending again.

-- Articles that a correction took out of a digest; messages that showed them say so.
CREATE TABLE withdrawn_articles (
    digest_id INTEGER NOT NULL REFERENCES digests (id),
    revision  INTEGER NOT NULL,         -- the first without it
    place     INTEGER NOT NULL,         -- where it stood in the digest's list, from 0
    article   TEXT    NOT NULL,         -- JSON, as it was
    PRIMARY KEY (digest_id, revision, place)
) STRICT;

-- The revision that readers saw first, once a correction has come after it; NULL: `revision`.
ALTER TABLE deliveries ADD COLUMN shown_revision INTEGER;
ALTER TABLE deliveries ADD COLUMN recalled_at INTEGER; -- taken back then; nothing corrects it any more

-- 1: what is delivered to an announcement channel is published to those that follow it.
ALTER TABLE subscriptions ADD COLUMN publish INTEGER NOT NULL DEFAULT 0;

ALTER TABLE messages ADD COLUMN publish TEXT;         -- due, done, refused; NULL: not to be published
ALTER TABLE messages ADD COLUMN published_at INTEGER; -- when it was
ALTER TABLE messages ADD COLUMN recall TEXT;          -- due, done, refused; NULL: nobody takes it back
CREATE INDEX messages_to_publish ON messages (platform, channel_id) WHERE state = 'sent' AND publish = 'due';
CREATE INDEX messages_published ON messages (channel_id, published_at) WHERE published_at IS NOT NULL;

-- Digests that somebody wants sent again, until they are in the outbox.
CREATE TABLE resends (
    id              INTEGER PRIMARY KEY,
    subscription_id INTEGER NOT NULL REFERENCES subscriptions (id),
    digest_id       INTEGER NOT NULL REFERENCES digests (id),
    asked_at        INTEGER NOT NULL,
    UNIQUE (subscription_id, digest_id)
) STRICT;

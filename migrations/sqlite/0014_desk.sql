-- What the operator's desk needs: who is logged in, and quick ways to what it lists.

-- Browsers that are logged in. What is over is deleted at the next log-in.
CREATE TABLE desk_sessions (
    token      TEXT    PRIMARY KEY,     -- hash of what the browser's cookie holds, and of the password that it was got with
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;

-- The archive from its end, whatever the feed.
CREATE INDEX digests_in_order ON digests (day, id);
-- What arrived last in a channel.
CREATE INDEX messages_by_channel ON messages (channel_id, id);
-- What an operator may want to look into.
CREATE INDEX messages_failed ON messages (delivery_id) WHERE state = 'failed';

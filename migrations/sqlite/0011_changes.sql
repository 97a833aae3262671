-- What admins and operators have changed, and what operators tell every channel.

-- Who changed what, and when. Nothing is ever taken out.
CREATE TABLE changes (
    id       INTEGER PRIMARY KEY,
    at       INTEGER NOT NULL,
    platform TEXT    NOT NULL,          -- where the person is known
    person   TEXT    NOT NULL,          -- their id there
    address  TEXT,                      -- the channel that it is about; NULL: all of them
    what     TEXT    NOT NULL           -- as a command would say it: mute company:NVIDIA
) STRICT;
CREATE INDEX changes_by_address ON changes (address, id);

-- What an operator wants every channel to read. It goes out by `notes`, one for each channel.
CREATE TABLE announcements (
    id         INTEGER PRIMARY KEY,
    text       TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    sent_at    INTEGER                  -- confirmed then; NULL: not yet
) STRICT;

-- A message by the id that its platform gave it: somebody asks why it came.
CREATE INDEX messages_by_platform_id ON messages (channel_id, platform_id) WHERE platform_id IS NOT NULL;

ALTER TABLE notes ADD COLUMN address TEXT; -- the channel that it goes to; NULL: to the person in private

ALTER TABLE subscriptions ADD COLUMN mention TEXT; -- the Discord role that a delivery's first message pings; NULL: none

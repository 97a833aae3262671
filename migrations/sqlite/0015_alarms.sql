-- What operators are told is wrong.

CREATE TABLE alarms (
    id        INTEGER PRIMARY KEY,
    trouble   TEXT    NOT NULL,       -- JSON: what is wrong with what; the same text for as long as it lasts
    began_at  INTEGER NOT NULL,
    ended_at  INTEGER,                -- over then; NULL: it lasts
    waived_at INTEGER,                -- an operator said then that it is no trouble; NULL: nobody did
    posted    INTEGER NOT NULL DEFAULT 0 -- what the webhook has taken: 0 nothing, 1 the beginning, 2 the end, too
) STRICT;
CREATE UNIQUE INDEX alarms_open ON alarms (trouble) WHERE ended_at IS NULL;
CREATE INDEX alarms_to_post ON alarms (id) WHERE posted < 2;

-- How many messages there are in each state: what metrics and alarms ask every minute.
CREATE INDEX messages_by_state ON messages (platform, state);

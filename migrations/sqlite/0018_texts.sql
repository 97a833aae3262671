-- What messages say, once for all that say the same: a digest goes to thousands of channels in the same words.
CREATE TABLE texts (
    id    INTEGER PRIMARY KEY,
    hash  TEXT    NOT NULL UNIQUE, -- of the other two
    body  TEXT    NOT NULL,        -- request body, JSON
    plain TEXT    NOT NULL         -- the same words without markup, JSON
) STRICT;
ALTER TABLE messages ADD COLUMN text_id INTEGER REFERENCES texts (id);     -- what it says; NULL: done with long since
ALTER TABLE messages ADD COLUMN new_text_id INTEGER REFERENCES texts (id); -- what an edit puts in its place
-- Those that are there already have theirs for themselves.
INSERT INTO texts (id, hash, body, plain) SELECT id, 'message ' || id, body, plain FROM messages;
UPDATE messages SET text_id = id;
INSERT INTO texts (hash, body, plain)
    SELECT 'edit ' || id, new_body, coalesce(new_plain, plain) FROM messages WHERE new_body IS NOT NULL;
UPDATE messages SET new_text_id = (SELECT t.id FROM texts t WHERE t.hash = 'edit ' || messages.id)
    WHERE new_body IS NOT NULL;
ALTER TABLE messages DROP COLUMN body;
ALTER TABLE messages DROP COLUMN plain;
ALTER TABLE messages DROP COLUMN new_body;
ALTER TABLE messages DROP COLUMN new_plain;

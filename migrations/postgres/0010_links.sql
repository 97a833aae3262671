-- Where links lead. Each is looked at once; one of which it could not be told is not here.
CREATE TABLE links (
    link     TEXT    PRIMARY KEY,       -- as posts write it
    leads_to TEXT    NOT NULL,          -- the same where it redirects nowhere
    found_at BIGINT NOT NULL
);

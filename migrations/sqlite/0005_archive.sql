-- What look-ups go by: the articles of all digests that are published, written with their digest.

-- The dictionaries that the digest's body was classified with: a hash; NULL: look again.
ALTER TABLE digests ADD COLUMN dictionaries TEXT;
CREATE INDEX digests_by_dictionaries ON digests (dictionaries);

-- An article's id is its digest's day, in days since 1970, times 2^20, plus a number within the day: ids rise with the
-- days, so that days are ranges of ids and the newest come first wherever ids are in order.
CREATE TABLE articles (
    id        INTEGER PRIMARY KEY,
    digest_id INTEGER NOT NULL REFERENCES digests (id),
    place     INTEGER NOT NULL,         -- in the digest, from 0
    headline  TEXT    NOT NULL,         -- plain text
    publisher TEXT,
    link      TEXT,
    UNIQUE (digest_id, place)
) STRICT;

CREATE TABLE article_companies (
    company    TEXT    NOT NULL,        -- canonical name
    is_implied INTEGER NOT NULL,        -- 1: only through a product or a company that it owns
    article_id INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    strength   TEXT    NOT NULL,        -- headline, subject, passing, implied
    PRIMARY KEY (company, is_implied, article_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX article_companies_by_article ON article_companies (article_id);

CREATE TABLE article_topics (
    topic      TEXT    NOT NULL,        -- key
    article_id INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    PRIMARY KEY (topic, article_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX article_topics_by_article ON article_topics (article_id);

-- The tokens of text/tokens.rs with blanks between them, by article id. The text itself stays in the digest.
CREATE VIRTUAL TABLE article_words USING fts5 (
    headline, body, content = '', contentless_delete = 1, tokenize = "unicode61 remove_diacritics 0"
);

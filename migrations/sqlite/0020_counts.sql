-- How many articles of a day are about something, so that nobody has to count a million of them. Written with the articles.

CREATE TABLE company_days (
    company    TEXT    NOT NULL,        -- canonical name
    is_implied INTEGER NOT NULL,        -- 1: only through a product or a company that it owns
    day        INTEGER  NOT NULL,        -- in days since 1970
    articles   INTEGER  NOT NULL,
    PRIMARY KEY (company, is_implied, day)
) STRICT, WITHOUT ROWID;
CREATE INDEX company_days_by_day ON company_days (day);

CREATE TABLE topic_days (
    topic      TEXT   NOT NULL,         -- key
    day        INTEGER NOT NULL,         -- in days since 1970
    articles   INTEGER NOT NULL,
    PRIMARY KEY (topic, day)
) STRICT, WITHOUT ROWID;
CREATE INDEX topic_days_by_day ON topic_days (day);

INSERT INTO company_days (company, is_implied, day, articles)
SELECT company, is_implied, article_id >> 20, count(*) FROM article_companies GROUP BY 1, 2, 3;
INSERT INTO topic_days (topic, day, articles)
SELECT topic, article_id >> 20, count(*) FROM article_topics GROUP BY 1, 2;

-- The index holds words in another way now (text/tokens.rs). What was classified with other dictionaries, and NULL
-- counts as such, is written again in the background, words and all.
DROP TABLE article_words;
CREATE VIRTUAL TABLE article_words USING fts5 (
    words, content = '', contentless_delete = 1, tokenize = "unicode61 remove_diacritics 0"
);
UPDATE digests SET dictionaries = NULL;

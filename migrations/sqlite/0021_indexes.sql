-- A feed's newest digest, those of a day and its news after an edition, without passing over all that it ever had.
CREATE INDEX digests_by_time ON digests (feed, published_at, id);
CREATE INDEX digests_by_edition ON digests (feed, edition);
DROP INDEX digests_by_day;
CREATE INDEX digests_by_day ON digests (feed, day, published_at, id);

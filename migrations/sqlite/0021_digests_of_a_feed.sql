-- The newest digest of a feed, and its news after an edition, without passing over all that it ever had.
CREATE INDEX digests_by_time ON digests (feed, published_at, id);
CREATE INDEX digests_by_edition ON digests (feed, edition);

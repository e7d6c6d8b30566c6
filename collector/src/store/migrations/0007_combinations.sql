-- How many installs asked about a combination of version, platform, OS, locale and time zone on a day.
-- Both sides are hashes, and an asker's changes every day, so no row says which install has what. No
-- answer needs a number above 100, so no more askers are kept.
CREATE TABLE IF NOT EXISTS combinations
(
  app LowCardinality(String),
  -- UTC day of receipt.
  day Date,
  combination FixedString(32) CODEC(NONE),
  askers AggregateFunction(groupUniqArray(100), UInt64)
)
ENGINE = AggregatingMergeTree
PARTITION BY day
ORDER BY (app, day, combination)
TTL day + INTERVAL 3 DAY
SETTINGS ttl_only_drop_parts = 1;

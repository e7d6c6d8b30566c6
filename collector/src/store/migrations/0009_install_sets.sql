-- Installs with a base record on each UTC day. A set only grows, so a segment may be loaded into these
-- tables any number of times. They say nothing of an install that has no row in installs_flat.
CREATE TABLE IF NOT EXISTS active_days
(
  app LowCardinality(String),
  day Date,
  installs AggregateFunction(groupBitmap, UInt32)
)
ENGINE = AggregatingMergeTree
PARTITION BY toYear(day)
ORDER BY (app, day)
TTL day + INTERVAL 5 YEAR
SETTINGS ttl_only_drop_parts = 1, fsync_after_insert = 1, fsync_part_directory = 1;

-- The same by the version that was said. Of two on one day the newer counts.
CREATE TABLE IF NOT EXISTS version_days
(
  app LowCardinality(String),
  day Date,
  app_version LowCardinality(String),
  installs AggregateFunction(groupBitmap, UInt32)
)
ENGINE = AggregatingMergeTree
PARTITION BY toYear(day)
ORDER BY (app, day, app_version)
TTL day + INTERVAL 5 YEAR
SETTINGS ttl_only_drop_parts = 1, fsync_after_insert = 1, fsync_part_directory = 1;

-- Installs with an accepted detailed record of an event on each UTC day.
CREATE TABLE IF NOT EXISTS event_days
(
  app LowCardinality(String),
  event LowCardinality(String),
  day Date,
  installs AggregateFunction(groupBitmap, UInt32)
)
ENGINE = AggregatingMergeTree
PARTITION BY toYear(day)
ORDER BY (app, event, day)
TTL day + INTERVAL 5 YEAR
SETTINGS ttl_only_drop_parts = 1, fsync_after_insert = 1, fsync_part_directory = 1;

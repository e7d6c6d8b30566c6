-- What restricted readers get: one document an app and UTC day, made of rounded and folded counts, and
-- never changed. Of two, as two collectors on one server may write them, the first counts.
CREATE TABLE IF NOT EXISTS snapshots
(
  app LowCardinality(String),
  day Date,
  published_at DateTime64(3, 'UTC'),
  document String CODEC(ZSTD(3))
)
ENGINE = MergeTree
PARTITION BY toYear(day)
ORDER BY (app, day, published_at)
TTL day + INTERVAL 5 YEAR
SETTINGS ttl_only_drop_parts = 1, fsync_after_insert = 1, fsync_part_directory = 1;

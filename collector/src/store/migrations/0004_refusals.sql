-- What was refused or dropped, as counts by name, never values. Plain MergeTree with the loader's
-- ledger, as events; after a month the rows of one key are folded into one.
CREATE TABLE IF NOT EXISTS refusals
(
  app LowCardinality(String),
  -- UTC day of receipt.
  day Date CODEC(Delta(2), ZSTD(1)),
  -- refused (the whole record) or dropped (one field of it).
  outcome LowCardinality(String),
  reason LowCardinality(String),
  event LowCardinality(String),
  field LowCardinality(String),
  app_version LowCardinality(String),
  count UInt64 CODEC(ZSTD(1)),
  _spool UUID CODEC(ZSTD(1)),
  _seg UInt64 CODEC(Delta(8), ZSTD(1))
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(day)
PRIMARY KEY (app, day, outcome, reason, event, field, app_version)
ORDER BY (app, day, outcome, reason, event, field, app_version, _spool, _seg)
TTL
  day + INTERVAL 32 DAY
    GROUP BY app, day, outcome, reason, event, field, app_version 
    SET count = sum(count),
  day + INTERVAL 25 MONTH DELETE
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

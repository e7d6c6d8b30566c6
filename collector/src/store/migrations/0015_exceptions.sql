-- Exceptions that spans and logs report, and those of error events that say more than their type: one row
-- each, without a message unless the app's catalogue lists it.
CREATE TABLE IF NOT EXISTS exceptions
(
  app LowCardinality(String),
  -- NULL where the sender says none: in no count of installs.
  install_id Nullable(UUID) CODEC(ZSTD(1)),
  time DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
  received_at DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
  app_version LowCardinality(String),
  -- span, log or event.
  source LowCardinality(String),
  service LowCardinality(String),
  type LowCardinality(String),
  message LowCardinality(String),
  -- For each frame function, module and line.
  stack String CODEC(ZSTD(3)),
  trace_id String CODEC(ZSTD(1)),
  span_id String CODEC(ZSTD(1)),
  _spool UUID CODEC(ZSTD(1)),
  _seg UInt64 CODEC(Delta(8), ZSTD(1)),
  INDEX ledger _seg TYPE minmax GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(time)
ORDER BY (app, type, time)
TTL toDate(time) + INTERVAL 13 MONTH
SETTINGS ttl_only_drop_parts = 1, fsync_after_insert = 1, fsync_part_directory = 1;

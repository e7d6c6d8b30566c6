-- Base records, one row an install and day: never count() them, ask for distinct installs and argMax.
CREATE TABLE IF NOT EXISTS heartbeats
(
  app LowCardinality(String),
  install_id UUID CODEC(ZSTD(1)),
  -- UTC day of `time`.
  day Date CODEC(Delta(2), ZSTD(1)),
  time DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
  received_at DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
  time_clamped Bool CODEC(ZSTD(1)),
  -- first_seen or heartbeat: the record received last on that day.
  kind LowCardinality(String),
  -- The day that counts for admission: the received day, or the record's own from a backfill token.
  admission_day Date CODEC(Delta(2), ZSTD(1)),
  app_version LowCardinality(String),
  platform LowCardinality(String),
  os_version LowCardinality(String),
  architecture LowCardinality(String),
  locale LowCardinality(String),
  timezone LowCardinality(String),
  release_channel LowCardinality(String),
  deployment_type LowCardinality(String),
  environment LowCardinality(String),
  -- The ingest token it came by, as its id in the settings. Tokens are public, so a flood of made-up
  -- installs comes by one of them.
  token LowCardinality(String),
  -- As the sender says; 1970-01-01 where it says nothing.
  first_seen_at DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
  last_seen_at DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
  heartbeat_at DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
  telemetry_fingerprint String CODEC(ZSTD(1)),
  install_key String CODEC(ZSTD(1)),
  _spool UUID CODEC(ZSTD(1)),
  _seg UInt64 CODEC(Delta(8), ZSTD(1))
)
ENGINE = ReplacingMergeTree(received_at)
PARTITION BY toYYYYMM(day)
ORDER BY (app, install_id, day)
TTL day + INTERVAL 25 MONTH
SETTINGS ttl_only_drop_parts = 1, fsync_after_insert = 1, fsync_part_directory = 1;

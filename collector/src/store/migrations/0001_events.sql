-- Events of the detailed layer, one row a record. Plain MergeTree: what is inserted is counted, so
-- the loader inserts each segment once. (_spool, _seg) is the loader's ledger inside the data: on a
-- replay it inserts only the partitions that hold no row of that segment yet.
CREATE TABLE IF NOT EXISTS events
(
  app LowCardinality(String),
  install_id UUID CODEC(ZSTD(1)),
  event LowCardinality(String),
  -- The sender's time, or the received time where the sender's was out of bounds (time_clamped).
  time DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
  received_at DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
  time_clamped Bool CODEC(ZSTD(1)),
  app_version LowCardinality(String),
  environment LowCardinality(String),
  -- Keyed hash of app, install and identity; 0 where the record names no user.
  user UInt64 CODEC(ZSTD(1)),
  properties Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  numbers Map(LowCardinality(String), Float64) CODEC(ZSTD(1)),
  -- The route of a page view, beside the map that holds it: page views are most records of an app that
  -- has pages, and a map is read as a whole, so that a question by route took five times as long.
  pathname LowCardinality(String) MATERIALIZED multiIf(
    properties['pathname'] != '', properties['pathname'],
    mapContains(numbers, 'pathname'), toString(numbers['pathname']),
    '') CODEC(ZSTD(1)),
  trace_id String CODEC(ZSTD(1)),
  span_id String CODEC(ZSTD(1)),
  _spool UUID CODEC(ZSTD(1)),
  _seg UInt64 CODEC(Delta(8), ZSTD(1)),

  -- Segment numbers grow, so a part that was merged long ago is skipped by the ledger's question.
  INDEX ledger _seg TYPE minmax GRANULARITY 1,

  -- Counts and distinct counts by day. A query uses it when it groups by a subset of these keys and
  -- asks for count(), uniq(install_id) and uniq(user); uniqExact() reads the raw rows instead.
  PROJECTION by_day
  (
    SELECT app, toDate(time), event, app_version, count(), uniq(install_id), uniq(user)
    GROUP BY app, toDate(time), event, app_version
  )
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(time)
ORDER BY (app, event, toDate(time), install_id, time)
TTL toDate(time) + INTERVAL 13 MONTH
SETTINGS
  ttl_only_drop_parts = 1,
  -- The loader deletes its segment when the insert has returned.
  fsync_after_insert = 1,
  fsync_part_directory = 1,
  deduplicate_merge_projection_mode = 'rebuild',
  lightweight_mutation_projection_mode = 'rebuild';

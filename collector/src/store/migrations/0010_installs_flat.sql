-- installs_latest with its numbers, in plain columns: what questions read. It is made anew from
-- `installs` whenever that has changed, and an app's rows are replaced all at once.
CREATE TABLE IF NOT EXISTS installs_flat
(
  app LowCardinality(String),
  number UInt32 CODEC(Delta(4), ZSTD(1)),
  install_id UUID CODEC(ZSTD(1)),
  first_seen DateTime64(3, 'UTC') CODEC(ZSTD(1)),
  last_seen DateTime64(3, 'UTC') CODEC(ZSTD(1)),
  last_detailed Nullable(DateTime64(3, 'UTC')) CODEC(ZSTD(1)),
  first_received DateTime64(3, 'UTC') CODEC(ZSTD(1)),
  last_received DateTime64(3, 'UTC') CODEC(ZSTD(1)),
  admitted Bool,
  app_version LowCardinality(String),
  platform LowCardinality(String),
  os_version LowCardinality(String),
  architecture LowCardinality(String),
  locale LowCardinality(String),
  timezone LowCardinality(String),
  release_channel LowCardinality(String),
  deployment_type LowCardinality(String),
  first_token LowCardinality(String),
  -- Versions that its base records have said, and the first UTC day of each, in the order of these days.
  versions Array(LowCardinality(String)),
  version_days Array(Date)
)
ENGINE = MergeTree
PARTITION BY app
ORDER BY (app, number);

-- Admitted installs by the first day on which each said a version: from which day on a version is out is
-- a question of many charts. Made anew with installs_flat, and an app's rows are replaced all at once.
CREATE TABLE IF NOT EXISTS version_arrivals
(
  app LowCardinality(String),
  version LowCardinality(String),
  day Date,
  installs UInt64
)
ENGINE = MergeTree
PARTITION BY app
ORDER BY (app, version, day);

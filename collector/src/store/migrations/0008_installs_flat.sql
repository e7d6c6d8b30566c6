-- A dense number for each install of an app, given at its first record. Sets of installs are bitmaps of
-- these numbers: a million installs of a day are 125 kB, and a question over days is set algebra.
-- A number is never given twice: that of an erased install stays taken, by an id that nobody has.
CREATE TABLE IF NOT EXISTS install_numbers
(
  app LowCardinality(String),
  install_id UUID,
  number UInt32
)
ENGINE = MergeTree
ORDER BY (app, install_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

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

-- First UTC day of each version that base records have said.
ALTER TABLE installs ADD COLUMN IF NOT EXISTS
  version_days SimpleAggregateFunction(minMap, Map(String, Date));

DROP VIEW IF EXISTS installs_latest;

CREATE VIEW IF NOT EXISTS installs_latest AS
SELECT
  i.app AS app,
  i.install_id AS install_id,
  min(i.first_seen) AS first_seen,
  max(i.last_seen) AS last_seen,
  min(i.first_admission_day) AS first_admission_day,
  max(i.last_admission_day) AS last_admission_day,
  toBool(ifNull(min(i.first_admission_day) < max(i.last_admission_day), false)) AS admitted,
  max(i.last_detailed) AS last_detailed,
  max(i.last_received) AS last_received,
  groupBitmapMerge(i.days_seen) AS days_seen,
  argMaxMerge(i.app_version) AS app_version,
  argMaxMerge(i.platform) AS platform,
  argMaxMerge(i.os_version) AS os_version,
  argMaxMerge(i.architecture) AS architecture,
  argMaxMerge(i.locale) AS locale,
  argMaxMerge(i.timezone) AS timezone,
  argMaxMerge(i.release_channel) AS release_channel,
  argMaxMerge(i.deployment_type) AS deployment_type,
  argMaxMerge(i.environment) AS environment,
  argMaxMerge(i.telemetry_fingerprint) AS telemetry_fingerprint,
  argMinMerge(i.install_key) AS install_key,
  minMap(i.version_days) AS version_days
FROM installs AS i
GROUP BY i.app, i.install_id;

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
  -- Versions that its base records have said, and the first UTC day of each, in the order of these days.
  versions Array(LowCardinality(String)),
  version_days Array(Date)
)
ENGINE = MergeTree
PARTITION BY app
ORDER BY (app, number);

-- What was stored before these tables were there; the order of the columns in each SELECT matters.
-- Settings bound memory: a million installs with a hundred million events fit an engine of 1 GiB. Numbers
-- are one block, so that an interruption leaves all of them or none.
INSERT INTO install_numbers (app, install_id, number)
SELECT app, install_id, row_number() OVER (PARTITION BY app ORDER BY install_id) - 1
FROM (SELECT DISTINCT app, install_id FROM installs)
WHERE (SELECT count() FROM install_numbers) = 0
SETTINGS max_threads = 2, min_insert_block_size_rows = 1000000000, min_insert_block_size_bytes = 0;

INSERT INTO active_days (app, day, installs)
SELECT h.app, h.day, groupBitmapState(n.number)
FROM heartbeats AS h INNER JOIN install_numbers AS n USING (app, install_id)
GROUP BY h.app, h.day
SETTINGS max_threads = 2;

INSERT INTO version_days (app, day, app_version, installs)
SELECT h.app, h.day, h.app_version, groupBitmapState(n.number)
FROM heartbeats AS h INNER JOIN install_numbers AS n USING (app, install_id)
GROUP BY h.app, h.day, h.app_version
SETTINGS max_threads = 2;

INSERT INTO event_days (app, event, day, installs)
SELECT e.app, e.event, toDate(e.time) AS day, groupBitmapState(n.number)
FROM events AS e INNER JOIN install_numbers AS n USING (app, install_id)
GROUP BY e.app, e.event, day
SETTINGS max_threads = 2;

-- In the order of both tables' keys; most columns of a row are empty states, which take memory, too.
INSERT INTO installs (app, install_id, first_seen, last_seen, last_received, version_days)
SELECT app, install_id, min(time), max(time), max(received_at), minMap(map(toString(app_version), day))
FROM heartbeats WHERE app_version != '' GROUP BY app, install_id
SETTINGS
  max_threads = 2,
  optimize_aggregation_in_order = 1,
  max_block_size = 8192,
  min_insert_block_size_rows = 65536,
  min_insert_block_size_bytes = 0;

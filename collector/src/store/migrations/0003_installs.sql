-- One aggregated row an install. Every aggregate is idempotent (min, max, argMax, a set of days), so
-- a segment may be loaded into it any number of times.
CREATE TABLE IF NOT EXISTS installs
(
  app LowCardinality(String),
  install_id UUID,
  -- Times of its first and latest accepted record, of either layer.
  first_seen SimpleAggregateFunction(min, DateTime64(3, 'UTC')),
  last_seen SimpleAggregateFunction(max, DateTime64(3, 'UTC')),
  -- Days of heartbeats as they count for admission: admitted when first and last differ.
  first_admission_day SimpleAggregateFunction(min, Nullable(Date)),
  last_admission_day SimpleAggregateFunction(max, Nullable(Date)),
  -- Time of the latest accepted detailed record.
  last_detailed SimpleAggregateFunction(max, Nullable(DateTime64(3, 'UTC'))),
  -- Times of receipt, which no sender can choose.
  first_received SimpleAggregateFunction(min, DateTime64(3, 'UTC')),
  last_received SimpleAggregateFunction(max, DateTime64(3, 'UTC')),
  -- UTC days with a base record.
  days_seen AggregateFunction(groupBitmap, UInt32),
  -- First UTC day of each version that base records have said.
  version_days SimpleAggregateFunction(minMap, Map(String, Date)),
  -- Latest non-empty value of each base field, by the record's time.
  app_version AggregateFunction(argMax, String, DateTime64(3, 'UTC')),
  platform AggregateFunction(argMax, String, DateTime64(3, 'UTC')),
  os_version AggregateFunction(argMax, String, DateTime64(3, 'UTC')),
  architecture AggregateFunction(argMax, String, DateTime64(3, 'UTC')),
  locale AggregateFunction(argMax, String, DateTime64(3, 'UTC')),
  timezone AggregateFunction(argMax, String, DateTime64(3, 'UTC')),
  release_channel AggregateFunction(argMax, String, DateTime64(3, 'UTC')),
  deployment_type AggregateFunction(argMax, String, DateTime64(3, 'UTC')),
  environment AggregateFunction(argMax, String, DateTime64(3, 'UTC')),
  telemetry_fingerprint AggregateFunction(argMax, String, DateTime64(3, 'UTC')),
  -- The first key wins, by received time: nobody takes an install over by sending another key.
  install_key AggregateFunction(argMin, String, DateTime64(3, 'UTC')),
  -- The token of its first base record: who brought it.
  first_token AggregateFunction(argMin, String, DateTime64(3, 'UTC'))
)
ENGINE = AggregatingMergeTree
ORDER BY (app, install_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- The same in plain columns, one row an install.
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
  min(i.first_received) AS first_received,
  max(i.last_received) AS last_received,
  groupBitmapMerge(i.days_seen) AS days_seen,
  minMap(i.version_days) AS version_days,
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
  argMinMerge(i.first_token) AS first_token
FROM installs AS i
GROUP BY i.app, i.install_id;

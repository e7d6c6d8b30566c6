-- The ingest token that a base record came by, as its id in the settings: the token of an install's first
-- record is who brought it. Tokens are public, so a flood of made-up installs comes by one of them.
ALTER TABLE heartbeats ADD COLUMN IF NOT EXISTS
  token LowCardinality(String) AFTER environment;

ALTER TABLE installs ADD COLUMN IF NOT EXISTS
  first_token AggregateFunction(argMin, String, DateTime64(3, 'UTC'));

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
  minMap(i.version_days) AS version_days,
  argMinMerge(i.first_token) AS first_token
FROM installs AS i
GROUP BY i.app, i.install_id;

ALTER TABLE installs_flat ADD COLUMN IF NOT EXISTS
  first_token LowCardinality(String) AFTER deployment_type;

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

-- What collectors on one store have told webhooks: the latest state of each rule and digest of an app, so
-- that only one of them tells it.
CREATE TABLE IF NOT EXISTS alerts_told
(
  -- app/rule, or app/digest/weekly.
  name String,
  -- Orders the states of a name.
  seq UInt64,
  -- firing, over, or the last day of a digest.
  state String,
  at DateTime64(3, 'UTC')
)
ENGINE = MergeTree
ORDER BY (name, seq)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
-- Secrets that belong to the store and not to one collector's data directory: the first of a name holds.
CREATE TABLE IF NOT EXISTS store_secrets
(
  name String,
  made_at DateTime64(3, 'UTC'),
  -- base64url
  secret String
)
ENGINE = MergeTree
ORDER BY (name, made_at)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

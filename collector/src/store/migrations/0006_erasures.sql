-- Which installs were erased, so that what comes late or is replayed is not stored again. The install
-- id itself is not kept: a hash of it finds the rows, because nobody can guess a random UUID.
CREATE TABLE IF NOT EXISTS erasures
(
  app LowCardinality(String),
  -- SHA-256 over app, NUL and install id in lower case.
  install_hash FixedString(32) CODEC(NONE),
  -- 0: from now on filtered, the rows are being deleted; 1: deleted; 2: looked for once more.
  step UInt8,
  erased_at DateTime64(3, 'UTC'),
  -- install (it signed the request) or administrator.
  by LowCardinality(String),
  -- Rows that were erased, by table.
  rows Map(LowCardinality(String), UInt64)
)
ENGINE = ReplacingMergeTree(step)
ORDER BY (app, install_hash)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

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

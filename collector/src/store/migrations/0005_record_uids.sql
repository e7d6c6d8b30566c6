-- Which segment counts a record that names itself by log.record.uid. A sender's retry carries the
-- same uid and the same time, so (minute, uid) finds it, through whichever collector it came.
CREATE TABLE IF NOT EXISTS record_uids
(
  -- Minute of the sender's own time.
  minute DateTime('UTC') CODEC(Delta(4), ZSTD(1)),
  -- First 16 bytes of SHA-256 over app, install and uid: the sender's text is not kept.
  uid FixedString(16) CODEC(NONE),
  _spool UUID CODEC(ZSTD(1)),
  _seg UInt64 CODEC(Delta(8), ZSTD(1)),
  received_at DateTime('UTC') CODEC(Delta(4), ZSTD(1)),

  -- For the loader's question how many records its segment has claimed.
  INDEX ledger _seg TYPE minmax GRANULARITY 1
)
ENGINE = MergeTree
-- By day of receipt, so that a day leaves as whole parts.
PARTITION BY toYYYYMMDD(received_at)
ORDER BY (minute, uid)
TTL received_at + INTERVAL 22 DAY
SETTINGS ttl_only_drop_parts = 1, fsync_after_insert = 1, fsync_part_directory = 1;

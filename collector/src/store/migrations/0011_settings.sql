-- Every change of the settings, one row each: the state is the latest entry of a kind and key, and the
-- rows together are the audit log. Tokens and passwords are in it as hashes only.
CREATE TABLE IF NOT EXISTS settings_log
(
  at DateTime64(3, 'UTC'),
  -- Orders the entries: Unix microseconds, and never twice the same from one collector.
  seq UInt64,
  -- Who: a user's name, an API token's name, or the administrator's token.
  by String,
  -- created, changed, removed, or a word of the kind such as revoked.
  action String,
  kind String,
  key String,
  -- JSON; {} where removed.
  value String CODEC(ZSTD(3)),
  removed UInt8
)
ENGINE = MergeTree
ORDER BY seq
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
-- When a token was last used, by its id. Written now and then, not once a use.
CREATE TABLE IF NOT EXISTS token_uses
(
  token String,
  used_at SimpleAggregateFunction(max, DateTime64(3, 'UTC'))
)
ENGINE = AggregatingMergeTree
ORDER BY token;

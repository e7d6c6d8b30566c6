-- The route of a page view, beside the map that holds it: page views are most records of an app that has
-- pages, and a map is read as a whole, so that a question by route took five times as long. The text is
-- what the map says. Parts written before have it from the map until the engine has written it down.
ALTER TABLE events ADD COLUMN IF NOT EXISTS pathname LowCardinality(String) MATERIALIZED multiIf(
  properties['pathname'] != '', properties['pathname'],
  mapContains(numbers, 'pathname'), toString(numbers['pathname']),
  '') CODEC(ZSTD(1));

ALTER TABLE events MATERIALIZE COLUMN pathname;

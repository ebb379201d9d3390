-- Django's database cache: counters of throttles are shared by all processes.
CREATE TABLE IF NOT EXISTS kit_cache (
  cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL
);
CREATE INDEX IF NOT EXISTS kit_cache_expires ON kit_cache (expires);

-- What a test double of an EventStoreDB keeps, in the order in which it was written.

CREATE TABLE IF NOT EXISTS streams (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  -- Of the last event; -1 before the first.
  last INTEGER NOT NULL DEFAULT -1,
  is_tombstoned INTEGER NOT NULL DEFAULT 0,
  -- The members of the stream's metadata that change what is read: NULL means no limit.
  truncate_before INTEGER,
  max_count INTEGER,
  max_age_seconds INTEGER
) STRICT;

CREATE TABLE IF NOT EXISTS events (
  -- Where its record would begin in the log, in bytes.
  position INTEGER PRIMARY KEY,
  stream INTEGER NOT NULL,
  -- NULL for a tombstone, whose revision is larger than a number holds.
  revision INTEGER,
  id TEXT NOT NULL,
  type TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  -- The RecordedEvent message without its positions.
  record BLOB NOT NULL
) STRICT;

CREATE UNIQUE INDEX IF NOT EXISTS events_by_stream ON events (stream, revision);

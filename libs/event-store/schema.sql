-- The log's file. What repeats is kept once and named by a number; a UUID is 16 bytes, a hash 32, a
-- time milliseconds. A value that does not have the usual form is kept as the text that it is.

CREATE TABLE log (
  log_id TEXT NOT NULL
) STRICT;

CREATE TABLE streams (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE types (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE actors (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE events (
  -- How many events stand before it: contiguous from 0.
  position INTEGER PRIMARY KEY,
  stream INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  type INTEGER NOT NULL,
  actor INTEGER NOT NULL,
  recorded_at ANY NOT NULL,
  -- Event id, correlation id and, unless it is the same as that, causation id: 16 bytes each. If
  -- one of them has another form, a JSON array of all three.
  ids ANY NOT NULL,
  idempotency_key ANY,
  request_hash ANY,
  -- RFC 8785 canonical JSON.
  data TEXT NOT NULL,
  -- SHA-256 of the chain before it (in hexadecimal) and the whole event's canonical JSON.
  chain BLOB NOT NULL
) STRICT;

-- No index on ids: they are random, and repeats are compared at (stream, revision).
CREATE UNIQUE INDEX events_by_stream ON events (stream, revision);

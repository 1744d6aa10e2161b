-- Folded states of long streams. Everything here can be computed again from the log: the file may
-- be deleted at any time, and what does not fit the log is ignored. Columns as `Snapshot` names them.

CREATE TABLE snapshots (
  stream TEXT PRIMARY KEY,
  logId TEXT NOT NULL,
  revision INTEGER NOT NULL,
  eventId TEXT NOT NULL,
  foldVersion INTEGER NOT NULL,
  upcastsVersion INTEGER NOT NULL,
  entries INTEGER NOT NULL,
  parts INTEGER NOT NULL,
  head BLOB NOT NULL,
  digest TEXT NOT NULL
) STRICT;

CREATE TABLE parts (
  stream TEXT NOT NULL,
  number INTEGER NOT NULL,
  kind TEXT NOT NULL,
  content BLOB NOT NULL,
  PRIMARY KEY (stream, number)
) STRICT;

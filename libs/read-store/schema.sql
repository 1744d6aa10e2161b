-- What read.db knows about itself; the projections' own tables stand beside these.
CREATE TABLE IF NOT EXISTS read_store (
  format INTEGER NOT NULL,
  -- The log that the rows were made from: rows of another log are refused.
  logId TEXT NOT NULL
) STRICT;

-- Committed together with the rows. The live projections share 'live', a rebuild has its own.
CREATE TABLE IF NOT EXISTS checkpoints (
  feed TEXT NOT NULL PRIMARY KEY CHECK (feed IN ('live', 'rebuild')),
  position TEXT NOT NULL,
  logIndex INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Of the feed that leads: the live one, or the first build while there is none. Only where the
-- store does not number its events; see stream-revisions.ts.
CREATE TABLE IF NOT EXISTS stream_revisions (
  stream TEXT NOT NULL PRIMARY KEY,
  revision INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- One set of tables of one projection. A retired one only waits for its tables to be dropped.
CREATE TABLE IF NOT EXISTS builds (
  build INTEGER NOT NULL PRIMARY KEY,
  projection TEXT NOT NULL,
  version INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('live', 'rebuild', 'retired')),
  -- JSON array of the tables' plain names.
  tables TEXT NOT NULL
) STRICT;

-- Every event of the log, as the log holds it. The log's id stands in every row, so that a table of
-- another log is refused. Actors and keys, which may be any text, come in as JSON strings.
CREATE TABLE IF NOT EXISTS ledger_events (
  log_id LowCardinality(String),
  log_index UInt64 CODEC(Delta, LZ4),
  stream String,
  revision UInt32,
  type LowCardinality(String),
  id UUID,
  occurred_at Nullable(DateTime64(3, 'UTC'))
    DEFAULT parseDateTime64BestEffortOrNull(
      substring(data, position(data, '"occurredAt":"') + 14, 24), 3, 'UTC'),
  recorded_at DateTime64(3, 'UTC') CODEC(Delta, LZ4),
  actor_json String EPHEMERAL,
  actor LowCardinality(String) DEFAULT JSONExtractString(actor_json),
  correlation_id UUID,
  causation_id UUID,
  key_json String EPHEMERAL,
  idempotency_key Nullable(String) DEFAULT if(key_json = '', NULL, JSONExtractString(key_json)),
  hash_text String EPHEMERAL,
  request_hash Nullable(String) DEFAULT nullIf(hash_text, ''),
  data String CODEC(ZSTD(1)),
  -- A quote inside a string is escaped, so these characters end a member's name.
  moves_money Bool DEFAULT position(data, 'movement":') > 0
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(recorded_at)
ORDER BY log_index

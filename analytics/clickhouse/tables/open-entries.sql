-- What the close of a period left for the next to look at again: entries whose posting belongs to
-- no period closed so far. One partition for each close, replaced whole.
CREATE TABLE IF NOT EXISTS open_entries (
  period LowCardinality(String),
  log_index UInt64 CODEC(Delta, LZ4),
  stream String,
  revision UInt32,
  type LowCardinality(String),
  recorded_at DateTime64(3, 'UTC') CODEC(Delta, LZ4),
  occurred_at Nullable(DateTime64(3, 'UTC')),
  clears_at Nullable(DateTime64(3, 'UTC')),
  order_id String,
  seller_id String,
  code_id String,
  text String,
  payee_id String,
  currency LowCardinality(String),
  account LowCardinality(String),
  plan_kind LowCardinality(String),
  plan_version Nullable(Int64),
  rounding Nullable(Int64),
  rate_bps Nullable(Int64),
  fee_minor Nullable(Decimal(38, 0)),
  net_before_minor Nullable(Decimal(38, 0)),
  net_after_minor Nullable(Decimal(38, 0)),
  lines Array(Tuple(line_id String, before_minor Decimal(38, 0), after_minor Decimal(38, 0))),
  stated_minor Nullable(Decimal(38, 0))
)
ENGINE = ReplacingMergeTree
PARTITION BY period
ORDER BY (period, log_index)

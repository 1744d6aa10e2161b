-- The lines of each period's statements, with the amount as it was computed again from base and
-- plan. One partition for each period, replaced whole when both ways agreed.
CREATE TABLE IF NOT EXISTS statement_lines (
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
  stated_minor Nullable(Decimal(38, 0)),
  kind LowCardinality(String),
  late Bool,
  amount_minor Int128
)
ENGINE = ReplacingMergeTree
PARTITION BY period
ORDER BY (payee_id, currency, log_index)

-- The sums of each period's statements; what is payable after them is where the next period begins.
-- One partition for each period, replaced whole when both ways agreed.
CREATE TABLE IF NOT EXISTS statement_totals (
  period LowCardinality(String),
  payee_id String,
  currency LowCardinality(String),
  opening_minor Decimal(38, 0),
  line_count UInt64,
  lines_minor Decimal(38, 0),
  late_minor Decimal(38, 0),
  earning_minor Decimal(38, 0),
  hold_minor Decimal(38, 0),
  invalidation_minor Decimal(38, 0),
  release_minor Decimal(38, 0),
  restoration_minor Decimal(38, 0),
  reversal_minor Decimal(38, 0),
  closing_minor Decimal(38, 0)
)
ENGINE = ReplacingMergeTree
PARTITION BY period
ORDER BY (period, payee_id, currency)

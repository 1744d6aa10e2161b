-- The periods closed in this stretch of the log, in its order: cutoff, and [starts_at, ends_at).
SELECT log_index AS cutoff, period, rules_version, starts_at,
       toDateTime64(addMonths(starts_at, 1), 3, 'UTC') AS ends_at
FROM (
  SELECT log_index, JSONExtractString(data, 'period') AS period,
         JSONExtractUInt(data, 'rulesVersion') AS rules_version,
         toDateTime64(concat(period, '-01 00:00:00.000'), 3, 'UTC') AS starts_at
  FROM ledger_events FINAL
  PREWHERE type = 'PeriodClosed'
  WHERE log_index BETWEEN {first:UInt64} AND {cutoff:UInt64}
)
ORDER BY log_index

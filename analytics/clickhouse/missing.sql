-- The events of a stretch that are not here, or whose entries are not: how many, and the first.
SELECT count() AS missing, min(log_index) AS first
FROM (
  SELECT {first:UInt64} + number AS log_index FROM numbers({count:UInt64})
) AS wanted
LEFT ANTI JOIN (
  SELECT log_index
  FROM ledger_events FINAL
  WHERE log_index BETWEEN {first:UInt64} AND {first:UInt64} + {count:UInt64} - 1
    AND (NOT moves_money OR log_index IN (
      SELECT log_index FROM ledger_entries
      WHERE log_index BETWEEN {first:UInt64} AND {first:UInt64} + {count:UInt64} - 1
    ))
) AS held USING (log_index)

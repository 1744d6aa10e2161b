-- How much of the log is here, counted in stretches of the log: events, those of them that move
-- money, and entries. Duplicates that were not merged yet count once.
SELECT bucket, events, money, entries, last, log_ids
FROM (
  SELECT intDiv(log_index, {size:UInt64}) AS bucket, count() AS events, countIf(moves_money) AS money,
         max(log_index) AS last, groupUniqArray(2)(log_id) AS log_ids
  FROM (
    SELECT log_index, moves_money, log_id
    FROM ledger_events FINAL
    WHERE log_index BETWEEN {first:UInt64} AND {last:UInt64}
  )
  GROUP BY bucket
) AS in_events
LEFT JOIN (
  SELECT intDiv(log_index, {size:UInt64}) AS bucket, count() AS entries
  FROM (
    SELECT log_index FROM ledger_entries FINAL
    WHERE log_index BETWEEN {first:UInt64} AND {last:UInt64}
  )
  GROUP BY bucket
) AS in_entries USING (bucket)
ORDER BY bucket

-- Commission that is on no statement yet, by the month in which it clears
WITH pending AS (
  SELECT log_index, payee_id, currency, strftime(clears_at, '%Y-%m') AS clears_in,
         CASE type WHEN 'CommissionHeld' THEN -stated_minor ELSE stated_minor END AS amount_minor,
         clears_at
  FROM entries
  WHERE account = 'pending' OR type IN ('CommissionHeld', 'CommissionReleased')
)
SELECT clears_in, currency, count(DISTINCT payee_id) AS influencers,
       sum(amount_minor) AS pending_minor
FROM pending
WHERE NOT EXISTS (
  SELECT 1 FROM periods
  WHERE cutoff_log_index > pending.log_index
    AND strptime(period || '-01', '%Y-%m-%d') + INTERVAL 1 MONTH > pending.clears_at
)
GROUP BY ALL
ORDER BY clears_in, currency

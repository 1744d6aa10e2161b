-- Issued statements by period, payee and currency.
SELECT * FROM statements
WHERE (period, payeeId, currency) > (:afterPeriod, :afterPayeeId, :afterCurrency)
  AND (:payeeId IS NULL OR payeeId = :payeeId)
  AND (:period IS NULL OR period = :period)
  AND (:currency IS NULL OR currency = :currency)
ORDER BY period, payeeId, currency
LIMIT :limit

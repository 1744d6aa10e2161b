-- Issued statements in the order in which they were issued.
SELECT * FROM statements
WHERE (:payeeId IS NULL OR payeeId = :payeeId)
  AND (:period IS NULL OR period = :period)
  AND (:currency IS NULL OR currency = :currency)
  AND logIndex > :logIndex
ORDER BY logIndex
LIMIT :limit

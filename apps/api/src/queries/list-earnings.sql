-- Postings of a payee in one state, the latest first. A posting on pending is stated by the first
-- statement whose cutoff comes after it and whose period reaches its clearing: then it is payable.
WITH stated AS (
  SELECT e.*, (
    SELECT MIN(s.period) FROM statements AS s
    WHERE s.payeeId = e.payeeId AND s.currency = e.currency
      AND s.cutoffLogIndex > e.logIndex AND s.period >= substr(e.clearsAt, 1, 7)
  ) AS statedIn
  FROM earnings AS e
  WHERE e.payeeId = :influencerId AND e.logIndex < :afterLogIndex
    AND e.account = iif(:state = 'held', 'held', 'pending')
    AND (:currency IS NULL OR e.currency = :currency)
)
SELECT * FROM stated
WHERE CASE :state
    WHEN 'payable' THEN statedIn IS NOT NULL
    WHEN 'pending' THEN statedIn IS NULL
    ELSE TRUE
  END
ORDER BY logIndex DESC
LIMIT :limit

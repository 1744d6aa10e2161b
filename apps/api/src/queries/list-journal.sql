-- Postings in the order of the log, of one account or of all.
SELECT * FROM journal
WHERE (logIndex, line) > (:afterLogIndex, :afterLine)
  AND (:account IS NULL OR account = :account)
ORDER BY logIndex, line
LIMIT :limit

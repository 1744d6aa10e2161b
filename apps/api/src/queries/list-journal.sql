-- Postings in the order of the log, of one account or of all.
SELECT * FROM journal
WHERE (:account IS NULL OR account = :account) AND (logIndex, line) > (:logIndex, :line)
ORDER BY logIndex, line
LIMIT :limit

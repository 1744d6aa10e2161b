-- The first entry from which no amount can be computed, or whose event says something else than its
-- base and plan give. Follows moved.sql.
SELECT concat(stream, '@', toString(revision)) AS event, reason
FROM moved
WHERE reason <> ''
ORDER BY log_index
LIMIT 1

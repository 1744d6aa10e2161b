-- The first entry from which no amount can be computed, or whose event says something else than its
-- base and plan give.
SELECT stream || '@' || revision AS event,
       CASE
         WHEN fault IS NOT NULL THEN fault
         WHEN moved_minor <> stated_minor::HUGEINT
           THEN 'states ' || stated_minor || ', its base and plan give ' || moved_minor
         WHEN moved_minor = 0
           THEN 'moves nothing'
         ELSE 'changes its lines by ' || base_change_minor || ' and its net by '
              || (net_after_minor::HUGEINT - net_before_minor::HUGEINT)
       END AS reason
FROM moved
WHERE is_faulty
ORDER BY log_index
LIMIT 1

-- The first entry whose event says something else than its base and plan give.
SELECT stream || '@' || revision AS event,
       CASE
         WHEN moved_minor <> stated_minor::HUGEINT
           THEN 'states ' || stated_minor || ', its base and plan give ' || moved_minor
         WHEN moved_minor = 0
           THEN 'moves nothing'
         WHEN base_change_minor <> net_after_minor::HUGEINT - net_before_minor::HUGEINT
           THEN 'changes its lines by ' || base_change_minor || ' and its net by '
                || (net_after_minor::HUGEINT - net_before_minor::HUGEINT)
       END AS fault
FROM computed
WHERE fault IS NOT NULL
ORDER BY log_index
LIMIT 1

-- From task to order: applicants, approved, codes issued, orders, by channel
SELECT channel, tasks.status, count(*) AS tasks, sum(applicants)::BIGINT AS applicants,
       sum(approved)::BIGINT AS approved, sum(issued_codes)::BIGINT AS issued_codes,
       coalesce(sum(orders), 0)::BIGINT AS orders
FROM tasks LEFT JOIN (
  SELECT task_id, count(*) AS orders FROM redemptions GROUP BY task_id
) USING (task_id)
GROUP BY ALL
ORDER BY channel, status

-- Which views there are, and what one row of each is
SELECT view_name AS view, comment
FROM duckdb_views()
WHERE NOT internal AND comment IS NOT NULL
ORDER BY view_name

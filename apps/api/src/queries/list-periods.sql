-- Closed periods in order.
SELECT * FROM periods WHERE period > :period ORDER BY period LIMIT :limit

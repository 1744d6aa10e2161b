-- Closed periods in order.
SELECT * FROM periods WHERE period > :afterPeriod ORDER BY period LIMIT :limit

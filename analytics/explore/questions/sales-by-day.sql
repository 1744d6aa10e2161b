-- Orders, sales and commission by day
SELECT * FROM sales_by_day ORDER BY day, currency

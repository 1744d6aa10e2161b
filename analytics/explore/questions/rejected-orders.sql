-- Why orders got no commission
SELECT reason, count(*) AS orders
FROM rejected_orders
GROUP BY reason
ORDER BY orders DESC, reason

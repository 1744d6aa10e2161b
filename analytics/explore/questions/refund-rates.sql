-- Which sellers' sales come back: refunds as a share of what was paid
WITH refunded AS (
  SELECT seller_id, currency,
         sum(CASE status WHEN 'applied' THEN refunded_minor WHEN 'cancelled' THEN -refunded_minor
             ELSE 0 END) AS refunded_minor
  FROM refunds GROUP BY ALL
)
SELECT seller_id, currency, orders, paid_minor, coalesce(refunded_minor, 0) AS refunded_minor,
       round(100 * coalesce(refunded_minor, 0)::DOUBLE / nullif(paid_minor, 0)::DOUBLE, 2)
         AS refunded_percent
FROM sales_by_seller LEFT JOIN refunded USING (seller_id, currency)
ORDER BY refunded_percent DESC NULLS LAST, seller_id
LIMIT 20

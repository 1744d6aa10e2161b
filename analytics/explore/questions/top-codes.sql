-- Which promo codes sold most, and what they cost in commission
SELECT code_id, name, seller_id, sales_by_code.currency, orders, paid_minor, commission_minor
FROM sales_by_code LEFT JOIN codes USING (code_id, seller_id)
ORDER BY paid_minor DESC, code_id
LIMIT 20

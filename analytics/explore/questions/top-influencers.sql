-- Which influencers earned most, after refunds
SELECT influencer_id, currency, orders, paid_minor, commission_minor
FROM sales_by_influencer
ORDER BY commission_minor DESC, influencer_id
LIMIT 20

-- Which products are bought with a code
SELECT * FROM sales_by_product ORDER BY paid_minor DESC, seller_id, product_id LIMIT 20

-- What is payable after this period.
SELECT payee_id, currency, closing_minor::DECIMAL(38, 0) AS balance_minor
FROM statement
WHERE closing_minor <> 0
ORDER BY payee_id, currency

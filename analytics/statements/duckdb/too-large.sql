-- A guard before the sums: with it no sum of amounts and balances can reach 10^37.
SELECT coalesce(max(abs(amount)), 0)
       > 10000000000000000000000000000000000000::HUGEINT // greatest(count(*), 1) AS is_too_large
FROM (
  SELECT amount_minor AS amount FROM posting
  UNION ALL
  SELECT balance_minor::HUGEINT AS amount FROM balance
)

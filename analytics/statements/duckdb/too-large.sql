-- A guard before balances are added to: within it no sum with them can leave 128 bits.
SELECT coalesce(max(abs(balance_minor::HUGEINT)), 0)
       > 10000000000000000000000000000000000000::HUGEINT AS is_too_large
FROM balance

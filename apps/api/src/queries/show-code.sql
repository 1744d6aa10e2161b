-- A code with its totals and its latest reward plan.
SELECT
  c.*, p.version, p.kind, p.rateBps, p.feeMinor, p.effectiveFrom,
  t.uses, t.attributedOrders, t.salesMinor, t.remainingMinor, t.estimatedMinor, t.earnedMinor
FROM codes AS c
LEFT JOIN reward_plans AS p ON p.codeId = c.codeId AND p.version = c.planVersion
LEFT JOIN code_totals AS t ON t.codeId = c.codeId
WHERE c.codeId = :codeId

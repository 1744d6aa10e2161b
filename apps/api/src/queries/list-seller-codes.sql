-- A seller's codes with their totals and the latest reward plan, the latest first.
SELECT
  c.*, p.version, p.kind, p.rateBps, p.feeMinor, p.effectiveFrom,
  t.uses, t.attributedOrders, t.salesMinor, t.remainingMinor, t.estimatedMinor, t.earnedMinor
FROM codes AS c
LEFT JOIN reward_plans AS p ON p.codeId = c.codeId AND p.version = c.planVersion
LEFT JOIN code_totals AS t ON t.codeId = c.codeId
WHERE c.sellerId = :sellerId AND (c.createdAt, c.codeId) < (:afterCreatedAt, :afterCodeId)
ORDER BY c.createdAt DESC, c.codeId DESC
LIMIT :limit

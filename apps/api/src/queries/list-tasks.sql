-- All tasks, or those of a type (rule 13), the latest first; of an influencer also how far its own
-- application has come.
SELECT
  t.taskId, t.taskType, t.channel, t.origin, t.activityId, t.status, t.closedReason, t.samples,
  t.applicationClosesAt, t.submissionClosesAt, t.openedAt,
  c.codeId, c.sellerId, c.name, c.discountKind, c.discountBps, c.discountMinor,
  c.minimumSpendMinor, c.codeType, c.currency, c.redeemableFrom, c.redeemableUntil, c.productIds,
  p.version, p.kind, p.rateBps, p.feeMinor, p.effectiveFrom,
  a.status AS applicationStatus, a.reason, a.appliedAt, a.codesRequested, a.submissions,
  a.lastSubmittedAt
FROM tasks AS t
JOIN codes AS c USING (codeId)
LEFT JOIN reward_plans AS p ON p.codeId = c.codeId AND p.version = c.planVersion
LEFT JOIN applications AS a ON a.taskId = t.taskId AND a.influencerId = :influencerId
WHERE (t.openedAt, t.taskId) < (:afterOpenedAt, :afterTaskId)
  AND (:sellerId IS NULL OR t.sellerId = :sellerId)
  AND (:channel IS NULL OR t.channel = :channel)
  AND (:status IS NULL OR t.status = :status)
  AND (:taskType IS NULL OR t.taskType = :taskType)
ORDER BY t.openedAt DESC, t.taskId DESC
LIMIT :limit

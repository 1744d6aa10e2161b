-- Tasks of a tab (rule 13), the latest first. The influencer's tabs hold what it applied for:
-- ended when the task is closed, else submitted once content came, else awaiting submission.
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
WHERE (t.openedAt, t.taskId) < (:openedAt, :taskId)
  AND (:sellerId IS NULL OR t.sellerId = :sellerId)
  AND (:channel IS NULL OR t.channel = :channel)
  AND (:status IS NULL OR t.status = :status)
  AND CASE :tab
    WHEN 'all' THEN TRUE
    WHEN 'store_promo_code' THEN t.taskType = 'store_promo_code'
    WHEN 'awaiting_submission'
      THEN a.status = 'approved' AND a.submissions = 0 AND t.status = 'open'
    WHEN 'submitted'
      THEN a.status = 'approved' AND a.submissions > 0 AND t.status = 'open'
    ELSE a.status = 'approved' AND t.status = 'closed'
  END
ORDER BY t.openedAt DESC, t.taskId DESC
LIMIT :limit

-- The tasks that an influencer was approved for (rule 13), the latest application first: ended when
-- the task is closed, else submitted once content came, else awaiting submission.
SELECT
  t.taskId, t.taskType, t.channel, t.origin, t.activityId, t.status, t.closedReason, t.samples,
  t.applicationClosesAt, t.submissionClosesAt, t.openedAt,
  c.codeId, c.sellerId, c.name, c.discountKind, c.discountBps, c.discountMinor,
  c.minimumSpendMinor, c.codeType, c.currency, c.redeemableFrom, c.redeemableUntil, c.productIds,
  p.version, p.kind, p.rateBps, p.feeMinor, p.effectiveFrom,
  a.status AS applicationStatus, a.reason, a.appliedAt, a.codesRequested, a.submissions,
  a.lastSubmittedAt
FROM applications AS a
JOIN tasks AS t ON t.taskId = a.taskId
JOIN codes AS c ON c.codeId = t.codeId
LEFT JOIN reward_plans AS p ON p.codeId = c.codeId AND p.version = c.planVersion
WHERE a.influencerId = :influencerId
  AND a.status = 'approved'
  AND (a.appliedAt, a.taskId) < (:afterAppliedAt, :afterTaskId)
  AND (:sellerId IS NULL OR t.sellerId = :sellerId)
  AND (:channel IS NULL OR t.channel = :channel)
  AND (:status IS NULL OR t.status = :status)
  AND CASE :tab
    WHEN 'awaiting_submission' THEN a.submissions = 0 AND t.status = 'open'
    WHEN 'submitted' THEN a.submissions > 0 AND t.status = 'open'
    ELSE t.status = 'closed'
  END
ORDER BY a.appliedAt DESC, a.taskId DESC
LIMIT :limit

-- A seller's applications to activities, the latest first.
SELECT * FROM entries
WHERE sellerId = :sellerId
  AND (:status IS NULL OR status = :status)
  AND (appliedAt, activityId, codeId) < (:afterAppliedAt, :afterActivityId, :afterCodeId)
ORDER BY appliedAt DESC, activityId DESC, codeId DESC
LIMIT :limit

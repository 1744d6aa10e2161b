-- Published activities, the latest first.
SELECT * FROM activities
WHERE (publishedAt, activityId) < (:afterPublishedAt, :afterActivityId)
ORDER BY publishedAt DESC, activityId DESC
LIMIT :limit

-- Published activities, the latest first.
SELECT * FROM activities
WHERE (publishedAt, activityId) < (:publishedAt, :activityId)
ORDER BY publishedAt DESC, activityId DESC
LIMIT :limit

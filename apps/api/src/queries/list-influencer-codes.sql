-- Codes issued to an influencer or handed to it by its agency, the latest first. Each half walks
-- its own index and ends at the limit.
SELECT * FROM (
  SELECT * FROM issued_codes
  WHERE payeeId = :influencerId
    AND (issuedAt, text) < (:afterIssuedAt, :afterText)
    AND (:taskId IS NULL OR taskId = :taskId)
  ORDER BY issuedAt DESC, text DESC
  LIMIT :limit
)
UNION ALL
SELECT * FROM (
  SELECT * FROM issued_codes
  WHERE promoterId = :influencerId AND payeeId <> :influencerId
    AND (issuedAt, text) < (:afterIssuedAt, :afterText)
    AND (:taskId IS NULL OR taskId = :taskId)
  ORDER BY issuedAt DESC, text DESC
  LIMIT :limit
)
ORDER BY issuedAt DESC, text DESC
LIMIT :limit

-- Codes issued to an influencer or handed to it by its agency, the latest first.
SELECT * FROM issued_codes
WHERE (payeeId = :influencerId OR promoterId = :influencerId)
  AND (:taskId IS NULL OR taskId = :taskId)
  AND (issuedAt, text) < (:issuedAt, :text)
ORDER BY issuedAt DESC, text DESC
LIMIT :limit

-- Orders that came through codes of an influencer, as payee or promoter, the latest first.
SELECT * FROM orders
WHERE (payeeId = :influencerId OR promoterId = :influencerId)
  AND (:status IS NULL OR status = :status)
  AND (:codeId IS NULL OR codeId = :codeId)
  AND (paidAt, sellerId, orderId) < (:paidAt, :sellerId, :orderId)
ORDER BY paidAt DESC, sellerId DESC, orderId DESC
LIMIT :limit

-- Orders that came through codes of an influencer, as payee or as promoter, the latest first. Each
-- half walks its own index and ends at the limit.
SELECT * FROM (
  SELECT * FROM orders
  WHERE payeeId = :influencerId
    AND (paidAt, sellerId, orderId) < (:afterPaidAt, :afterSellerId, :afterOrderId)
    AND (:status IS NULL OR status = :status)
    AND (:codeId IS NULL OR codeId = :codeId)
  ORDER BY paidAt DESC, sellerId DESC, orderId DESC
  LIMIT :limit
)
UNION ALL
SELECT * FROM (
  SELECT * FROM orders
  WHERE promoterId = :influencerId AND payeeId <> :influencerId
    AND (paidAt, sellerId, orderId) < (:afterPaidAt, :afterSellerId, :afterOrderId)
    AND (:status IS NULL OR status = :status)
    AND (:codeId IS NULL OR codeId = :codeId)
  ORDER BY paidAt DESC, sellerId DESC, orderId DESC
  LIMIT :limit
)
ORDER BY paidAt DESC, sellerId DESC, orderId DESC
LIMIT :limit

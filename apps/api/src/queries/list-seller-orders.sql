-- Orders of a seller that have an outcome, the latest first.
SELECT * FROM orders
WHERE sellerId = :sellerId
  AND (:status IS NULL OR status = :status)
  AND (:codeId IS NULL OR codeId = :codeId)
  AND (paidAt, orderId) < (:afterPaidAt, :afterOrderId)
ORDER BY paidAt DESC, orderId DESC
LIMIT :limit

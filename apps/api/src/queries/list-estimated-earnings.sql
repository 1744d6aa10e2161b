-- Orders of a payee that would earn if they were confirmed as they are, the latest first.
SELECT sellerId, orderId, codeId, text, currency, paidAt, estimatedMinor FROM orders
WHERE payeeId = :influencerId AND estimatedMinor <> '0'
  AND (:currency IS NULL OR currency = :currency)
  AND (paidAt, sellerId, orderId) < (:afterPaidAt, :afterSellerId, :afterOrderId)
ORDER BY paidAt DESC, sellerId DESC, orderId DESC
LIMIT :limit

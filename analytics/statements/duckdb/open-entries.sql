-- What the next close looks at again: entries whose posting belongs to none of these periods. In the
-- order in which the lake holds its own.
SELECT log_index, stream, revision, type, occurred_at, clears_at, order_id, seller_id, code_id, text,
       payee_id, currency, account, plan_kind, plan_version, rounding, rate_bps, fee_minor,
       net_before_minor, net_after_minor, lines, stated_minor
FROM moved
WHERE is_open
ORDER BY payee_id, currency, log_index

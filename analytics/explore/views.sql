-- What analysts see of the lake. Amounts are whole minor units (cents, yen), times are UTC, days are
-- UTC days. Every view says in its comment what one row is.

CREATE VIEW events AS
SELECT * FROM read_parquet(getvariable('event_files'));
COMMENT ON VIEW events IS 'One row per event of the log; data is its canonical JSON.';

CREATE VIEW entries AS
SELECT * FROM read_parquet(getvariable('entry_files'));
COMMENT ON VIEW entries IS
  'One row per event that moves money, with the base and the plan that its amount comes from.';

CREATE VIEW entry_lines AS
SELECT log_index, stream, revision, type, order_id, seller_id, code_id, payee_id, currency,
       line.line_id, line.before_minor, line.after_minor
FROM (SELECT *, unnest(lines) AS line FROM entries);
COMMENT ON VIEW entry_lines IS 'One row per order line that such an event touches.';

CREATE VIEW redemptions AS
SELECT log_index, stream, occurred_at, verdict.sellerId AS seller_id, verdict.orderId AS order_id,
       verdict.codeId AS code_id, verdict.taskId AS task_id, verdict.text AS text,
       verdict.payeeId AS influencer_id, verdict.promoterId AS promoter_id,
       verdict.buyer AS buyer, verdict.currency AS currency,
       verdict.paidAt::TIMESTAMP_MS AS paid_at, verdict.paidAt::DATE AS day,
       len(verdict.lines) AS line_count,
       list_sum(list_transform(verdict.lines, lambda l: l.paidMinor))::DECIMAL(38, 0)
         AS paid_minor,
       coalesce(list_sum(list_transform(list_filter(verdict.lines, lambda l: l.eligible),
         lambda l: l.paidMinor)), 0)::DECIMAL(38, 0) AS eligible_minor,
       verdict.commissionMinor::DECIMAL(38, 0) AS estimated_commission_minor,
       verdict.plan.kind AS plan_kind, verdict.plan.rateBps AS rate_bps,
       verdict.plan.feeMinor::DECIMAL(38, 0) AS fee_minor,
       verdict.lines AS lines
FROM (
  SELECT log_index, stream, occurred_at,
         json_transform(data, '{"verdict": {
           "sellerId": "VARCHAR", "orderId": "VARCHAR", "codeId": "VARCHAR", "taskId": "VARCHAR",
           "text": "VARCHAR", "payeeId": "VARCHAR", "promoterId": "VARCHAR", "buyer": "VARCHAR",
           "currency": "VARCHAR", "paidAt": "VARCHAR", "commissionMinor": "HUGEINT",
           "plan": {"kind": "VARCHAR", "rateBps": "INTEGER", "feeMinor": "HUGEINT"},
           "lines": [{"lineId": "VARCHAR", "productId": "VARCHAR", "quantity": "BIGINT",
                      "listMinor": "HUGEINT", "paidMinor": "HUGEINT", "eligible": "BOOLEAN"}]
         }}').verdict AS verdict
  FROM events WHERE type = 'OrderAttributed'
);
COMMENT ON VIEW redemptions IS
  'One row per order attributed to a code: what was paid, what of it is eligible, the estimate.';

CREATE VIEW redemption_lines AS
SELECT log_index, stream, seller_id, order_id, code_id, influencer_id, promoter_id, currency, day,
       line.lineId AS line_id, line.productId AS product_id, line.quantity AS quantity,
       line.listMinor::DECIMAL(38, 0) AS list_minor, line.paidMinor::DECIMAL(38, 0) AS paid_minor,
       line.eligible AS eligible
FROM (SELECT *, unnest(lines) AS line FROM redemptions);
COMMENT ON VIEW redemption_lines IS 'One row per line of an attributed order.';

CREATE VIEW rejected_orders AS
SELECT log_index, stream, occurred_at, occurred_at::DATE AS day,
       data->>'$.sellerId' AS seller_id, data->>'$.orderId' AS order_id,
       data->>'$.codeId' AS code_id, data->>'$.text' AS text, data->>'$.currency' AS currency,
       CAST(data->>'$.paidAt' AS TIMESTAMP_MS) AS paid_at, data->>'$.reason' AS reason
FROM events WHERE type = 'OrderRejected';
COMMENT ON VIEW rejected_orders IS 'One row per order that got no commission, with the reason.';

CREATE VIEW commissions AS
SELECT log_index, stream, revision, type,
       CASE type
         WHEN 'OrderConfirmed' THEN 'earning'
         WHEN 'OrderRefunded' THEN 'reversal'
         WHEN 'RefundCancelled' THEN 'restoration'
         WHEN 'OrderInvalidated' THEN 'invalidation'
       END AS kind,
       occurred_at, occurred_at::DATE AS day, clears_at, order_id, seller_id, code_id, text,
       payee_id AS influencer_id, currency, account, plan_kind, plan_version, rate_bps, fee_minor,
       stated_minor AS commission_minor
FROM entries WHERE type NOT IN ('CommissionHeld', 'CommissionReleased');
COMMENT ON VIEW commissions IS
  'One row per commission earned or taken back; amounts add up to what was earned after refunds.';

CREATE VIEW holds AS
SELECT log_index, stream, type, occurred_at, order_id, seller_id, code_id,
       payee_id AS influencer_id, currency,
       CASE type WHEN 'CommissionHeld' THEN stated_minor ELSE -stated_minor END AS held_minor
FROM entries WHERE type IN ('CommissionHeld', 'CommissionReleased');
COMMENT ON VIEW holds IS
  'One row per commission moved to held (above zero) or released from it (below zero).';

CREATE VIEW refunds AS
SELECT log_index, stream, type, occurred_at, occurred_at::DATE AS day,
       CASE type WHEN 'OrderRefunded' THEN 'applied' WHEN 'RefundCancelled' THEN 'cancelled'
                 WHEN 'RefundRefused' THEN 'refused' ELSE 'parked' END AS status,
       data->>'$.sellerId' AS seller_id, data->>'$.orderId' AS order_id,
       data->>'$.refundId' AS refund_id, data->>'$.reason' AS refused_because,
       coalesce(list_sum(list_transform(
         list_concat(data->>'$.spread[*].amountMinor', data->>'$.restored[*].amountMinor'),
         lambda amount: amount::HUGEINT)), 0)::DECIMAL(38, 0) AS refunded_minor,
       coalesce(CAST(data->>'$.movement.amountMinor' AS DECIMAL(38, 0)), 0) AS commission_minor,
       coalesce(data->>'$.movement.codeId', attributed.code_id) AS code_id,
       coalesce(data->>'$.movement.payeeId', attributed.influencer_id) AS influencer_id,
       coalesce(data->>'$.currency', attributed.currency) AS currency
FROM events LEFT JOIN (
  SELECT stream, code_id, influencer_id, currency FROM redemptions
) AS attributed USING (stream)
WHERE type IN ('OrderRefunded', 'RefundCancelled', 'RefundRefused', 'RefundParked');
COMMENT ON VIEW refunds IS
  'One row per refund applied, cancelled, refused or parked, and what it took from commission.';

CREATE VIEW codes AS
SELECT log_index, data->>'$.codeId' AS code_id, data->>'$.sellerId' AS seller_id,
       data->>'$.name' AS name, data->>'$.codeType' AS code_type, data->>'$.currency' AS currency,
       CAST(data->>'$.redeemableFrom' AS TIMESTAMP_MS) AS redeemable_from,
       CAST(data->>'$.redeemableUntil' AS TIMESTAMP_MS) AS redeemable_until,
       CAST(data->>'$.totalLimit' AS BIGINT) AS total_limit,
       CAST(data->>'$.perBuyerLimit' AS BIGINT) AS per_buyer_limit,
       CAST(data->>'$.minimumSpendMinor' AS DECIMAL(38, 0)) AS minimum_spend_minor
FROM events WHERE type = 'CodeCreated';
COMMENT ON VIEW codes IS 'One row per promo code, as it was created.';

CREATE VIEW issued_codes AS
SELECT log_index, occurred_at, data->>'$.text' AS text, data->>'$.codeId' AS code_id,
       data->>'$.taskId' AS task_id, data->>'$.sellerId' AS seller_id,
       data->>'$.payeeId' AS influencer_id
FROM events WHERE type = 'CodeIssued';
COMMENT ON VIEW issued_codes IS 'One row per code text issued to an influencer or agency.';

CREATE VIEW tasks AS
WITH opened AS (
  SELECT stream, occurred_at AS opened_at, data->>'$.taskId' AS task_id,
         data->>'$.codeId' AS code_id, data->>'$.sellerId' AS seller_id,
         data->>'$.channel' AS channel, data->>'$.origin' AS origin,
         data->>'$.samples' AS samples,
         CAST(data->>'$.applicationClosesAt' AS TIMESTAMP_MS) AS application_closes_at
  FROM events WHERE type = 'TaskOpened'
), latest AS (
  SELECT stream, arg_max(type, revision) AS type
  FROM events WHERE type IN ('TaskOpened', 'TaskClosed', 'TaskReopened') GROUP BY stream
), applied AS (
  SELECT data->>'$.taskId' AS task_id,
         count(DISTINCT stream) FILTER (type = 'TaskApplied') AS applicants,
         count(DISTINCT stream) FILTER (type = 'ApplicationApproved') AS approved
  FROM events WHERE type IN ('TaskApplied', 'ApplicationApproved') GROUP BY ALL
), issued AS (
  SELECT task_id, count(*) AS issued_codes FROM issued_codes GROUP BY ALL
)
SELECT task_id, code_id, seller_id, channel, origin, samples, opened_at, application_closes_at,
       CASE latest.type WHEN 'TaskClosed' THEN 'closed' ELSE 'open' END AS status,
       coalesce(applicants, 0) AS applicants, coalesce(approved, 0) AS approved,
       coalesce(issued_codes, 0) AS issued_codes
FROM opened JOIN latest USING (stream) LEFT JOIN applied USING (task_id)
            LEFT JOIN issued USING (task_id);
COMMENT ON VIEW tasks IS 'One row per promotion task: its code, channel, status and applicants.';

CREATE VIEW periods AS
SELECT log_index AS cutoff_log_index, data->>'$.period' AS period, occurred_at AS closed_at
FROM events WHERE type = 'PeriodClosed';
COMMENT ON VIEW periods IS 'One row per closed period; events before the cutoff count in it.';

CREATE VIEW statements AS
SELECT log_index, occurred_at AS issued_at, data->>'$.payeeId' AS influencer_id,
       data->>'$.period' AS period, data->>'$.currency' AS currency,
       CAST(data->>'$.lineCount' AS BIGINT) AS line_count,
       CAST(data->>'$.openingMinor' AS DECIMAL(38, 0)) AS opening_minor,
       CAST(data->>'$.linesMinor' AS DECIMAL(38, 0)) AS lines_minor,
       CAST(data->>'$.otherMinor' AS DECIMAL(38, 0)) AS other_minor,
       CAST(data->>'$.closingMinor' AS DECIMAL(38, 0)) AS closing_minor,
       data->>'$.documentSha256' AS document_sha256
FROM events WHERE type = 'StatementIssued';
COMMENT ON VIEW statements IS 'One row per statement issued, with its balances.';

CREATE VIEW sales_by_code AS
SELECT seller_id, code_id, currency, orders, paid_minor, eligible_minor,
       coalesce(commission_minor, 0) AS commission_minor
FROM (
  SELECT seller_id, code_id, currency, count(*) AS orders, sum(paid_minor) AS paid_minor,
         sum(eligible_minor) AS eligible_minor
  FROM redemptions GROUP BY ALL
) LEFT JOIN (
  SELECT seller_id, code_id, currency, sum(commission_minor) AS commission_minor
  FROM commissions GROUP BY ALL
) USING (seller_id, code_id, currency);
COMMENT ON VIEW sales_by_code IS 'One row per promo code: orders, sales, commission after refunds.';

CREATE VIEW sales_by_seller AS
SELECT seller_id, currency, count(*) AS codes, sum(orders)::BIGINT AS orders,
       sum(paid_minor) AS paid_minor, sum(eligible_minor) AS eligible_minor,
       sum(commission_minor) AS commission_minor
FROM sales_by_code GROUP BY ALL;
COMMENT ON VIEW sales_by_seller IS 'One row per seller: orders, sales, commission after refunds.';

CREATE VIEW sales_by_influencer AS
SELECT influencer_id, currency, orders, paid_minor, eligible_minor,
       coalesce(commission_minor, 0) AS commission_minor
FROM (
  SELECT influencer_id, currency, count(*) AS orders, sum(paid_minor) AS paid_minor,
         sum(eligible_minor) AS eligible_minor
  FROM redemptions GROUP BY ALL
) LEFT JOIN (
  SELECT influencer_id, currency, sum(commission_minor) AS commission_minor
  FROM commissions GROUP BY ALL
) USING (influencer_id, currency);
COMMENT ON VIEW sales_by_influencer IS
  'One row per influencer or agency that is paid: orders, sales, commission after refunds.';

CREATE VIEW sales_by_product AS
SELECT seller_id, product_id, currency, count(*) AS lines, sum(quantity)::BIGINT AS quantity,
       sum(list_minor) AS list_minor, sum(paid_minor) AS paid_minor
FROM redemption_lines GROUP BY ALL;
COMMENT ON VIEW sales_by_product IS 'One row per product sold with a code.';

CREATE VIEW sales_by_day AS
SELECT day, currency, orders, paid_minor, coalesce(commission_minor, 0) AS commission_minor
FROM (
  SELECT day, currency, count(*) AS orders, sum(paid_minor) AS paid_minor
  FROM redemptions GROUP BY ALL
) FULL JOIN (
  SELECT day, currency, sum(commission_minor) AS commission_minor FROM commissions GROUP BY ALL
) USING (day, currency);
COMMENT ON VIEW sales_by_day IS
  'One row per day: orders by the day they were paid, commission by the day it was posted.';

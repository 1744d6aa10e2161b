-- What analysts see in ClickHouse, by the same names and columns as over the lake. Amounts are whole
-- minor units (cents, yen), times are UTC, days are UTC days. Every view says in its comment what one
-- row is. Each reads its tables FINAL, so that what was inserted twice counts once.

CREATE OR REPLACE VIEW events AS
SELECT log_index, stream, revision, type, id, occurred_at, recorded_at, actor, correlation_id,
       causation_id, idempotency_key, request_hash, data
FROM ledger_events FINAL
COMMENT 'One row per event of the log; data is its canonical JSON.';

CREATE OR REPLACE VIEW entries AS
SELECT log_index, stream, revision, type, occurred_at, clears_at, order_id, seller_id, code_id, text,
       payee_id, currency, account, plan_kind, plan_version, rounding, rate_bps, fee_minor,
       net_before_minor, net_after_minor, lines, stated_minor
FROM ledger_entries FINAL
COMMENT 'One row per event that moves money, with the base and the plan that its amount comes from.';

CREATE OR REPLACE VIEW entry_lines AS
SELECT log_index, stream, revision, type, order_id, seller_id, code_id, payee_id, currency,
       line.line_id AS line_id, line.before_minor AS before_minor, line.after_minor AS after_minor
FROM (SELECT *, arrayJoin(lines) AS line FROM entries)
COMMENT 'One row per order line that such an event touches.';

CREATE OR REPLACE VIEW redemptions AS
SELECT log_index, stream, occurred_at, verdict.sellerId AS seller_id, verdict.orderId AS order_id,
       verdict.codeId AS code_id, verdict.taskId AS task_id, verdict.text AS text,
       verdict.payeeId AS influencer_id, verdict.promoterId AS promoter_id,
       verdict.buyer AS buyer, verdict.currency AS currency,
       parseDateTime64BestEffort(verdict.paidAt, 3, 'UTC') AS paid_at, toDate(paid_at) AS day,
       length(verdict.lines) AS line_count,
       toDecimal128(arraySum(line -> toInt128(line.paidMinor), verdict.lines), 0) AS paid_minor,
       toDecimal128(arraySum(line -> if(line.eligible, toInt128(line.paidMinor), toInt128(0)),
                             verdict.lines), 0) AS eligible_minor,
       toDecimal128(verdict.commissionMinor, 0) AS estimated_commission_minor,
       verdict.plan.kind AS plan_kind, verdict.plan.rateBps AS rate_bps,
       toDecimal128OrNull(verdict.plan.feeMinor, 0) AS fee_minor,
       verdict.lines AS lines
FROM (
  SELECT log_index, stream, occurred_at,
         JSONExtract(data, 'verdict', 'Tuple(
           sellerId String, orderId String, codeId String, taskId String, text String,
           payeeId String, promoterId Nullable(String), buyer Nullable(String), currency String,
           paidAt String, commissionMinor String,
           plan Tuple(kind String, rateBps Nullable(Int32), feeMinor String),
           lines Array(Tuple(lineId String, productId String, quantity Int64, listMinor String,
                             paidMinor String, eligible Bool))
         )') AS verdict
  FROM events WHERE type = 'OrderAttributed'
)
COMMENT 'One row per order attributed to a code: what was paid, what of it is eligible, the estimate.';

CREATE OR REPLACE VIEW redemption_lines AS
SELECT log_index, stream, seller_id, order_id, code_id, influencer_id, promoter_id, currency, day,
       line.lineId AS line_id, line.productId AS product_id, line.quantity AS quantity,
       toDecimal128(line.listMinor, 0) AS list_minor, toDecimal128(line.paidMinor, 0) AS paid_minor,
       line.eligible AS eligible
FROM (SELECT *, arrayJoin(lines) AS line FROM redemptions)
COMMENT 'One row per line of an attributed order.';

CREATE OR REPLACE VIEW rejected_orders AS
SELECT log_index, stream, occurred_at, toDate(occurred_at) AS day,
       JSONExtract(data, 'sellerId', 'Nullable(String)') AS seller_id,
       JSONExtract(data, 'orderId', 'Nullable(String)') AS order_id,
       JSONExtract(data, 'codeId', 'Nullable(String)') AS code_id,
       JSONExtract(data, 'text', 'Nullable(String)') AS text,
       JSONExtract(data, 'currency', 'Nullable(String)') AS currency,
       parseDateTime64BestEffortOrNull(JSONExtractString(data, 'paidAt'), 3, 'UTC') AS paid_at,
       JSONExtract(data, 'reason', 'Nullable(String)') AS reason
FROM events WHERE type = 'OrderRejected'
COMMENT 'One row per order that got no commission, with the reason.';

CREATE OR REPLACE VIEW commissions AS
SELECT log_index, stream, revision, type,
       transform(type, ['OrderConfirmed', 'OrderRefunded', 'RefundCancelled', 'OrderInvalidated'],
                 ['earning', 'reversal', 'restoration', 'invalidation'], '') AS kind,
       occurred_at, toDate(occurred_at) AS day, clears_at, order_id, seller_id, code_id, text,
       payee_id AS influencer_id, currency, account, plan_kind, plan_version, rate_bps, fee_minor,
       stated_minor AS commission_minor
FROM entries WHERE type NOT IN ('CommissionHeld', 'CommissionReleased')
COMMENT 'One row per commission earned or taken back; amounts add up to what was earned after refunds.';

CREATE OR REPLACE VIEW holds AS
SELECT log_index, stream, type, occurred_at, order_id, seller_id, code_id,
       payee_id AS influencer_id, currency,
       if(type = 'CommissionHeld', stated_minor, -stated_minor) AS held_minor
FROM entries WHERE type IN ('CommissionHeld', 'CommissionReleased')
COMMENT 'One row per commission moved to held (above zero) or released from it (below zero).';

CREATE OR REPLACE VIEW refunds AS
SELECT log_index, stream, type, occurred_at, toDate(occurred_at) AS day,
       transform(type, ['OrderRefunded', 'RefundCancelled', 'RefundRefused'],
                 ['applied', 'cancelled', 'refused'], 'parked') AS status,
       JSONExtract(data, 'sellerId', 'Nullable(String)') AS seller_id,
       JSONExtract(data, 'orderId', 'Nullable(String)') AS order_id,
       JSONExtract(data, 'refundId', 'Nullable(String)') AS refund_id,
       JSONExtract(data, 'reason', 'Nullable(String)') AS refused_because,
       toDecimal128(arraySum(each -> toInt128(each.amountMinor), arrayConcat(
         JSONExtract(data, 'spread', 'Array(Tuple(amountMinor String))'),
         JSONExtract(data, 'restored', 'Array(Tuple(amountMinor String))'))), 0) AS refunded_minor,
       ifNull(toDecimal128OrNull(JSONExtractString(data, 'movement', 'amountMinor'), 0), 0)
         AS commission_minor,
       coalesce(JSONExtract(data, 'movement', 'codeId', 'Nullable(String)'), attributed.code_id)
         AS code_id,
       coalesce(JSONExtract(data, 'movement', 'payeeId', 'Nullable(String)'),
                attributed.influencer_id) AS influencer_id,
       coalesce(JSONExtract(data, 'currency', 'Nullable(String)'), attributed.currency) AS currency
FROM events LEFT JOIN (
  SELECT stream, code_id, influencer_id, currency FROM redemptions
) AS attributed USING (stream)
WHERE type IN ('OrderRefunded', 'RefundCancelled', 'RefundRefused', 'RefundParked')
SETTINGS join_use_nulls = 1
COMMENT 'One row per refund applied, cancelled, refused or parked, and what it took from commission.';

CREATE OR REPLACE VIEW codes AS
SELECT log_index, JSONExtract(data, 'codeId', 'Nullable(String)') AS code_id,
       JSONExtract(data, 'sellerId', 'Nullable(String)') AS seller_id,
       JSONExtract(data, 'name', 'Nullable(String)') AS name,
       JSONExtract(data, 'codeType', 'Nullable(String)') AS code_type,
       JSONExtract(data, 'currency', 'Nullable(String)') AS currency,
       parseDateTime64BestEffortOrNull(JSONExtractString(data, 'redeemableFrom'), 3, 'UTC')
         AS redeemable_from,
       parseDateTime64BestEffortOrNull(JSONExtractString(data, 'redeemableUntil'), 3, 'UTC')
         AS redeemable_until,
       JSONExtract(data, 'totalLimit', 'Nullable(Int64)') AS total_limit,
       JSONExtract(data, 'perBuyerLimit', 'Nullable(Int64)') AS per_buyer_limit,
       toDecimal128OrNull(JSONExtractString(data, 'minimumSpendMinor'), 0) AS minimum_spend_minor
FROM events WHERE type = 'CodeCreated'
COMMENT 'One row per promo code, as it was created.';

CREATE OR REPLACE VIEW issued_codes AS
SELECT log_index, occurred_at, JSONExtract(data, 'text', 'Nullable(String)') AS text,
       JSONExtract(data, 'codeId', 'Nullable(String)') AS code_id,
       JSONExtract(data, 'taskId', 'Nullable(String)') AS task_id,
       JSONExtract(data, 'sellerId', 'Nullable(String)') AS seller_id,
       JSONExtract(data, 'payeeId', 'Nullable(String)') AS influencer_id
FROM events WHERE type = 'CodeIssued'
COMMENT 'One row per code text issued to an influencer or agency.';

CREATE OR REPLACE VIEW tasks AS
WITH opened AS (
  SELECT stream, occurred_at AS opened_at, JSONExtractString(data, 'taskId') AS task_id,
         JSONExtract(data, 'codeId', 'Nullable(String)') AS code_id,
         JSONExtract(data, 'sellerId', 'Nullable(String)') AS seller_id,
         JSONExtract(data, 'channel', 'Nullable(String)') AS channel,
         JSONExtract(data, 'origin', 'Nullable(String)') AS origin,
         JSONExtract(data, 'samples', 'Nullable(String)') AS samples,
         parseDateTime64BestEffortOrNull(JSONExtractString(data, 'applicationClosesAt'), 3, 'UTC')
           AS application_closes_at
  FROM events WHERE type = 'TaskOpened'
), latest AS (
  SELECT stream, argMax(type, revision) AS last_type
  FROM events WHERE type IN ('TaskOpened', 'TaskClosed', 'TaskReopened') GROUP BY stream
), applied AS (
  SELECT JSONExtractString(data, 'taskId') AS task_id,
         uniqExactIf(stream, type = 'TaskApplied') AS applicants,
         uniqExactIf(stream, type = 'ApplicationApproved') AS approved
  FROM events WHERE type IN ('TaskApplied', 'ApplicationApproved') GROUP BY task_id
), issued AS (
  SELECT assumeNotNull(task_id) AS task_id, count() AS issued_codes
  FROM issued_codes GROUP BY task_id
)
SELECT task_id, code_id, seller_id, channel, origin, samples, opened_at, application_closes_at,
       if(latest.last_type = 'TaskClosed', 'closed', 'open') AS status,
       ifNull(applied.applicants, 0) AS applicants, ifNull(applied.approved, 0) AS approved,
       ifNull(issued.issued_codes, 0) AS issued_codes
FROM opened JOIN latest USING (stream) LEFT JOIN applied USING (task_id)
            LEFT JOIN issued USING (task_id)
SETTINGS join_use_nulls = 1
COMMENT 'One row per promotion task: its code, channel, status and applicants.';

CREATE OR REPLACE VIEW periods AS
SELECT log_index AS cutoff_log_index, JSONExtractString(data, 'period') AS period,
       occurred_at AS closed_at
FROM events WHERE type = 'PeriodClosed'
COMMENT 'One row per closed period; events before the cutoff count in it.';

CREATE OR REPLACE VIEW statements AS
SELECT log_index, occurred_at AS issued_at, JSONExtractString(data, 'payeeId') AS influencer_id,
       JSONExtractString(data, 'period') AS period, JSONExtractString(data, 'currency') AS currency,
       JSONExtractInt(data, 'lineCount') AS line_count,
       toDecimal128OrNull(JSONExtractString(data, 'openingMinor'), 0) AS opening_minor,
       toDecimal128OrNull(JSONExtractString(data, 'linesMinor'), 0) AS lines_minor,
       toDecimal128OrNull(JSONExtractString(data, 'otherMinor'), 0) AS other_minor,
       toDecimal128OrNull(JSONExtractString(data, 'closingMinor'), 0) AS closing_minor,
       JSONExtractString(data, 'documentSha256') AS document_sha256
FROM events WHERE type = 'StatementIssued'
COMMENT 'One row per statement issued, with its balances.';

CREATE OR REPLACE VIEW sales_by_code AS
SELECT seller_id, code_id, currency, orders, paid_minor, eligible_minor,
       ifNull(earned.commission_minor, 0) AS commission_minor
FROM (
  SELECT seller_id, code_id, currency, count() AS orders, sum(paid_minor) AS paid_minor,
         sum(eligible_minor) AS eligible_minor
  FROM redemptions GROUP BY seller_id, code_id, currency
) AS sold LEFT JOIN (
  SELECT seller_id, code_id, currency, sum(commission_minor) AS commission_minor
  FROM commissions GROUP BY seller_id, code_id, currency
) AS earned USING (seller_id, code_id, currency)
SETTINGS join_use_nulls = 1
COMMENT 'One row per promo code: orders, sales, commission after refunds.';

CREATE OR REPLACE VIEW sales_by_seller AS
SELECT seller_id, currency, count() AS codes, sum(orders) AS orders, sum(paid_minor) AS paid_minor,
       sum(eligible_minor) AS eligible_minor, sum(commission_minor) AS commission_minor
FROM sales_by_code GROUP BY seller_id, currency
COMMENT 'One row per seller: orders, sales, commission after refunds.';

CREATE OR REPLACE VIEW sales_by_influencer AS
SELECT influencer_id, currency, orders, paid_minor, eligible_minor,
       ifNull(earned.commission_minor, 0) AS commission_minor
FROM (
  SELECT influencer_id, currency, count() AS orders, sum(paid_minor) AS paid_minor,
         sum(eligible_minor) AS eligible_minor
  FROM redemptions GROUP BY influencer_id, currency
) AS sold LEFT JOIN (
  SELECT influencer_id, currency, sum(commission_minor) AS commission_minor
  FROM commissions GROUP BY influencer_id, currency
) AS earned USING (influencer_id, currency)
SETTINGS join_use_nulls = 1
COMMENT 'One row per influencer or agency that is paid: orders, sales, commission after refunds.';

CREATE OR REPLACE VIEW sales_by_product AS
SELECT seller_id, product_id, currency, count() AS lines, sum(quantity) AS quantity,
       sum(list_minor) AS list_minor, sum(paid_minor) AS paid_minor
FROM redemption_lines GROUP BY seller_id, product_id, currency
COMMENT 'One row per product sold with a code.';

CREATE OR REPLACE VIEW sales_by_day AS
SELECT day, currency, sold.orders AS orders, sold.paid_minor AS paid_minor,
       ifNull(earned.commission_minor, 0) AS commission_minor
FROM (
  SELECT day, currency, count() AS orders, sum(paid_minor) AS paid_minor
  FROM redemptions GROUP BY day, currency
) AS sold FULL JOIN (
  SELECT assumeNotNull(day) AS day, currency, sum(commission_minor) AS commission_minor
  FROM commissions GROUP BY day, currency
) AS earned USING (day, currency)
SETTINGS join_use_nulls = 1
COMMENT 'One row per day: orders by the day they were paid, commission by the day it was posted.';

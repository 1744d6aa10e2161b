-- The entries of events, made from what is inserted, as it is inserted (tables.ts). Exact or nothing:
-- what is no whole number or no UTC time with milliseconds, written as the ledger writes it, cannot
-- be read.
WITH
  amount -> toDecimal128OrNull(extract(amount, '^(0|-?[1-9][0-9]{0,36})$'), 0) AS exact_minor,
  moment -> if(
    concat(replaceOne(toString(parseDateTime64BestEffortOrNull(moment, 3, 'UTC')), ' ', 'T'), 'Z')
      = moment,
    parseDateTime64BestEffortOrNull(moment, 3, 'UTC'), NULL) AS exact_time,
  money AS (
    SELECT log_index, stream, revision, type, recorded_at,
           JSONExtract(data, 'Tuple(
             occurredAt String, orderId String,
             movement Tuple(
               account String, amountMinor String, clearsAt String, codeId String,
               currency String, payeeId String, sellerId String, text String,
               lines Array(Tuple(lineId String, beforeMinor String, afterMinor String)),
               net Tuple(beforeMinor String, afterMinor String),
               plan Tuple(kind String, version Nullable(Int64), rounding Nullable(Int64),
                          rateBps Nullable(Int64), feeMinor String)
             ))') AS fact,
           fact.movement AS movement
    FROM ledger_events
    WHERE moves_money
  )
SELECT log_index, stream, revision, type, recorded_at,
       exact_time(fact.occurredAt) AS occurred_at,
       exact_time(movement.clearsAt) AS clears_at,
       fact.orderId AS order_id,
       movement.sellerId AS seller_id,
       movement.codeId AS code_id,
       movement.text AS text,
       movement.payeeId AS payee_id,
       movement.currency AS currency,
       movement.account AS account,
       movement.plan.kind AS plan_kind,
       movement.plan.version AS plan_version,
       movement.plan.rounding AS rounding,
       movement.plan.rateBps AS rate_bps,
       exact_minor(movement.plan.feeMinor) AS fee_minor,
       exact_minor(movement.net.beforeMinor) AS net_before_minor,
       exact_minor(movement.net.afterMinor) AS net_after_minor,
       arrayMap(line -> (
         line.lineId,
         ifNull(exact_minor(line.beforeMinor), toDecimal128(-1, 0)),
         ifNull(exact_minor(line.afterMinor), toDecimal128(-1, 0))
       ), movement.lines) AS lines,
       exact_minor(movement.amountMinor) AS stated_minor
FROM money

-- Everything that moves money, in typed columns: what is needed to compute each amount again, and
-- the amount that the event states. An event with a movement that cannot be read still gives a row.
-- In order of payee, so that who reads some payees' entries can pass over most row groups.
WITH money AS (
  SELECT log_index, stream, revision, type,
         json_transform(data, '{
           "occurredAt": "VARCHAR", "orderId": "VARCHAR",
           "movement": {
             "account": "VARCHAR", "amountMinor": "VARCHAR", "clearsAt": "VARCHAR",
             "codeId": "VARCHAR", "currency": "VARCHAR", "payeeId": "VARCHAR",
             "sellerId": "VARCHAR", "text": "VARCHAR",
             "lines": [{"lineId": "VARCHAR", "beforeMinor": "VARCHAR", "afterMinor": "VARCHAR"}],
             "net": {"beforeMinor": "VARCHAR", "afterMinor": "VARCHAR"},
             "plan": {"version": "VARCHAR", "rounding": "VARCHAR", "kind": "VARCHAR",
                      "rateBps": "VARCHAR", "feeMinor": "VARCHAR"}
           }
         }') AS fact
  FROM staged_money
)
SELECT log_index, stream, revision, type,
       exact_time(fact.occurredAt) AS occurred_at,
       exact_time(fact.movement.clearsAt) AS clears_at,
       fact.orderId AS order_id,
       fact.movement.sellerId AS seller_id,
       fact.movement.codeId AS code_id,
       fact.movement.text AS text,
       fact.movement.payeeId AS payee_id,
       fact.movement.currency AS currency,
       fact.movement.account AS account,
       fact.movement.plan.kind AS plan_kind,
       TRY_CAST(exact_minor(fact.movement.plan.version) AS BIGINT) AS plan_version,
       TRY_CAST(exact_minor(fact.movement.plan.rounding) AS BIGINT) AS rounding,
       TRY_CAST(exact_minor(fact.movement.plan.rateBps) AS BIGINT) AS rate_bps,
       exact_minor(fact.movement.plan.feeMinor) AS fee_minor,
       exact_minor(fact.movement.net.beforeMinor) AS net_before_minor,
       exact_minor(fact.movement.net.afterMinor) AS net_after_minor,
       list_transform(fact.movement.lines, lambda line: {
         'line_id': line.lineId,
         'before_minor': exact_minor(line.beforeMinor),
         'after_minor': exact_minor(line.afterMinor)
       }) AS lines,
       exact_minor(fact.movement.amountMinor) AS stated_minor
FROM money
ORDER BY payee_id, currency, log_index

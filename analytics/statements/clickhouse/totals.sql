-- Sums of each payee and currency with lines or a balance, in 256 bits: no number of entries within
-- the guards can wrap them. Follows moved.sql.
, balance AS (
  SELECT payee_id, currency, toInt256(closing_minor) AS balance_minor
  FROM statement_totals FINAL
  WHERE period = {carried_period:String} AND closing_minor <> 0
    AND ({payee:String} = '' OR (payee_id = {payee:String} AND currency = {currency:String}))
),
posted AS (
  SELECT payee_id, currency,
         sumIf(toInt256(amount_minor), is_posting AND ordinal < {target:UInt32}) AS before_minor,
         countIf(is_line) AS line_count,
         sumIf(toInt256(amount_minor), is_line) AS lines_minor,
         sumIf(toInt256(amount_minor), is_line AND late) AS late_minor,
         sumIf(toInt256(amount_minor), is_line AND kind = 'earning') AS earning_minor,
         sumIf(toInt256(amount_minor), is_line AND kind = 'hold') AS hold_minor,
         sumIf(toInt256(amount_minor), is_line AND kind = 'invalidation') AS invalidation_minor,
         sumIf(toInt256(amount_minor), is_line AND kind = 'release') AS release_minor,
         sumIf(toInt256(amount_minor), is_line AND kind = 'restoration') AS restoration_minor,
         sumIf(toInt256(amount_minor), is_line AND kind = 'reversal') AS reversal_minor,
         countIf(reason <> '') AS faults
  FROM (SELECT *, is_posting AND ordinal = {target:UInt32} AS is_line FROM moved)
  GROUP BY payee_id, currency
),
together AS (
  SELECT payee_id, currency,
         sum(balance_minor) + sum(before_minor) AS opening_minor,
         sum(line_count) AS line_count, sum(lines_minor) AS lines_minor,
         sum(late_minor) AS late_minor, sum(earning_minor) AS earning_minor,
         sum(hold_minor) AS hold_minor, sum(invalidation_minor) AS invalidation_minor,
         sum(release_minor) AS release_minor, sum(restoration_minor) AS restoration_minor,
         sum(reversal_minor) AS reversal_minor, sum(faults) AS faults
  FROM (
    SELECT payee_id, currency, toInt256(0) AS balance_minor, before_minor, line_count, lines_minor,
           late_minor, earning_minor, hold_minor, invalidation_minor, release_minor,
           restoration_minor, reversal_minor, faults
    FROM posted
    UNION ALL
    SELECT payee_id, currency, balance_minor, toInt256(0), 0, toInt256(0),
           toInt256(0), toInt256(0), toInt256(0), toInt256(0), toInt256(0),
           toInt256(0), toInt256(0), 0
    FROM balance
  )
  GROUP BY payee_id, currency
)
SELECT {period:String} AS period, payee_id, currency,
       toDecimal128(opening_minor, 0) AS opening,
       line_count,
       toDecimal128(lines_minor, 0) AS lines,
       toDecimal128(late_minor, 0) AS late,
       toDecimal128(earning_minor, 0) AS earning,
       toDecimal128(hold_minor, 0) AS hold,
       toDecimal128(invalidation_minor, 0) AS invalidation,
       toDecimal128(release_minor, 0) AS release,
       toDecimal128(restoration_minor, 0) AS restoration,
       toDecimal128(reversal_minor, 0) AS reversal,
       toDecimal128(opening_minor + lines_minor, 0) AS closing
FROM together
-- Nothing is taken over beside a fault, nor any sum beyond 10^37.
WHERE throwIf(faults > 0, 'an amount differs') = 0
  AND throwIf(arrayMax(sum -> abs(sum), [
        opening_minor, lines_minor, late_minor, opening_minor + lines_minor, earning_minor,
        hold_minor, invalidation_minor, release_minor, restoration_minor, reversal_minor
      ]) > toInt256('10000000000000000000000000000000000000'), 'the sums would be too large') = 0
  AND (line_count > 0 OR opening_minor <> 0)

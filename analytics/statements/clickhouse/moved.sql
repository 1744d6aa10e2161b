-- What every other script of a run begins with: each entry between the cutoffs, its amount computed
-- again from base and pinned plan, and the period that its posting belongs to.
WITH
-- Rounding rule 1: half away from zero on the magnitude, then the sign; once per line. Whole ten
-- thousands of the base are taken apart.
(base, rate_bps) -> if(base < 0, -1, 1)
  * (intDiv(abs(base), 10000) * rate_bps
     + intDiv(2 * (abs(base) % 10000) * rate_bps + 10000, 20000)) AS rounded_share,
(net, fee) -> if(net > 0, fee, toInt128(0)) AS fee_while_above_zero,

entry AS (
  SELECT log_index, stream, revision, type, recorded_at, occurred_at, clears_at, order_id, seller_id,
         code_id, text, payee_id, currency, account, plan_kind, plan_version, rounding, rate_bps,
         fee_minor, net_before_minor, net_after_minor, lines, stated_minor
  FROM ledger_entries FINAL
  WHERE log_index >= {first:UInt64} AND log_index < {cutoff:UInt64}
    AND ({payee:String} = '' OR (payee_id = {payee:String} AND currency = {currency:String}))
  UNION ALL
  SELECT log_index, stream, revision, type, recorded_at, occurred_at, clears_at, order_id, seller_id,
         code_id, text, payee_id, currency, account, plan_kind, plan_version, rounding, rate_bps,
         fee_minor, net_before_minor, net_after_minor, lines, stated_minor
  FROM open_entries FINAL
  WHERE period = {carried_period:String}
    AND ({payee:String} = '' OR (payee_id = {payee:String} AND currency = {currency:String}))
),

-- Guards before any arithmetic, in order: why no amount can be computed from an entry. Integers wrap
-- silently here: with these bounds no product below leaves 64 bits and no sum of one entry's lines
-- either; all is computed in 128 bits, and added up over entries in 256.
judged AS (
  SELECT *,
         multiIf(
           type NOT IN ('OrderConfirmed', 'OrderRefunded', 'RefundCancelled', 'OrderInvalidated',
                        'CommissionHeld', 'CommissionReleased'),
             concat('is of a type that moves no money: ', type),
           occurred_at IS NULL OR clears_at IS NULL,
             'has a time that is not UTC with milliseconds',
           order_id = '' OR seller_id = '' OR code_id = '' OR text = '' OR payee_id = ''
             OR currency = '',
             'does not say whose money it moves',
           account NOT IN ('pending', 'held'),
             'names no account',
           ifNull(rounding, 0) <> 1 OR ifNull(plan_version, 0) < 1,
             'has a plan under an unknown rounding rule',
           plan_kind NOT IN ('rate', 'fixed_fee'),
             'has a plan of an unknown kind',
           plan_kind = 'rate' AND NOT (ifNull(rate_bps, 0) BETWEEN 1 AND 10000),
             'has a rate outside 1 to 10000 basis points',
           plan_kind = 'fixed_fee' AND NOT (ifNull(fee_minor, 0) BETWEEN 1 AND 1000000000000000),
             'has a fee outside 1 to 10^15',
           length(lines) > 2000,
             'has more than 2000 lines',
           arrayExists(line -> line.line_id = ''
                         OR NOT (line.before_minor BETWEEN 0 AND 1000000000000000)
                         OR NOT (line.after_minor BETWEEN 0 AND 1000000000000000), lines),
             'has the base of a line that is no whole number from 0 to 10^15',
           NOT (ifNull(net_before_minor, -1) BETWEEN 0 AND 2000000000000000000)
             OR NOT (ifNull(net_after_minor, -1) BETWEEN 0 AND 2000000000000000000),
             'has a net that is no whole number from 0 to 2 * 10^18',
           stated_minor IS NULL
             OR NOT (assumeNotNull(stated_minor)
                     BETWEEN -2000000000000000000 AND 2000000000000000000),
             'states an amount that is no whole number within 2 * 10^18',
           ''
         ) AS fault
  FROM entry
),

-- Each amount again, from base and pinned plan; zero where there is a fault.
computed AS (
  SELECT *,
         toInt128(multiIf(
           fault <> '', toInt128(0),
           plan_kind = 'rate', toInt128(arraySum(line ->
             rounded_share(toInt128(line.after_minor), toInt128(assumeNotNull(rate_bps)))
             - rounded_share(toInt128(line.before_minor), toInt128(assumeNotNull(rate_bps))),
             lines)),
           fee_while_above_zero(assumeNotNull(net_after_minor), toInt128(assumeNotNull(fee_minor)))
             - fee_while_above_zero(assumeNotNull(net_before_minor),
                                    toInt128(assumeNotNull(fee_minor)))
         )) AS moved_minor,
         if(fault <> '', toInt128(0), toInt128(arraySum(line ->
           toInt128(line.after_minor) - toInt128(line.before_minor), lines))) AS base_change_minor,
         if(fault <> '', toInt128(0),
            toInt128(assumeNotNull(net_after_minor)) - toInt128(assumeNotNull(net_before_minor)))
           AS net_change_minor
  FROM judged
),

-- The period that a posting belongs to: the first closed one whose cutoff comes after it and whose
-- end is after its clears_at. Beyond the last one: still open.
moved AS (
  SELECT *,
         greatest(
           1 + arrayCount(cutoff -> cutoff <= log_index, {cutoffs:Array(UInt64)}),
           1 + arrayCount(end -> end <= assumeNotNull(clears_at),
                          {ends:Array(DateTime64(3, 'UTC'))})
         ) AS ordinal,
         ordinal = {target:UInt32} AND {may_be_late:Bool}
           AND assumeNotNull(clears_at) < {starts_at:DateTime64(3, 'UTC')} AS late,
         transform(type,
           ['OrderConfirmed', 'OrderRefunded', 'RefundCancelled', 'OrderInvalidated',
            'CommissionHeld', 'CommissionReleased'],
           ['earning', 'reversal', 'restoration', 'invalidation', 'hold', 'release'], '') AS kind,
         if(type = 'CommissionHeld', -moved_minor, moved_minor) AS amount_minor,
         -- What changes a pending account: all that is earned while not held, holds and releases.
         account = 'pending' OR type IN ('CommissionHeld', 'CommissionReleased') AS is_posting,
         multiIf(
           fault <> '', fault,
           moved_minor <> toInt128(assumeNotNull(stated_minor)),
             concat('states ', toString(assumeNotNull(stated_minor)),
                    ', its base and plan give ', toString(moved_minor)),
           moved_minor = 0, 'moves nothing',
           base_change_minor <> net_change_minor,
             concat('changes its lines by ', toString(base_change_minor),
                    ' and its net by ', toString(net_change_minor)),
           ''
         ) AS reason
  FROM computed
)

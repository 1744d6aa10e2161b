-- Guards before any arithmetic, in order: why no amount can be computed from an entry. With these
-- bounds no product below leaves 64 bits, nor do the sums of the lines of one entry.
CREATE VIEW judged AS
SELECT *,
       CASE
         WHEN type NOT IN ('OrderConfirmed', 'OrderRefunded', 'RefundCancelled', 'OrderInvalidated',
                           'CommissionHeld', 'CommissionReleased')
           THEN 'is of a type that moves no money: ' || type
         WHEN occurred_at IS NULL OR clears_at IS NULL
           THEN 'has a time that is not UTC with milliseconds'
         WHEN order_id IS NULL OR seller_id IS NULL OR code_id IS NULL OR text IS NULL
              OR payee_id IS NULL OR currency IS NULL
           THEN 'does not say whose money it moves'
         WHEN account IS NULL OR account NOT IN ('pending', 'held')
           THEN 'names no account'
         WHEN rounding IS DISTINCT FROM 1 OR plan_version IS NULL OR plan_version < 1
           THEN 'has a plan under an unknown rounding rule'
         WHEN plan_kind IS NULL OR plan_kind NOT IN ('rate', 'fixed_fee')
           THEN 'has a plan of an unknown kind'
         WHEN plan_kind = 'rate' AND (rate_bps IS NULL OR rate_bps NOT BETWEEN 1 AND 10000)
           THEN 'has a rate outside 1 to 10000 basis points'
         WHEN plan_kind = 'fixed_fee'
              AND (fee_minor IS NULL OR fee_minor NOT BETWEEN 1 AND 1000000000000000)
           THEN 'has a fee outside 1 to 10^15'
         WHEN lines IS NULL OR len(lines) > 2000
           THEN 'has no lines, or more than 2000'
         WHEN len(list_filter(lines, lambda line:
                line.line_id IS NULL OR line.before_minor IS NULL OR line.after_minor IS NULL
                OR line.before_minor NOT BETWEEN 0 AND 1000000000000000
                OR line.after_minor NOT BETWEEN 0 AND 1000000000000000)) > 0
           THEN 'has the base of a line that is no whole number from 0 to 10^15'
         WHEN net_before_minor IS NULL OR net_after_minor IS NULL
              OR net_before_minor NOT BETWEEN 0 AND 2000000000000000000
              OR net_after_minor NOT BETWEEN 0 AND 2000000000000000000
           THEN 'has a net that is no whole number from 0 to 2 * 10^18'
         WHEN stated_minor IS NULL
              OR stated_minor NOT BETWEEN -2000000000000000000 AND 2000000000000000000
           THEN 'states an amount that is no whole number within 2 * 10^18'
       END AS fault
FROM entry;

-- Straight from 38 digits to 64 bits takes twenty times as long as by way of 18 digits, which hold
-- every base of a line and every fee within the bounds.
CREATE MACRO whole(amount) AS amount::DECIMAL(18, 0)::BIGINT;

-- Rounding rule 1: half away from zero on the magnitude, then the sign; once per line. No base is
-- below zero, and whole ten thousands of it are taken apart, so that all stays exact in 64 bits.
CREATE MACRO rounded_share(base, rate_bps) AS
  base // 10000 * rate_bps + (2 * (base % 10000) * rate_bps + 10000) // 20000;

CREATE MACRO fee_while_above_zero(net, fee) AS
  CASE WHEN net > 0 THEN whole(fee) ELSE 0 END;

CREATE MACRO share_moved(line, rate_bps) AS
  rounded_share(whole(line.after_minor), rate_bps)
  - rounded_share(whole(line.before_minor), rate_bps);

CREATE MACRO base_moved(line) AS whole(line.after_minor) - whole(line.before_minor);

-- Each amount again, from base and pinned plan. Most orders have one line, and to go through a list
-- takes several times as long.
CREATE VIEW computed AS
SELECT *,
       CASE WHEN fault IS NULL THEN
         CASE plan_kind
           WHEN 'rate' THEN CASE WHEN len(lines) = 1 THEN share_moved(lines[1], rate_bps)
             ELSE coalesce(list_sum(list_transform(lines, lambda line:
               share_moved(line, rate_bps))), 0) END
           ELSE fee_while_above_zero(net_after_minor, fee_minor)
                - fee_while_above_zero(net_before_minor, fee_minor)
         END
       END::BIGINT AS moved_minor,
       CASE WHEN fault IS NULL THEN
         CASE WHEN len(lines) = 1 THEN base_moved(lines[1])
           ELSE coalesce(list_sum(list_transform(lines, lambda line: base_moved(line))), 0) END
       END::BIGINT AS base_change_minor
FROM judged;

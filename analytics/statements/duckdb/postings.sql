-- Every entry with the period that its posting belongs to: the first closed one whose cutoff comes
-- after it and whose end is after its clears_at. Beyond the last one: still open.
SET VARIABLE cutoffs = (SELECT list(cutoff ORDER BY ordinal) FROM closing);
SET VARIABLE ends = (SELECT list(ends_at ORDER BY ordinal) FROM closing);
-- The period that is computed is the last closed one.
SET VARIABLE target = (SELECT max(ordinal) FROM closing);
SET VARIABLE starts_at = (SELECT starts_at FROM closing WHERE ordinal = getvariable('target'));
-- Never late in the first period of the ledger: everything before it belongs there.
SET VARIABLE may_be_late = getvariable('has_carry') OR getvariable('target') > 1;

CREATE TEMP TABLE moved AS
SELECT *,
       ordinal = getvariable('target') AND getvariable('may_be_late')
         AND clears_at < getvariable('starts_at') AS late
FROM (
  SELECT *,
         greatest(
           1 + len(list_filter(getvariable('cutoffs'), lambda cutoff: cutoff <= log_index)),
           1 + len(list_filter(getvariable('ends'), lambda ends_at: ends_at <= clears_at))
         )::INTEGER AS ordinal,
         CASE type
           WHEN 'OrderConfirmed' THEN 'earning'
           WHEN 'OrderRefunded' THEN 'reversal'
           WHEN 'RefundCancelled' THEN 'restoration'
           WHEN 'OrderInvalidated' THEN 'invalidation'
           WHEN 'CommissionHeld' THEN 'hold'
           WHEN 'CommissionReleased' THEN 'release'
         END AS kind,
         CASE type WHEN 'CommissionHeld' THEN -moved_minor ELSE moved_minor END AS amount_minor
  FROM computed
);

-- What changes a pending account: all that is earned while not held, holds and releases.
CREATE TEMP VIEW posting AS
SELECT * FROM moved
WHERE account = 'pending' OR type IN ('CommissionHeld', 'CommissionReleased');

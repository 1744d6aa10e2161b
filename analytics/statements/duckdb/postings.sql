-- Every entry with the period that its posting belongs to: the first closed one whose cutoff comes
-- after it and whose end is after its clears_at. Beyond the last one: still open. Nothing is kept
-- of them: to read the segments again takes less time, and no memory.
SET VARIABLE cutoffs = (SELECT list(cutoff ORDER BY ordinal) FROM closing);
SET VARIABLE ends = (SELECT list(ends_at ORDER BY ordinal) FROM closing);
-- The period that is computed is the last closed one.
SET VARIABLE target = (SELECT max(ordinal) FROM closing);
SET VARIABLE starts_at = (SELECT starts_at FROM closing WHERE ordinal = getvariable('target'));
-- Never late in the first period of the ledger: everything before it belongs there.
SET VARIABLE may_be_late = getvariable('has_carry') OR getvariable('target') > 1;

CREATE TEMP VIEW moved AS
SELECT *,
       is_posting AND ordinal = getvariable('target') AS is_line,
       is_posting AND ordinal = getvariable('target') AND getvariable('may_be_late')
         AND clears_at < getvariable('starts_at') AS late,
       CASE type WHEN 'CommissionHeld' THEN -moved_minor ELSE moved_minor END AS amount_minor,
       CASE type WHEN 'CommissionHeld' THEN -stated_minor ELSE stated_minor END AS line_minor,
       CASE WHEN fault IS NULL THEN coalesce(
         moved_minor <> stated_minor::HUGEINT OR moved_minor = 0
           OR base_change_minor <> net_after_minor::HUGEINT - net_before_minor::HUGEINT,
         true) ELSE true END AS is_faulty
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
         -- What changes a pending account: all that is earned while not held, holds and releases.
         account = 'pending' OR type IN ('CommissionHeld', 'CommissionReleased') AS is_posting
  FROM computed
);

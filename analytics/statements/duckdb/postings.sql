-- Every entry with whether its posting is a line of the period that is computed, which is the last
-- closed one. A posting belongs to the first closed period whose cutoff comes after it and whose end
-- is after its clears_at: periods are closed in order, so it is in an earlier one when the period
-- before takes it, and stays open when this one does not. Nothing is kept of them: to read the
-- segments again takes less time, and no memory.
CREATE VIEW moved AS
SELECT *,
       is_line AND getvariable('may_be_late') AND clears_at < getvariable('starts_at') AS late,
       CASE type WHEN 'CommissionHeld' THEN -moved_minor ELSE moved_minor END AS amount_minor,
       CASE type WHEN 'CommissionHeld' THEN -stated_minor ELSE stated_minor END AS line_minor,
       CASE WHEN fault IS NULL THEN coalesce(
         moved_minor <> stated_minor OR moved_minor = 0
           OR base_change_minor <> net_after_minor - net_before_minor,
         true) ELSE true END AS is_faulty
FROM (
  SELECT *,
         is_posting AND is_before AS is_earlier,
         is_posting AND NOT is_before AND clears_at < getvariable('ends_at') AS is_line,
         is_posting AND NOT is_before AND clears_at >= getvariable('ends_at') AS is_open
  FROM (
    SELECT *,
           log_index < getvariable('previous_cutoff') AND clears_at < getvariable('previous_end')
             AS is_before,
           CASE type
             WHEN 'OrderConfirmed' THEN 'earning'
             WHEN 'OrderRefunded' THEN 'reversal'
             WHEN 'RefundCancelled' THEN 'restoration'
             WHEN 'OrderInvalidated' THEN 'invalidation'
             WHEN 'CommissionHeld' THEN 'hold'
             WHEN 'CommissionReleased' THEN 'release'
           END AS kind,
           -- What changes a pending account: all that is earned while not held, holds, releases.
           account = 'pending' OR type IN ('CommissionHeld', 'CommissionReleased') AS is_posting
    FROM computed
  )
);

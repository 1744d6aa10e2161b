-- Each amount again from base and pinned plan, in 128-bit integers. Rounding rule 1: half away from
-- zero on the magnitude, then the sign; once per line.
CREATE TEMP MACRO rounded_share(base, rate_bps) AS
  CASE WHEN base < 0 THEN -1 ELSE 1 END::HUGEINT
  * ((2 * abs(base::HUGEINT) * rate_bps::HUGEINT + 10000) // 20000);

CREATE TEMP TABLE computed AS
SELECT *,
       CASE plan_kind
         WHEN 'rate' THEN coalesce(list_sum(list_transform(lines, lambda line:
           rounded_share(line.after_minor, rate_bps) - rounded_share(line.before_minor, rate_bps)
         )), 0)::HUGEINT
         ELSE (CASE WHEN net_after_minor > 0 THEN fee_minor::HUGEINT ELSE 0::HUGEINT END)
            - (CASE WHEN net_before_minor > 0 THEN fee_minor::HUGEINT ELSE 0::HUGEINT END)
       END AS moved_minor,
       coalesce(list_sum(list_transform(lines, lambda line:
         line.after_minor::HUGEINT - line.before_minor::HUGEINT)), 0)::HUGEINT AS base_change_minor
FROM entry;

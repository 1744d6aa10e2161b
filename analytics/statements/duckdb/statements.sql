-- One statement for every payee and currency with lines or a balance, in order of payee, currency.
CREATE TABLE statement AS
WITH due AS (
  SELECT payee_id, currency,
         coalesce(balance_minor, 0)::HUGEINT + coalesce(earlier_minor, 0) AS opening_minor,
         coalesce(line_count, 0) AS line_count,
         coalesce(lines_minor, 0) AS lines_minor,
         coalesce(late_minor, 0) AS late_minor,
         '{"earning":"' || coalesce(earning, 0) || '","hold":"' || coalesce(hold, 0)
           || '","invalidation":"' || coalesce(invalidation, 0)
           || '","release":"' || coalesce(release, 0)
           || '","restoration":"' || coalesce(restoration, 0)
           || '","reversal":"' || coalesce(reversal, 0) || '"}' AS by_kind
  FROM total FULL JOIN balance USING (payee_id, currency)
)
SELECT row_number() OVER (ORDER BY payee_id, currency) AS number,
       payee_id, currency, opening_minor, line_count, lines_minor, late_minor,
       opening_minor + lines_minor AS closing_minor, by_kind
FROM due
WHERE line_count > 0 OR opening_minor <> 0;

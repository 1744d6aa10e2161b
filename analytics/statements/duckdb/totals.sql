-- One pass over everything that moves money, for each payee and currency: what is faulty is
-- counted, what is not is added up. Amounts have 64 bits and sums 128, which no number of entries can fill.
CREATE TABLE total AS
SELECT payee_id, currency,
       count(*) FILTER (is_faulty) AS faults,
       coalesce(sum(amount_minor) FILTER (is_earlier), 0)
         AS earlier_minor,
       count(*) FILTER (is_line) AS line_count,
       coalesce(sum(amount_minor) FILTER (is_line), 0) AS lines_minor,
       coalesce(sum(amount_minor) FILTER (late), 0) AS late_minor,
       coalesce(sum(amount_minor) FILTER (is_line AND kind = 'earning'), 0) AS earning,
       coalesce(sum(amount_minor) FILTER (is_line AND kind = 'hold'), 0) AS hold,
       coalesce(sum(amount_minor) FILTER (is_line AND kind = 'invalidation'), 0) AS invalidation,
       coalesce(sum(amount_minor) FILTER (is_line AND kind = 'release'), 0) AS release,
       coalesce(sum(amount_minor) FILTER (is_line AND kind = 'restoration'), 0) AS restoration,
       coalesce(sum(amount_minor) FILTER (is_line AND kind = 'reversal'), 0) AS reversal
FROM moved
GROUP BY payee_id, currency;

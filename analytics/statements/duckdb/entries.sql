-- The closed periods and the entries that a run looks at: those of the log before the cutoff, and
-- after the period before when its open entries were carried over (carried.sql).
CREATE TABLE closing AS
SELECT row_number() OVER (ORDER BY log_index)::INTEGER AS ordinal,
       log_index AS cutoff,
       starts_at::TIMESTAMP_MS AS starts_at,
       (starts_at + INTERVAL 1 MONTH)::TIMESTAMP_MS AS ends_at,
       period, rules_version
FROM (
  SELECT log_index, data->>'$.period' AS period,
         CAST(data->>'$.rulesVersion' AS BIGINT) AS rules_version,
         strptime(period || '-01', '%Y-%m-%d') AS starts_at
  FROM read_parquet(getvariable('event_files'))
  WHERE type = 'PeriodClosed'
    AND log_index > getvariable('after') AND log_index <= getvariable('cutoff')
);

CREATE VIEW entry AS
SELECT *
FROM read_parquet(getvariable('entry_files'))
WHERE log_index > getvariable('after') AND log_index < getvariable('cutoff')
  AND (getvariable('payee') IS NULL
       OR (payee_id = getvariable('payee') AND currency = getvariable('currency')));

-- What is payable to whom before the first of these periods.
CREATE TABLE balance (payee_id VARCHAR, currency VARCHAR, balance_minor DECIMAL(38, 0));

-- What the close of the period before left: entries still open then, and what was payable.
CREATE OR REPLACE VIEW entry AS
SELECT * FROM read_parquet(getvariable('carried_entries'))
WHERE log_index < getvariable('after')
UNION ALL
SELECT * FROM read_parquet(getvariable('entry_files'))
WHERE log_index > getvariable('after') AND log_index < getvariable('cutoff');

INSERT INTO balance
SELECT * FROM read_parquet(getvariable('carried_balances'));

-- What the close of the period before left: entries still open then, and what was payable.
INSERT INTO entry
SELECT * FROM read_parquet(getvariable('carried_entries'))
WHERE log_index < getvariable('after');

INSERT INTO balance
SELECT * FROM read_parquet(getvariable('carried_balances'));

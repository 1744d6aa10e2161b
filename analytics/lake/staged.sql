-- The staged text of a segment: one event a line, fields parted by tabs. Canonical JSON holds no raw
-- tab or line feed, so nothing is quoted and the stored bytes come through as they are.
CREATE OR REPLACE TEMP VIEW staged_events AS
SELECT *
FROM read_csv(
  getvariable('staged_events'),
  auto_detect = false, header = false, delim = '\t', quote = '', escape = '', new_line = '\n',
  max_line_size = 4194304,
  columns = {
    log_index: 'BIGINT', stream: 'VARCHAR', revision: 'INTEGER', type: 'VARCHAR', id: 'UUID',
    recorded_at: 'TIMESTAMP_MS', actor: 'VARCHAR', correlation_id: 'UUID', causation_id: 'UUID',
    idempotency_key: 'VARCHAR', request_hash: 'VARCHAR', data: 'VARCHAR'
  }
);

CREATE OR REPLACE TEMP VIEW staged_money AS
SELECT *
FROM read_csv(
  getvariable('staged_money'),
  auto_detect = false, header = false, delim = '\t', quote = '', escape = '', new_line = '\n',
  max_line_size = 4194304,
  columns = {
    log_index: 'BIGINT', stream: 'VARCHAR', revision: 'INTEGER', type: 'VARCHAR', data: 'VARCHAR'
  }
);

-- Exact or nothing: what does not read back as the very same text becomes NULL, and the statements
-- refuse to be computed from it.
CREATE OR REPLACE TEMP MACRO exact_minor(amount) AS
  CASE WHEN TRY_CAST(amount AS HUGEINT)::VARCHAR = amount
       THEN TRY_CAST(TRY_CAST(amount AS HUGEINT) AS DECIMAL(38, 0)) END;

CREATE OR REPLACE TEMP MACRO exact_time(moment) AS
  CASE WHEN strftime(TRY_CAST(moment AS TIMESTAMP_MS), '%Y-%m-%dT%H:%M:%S.%gZ') = moment
       THEN TRY_CAST(moment AS TIMESTAMP_MS) END;

-- Every event of the range, as the log holds it. Actors and keys are staged as JSON strings.
SELECT log_index, stream, revision, type, id,
       TRY_CAST(regexp_extract(data, '"occurredAt":"([^"]+)"', 1) AS TIMESTAMP_MS) AS occurred_at,
       recorded_at, actor->>'$' AS actor, correlation_id, causation_id,
       idempotency_key->>'$' AS idempotency_key, request_hash, data
FROM staged_events

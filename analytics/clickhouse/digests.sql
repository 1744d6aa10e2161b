-- One digest of a stretch of the copied events: of those of each, in hex, in the order of the log. An
-- event's is of its members with tabs between, as digestOf in examine.ts writes them.
SELECT lower(hex(SHA256(arrayStringConcat(arrayMap(each -> each.2, arraySort(groupArray(
         (log_index, digest)))))))) AS whole
FROM (
  SELECT log_index, lower(hex(SHA256(concat(
           toString(log_index), '\t', stream, '\t', toString(revision), '\t', type, '\t',
           toString(id), '\t', replaceOne(toString(recorded_at), ' ', 'T'), 'Z\t', actor, '\t',
           toString(correlation_id), '\t', toString(causation_id), '\t',
           ifNull(idempotency_key, ''), '\t', ifNull(request_hash, ''), '\t', data)))) AS digest
  FROM ledger_events FINAL
  WHERE log_index BETWEEN {first:UInt64} AND {last:UInt64}
)

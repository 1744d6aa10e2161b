-- Each document but for its lines, as the RFC 8785 text that stands before and after them; the
-- bracket that ends the lines stands in neither.
SELECT payee_id, currency, period, cutoff, rules_version,
       opening_minor::VARCHAR AS opening_minor, line_count::INTEGER AS line_count,
       lines_minor::VARCHAR AS lines_minor, closing_minor::VARCHAR AS closing_minor,
       '{"currency":"' || currency || '","cutoffLogIndex":' || cutoff
         || ',"format":"promo-ledger statement 1","lines":[' AS head,
       ',"other":[],"payeeId":"' || payee_id || '","period":"' || period
         || '","rulesVersion":' || rules_version
         || ',"totals":{"byKind":' || by_kind || ',"closingMinor":"' || closing_minor
         || '","lateMinor":"' || late_minor || '","lineCount":' || line_count
         || ',"linesMinor":"' || lines_minor || '","openingMinor":"' || opening_minor
         || '","otherMinor":"0"}}' AS tail
FROM statement JOIN closing ON closing.ordinal = getvariable('target')
ORDER BY number

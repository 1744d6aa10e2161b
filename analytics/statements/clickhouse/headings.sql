-- Each document but for its lines, as the RFC 8785 text that stands before and after them; the
-- bracket that ends the lines stands in neither.
SELECT payee_id, currency, opening_minor, line_count, lines_minor, closing_minor,
       concat('{"currency":"', currency, '","cutoffLogIndex":', {cutoff:UInt64},
              ',"format":"promo-ledger statement 1","lines":[') AS head,
       concat(',"other":[],"payeeId":"', payee_id, '","period":"', {period:String},
              '","rulesVersion":', {rules_version:UInt64},
              ',"totals":{"byKind":{"earning":"', earning_minor, '","hold":"', hold_minor,
              '","invalidation":"', invalidation_minor, '","release":"', release_minor,
              '","restoration":"', restoration_minor, '","reversal":"', reversal_minor,
              '"},"closingMinor":"', closing_minor, '","lateMinor":"', late_minor,
              '","lineCount":', line_count, ',"linesMinor":"', lines_minor,
              '","openingMinor":"', opening_minor, '","otherMinor":"0"}}') AS tail
FROM {totals:Identifier}
ORDER BY payee_id, currency

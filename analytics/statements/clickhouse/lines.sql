-- Lines of some payees as RFC 8785 text, in the order of the documents and, in each, of the log. Ids
-- that are ours hold nothing that needs escaping; line ids come from others.
WITH
moment -> concat(replaceOne(toString(assumeNotNull(moment)), ' ', 'T'), 'Z') AS iso,
-- Byte by byte: what needs escaping is ASCII, and no byte of a longer character is.
value -> if(match(value, '["\\\\\x00-\x1f]'),
  concat('"', arrayStringConcat(arrayMap(c -> multiIf(
    c = '"', '\\"', c = '\\', '\\\\', c = '\b', '\\b', c = '\t', '\\t', c = '\n', '\\n',
    c = '\f', '\\f', c = '\r', '\\r', c < ' ', concat('\\u00', lower(hex(c))), c
  ), splitByString('', value))), '"'),
  concat('"', value, '"')) AS json_text
SELECT amount_minor,
       concat(
         '{"amountMinor":"', amount_minor, '","base":[',
         arrayStringConcat(arrayMap(line -> concat(
           '{"afterMinor":"', line.after_minor, '","beforeMinor":"', line.before_minor,
           '","lineId":', json_text(line.line_id), '}'), lines), ','),
         '],"clearsAt":"', iso(clears_at),
         '","codeId":"', code_id,
         '","event":"', stream, '@', revision,
         '","kind":"', kind, '","late":', if(late, 'true', 'false'), ',"logIndex":', log_index,
         ',"net":{"afterMinor":"', assumeNotNull(net_after_minor),
         '","beforeMinor":"', assumeNotNull(net_before_minor),
         '"},"occurredAt":"', iso(occurred_at),
         '","orderId":"', order_id,
         '","plan":{',
         if(plan_kind = 'rate',
            concat('"kind":"rate","rateBps":', assumeNotNull(rate_bps)),
            concat('"feeMinor":"', assumeNotNull(fee_minor), '","kind":"fixed_fee"')),
         ',"rounding":', assumeNotNull(rounding), ',"version":', assumeNotNull(plan_version),
         '},"sellerId":"', seller_id,
         '","text":"', text, '"}'
       ) AS line
FROM {lines:Identifier}
WHERE payee_id >= {first_payee:String} AND payee_id <= {last_payee:String}
ORDER BY payee_id, currency, log_index

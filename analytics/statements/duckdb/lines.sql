-- Lines of some payees as RFC 8785 text with a comma after each, in the order of the documents and,
-- in each, of the log. Ids that are ours hold nothing that needs escaping; line ids come from others.
-- What an event states was found to be what its base and plan give.
SELECT number::INTEGER AS number,
       CASE WHEN line_minor BETWEEN -999999999999999999 AND 999999999999999999
         THEN whole(line_minor) ELSE line_minor::BIGINT END AS amount_minor,
       concat(
         '{"amountMinor":"', line_minor, '","base":[',
         CASE WHEN len(lines) = 1 THEN base_text(lines[1])
           ELSE array_to_string(list_transform(lines, lambda line: base_text(line)), ',') END,
         '],"clearsAt":"', strftime(clears_at, '%Y-%m-%dT%H:%M:%S.%gZ'),
         '","codeId":"', code_id,
         '","event":"', stream, '@', revision,
         '","kind":"', kind, '","late":', late, ',"logIndex":', log_index,
         ',"net":{"afterMinor":"', net_after_minor, '","beforeMinor":"', net_before_minor,
         '"},"occurredAt":"', strftime(occurred_at, '%Y-%m-%dT%H:%M:%S.%gZ'),
         '","orderId":"', order_id,
         '","plan":{', CASE plan_kind
            WHEN 'rate' THEN concat('"kind":"rate","rateBps":', rate_bps)
            ELSE concat('"feeMinor":"', fee_minor, '","kind":"fixed_fee"') END,
         ',"rounding":', rounding, ',"version":', plan_version,
         '},"sellerId":"', seller_id,
         '","text":"', text, '"},'
       ) AS line
FROM moved JOIN statement USING (payee_id, currency)
WHERE is_line
  AND payee_id >= getvariable('first_payee') AND payee_id <= getvariable('last_payee')
ORDER BY number, log_index

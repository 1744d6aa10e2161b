-- Every line as RFC 8785 text, in the order of the documents and, in each, of the log.
SELECT number::INTEGER AS number, amount_minor::VARCHAR AS amount_minor,
       '{"amountMinor":"' || amount_minor || '","base":['
         || array_to_string(list_transform(lines, lambda line:
              '{"afterMinor":"' || line.after_minor || '","beforeMinor":"' || line.before_minor
                || '","lineId":' || json_text(line.line_id) || '}'), ',')
         || '],"clearsAt":' || json_time(clears_at)
         || ',"codeId":' || json_text(code_id)
         || ',"event":' || json_text(stream || '@' || revision)
         || ',"kind":"' || kind || '","late":' || late || ',"logIndex":' || log_index
         || ',"net":{"afterMinor":"' || net_after_minor || '","beforeMinor":"' || net_before_minor
         || '"},"occurredAt":' || json_time(occurred_at)
         || ',"orderId":' || json_text(order_id)
         || ',"plan":{' || CASE plan_kind
              WHEN 'rate' THEN '"kind":"rate","rateBps":' || rate_bps
              ELSE '"feeMinor":"' || fee_minor || '","kind":"fixed_fee"' END
         || ',"rounding":' || rounding || ',"version":' || plan_version
         || '},"sellerId":' || json_text(seller_id)
         || ',"text":' || json_text(text) || '}' AS line
FROM (
  SELECT number, posting.*
  FROM posting JOIN statement USING (payee_id, currency)
  WHERE ordinal = getvariable('target')
  ORDER BY number, log_index
)

-- RFC 8785 text of a string.
CREATE MACRO json_text(value) AS
  CASE WHEN regexp_matches(value, '["\\\x00-\x1f]')
       THEN '"' || array_to_string(list_transform(regexp_extract_all(value, '(?s).'), lambda c:
              CASE WHEN c IN ('"', '\') THEN '\' || c
                   WHEN c = chr(8) THEN '\b'
                   WHEN c = chr(9) THEN '\t'
                   WHEN c = chr(10) THEN '\n'
                   WHEN c = chr(12) THEN '\f'
                   WHEN c = chr(13) THEN '\r'
                   WHEN c < ' ' THEN format('\u{:04x}', unicode(c))
                   ELSE c END), '') || '"'
       ELSE concat('"', value, '"') END;

-- A line's base as RFC 8785 text.
CREATE MACRO base_text(line) AS
  concat('{"afterMinor":"', line.after_minor, '","beforeMinor":"', line.before_minor,
         '","lineId":', json_text(line.line_id), '}');

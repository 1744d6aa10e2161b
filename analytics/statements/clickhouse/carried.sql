-- What a close left, as one number each: by it what is read back is known to be what was left.
SELECT
  (SELECT concat(toString(count()), ' ', toString(sum(reinterpretAsUInt128(
            sipHash128(formatRowNoNewline('TabSeparated', *))))))
   FROM open_entries FINAL WHERE period = {period:String}) AS entries,
  (SELECT concat(toString(count()), ' ', toString(sum(reinterpretAsUInt128(
            sipHash128(formatRowNoNewline('TabSeparated', *))))))
   FROM statement_totals FINAL WHERE period = {period:String}) AS balances

-- What every connection has to know of the period that is computed, which is the last closed one.
SET VARIABLE target = (SELECT max(ordinal) FROM closing);
SET VARIABLE starts_at = (SELECT starts_at FROM closing WHERE ordinal = getvariable('target'));
SET VARIABLE ends_at = (SELECT ends_at FROM closing WHERE ordinal = getvariable('target'));
-- None before the first one: no posting has a logIndex below zero.
SET VARIABLE previous_cutoff = coalesce(
  (SELECT cutoff FROM closing WHERE ordinal = getvariable('target') - 1), -1);
SET VARIABLE previous_end = coalesce(
  (SELECT ends_at FROM closing WHERE ordinal = getvariable('target') - 1), getvariable('starts_at'));
-- Never late in the first period of the ledger: everything before it belongs there.
SET VARIABLE may_be_late = getvariable('has_carry') OR getvariable('target') > 1;

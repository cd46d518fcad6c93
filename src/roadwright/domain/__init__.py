"""The field's words and values: enums, keys, periods, KPI registry rules. Pure; depends on nothing of ours."""

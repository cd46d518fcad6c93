"""What is wrong with the database: it can't be used, it is not the expected one, or it can't be copied."""

from __future__ import annotations

TEXTS = {
    "column_may_be_empty": "the column {column} may be empty",
    "column_may_not_be_empty": "the column {column} may not be empty",
    "column_missing": "the column {column} is missing",
    "column_too_many": "the column {column} is one too many",
    "column_type": "the column {column} holds {found}, not {expected}",
    "copy_differs": "the copy is not the same, and was taken back: {differences}",
    "database_empty": "the database {database} is empty",
    "database_in_memory": (
        'the database_url "{url}" names a database in memory, which would be gone at the end of each command; '
        "name a file, e.g. sqlite:///roadwright.db"
    ),
    "database_kind_unknown": "{kind} is not supported; expected sqlite:///FILE or postgresql://…",
    "database_missing": "the database {database} is missing",
    "database_not_empty": "the database {database} is not empty ({tables}); name an empty one",
    "database_unusable": "the database {database} can't be used: {why}",
    "database_url_unreadable": 'the database_url "{url}" can\'t be read; expected sqlite:///FILE or postgresql://…',
    "foreign_job_queue": (
        "another program has its tables of procrastinate there; name a database of Roadwright's own, or another schema "
        "of this one (?options=-csearch_path%3Droadwright)"
    ),
    "not_a_database": "{path} is {kind}, not a database; name a file in database_url",
    "row_not_taken": "the database {database} does not take a row: {why}",
    "schema_differs": "{what}",
    "schema_item_missing": "the {kind} {name} is missing",
    "schema_item_too_many": "the {kind} {name} is one too many",
    "schema_unknown": (
        "its schema {version} is not known to this Roadwright: a newer one made it, or one from before the first "
        "release. Update Roadwright; or name a new database in database_url, and take over what the workbooks "
        "hold: roadwright rebuild -w DIR"
    ),
    "table_counts_differ": "{table} has {here:,} rows here and {there:,} there",
    "table_has_rows": "{table} has {count:,} rows",
    "table_missing": "the table {table} is missing",
    "table_rows_differ": "{table} has rows that differ",
    "upgrade_breaks_rows": "after the upgrade a row of {table} would refer to nothing; nothing was changed",
    "used_by_constraints": "constraints {where}",
    "used_by_contributions": "contributions of {where}",
    "used_by_drivers": "driven_by of {where}",
    "used_by_math_models": "math models {where}",
    "used_by_scenarios": "scenarios {where}",
    "used_by_targets": "targets {where}",
}

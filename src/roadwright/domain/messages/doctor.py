"""What `roadwright doctor` finds, and what to do about it."""

from __future__ import annotations

TEXTS = {
    "advice_check_database": "check database_url, and that the database answers",
    "advice_correct_rows": (
        "correct them as their run_status says, and run the action again. {place} row {row}: {run_status}"
    ),
    "advice_correct_settings": "correct it, or make a workspace: roadwright init {folder}",
    "advice_foreign_schema": (
        "it was changed by other means than Roadwright; go back to a backup (roadwright restore FILE.zip -w NEWDIR), "
        "or name a new database in database_url and take over what the workbooks hold (roadwright rebuild -w {folder})"
    ),
    "advice_free_disk": "make room on this disk, or move the workspace to another one",
    "advice_install_again": "install Roadwright again",
    "advice_let_make_files": "let Roadwright make files in there",
    "advice_let_write": "allow writing to the file",
    "advice_metrics_config": "fill in Metrics_Config and run pm.save_selected --tab Metrics_Config",
    "advice_missing_workbook": "bring it back, or make an empty one: roadwright init {folder}",
    "advice_run_again": "run it again; that is safe",
    "advice_settle_conflicts": (
        "decide which value is right, and settle it with the action that the row's status names. {place} row {row}: "
        "{run_status}"
    ),
    "advice_duplicates": "clear duplicate_of on the Backlog, or drop the rule or lock",
    "capacity_promised_twice": "{count:,}, with capacity that is promised twice: {overlaps}",
    "database_and_ideas": "{database}, schema {schema}, {count:,} initiatives",
    "database_differs": "{database}, schema {schema}, but {differences}",
    "duplicates_promised": "{count:,} {count:is|are} asked for all the same: {said}",
    "disk_free": "{free} free in {folder}",
    "disk_too_full": "only {free} free in {folder}; an action may need {needed}",
    "is_read_only": "is read-only",
    "folder_unwritable": "the folder can't be written",
    "last_action_interrupted": "{run_id} {action} was interrupted",
    "no_folder": "is no folder",
    "no_capacity_promised_twice": "{count:,}, no capacity is promised twice",
    "rows_found": "{count:,} {count:row|rows} ({rows})",
    "rows_of_tab": "{count:,} rows",
    "rows_of_tab_without_columns": "{count:,} rows; without the columns {columns}",
    "settings_read": "read; {count} intake workbook(s)",
    "solver_answers": "{solver} answers",
    "solver_fails": "{solver} gave {status}",
    "workbook_missing": "the workbook is missing",
}

"""What stops the sync of a tab, or the selection of its rows."""

from __future__ import annotations

TEXTS = {
    "backlog_unreadable": (
        "{why}. What intake says is saved in the database all the same; the next pm.backlog_sync that can read the "
        "Backlog puts it there"
    ),
    "backlog_unreadable_at_all": (
        "{why}. No intake was read either, because it is not known which keys stand on the Backlog"
    ),
    "keys_waiting": "new ideas wait for their keys: {why}",
    "no_range_of_rows": '"{text}" is no range of rows; expected such as 7 or 9-12',
    "rebuild_into_another": (
        "the database {url} holds the data of another workspace than the workbooks of this folder. Nothing was "
        "written. Name an empty database in database_url, then run roadwright rebuild -w {folder} again"
    ),
    "selected_names_missing": "{tab} has no {names}",
    "selected_rows_empty": "{tab} has no data in row {rows}",
    "selection_empty": "the selection is empty; name keys, names or row numbers, or use --all",
    "tab_of_another_database": (
        "{tab} was last written at {moment} UTC by another database, or by a newer copy of this one. Nothing was "
        "written. Name the right database in database_url, or bring back the workbook that belongs to this one; or "
        "take over what the workbooks hold, keys kept: roadwright rebuild -w {folder}"
    ),
    "tab_of_unknown_rows": (
        "{tab} has rows, but the database knows nothing of what should stand there, so the tab was left as it is. "
        "Name the right database in database_url, or delete the rows; or take over what the workbooks hold, keys "
        "kept: roadwright rebuild -w {folder}"
    ),
    "run_not_kept": "there is no run {run}; the latest are {latest}",
    "write_pending": (
        "the database is up to date, but {reasons}. Run the action again when that is settled; it completes what is "
        "pending"
    ),
}

"""What stops a command, beyond what stops the action that it does."""

from __future__ import annotations

TEXTS = {
    "step_failed": "{action}: {why}",
    "all_and_scenario": "--all and --scenario exclude each other; leave one out",
    "all_and_select": "--all and --select exclude each other; leave one out",
    "database_stops_command": "the database can't be used: {why}; see roadwright doctor",
    "demo_left": (
        "stopped by the person who asked: {folder} holds what was done by then; `roadwright demo {folder}` runs "
        "the main job on it again"
    ),
    "demo_not_made": "stopped by the person who asked: {folder} was not made, and nothing of it is left",
    "demo_start_over": "To start over, move {folder} away and run it again.",
    "demo_stopped_by_fault": "the demo can't run: {why}",
    "drift_never_published": (
        'roadmap "{roadmap}" was never published, so nothing can have drifted; pm.roadmap_publish makes its '
        "first version"
    ),
    "export_needs_file": "a workbook can't be shown here; name a file with -o",
    "import_asks": (
        "nothing was written: there is no terminal to ask on; say --yes to take it, or --dry-run to see it only"
    ),
    "explain_unknown": "--explain: {why}",
    "file_unusable": "{file} can't be used: {why}",
    "json_empty": "{file}: is empty",
    "json_name_twice": "the name '{name}' stands twice in one object",
    "json_name_twice_in": "the name '{name}' stands twice in one object ({entry})",
    "json_nested": "{file}: is nested too deeply",
    "json_not_utf8": "{file}: is not UTF-8 text (byte {byte})",
    "json_refused": "{file}: {why}",
    "json_syntax": "{file}: line {line} column {place}: {why}",
    "json_unknown_number": "{word} is not a number that JSON knows",
    "json_unreadable": "{file}: can't be read: {why}",
    "json_unwritable": "{file}: can't be written: {why}",
    "kpis_not_two": "--kpis must name two KPIs with a comma between them, not '{kpis}'",
    "log_of_no_run": "--log shows the log of one run; name it: roadwright runs OPT-… --log",
    "no_run": "{why}; `roadwright runs -w {folder}` lists them (roadwright prune removes old ones)",
    "no_solver_log": "{run_id} has no solver log: nothing was solved in it",
    "nothing_moved": "nothing was moved: {why}",
    "nothing_restored": "nothing was restored: {why}",
    "nothing_to_cancel": "{why}; `roadwright runs -w {folder}` shows what runs",
    "option_not_finite": "{option} must be a finite number, not {value}",
    "out_of_memory": "there is not enough memory for this",
    "output_is_folder": "{file}: is a folder",
    "output_unwritable": "{file} can't be written: {why}",
    "output_without_folder": "{file}: there is no folder {folder}",
    "plan_left": "stopped by the person who asked: {folder} holds what was done by then; run it again to go on",
    "problem_fault": "{place}: {fault}",
    "standard_input": "standard input",
    "text_not_utf8": "{text} is not valid text (bytes that are not UTF-8)",
    "unexpected_fault": "unexpected fault, {kind}: {said}; the log is {log}",
    "unexpected_fault_unlogged": "unexpected fault, {kind}: {said}; no log could be written",
    "without_words": "without words",
    "workspace_file_not_made": "the workspace can't be made: {file}: {why}",
    "workspace_not_made": "the workspace can't be made: {why}",
}

"""What is wrong with what an action is asked for, and what stopped it."""

from __future__ import annotations

TEXTS = {
    "request_changed": "the row was changed after {run_id} was asked for; clear run_id to run it as it is now",
    "request_is_copy": "{run_id} is the run of row {row}; clear run_id to run this row, too",
    "request_of_no_run": '"{run_id}" is no run that this tab asked for; clear run_id to run the row',
    "requests_need_role": "{action} needs the role {needed}; rows of Requests are run as {role}",
    "requests_taken_up_elsewhere": "rows of {tab} were taken up by another server at the same moment",
    "requests_without_columns": "{tab} has no column {names}; without them nothing would tell which rows were run",
    "action_broke": "unexpected {kind}: {said}",
    "action_on_other_tabs": "{action} does not work on {tab}; it works on: {tabs}",
    "selection_settles_nothing": (
        "{action} always works on everything; --select only says on which rows conflicts are settled: add --option "
        "on_conflict=sheet (the intake's value) or on_conflict=database (the backlog's), or leave --select out"
    ),
    "action_without_selection": "{action} always works on everything; leave --select out",
    "action_without_tab": "{action} works on no single tab; leave --tab out",
    "cancelled_by_person": "cancelled by the person who asked",
    "cancelled_by_stop": "ended with the server, which was stopped; run it again, that is safe",
    "cancelled_on_request": "cancelled on request",
    "cancelled_while_explained": "cancelled while {run_id} was explained; its answer is kept",
    "cancelled_while_written": "cancelled while the sheets were written; {run_id} is kept, and {action} shows it",
    "database_stops_action": "the database can't be used: {why}; see roadwright doctor, then run again, that is safe",
    "decided_by_another": 'option by is "{name}"; you are signed in as {who}, and decide in that name only',
    "end_not_written": (
        "the end of {run_id} could not be written, so it will be shown as interrupted: the database can't be "
        "used: {why}"
    ),
    "explained_not_shown": "{why}; {action} shows what was explained",
    "explaining_cancelled": "cancelled; what had been explained of {run_id} is kept",
    "file_stops_action": "{file} can't be used: {why}; see roadwright doctor, then run again, that is safe",
    "files_not_written": (
        "{roadmap} is published, but its files are not all written: {why}. Run the action again when that is "
        "settled; it writes those that are missing"
    ),
    "keys_not_on_backlog": "the backlog has no {keys}",
    "new_roadmap_without_period": 'roadmap "{roadmap}" is new: give its period too, with --option period_key=2026-Q3',
    "no_action_run": "there is no action run {run_id}{hint}",
    "no_action_run_but_optimization": "there is no action run {run_id}; name the action's run, ACT-…{hint}",
    "no_candidates_of_scenario": (
        '{keys}: no candidate of scenario "{scenario}"; pm.populate_candidates shows those there are'
    ),
    "no_portfolio_to_explain": "{run_id} has no portfolio to explain: {why}",
    "no_roadmap_at_all": 'there is no roadmap "{roadmap}", there is none yet; fill in a row of Roadmaps',
    "no_roadmap_to_work_on": (
        "there is no roadmap to work on; fill in a row of Roadmaps, or give --option roadmap_name=… with "
        "period_key and filter, run_id or keys"
    ),
    "no_roadmap_yet": "there is no roadmap yet; fill in a row of Roadmaps",
    "no_such_initiative": "there is no initiative {id}{hint}",
    "no_such_roadmap": 'there is no roadmap "{roadmap}"{hint}, there are: {names}',
    "not_of_run": '{run_id} has neither an initiative nor a row "{id}"; name keys, row numbers, or rows as Targets!7',
    "nothing_ticked": (
        'no row of Candidates is ticked ({tick}) for "{scenario}"; tick the rows to run, or use '
        "pm.optimize_run_all_candidates"
    ),
    "numbered_row_stops": "{tab} row {row}: {status}",
    "option_filter": "option filter: {why}",
    "option_blank": "it is blank; leave the option out, or give it a value",
    "option_no_value": "it is no value of this option",
    "run_not_queued": "{run_id} can't be executed: it runs already, or has ended",
    "option_given_twice": "option {name} is given twice",
    "option_column_twice": "{name} is named twice",
    "option_no_batch": "expected a whole number from 1 to {most}",
    "option_no_column": "no tab has a column {name!q}{hint}",
    "option_no_number": "expected a number",
    "option_no_plain_value": "expected a text, a number, or true or false",
    "option_not_positive": "expected a number above 0",
    "option_one_of": "expected {accepted}",
    "option_unreadable": "option {name} is {value!q}; {why}",
    "option_without_value": "--option {text!q} can't be read; expected name=value",
    "populate_by_keys": "pm.populate_initiatives selects by initiative_key, not by row numbers",
    "roadmap_named_twice": "name roadmaps by --select or by --option roadmap_name, not by both",
    "roadmap_not_named": "{options}: say of which roadmap, with --option roadmap_name=…",
    "roadmap_stops": "{roadmap}: {faults}",
    "roadmap_to_be_made": "{why}; to make it, give filter, run_id or keys",
    "row_stops": "{place}: {status}",
    "rows_of_other_scenario": "selected rows belong to {scenarios}, but {run_id} is of {scenario}",
    "rows_of_several_scenarios": "the selected rows belong to several scenarios: {scenarios}; select one's rows",
    "run_ended": "{run_id} ({action}) is not running: it ended as {status}",
    "run_ended_at": "{run_id} ({action}) is not running: it ended at {at} UTC as {status}",
    "run_interrupted": "interrupted: the process ended before the action was done; run it again, that is safe",
    "run_not_shown": "{why}; {run_id} is kept, and {action} shows it",
    "run_summary": "{summary}",
    "scenario_without_run": 'scenario "{scenario}" has no run yet; start with pm.optimize_run_all_candidates',
    "try_interrupted": "interrupted: its worker is gone; it waits for another one, which begins again",
    "several_faults": "{faults}",
    "several_roadmaps": "there are several roadmaps: {names}; name one: --option roadmap_name=…",
    "several_sources": "{options}: a roadmap has one source; give one of them",
    "some_file_stops_action": "a file can't be used: {why}; see roadwright doctor, then run again, that is safe",
    "space_not_given_back": "it was removed, but its space could not be given back: {why}",
    "status_missing": "say where to move it, with --option status=…; where to move it: {statuses}",
    "unknown_action": 'there is no action "{action}"; `roadwright actions` lists them',
    "unknown_action_near": 'there is no action "{action}"; did you mean {near}? `roadwright actions` lists them',
    "unknown_option": '{action} has no option "{name}"; it has: {names}',
    "unstorable_request": "{place} holds a character that can't be stored (code {character}); type it again without it",
    "waiting_for_another": "waiting for another action to end",
    "waiting_for_database": "waiting for the database, to write down how the action ended",
    "waiting_for_runs": "waiting for {runs} to end",
    "was_no_candidate": "{id} was no candidate of {run_id}: {why}",
}

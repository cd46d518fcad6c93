"""What there is to say of a row. Each text follows the name of its column, where it is about one.

The hints are for people at a sheet or a command line; other doors have ways out of their own.
"""

from __future__ import annotations

TEXTS = {
    "of_which_year": " (of which year?)",
    "period_unknown": "{value!q} names no days and no period that a scenario or roadmap has{year}",
    "period_without_year": "{value!q} names no days: of which year? Type 2026-Q3 or Q3 2026",
    "after_deadline": "{start} lies after deadline_date {deadline}",
    "archived": "it is archived; pm.roadmap_set_status brings it back to draft",
    "computed_replaced": "{column_name} is computed; {value!q} was replaced",
    "conflict_with_backlog": "this row has {said!q}, the backlog has {kept!q}",
    "conflict_with_database": "the sheet has {said!q}, the database has {kept!q}",
    "conflict_with_intake": "{place} has {said!q}, the backlog has {kept!q}",
    "deleted_elsewhere": (
        "this row was deleted from its set in another copy of the workbook; change a cell to bring it back, or delete "
        "it here too"
    ),
    "empty_override": (
        "names no KPI; clear the cell to go back to the computed value, or say for which KPI it is 0, e.g. gmv: 0"
    ),
    "empty_roadmap": "nothing is on it; give it a source, or type keys on Roadmap_Entries",
    "empty_version": "version {number} is empty: nothing on the roadmap is admitted or waived",
    "entry_of_undeclared_roadmap": (
        "this roadmap is not on the Roadmaps tab, so the entry is not judged; fill in its row there, or correct the "
        "name here"
    ),
    "gate_parameter": "{gate}: {why}",
    "gate_takes_no_parameter": "{gate} takes none, so {value!q} is not used",
    "gave_way": "the sheet said {said!q}; the database's {kept!q} stays",
    "identity_taken": "{key} stands already in {place}; remove one of the two rows or change it",
    "intake_row_gone": "its row is gone from {place}",
    "key_cell_unreadable": "{why}; clear the cell to submit the row as a new idea",
    "key_is_short": "{value!q} is short for {key}; write it in full",
    "key_missing": "is empty; run pm.populate_initiatives to get the rows of initiatives",
    "duplicate_has_duplicates": (
        "{keys} {keys:is|are} marked as {keys:a duplicate|duplicates} of {key}; mark {keys:it|them} as a duplicate of "
        "{other} first, or clear {keys:it|them}"
    ),
    "duplicate_of_duplicate": "{key} is a duplicate of {original} itself; name {original}",
    "duplicate_of_itself": "{key} can't be a duplicate of itself; name another initiative, or clear the cell",
    "duplicate_of_unknown": "no initiative has the key {value!q}{hint}; name another initiative, or clear the cell",
    "looks_like": "{key} looks like {other} {title!q}; if it says the same, put {other} into its duplicate_of",
    "key_not_given": "{key!q} was not given by Roadwright; clear the key to submit it as a new idea",
    "key_of_backlog_row": (
        "{key} belongs to an initiative that was typed on the Backlog; clear the key to submit it as a new idea"
    ),
    "key_of_unreadable_tab": (
        "{key} belongs to a row of {place}, which can't be read now; repair that tab and run again, or clear the key "
        "to submit it as a new idea"
    ),
    "key_stands_already": "{key} stands already in {place}; clear the key to submit it as a new idea",
    "key_unwritable": "the row can get no key: {why}",
    "key_waits_for_workbook": (
        "the row has no key yet, because its workbook is open in another program; close it and run pm.backlog_sync "
        "again"
    ),
    "keyless": (
        "the row is not saved, because it has no key yet. Where its cell holds a formula or is merged, or the workbook "
        "is open in another program, settle that; then run pm.backlog_sync, which gives keys"
    ),
    "kpi_in_use": "{what} {kpi}, which is used by {uses}",
    "lock_without_effect": (
        "has no effect while the entry is blocked; waive its gates with waived_by and waiver_reason"
    ),
    "min_above_max": "{low} is above max {high}; correct one of them",
    "no_initiative": "no initiative has the key {value!q}{hint}; see the Backlog for those there are",
    "no_known_initiative": "no initiative has the key {value!q}",
    "model_name_on_params": "there are params of a model of this name already; remove or rename them first",
    "no_saved_model": "{value!q} is no saved model of this initiative",
    "not_brought_up_to_date": "{place} was not brought up to date: {why}",
    "not_in_source": "the {source} of the roadmap names it no more; it stays until you delete its row",
    "nothing_saved": "nothing was saved: {why}{gone}",
    "north_stars_gone": (
        "; {keys:names} {keys:is|are} gone from this tab, but still active: type the row again with is_active FALSE"
    ),
    "kpi_row_gone": (
        "its row is gone from the tab, but the KPI still counts; type the row again with is_active FALSE, or run "
        "pm.refresh_tab to get it back"
    ),
    "roadmap_row_gone": (
        "its row is gone from the tab (or was renamed), but the roadmap is still approved or published, and its "
        "capacity promised; pm.roadmap_set_status --option roadmap_name=… --option status=archived ends that, "
        "pm.refresh_tab brings the row back"
    ),
    "order_missing": "objective_mode lexicographic needs an order; expected an order such as retention > gmv",
    "param_not_used": "the formula of {model} does not use {param}{hint}",
    "persons_column": (
        "column {column_letters} ({header}) holds what Roadwright did not write, so it is left alone, and "
        "{column_name} stands in column {ours}; rename {column_letters} to end this warning"
    ),
    "published": "published as version {number}",
    "published_before": "nothing changed since version {number}, so there is no new version",
    "published_without_run": (
        "no run is adopted, and there is none over this roadmap, so it is blank; the totals count all that is admitted "
        "and waived"
    ),
    "rest_is_saved": "everything else on this row is saved",
    "rest_not_saved": "nothing on this row is saved",
    "row_held_back": "{columns} {columns:holds|hold} back this row: nothing else on it is saved",
    "row_left_the_tab": "the row left the tab, and what was typed into it went with it: {texts}",
    "scenario_name_on_rules": (
        "there are rules or targets of a scenario of this name already; remove them, or let them name another one first"
    ),
    "taken_without_value": "{problem}; {instead}",
    "the_backlog_has": "the backlog has {value!q}",
    "the_backlog_has_none": "the idea is on the backlog without it",
    "the_backlog_has_title": "the idea is on the backlog as {title}",
    "text_replaced": "{column_name} is written by Roadwright; {value!q} was replaced",
    "tokens_missing": "is blank, so the initiative can't be chosen; fill it in",
    "two_primary_models": "{models} of this initiative is primary, too; tick one model only",
    "typed_not_saved": "{columns}: typed here, not saved yet",
    "unknown_kpi_of_config": "{value!q} is no KPI of Metrics_Config{hint}",
    "unused_by_rule": "{columns}: not used by a {type} row",
    "value_above_max": "{value} is above max, {high}",
    "value_below_min": "{value} is below min, {low}",
    "waiver_incomplete": "waived_by, waiver_reason: a waiver counts only when both are filled in",
    "waiver_waits": (
        "the waiver waits for an approver's yes: pm.roadmap_check_gates --option confirm_waivers=true, or the row sent "
        "with waived_by and waiver_reason by PATCH /api/v1/tabs/Roadmap_Entries/rows"
    ),
    "waiver_not_needed": "waived_by, waiver_reason: not needed, because no gate blocks it",
    "weights_all_zero": "all weights are 0; weights are 0 or more, and not all 0",
    "weights_below_zero": "{weights}; weights are 0 or more, and not all 0",
    "weights_missing": "objective_mode weighted_kpis needs weights; expected weights such as gmv: 0.6; retention: 0.4",
    "weights_not_used": "is not used by objective_mode north_star",
}

HINTS = {
    "conflict_with_intake": (
        "settle it with pm.backlog_sync --option on_conflict=sheet (the intake's value) or on_conflict=database (the "
        "backlog's)"
    ),
    "conflict_with_backlog": (
        "settle it with pm.backlog_sync --option on_conflict=sheet (this row's value) or on_conflict=database (the "
        "backlog's)"
    ),
    "conflict_with_database": (
        "settle it with pm.save_selected --tab {tab} --option on_conflict=sheet (this cell) or on_conflict=database"
    ),
    "kpi_in_use": "change those first, or do it all the same with --option force=true",
}

"""What each workbook's README tab says: what the workbook is for, and how people work with it."""

from __future__ import annotations

from roadwright.sheets.spec import Guide

GUIDES = {
    "Intake": Guide(
        "Submit ideas here. Every row enters the central backlog, whatever state it is in; nothing is filtered.",
        (
            "Type one idea a row on the tab Intake: at least a title. Leave initiative_key blank.",
            "Save and close the workbook, then run pm.backlog_sync. Each idea gets a key; run_status tells.",
            "Sort, move or correct rows as you like and sync again: keys tell which idea a row is.",
            "To take an idea back, set lifecycle_status to withdrawn. Deleting the row does not delete the idea.",
        ),
    ),
    "Central_Backlog": Guide(
        "The universe of ideas: all that were ever submitted. Nothing is pruned; status and filters keep it usable.",
        (
            "Run pm.backlog_sync: new ideas appear below the others, and edits made here are saved.",
            "Work on the white columns: status, size in engineering tokens, market, framework.",
            "Set is_optimization_candidate and candidate_period_key for what should compete in a period.",
            "A field changed here and in intake says CONFLICT with both values; on_conflict=sheet|database settles it.",
        ),
    ),
    "ProductOps": Guide(
        "KPIs, scoring inputs, math models, and what each initiative adds to the KPIs.",
        (
            "Fill in Metrics_Config (exactly one active north_star) and run pm.save_selected --tab Metrics_Config.",
            "Run pm.populate_initiatives: Scoring_Inputs and KPI_Contributions get a row for each initiative.",
            "Type RICE or WSJF inputs, and contributions such as gmv: 120,000; retention: 0.01.",
            "Run pm.score_selected: everything typed is saved, scores are computed, activated and written back.",
        ),
    ),
    "Optimization_Center": Guide(
        "Ask for the best portfolio under your rules, and read the answer with its reasons and gaps.",
        (
            "Describe a scenario on Scenario_Config: period, capacity in tokens, what to maximise.",
            "Say which portfolios are allowed on Constraints, and which KPI levels to reach on Targets.",
            "Run pm.populate_candidates to see who competes, then pm.optimize_run_all_candidates.",
            "Read Results (who is in, who is out, why), Gaps_And_Alerts (what is missing) and Runs (every run).",
        ),
    ),
    "Roadmaps": Guide(
        "Curated subsets of the backlog, each with the gates that an initiative must pass to stand on it.",
        (
            "On Roadmaps, name one with its period and source: a filter, a run or keys. Gates says what entries need.",
            "Run pm.roadmap_create: it saves the tabs, fills Roadmap_Entries and judges each entry by its gates.",
            "Waive a gate with a name and a reason, rank and lock entries; then pm.roadmap_check_gates judges again.",
            "Move it on with pm.roadmap_set_status; pm.roadmap_publish makes a numbered version that never changes.",
        ),
    ),
    "Requests": Guide(
        "Run actions from a spreadsheet, where no server can be reached from it. Works while roadwright serve runs.",
        (
            "Type one action a row: the action, and where needed its tab, a selection and options.",
            "Save the workbook. Each new row is run once, from top to bottom, in the role that [requests] role names.",
            "Close the workbook to get the answer: run_id, status, progress and summary.",
            "To run a row again, clear its run_id, or type a new row. A wrong row says what is wrong; correct it.",
        ),
    ),
}
"""By the workbook's name without ending."""

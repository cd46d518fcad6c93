"""Tab Requests, in a workbook of its own: actions asked for in a sheet, where no server can be reached from it."""

from __future__ import annotations

from dataclasses import replace

from roadwright.domain.actions import ACTION_NAMES, REFUSED, REQUEST_STATUSES, ActionStatus
from roadwright.sheets.kinds import LONG_TEXT, MESSAGE, TEXT, WORD, choice
from roadwright.sheets.spec import TabSpec, Tone
from roadwright.tabs import lists
from roadwright.tabs.columns import PROVENANCE, derived, own_words, typed

_AS_TYPED = "@"
"""The format of cells that spreadsheets are not to turn into numbers or dates, such as 7-9."""
_TONES: dict[str, Tone] = {
    ActionStatus.SUCCESS: Tone.GOOD,
    ActionStatus.PARTIAL: Tone.LOOK,
    ActionStatus.FAILED: Tone.BAD,
    REFUSED: Tone.BAD,
    ActionStatus.CANCELLED: Tone.LOOK,
}

REQUESTS = TabSpec(
    name="Requests",
    workbook="Requests",
    help="Actions to run, one a row; each is run once, in this order, while roadwright serve runs.",
    identity=("run_id",),
    optional=True,
    main=(
        *("action", "tab", "selection", "options", "requested_by"),
        *("run_id", "status", "progress", "summary"),
    ),
    columns=(
        typed(
            "action",
            replace(TEXT, width=34),
            f"What to run, e.g. {ACTION_NAMES[0]}.",
            required=True,
            offers=lists.ACTIONS,
        ),
        typed("tab", replace(TEXT, width=18), "The tab to work on, e.g. Backlog. Blank: the action's own."),
        typed(
            "selection",
            replace(TEXT, width=18, number_format=_AS_TYPED),
            "Keys, names or rows, e.g. INIT-000001 or 7,9-12. Blank: all rows.",
        ),
        typed(
            "options",
            replace(LONG_TEXT, width=30, number_format=_AS_TYPED),
            "As name=value, one a line or separated by a semicolon, e.g. on_conflict=sheet.",
        ),
        typed("requested_by", replace(TEXT, width=16), "Who asks.", offers=lists.PEOPLE),
        own_words("notes", LONG_TEXT, "Your notes."),
        derived("run_id", WORD, "The run's key. Clear it to run the row once more."),
        derived("status", choice(REQUEST_STATUSES, _TONES), "How far it is, or how it ended."),
        derived("progress", replace(LONG_TEXT, width=30), "What it is doing."),
        derived("summary", replace(MESSAGE, width=46), "What came of it."),
        *PROVENANCE,
    ),
)

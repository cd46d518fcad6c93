"""The backlog: find, judge and correct any idea among thousands."""

from __future__ import annotations

from nicegui import ui

from roadwright.domain.roles import Role
from roadwright.web.kit import Html, attributes, button, html, icon, joined, region, segments
from roadwright.web.page import Visit, page
from roadwright.web.pages.backlog.acts import Acts, Start
from roadwright.web.pages.backlog.dialogs import (
    bulk_frame,
    columns_dialog,
    conflict_dialog,
    submit_dialog,
)
from roadwright.web.pages.backlog.filtering import MOST_CHARACTERS
from roadwright.web.pages.backlog.saving import Whose, filter_dialog, saved_pills
from roadwright.web.shell import shell

_KEYS = (
    ("Enter", "edits a cell"),
    ("Space", "selects a row"),
    ("o", "opens an initiative"),
    ("[ ]", "previous and next in the panel"),
    ("Shift ← →", "on a header, moves its column"),
    ("u", "takes the last edit back; so does Ctrl+Z"),
)
_OPTIONS: dict[str, object] = {
    **{"headerHeight": 34, "rowHeight": 34, "loading": True, "animateRows": False},
    **{"stopEditingWhenCellsLoseFocus": True, "enableBrowserTooltips": True, "columnDefs": [], "rowData": []},
    "rowSelection": {
        "mode": "multiRow",
        "headerCheckbox": True,
        "selectAll": "filtered",
        "enableClickSelection": False,
    },
    "selectionColumnDef": {"width": 44, "pinned": "left", "suppressHeaderMenuButton": True, "lockPosition": "left"},
    "defaultColDef": {
        **{
            "cellDataType": False,
            "sortable": True,
            "resizable": True,
            "filter": False,
            "suppressHeaderMenuButton": True,
        },
        ":suppressKeyboardEvent": "rw.backlog.options.suppress",
    },
    "suppressDragLeaveHidesColumns": True,
    "suppressNoRowsOverlay": True,
    "overlayLoadingTemplate": '<div class="rw-grid-skeleton">' + "<i></i>" * 20 + "</div>",
    ":getRowId": "rw.backlog.options.getRowId",
    ":onGridReady": "p => rw.backlog.options.ready(p.api)",
    ":isExternalFilterPresent": "rw.backlog.options.isFiltered",
    ":doesExternalFilterPass": "rw.backlog.options.passes",
}
"""Constants only: keys that begin with a colon are run as scripts."""


@page("/backlog", "Backlog", place="backlog")
async def backlog(visit: Visit) -> None:
    """The page."""
    view = await visit.read(Start.of, visit)
    async with shell(
        visit,
        "backlog",
        "Backlog",
        lead=html('<span id="count" data-testid="count" role="status">…</span>'),
        actions=_actions(visit),
        wide=True,
        keys=_KEYS,
    ):
        region(_bar(visit, view), "rw-filterbar")
        with ui.element("div").classes("rw-split"):
            with ui.element("div").classes("rw-gridbox"):
                region(_picked(visit), "rw-pickedbar")
                grid = ui.aggrid(_OPTIONS, theme="quartz", auto_size_columns=False).classes("rw-grid")
                grid.props("data-testid=backlog-grid role=region aria-label=Backlog")
                region(_empty(visit, view))
                region(html('<span id="moved" class="sr-only" role="status"></span>'))
            panel = region(Html(), "rw-panel", test="initiative", tag="aside", label="Initiative")
        region(_dialogs(visit, view), "rw-dialogs")
    Acts(visit, view, panel).register()
    if "submit" in visit.query and visit.may(Role.CONTRIBUTOR):
        visit.script("open", "submit")


def _actions(visit: Visit) -> Html:
    made = [button("Columns", opens="columns-dialog", test="columns")]
    if visit.may(Role.CONTRIBUTOR):
        undo = (
            '<button type="button" class="rw-btn" id="undo" data-act="undo" data-shortcut="u" data-testid="undo"'
            " hidden>{i}Undo</button>"
        )
        made.append(html(undo, i=icon("back")))
        made.append(button("Submit an idea", look="primary", glyph="plus", opens="submit", test="submit"))
    return joined(made)


def _bar(visit: Visit, view: Start) -> Html:
    box = attributes(
        type="text",
        class_="rw-input rw-filter",
        data_testid="filter",
        role="combobox",
        aria_label="Filter",
        aria_controls="suggest",
        aria_expanded="false",
        aria_autocomplete="list",
        aria_describedby="filter-fault",
        autocomplete="off",
        spellcheck="false",
        maxlength=MOST_CHARACTERS,
        value=view.text,
        placeholder="lifecycle_status in (new, under_review) and overall_score >= 3",
    )
    mine = html(
        '<button type="button" class="rw-pill" data-act="mine" data-testid="mine" id="mine"{a}>My ideas</button>',
        a=attributes(aria_pressed="true" if view.is_mine else "false"),
    )
    save = html(
        '<button type="button" class="rw-btn ghost small" id="save-filter-open" data-opens="save-filter-dialog" '
        'data-testid="save-filter" hidden>{i}<span>Save filter</span></button>',
        i=icon("plus"),
    )
    density = "compact" if visit.look.density == "compact" else "normal"
    rows = segments("Rows", (("normal", "Normal"), ("compact", "Dense")), density, "density")
    return html(
        '<div class="rw-filterbox">{search}<input{box}><ul id="suggest" role="listbox" aria-label="Completions" '
        'class="rw-suggest" data-testid="suggest" hidden></ul></div><div id="filter-fault" class="rw-filter-fault" '
        'role="alert"></div><div class="rw-pills">{mine}<span class="rw-saved" id="saved-filters">{saved}</span>{save}'
        '<span class="rw-density">{rows}</span></div>',
        search=icon("search"),
        box=box,
        mine=mine if visit.may(Role.CONTRIBUTOR) else "",
        saved=saved_pills(view.saved),
        save=save if Whose.of(visit.caller) else "",
        rows=rows,
    )


def _empty(visit: Visit, view: Start) -> Html:
    """What stands where no row is."""
    first = Html()
    if not view.has_ideas:
        sync = button("Sync the intake sheets", "sync", look="primary", test="sync")
        first = html("<p>No ideas yet.</p>{b}", b=sync if visit.may(Role.PLANNER) else "")
    hides = attributes(hidden=view.has_ideas, data_first=not view.has_ideas)
    return html('<div id="backlog-empty" class="rw-empty" role="status"{a}>{first}</div>', a=hides, first=first)


def _picked(visit: Visit) -> Html:
    """What can be done with selected rows."""
    if not visit.may(Role.PLANNER):
        return Html()
    made = joined(
        html(
            '<button type="button" class="rw-btn small"{a}>{words}</button>',
            a=attributes(data_many=what, data_testid=test),
            words=words,
        )
        for what, words, test in (
            ("edit", "Bulk edit", "bulk"),
            ("candidate", "Make candidates", "bulk-candidate"),
            ("no-candidate", "No candidates", "bulk-no-candidate"),
            ("period", "Period…", "bulk-period"),
            ("clear", "Clear selection", "bulk-clear"),
        )
    )
    return html('<div id="picked" class="rw-picked" hidden><b></b>{made}</div>', made=made)


def _dialogs(visit: Visit, view: Start) -> Html:
    made = [columns_dialog(view.columns), conflict_dialog()]
    if visit.may(Role.CONTRIBUTOR):
        made.append(submit_dialog(view.known))
    if Whose.of(visit.caller):
        made.append(filter_dialog(Whose.of(visit.caller), view.text))
    if visit.may(Role.PLANNER):
        made.append(bulk_frame())
    return joined(made)

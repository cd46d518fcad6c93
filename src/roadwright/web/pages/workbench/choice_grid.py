"""The choice of many candidates as a grid: its rows come over HTTP, then only what an answer changes is told.

Rows are told by their numbers, which are shorter than keys: an answer names every candidate in its order.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from fastapi import Request, Response
from nicegui import app, ui
from starlette.concurrency import run_in_threadpool

from roadwright.api.state import Caller
from roadwright.domain.keys import INITIATIVE, parse_key
from roadwright.web.kit import Html, attributes, html, icon, region
from roadwright.web.packed import packed, packed_answer
from roadwright.web.page import Visit, address_of
from roadwright.web.pages.workbench import choice
from roadwright.web.pages.workbench.desk import Desk

_ROWS = "/workbench-rows"
_OPEN: dict[str, tuple[Visit, Desk]] = {}
"""The open pages that have a grid, by the id that their rows are asked for with."""
_OPTIONS: dict[str, object] = {
    **{"headerHeight": 31, "loading": True, "animateRows": False, "suppressAnimationFrame": True},
    **{"columnDefs": [], "rowData": [], "suppressNoRowsOverlay": True, "suppressDragLeaveHidesColumns": True},
    "defaultColDef": {
        **{"cellDataType": False, "sortable": True, "resizable": True, "filter": False, "suppressMovable": True},
        **{"suppressHeaderMenuButton": True, ":suppressKeyboardEvent": "rw.choice.options.suppress"},
    },
    "overlayLoadingTemplate": '<div class="rw-grid-skeleton">' + "<i></i>" * 20 + "</div>",
    ":getRowId": "rw.choice.options.getRowId",
    ":getRowHeight": "rw.choice.options.getRowHeight",
    ":isFullWidthRow": "rw.choice.options.isFullWidthRow",
    ":fullWidthCellRenderer": "rw.choice.options.fullWidth",
    ":rowClassRules": "rw.choice.options.rowClassRules",
    ":postSortRows": "rw.choice.options.order",
    ":tabToNextCell": "rw.choice.options.tab",
    ":onGridReady": "p => rw.choice.options.ready(p.api)",
    ":isExternalFilterPresent": "rw.choice.options.isFiltered",
    ":doesExternalFilterPass": "rw.choice.options.passes",
}
"""Constants only: keys that begin with a colon are run as scripts."""
_END = html('<span id="choice-end" tabindex="-1"></span>')
"""Whoever leaves the grid by Tab goes on from here, rather than through all of its rows."""


class ChoiceGrid:
    """The grid on an open page."""

    def __init__(self, visit: Visit, desk: Desk) -> None:
        self._visit, self._desk = visit, desk

    def show(self) -> None:
        """Tell the order on both sides, and whether prices stand or are waited for."""
        self._visit.script("choice.answer", _answer(self._desk))

    def show_prices(self, keys: Collection[str]) -> None:
        """Tell the prices of these that are rows."""
        self._visit.script("choice.prices", _prices(self._desk, keys))

    def end_prices(self) -> None:
        """What has no price has none."""
        self._visit.script("choice.priced")

    def show_firmness(self) -> None:
        """Tell how often each was chosen."""
        self._visit.script("choice.firmness", _firmness(self._desk))

    def show_anew(self) -> None:
        """Let the browser fetch the rows again."""
        self._visit.script("choice.load")


def draw(visit: Visit, desk: Desk, classes: str) -> ChoiceGrid:
    """The grid with the field that finds rows in it, shown where it is called."""
    id = str(visit.client.id)
    _OPEN[id] = (visit, desk)
    visit.client.on_delete(lambda: _OPEN.pop(id, None))
    with ui.element("div").classes(f"rw-many {classes}").props("id=bench-choice data-testid=choice"):
        region(_search())
        grid = ui.aggrid(_OPTIONS, theme="quartz", auto_size_columns=False).classes("rw-choice-grid")
        grid.props("role=region aria-label=Candidates data-testid=choice-grid")
        grid.props["data-rows"] = address_of(_ROWS.strip("/"), id)
        region(_END)
    return ChoiceGrid(visit, desk)


def _search() -> Html:
    field = attributes(
        type="search",
        class_="rw-input",
        id="choice-search",
        placeholder="Title, key, department or country",
        aria_label="Find a candidate",
        maxlength=200,
        data_testid="filter",
        autocomplete="off",
    )
    return html(
        '<div class="rw-search">{icon}<input{a}><span id="choice-found" class="dim" role="status"></span></div>'
        '<span id="choice-begin" tabindex="-1"></span>',
        icon=icon("search"),
        a=field,
    )


# What is told


def number_of(key: str) -> int | None:
    """The number of a key, by which the browser knows its row."""
    return parse_key(INITIATIVE, key)


def _numbers(keys: Iterable[str]) -> list[int | None]:
    return [number_of(key) for key in keys]


def _answer(desk: Desk) -> dict[str, object]:
    """The sides in their order, what changed sides, whether it is the saved run's, and whether prices are to come."""
    chosen, rest = choice.sides(desk)
    return {
        "chosen": _numbers(chosen),
        "rest": _numbers(rest),
        "marked": _numbers(sorted(desk.moved)),
        "saved": desk.changes.is_nothing,
        "waiting": desk.is_waiting_for_prices,
    }


def _prices(desk: Desk, keys: Collection[str]) -> dict[str, list[object]]:
    """By number what each price says: how it looks, its words, how many others it drops, the tip, the loss."""
    known = {*desk.sized}
    found = {key: choice.price(desk, key) for key in keys if key in known}
    return {
        str(number_of(key)): [one.kind, one.words, one.drops, one.tip, one.loss]
        for key, one in found.items()
        if one.kind != "none"
    }


def _firmness(desk: Desk) -> dict[str, object]:
    """The counts of the trials, each in words once, and by number which count is whose."""
    trials = desk.trials
    if trials is None:
        return {}
    said, counts = {}, {}
    for key in desk.sized:
        firm = choice.firm(desk, key)
        if firm is not None:
            count = trials.chosen.get(key, 0)
            said[str(count)] = [firm.share, firm.words, firm.tip]
            counts[str(number_of(key))] = count
    return {"said": said, "counts": counts}


def _rows(desk: Desk) -> Mapping[str, object]:
    """All rows, by column, which packs better; the words that the grid has; and how the answer stands."""
    star = desk.bench.north_star
    sized = [one for one in desk.problem.candidates if one.tokens is not None]
    brought = [one.contributions.get(star.key) for one in sized]
    as_saved = Desk(desk.bench)
    as_saved.begin_prices()
    return {
        "keys": [one.key for one in sized],
        "titles": [desk.bench.title(one.key) for one in sized],
        "facts": [choice.facts(desk, one.key) for one in sized],
        "tokens": [one.tokens for one in sized],
        "gains": brought,
        "brings": [choice.gain(desk, one) for one in brought],
        "bare": [(key, desk.bench.title(key), choice.facts(desk, key)) for key in choice.bare(desk)],
        "star": (choice.short_name(star.key, star.name), star.name),
        "sides": [words for _, *words in choice.SIDES],
        "unjudged": choice.BARE,
        "buttons": choice.WAYS,
        "pricing": choice.PRICING,
        "changed": choice.CHANGED,
        "saved": _prices(as_saved, as_saved.prices),
        "answer": _answer(desk),
        "prices": _prices(desk, desk.prices),
        "firmness": _firmness(desk),
        "ways": choice.ways(desk),
    }


@app.get(_ROWS + "/{id}")
async def rows(request: Request, id: str) -> Response:
    """The rows of an open page, for the person who opened it."""
    caller: Caller = request.scope["state"]["caller"]
    visit, desk = _OPEN.get(id, (None, None))
    if visit is None or desk is None or visit.caller.who != caller.who:
        return Response(status_code=404)
    return packed_answer(request, await run_in_threadpool(packed, _rows(desk)))

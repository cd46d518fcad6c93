"""The page: its parts, and what its controls do."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Literal

from nicegui import ui

from roadwright.actions.workbench import AS_NOW, load_bench, scenario_names
from roadwright.api.events import Event
from roadwright.domain.errors import RoadwrightError
from roadwright.domain.messages import Message
from roadwright.domain.registry import nearest
from roadwright.domain.roles import Role
from roadwright.domain.text import folded
from roadwright.grid.scenarios import save_as_run
from roadwright.optimize import InvalidProblem
from roadwright.services.portfolios.candidates import ScenarioProblem
from roadwright.services.portfolios.workbench.answers import LONGER_SECONDS, repaired
from roadwright.services.portfolios.workbench.changes import Changes, Stage, WrongChanges
from roadwright.services.portfolios.workbench.question import asked_problem
from roadwright.services.portfolios.workbench.stored import find_what_if
from roadwright.web.acts import Done
from roadwright.web.kit import Html, Region, attributes, button, dialog, empty, html, joined, link, region, tabs
from roadwright.web.page import Visit, address_of, page
from roadwright.web.pages.workbench import (
    choice,
    choice_grid,
    choice_table,
    compare,
    dialogs,
    evidence,
    levers,
    periods,
    strip,
)
from roadwright.web.pages.workbench.desk import Desk
from roadwright.web.pages.workbench.dialogs import Sent
from roadwright.web.pages.workbench.work import Regions, Work
from roadwright.web.shell import shell

TABS = (("choice", "Choice"), ("periods", "Periods"), ("compare", "Compare"))
KEYS = (
    ("↑ ↓", "from row to row"),
    ("i a x", "in, auto, out"),
    ("c", "capacity"),
    ("u", "undo"),
    ("Ctrl S", "save as run"),
)


@page("/workbench", "Scenario workbench", place="workbench")
async def without_scenario(visit: Visit) -> None:
    """The first scenario that there is, or how to get one."""
    names = await visit.read(scenario_names)
    if names:
        visit.go(address_of("workbench", names[0]))
        return
    async with shell(visit, "workbench", "Scenario workbench"):
        way = link("Home", "/")
        region(empty("No scenario yet: type one on Scenario_Config and save it.", way), "rw-card")


@page("/workbench/{scenario:path}", "Scenario workbench", place="workbench")
async def workbench(visit: Visit) -> None:
    """What would be chosen if, at once."""
    names = await visit.read(scenario_names)
    asked = visit.path["scenario"]
    name = next((one for one in names if folded(one) == folded(asked)), None)
    if name is None:
        raise ScenarioProblem("unknown_scenario", scenario=asked, hint=nearest(asked, names), names=names)
    store = visit.server.workspace.store
    kept = await asyncio.to_thread(find_what_if, store, visit.query.get("w", ""))
    if kept is not None and folded(kept.scenario_name) != folded(name):
        kept = None
    data = None if kept is None else kept.run_id or AS_NOW
    bench = await asyncio.to_thread(load_bench, visit.server.workspace, name, data)
    desk = Desk(bench)
    if kept is not None:
        desk.changes = kept.changes
    desk.has_grid = choice.is_many(desk)
    desk.begin_prices()
    desk.tab = next((key for key, _ in TABS if key == visit.query.get("tab")), "choice")
    with_ = [one for one in visit.query.get("with", "").split(",") if one]
    desk.columns = with_[: compare.MOST] or await visit.read(compare.first_columns, name)
    regions = Regions()
    await _draw(visit, desk, regions, names)
    work = Work(visit, desk, regions)
    _act(visit, desk, work)
    visit.client.on_delete(work.leave)
    if desk.tab == "compare":
        await work.show_compare()

    async def begin() -> None:
        if desk.answer is None:
            work.begin(work.resolve())

    visit.client.on_connect(begin)

    async def happened(events: Sequence[Event]) -> None:
        if any(_matters(one) for one in events):
            await work.look_again()

    visit.follow(happened)
    if visit.query.get("w") and kept is None:
        visit.client.on_connect(lambda: visit.notice("warn", Message("what_if_link_gone")))


def _matters(event: Event) -> bool:
    if event.kind == "run":
        return event.is_end and "optimize" in str(event.data.get("action"))
    return event.may_change_rows


async def _draw(visit: Visit, desk: Desk, regions: Regions, names: Sequence[str]) -> None:
    async with shell(
        visit,
        "workbench",
        "Scenario workbench",
        lead=_lead(desk, names),
        actions=_actions(visit),
        wide=True,
        keys=KEYS,
    ):
        with ui.element("div").classes("rw-answer-strip").props("role=status aria-live=off data-testid=answer-strip"):
            regions.strip = region(strip.strip(desk), "rw-strip")
        with ui.element("div").classes("sr-only").props("role=status aria-live=polite data-testid=announced"):
            regions.said = region(None)
        regions.notes = region(strip.notes(desk), "rw-notes")
        regions.conflict = region(None, "rw-conflict", test="conflict")
        with ui.element("div").classes("rw-bench"):
            with ui.element("section").classes("rw-pane levers").props('aria-label="Levers"'):
                regions.capacity = region(levers.capacity(desk), "rw-card")
                regions.objective = region(levers.objective(desk), "")
                regions.rules = region(levers.rules(desk), "rw-card rw-rules", test="rules")
            with ui.element("section").classes("rw-pane answer").props('aria-label="Answer"'):
                firm = button("Test how firm it is", "firm", look="ghost", glyph="sync", small=True)
                region(tabs("bench", "Views of the answer", TABS, desk.tab, act="tab") + firm, "rw-tabbar")
                regions.choice = _choice(visit, desk)
                regions.periods = _tab(desk, "periods", periods.periods(desk), "rw-periods")
                regions.compare = _tab(desk, "compare", Html(), "rw-comparing")
            with ui.element("section").classes("rw-pane evidence").props('aria-label="Evidence"'):
                regions.targets = region(evidence.targets(desk), "rw-card", test="targets")
                regions.curve = region(evidence.curve(desk), "rw-card", test="curve")
                regions.usage = region(evidence.usage(desk), "rw-card", test="usage")
        _dialog(dialogs.ADD, "A new rule")
        if visit.may(Role.PLANNER):
            _dialog(dialogs.SAVE, "Save as run")


def _tab(desk: Desk, name: str, content: Html, classes: str) -> Region:
    return region(content, classes if desk.tab == name else f"{classes} hidden", test=name, id_=f"bench-{name}")


def _choice(visit: Visit, desk: Desk) -> choice.Shown:
    if desk.has_grid:
        return choice_grid.draw(visit, desk, "" if desk.tab == "choice" else "hidden")
    drawn = _tab(desk, "choice", choice_table.table(desk), "rw-choice")
    return choice_table.ChoiceTable(visit, desk, drawn)


def _dialog(id: str, title: str) -> None:
    """An empty dialog, which is filled before it is opened."""
    region(dialog(id, title, html('<div id="{id}-content"></div>', id=id)), "rw-floats")


def _lead(desk: Desk, names: Sequence[str]) -> Html:
    links = joined(
        html(
            "<a{a}>{name}</a>",
            name=name,
            a=attributes(
                href=address_of("workbench", name), aria_current="true" if name == desk.bench.scenario_name else None
            ),
        )
        for name in names
    )
    return html(
        '<span class="rw-segs" role="group" aria-label="Scenario">{links}</span> '
        '<span class="dim" id="bench-stands-on">{stands_on}</span>',
        links=links,
        stands_on=strip.stands_on(desk),
    )


def _actions(visit: Visit) -> Html:
    parts = [
        button("Undo", "undo", glyph="back", shortcut="u"),
        button("Reset", "reset", glyph="sync"),
    ]
    if visit.may(Role.PLANNER):
        parts.append(button("Save as run", "ask_save", look="primary", glyph="flag", test="save"))
    return joined(parts)


# What the controls do


def _seeking(visit: Visit, work: Work) -> Callable[[str], Callable[[Done], Done]]:
    """Acts that seek another answer: where one is refused, nothing is sought any more, and controls show what holds."""

    def named(name: str) -> Callable[[Done], Done]:
        def register(do: Done) -> Done:
            @wraps(do)
            async def done(**values: object) -> None:
                asked = work.asked
                try:
                    await do(**values)
                except RoadwrightError:
                    work.refuse()
                    raise
                if work.asked == asked:  # there was nothing to ask: nothing is sought any more
                    work.settle()

            visit.act(name)(done)
            return do

        return register

    return named


def _act(visit: Visit, desk: Desk, work: Work) -> None:  # noqa: PLR0915 - one small function for each control
    seeking = _seeking(visit, work)

    @seeking("switch")
    async def switch(key: str, way: Literal["in", "out", "auto"]) -> None:
        known = next((one for one in desk.bench.problem.candidates if one.key == key), None)
        if known is None or known.tokens is None:
            raise WrongChanges("changes_unreadable", place="initiative", why=key)
        await work.change(desk.changes.switched(key, way))

    @seeking("rule")
    async def rule(id: str, on: bool) -> None:
        known(id)
        if (id in desk.changes.off) is on:
            await work.change(desk.changes.toggled(id))

    def known(id: str) -> None:
        if id not in desk.rows():
            raise WrongChanges("changes_unreadable", place="rule", why=id)

    @seeking("edit")
    async def edit(id: str, field: str, value: str) -> None:
        known(id)
        row = desk.bench.problem.rows.get(id) or desk.rows()[id]
        part = next((one for one in desk.sentence(row) if one.field == field), None)
        if part is None or part.value is None:
            raise WrongChanges("changes_unreadable", place="number", why=field)
        scale, _, _ = levers.number_form(desk, part)
        number = read_number(value, levers.in_label(field)) / scale
        changes = desk.changes.edited(id, field, number, part.value)
        try:
            asked_problem(desk.bench.problem, changes)
        except InvalidProblem as wrong:
            raise WrongChanges("changes_unreadable", place=levers.in_label(field), why=said_of(wrong)) from wrong
        await work.change(changes)

    @seeking("capacity")
    async def capacity(value: str) -> None:
        await work.change(desk.changes.changed(capacity=read_number(value, "capacity")))

    @seeking("weight")
    async def weight(kpi: str, value: str) -> None:
        now = levers.asked_objective(desk)
        if kpi not in now.weights:
            raise WrongChanges("changes_unreadable", place="KPI", why=kpi)
        await work.change(desk.changes.weighed({**now.weights, kpi: read_number(value)}))

    def order_now() -> list[Stage]:
        return [Stage(kpi=one.kpi, tolerance=one.tolerance) for one in levers.asked_objective(desk).order]

    @seeking("order")
    async def order(kpi: str, by: int) -> None:
        stages = order_now()
        place = next((n for n, one in enumerate(stages) if one.kpi == kpi), None)
        if place is None or by not in (-1, 1) or not 0 <= place + by < len(stages):
            raise WrongChanges("changes_unreadable", place="KPI", why=kpi)
        stages[place], stages[place + by] = stages[place + by], stages[place]
        await work.change(desk.changes.changed(order=[one.model_dump() for one in stages], weights=None))

    @seeking("tolerance")
    async def tolerance(kpi: str, value: str) -> None:
        stages = [
            {"kpi": one.kpi, "tolerance": read_number(value) / 100 if one.kpi == kpi else one.tolerance}
            for one in order_now()
        ]
        await work.change(desk.changes.changed(order=stages, weights=None))

    @seeking("put")
    async def put(key: str, value: str) -> None:
        if key not in {one.key for one in desk.bench.problem.candidates} or value not in ("", *desk.periods):
            raise WrongChanges("changes_unreadable", place="period", why=value)
        if value == desk.periods[0]:
            await work.change(desk.changes.switched(key, "in"))
        elif value:
            await work.change(desk.changes.put_into(key, value))
        else:
            await work.change(desk.changes.switched(key, "auto"))

    @seeking("repair")
    async def repair(place: int) -> None:
        if desk.answer is not None and 0 <= place < len(desk.answer.ways_out):
            await work.change(repaired(desk.changes, desk.answer.ways_out[place]))

    @seeking("undo")
    async def undo() -> None:
        if desk.undo():
            await work.resolve()

    @seeking("reset")
    async def reset() -> None:
        await work.change(Changes())

    @visit.act("data")
    async def data() -> None:
        await work.load(AS_NOW)

    @visit.act("look")
    async def look() -> None:
        await work.resolve(LONGER_SECONDS)

    @visit.act("firm")
    async def firm() -> None:
        await work.test_firmness()

    @visit.act("slice")
    async def slice_(value: Literal["department", "country"]) -> None:
        desk.slice = value
        work.regions.usage.show(evidence.usage(desk))

    @visit.act("tab")
    async def tab(tab: Literal["choice", "periods", "compare"]) -> None:
        desk.tab = tab
        if tab == "periods":
            work.regions.periods.show(periods.periods(desk))
        if tab == "compare":
            await work.show_compare()
        await work.keep_link()

    @visit.act("with")
    async def with_(value: str) -> None:
        if value and value not in desk.columns:
            desk.columns = [*desk.columns, value][-compare.MOST :]
        await work.show_compare()
        await work.keep_link()

    @visit.act("without")
    async def without(run: str) -> None:
        desk.columns = [one for one in desk.columns if one != run]
        await work.show_compare()
        await work.keep_link()

    _act_on_dialogs(visit, desk, work)


def _act_on_dialogs(visit: Visit, desk: Desk, work: Work) -> None:
    seeking = _seeking(visit, work)

    def fill(id: str, content: Html) -> None:
        visit.script("html", f"{id}-content", str(content))

    @visit.act("add")
    async def add() -> None:
        fill(dialogs.ADD, dialogs.add(desk))
        visit.script("open", dialogs.ADD)

    @visit.act("kind")
    async def kind(value: str) -> None:
        fill(dialogs.ADD, dialogs.add(desk, value))

    @seeking("add_rule")
    async def add_rule(kind: str, **sent: Sent) -> None:
        try:
            rule = dialogs.built_rule(desk, kind, sent)
            changes = desk.changes.changed(added=[*(dict(one) for one in desk.changes.added), rule])
            asked_problem(desk.bench.problem, changes)
        except InvalidProblem as wrong:
            fill(dialogs.ADD, dialogs.add(desk, kind, said_of(wrong), sent))
            return
        visit.script("close", dialogs.ADD)
        visit.saved("rule-form")
        await work.change(changes)

    @seeking("unadd")
    async def unadd(place: int) -> None:
        if 0 <= place < len(desk.changes.added):
            await work.change(desk.changes.without_added(place))

    @visit.act("ask_save", Role.PLANNER)
    async def ask_save() -> None:
        fill(dialogs.SAVE, dialogs.save(desk))
        visit.script("open", dialogs.SAVE)

    @visit.act("save", Role.PLANNER)
    async def save(name: str, key: Sent = "", reason: Sent = "") -> None:
        keys, reasons = dialogs.listed(key), dialogs.listed(reason)
        given = dict(zip(keys, reasons, strict=False))
        switches = {
            one: {"way": switch.way, "reason": given.get(one, switch.reason).strip()[:500]}
            for one, switch in desk.changes.switches.items()
        }
        desk.changes = desk.changes.changed(switches=switches)
        caller = await visit.standing()
        server, old = visit.server, desk.bench.scenario_name
        try:
            saved = await asyncio.to_thread(
                save_as_run, server.workspace, old, desk.changes, name=name, requested_by=caller.requested_by
            )
        except RoadwrightError as error:
            fill(dialogs.SAVE, dialogs.save(desk, _sentence(error.message)))
            return
        for spec in saved.tabs:
            await asyncio.to_thread(server.follow, spec)
        server.wake()
        visit.saved("save-form")
        visit.script("close", dialogs.SAVE)
        visit.notice("ok", f"Saved “{saved.scenario_name}”; {saved.run.run_id} is running. The sheets follow.")
        if folded(saved.scenario_name) != folded(old):
            visit.go(address_of("workbench", saved.scenario_name))
            return
        desk.changes, desk.past = Changes(), []
        await work.load(AS_NOW, keeps_changes=False)


def _sentence(message: Message) -> str:
    words = message.words
    return f"{words[:1].upper()}{words[1:]}."


def said_of(wrong: InvalidProblem) -> str:
    """What is wrong, in words; names of fields as people read them."""
    said = "; ".join(fault.message for fault in wrong.faults)
    return said.replace("dimension_key", "the name").replace("_", " ")


_THOUSANDS = re.compile(r"\s*[-+]?\d{1,3}(,\d{3})+(\.\d*)?\s*")


def read_number(text: str, place: str = "number") -> float:
    """A number of a field, as the page itself shows it. Raises WrongChanges."""
    try:
        return float(text.replace(",", "") if _THOUSANDS.fullmatch(text) else text)
    except ValueError as wrong:
        raise WrongChanges("changes_unreadable", place=place, why=text or "it is blank") from wrong

"""The page Scoring & KPIs: what it shows, and what is done on it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from typing import Literal

from nicegui import ui
from sqlalchemy import select
from sqlalchemy.orm import Session

from roadwright import tabs
from roadwright.api.events import Event
from roadwright.domain.initiatives import Framework
from roadwright.domain.messages import Level, Message
from roadwright.domain.roles import Role
from roadwright.domain.shown import shown_value
from roadwright.grid.changes import RowChange
from roadwright.grid.listing import GridRow, told_rows
from roadwright.grid.param_effects import EFFECTS, ParamId, questions
from roadwright.grid.scoring import model_lines, movers, registry_rows, stale_scores, targets_on, waiting_params
from roadwright.grid.sources import Source
from roadwright.services.roadmaps.pipeline import latest_scenario
from roadwright.services.rows.identity import identity_of
from roadwright.services.rows.notes import level_of
from roadwright.store.kpis import load_registry
from roadwright.store.models import Initiative
from roadwright.web.asked import Asked
from roadwright.web.edits import NOT_SAVED, said_of, save
from roadwright.web.kit import Html, button, choice, form, html, region, text_field
from roadwright.web.page import Refused, Visit, page
from roadwright.web.pages.scoring import params, registry
from roadwright.web.pages.scoring.params import Typed
from roadwright.web.running import Runs
from roadwright.web.shell import shell
from roadwright.web.words import words


class _Shown:
    """What the page shows at once, read together."""

    def __init__(self, session: Session) -> None:
        self.kpis = registry_rows(session)
        self.models = model_lines(session)
        wanted = waiting_params(session)
        identities = {
            identity_of(tabs.PARAMS.identity, dict(zip(tabs.PARAMS.identity, one, strict=True))): one for one in wanted
        }
        rows = told_rows(session, Source(session, tabs.PARAMS), list(identities))
        by_identity = {identity_of(tabs.PARAMS.identity, row.identity): row for row in rows}
        self.params: dict[ParamId, GridRow] = {
            one: by_identity[identity] for identity, one in identities.items() if identity in by_identity
        }
        keys = {key for key, _, _ in self.params}
        self.titles = {
            key: title
            for key, title in session.execute(select(Initiative.initiative_key, Initiative.title))
            if key in keys
        }
        reg = load_registry(session)
        self.units = {kpi.key: kpi.unit for kpi in reg.kpis.values()}
        self.names = {kpi.kpi_key: kpi.kpi_name for kpi in self.kpis}
        star = next(iter(reg.north_stars), None)
        self.star_unit = None if star is None else reg.kpis[star].unit
        session.expunge_all()


def _row_of(session: Session, spec_name: str, identity: tuple[str, ...]) -> GridRow | None:
    spec = tabs.BY_NAME[spec_name]
    named = identity_of(spec.identity, dict(zip(spec.identity, identity, strict=True)))
    source = Source(session, spec)
    return told_rows(session, source, [named])[0] if named in set(source.identities) else None


def _registry_fields(session: Session) -> tuple[list[dict[str, str]], list[str | None]]:
    source = Source(session, tabs.METRICS_CONFIG)
    rows = told_rows(session, source, source.identities)
    return [{name: shown_value(row.values.get(name)) for name in registry.FIELDS} for row in rows], [
        row.mark for row in rows
    ]


@page("/scoring", "Scoring & KPIs", place="scoring")
async def scoring(visit: Visit) -> None:  # noqa: PLR0915 - one act after the other
    """Scoring & KPIs."""
    may_plan = visit.may(Role.PLANNER)
    shown = await visit.read(_Shown)
    runs = Runs(visit)
    effects: dict[ParamId, float | None] = {}
    typed: dict[tuple[ParamId, str], Typed] = {}
    state = {"kpi": "", "pricing": bool(shown.params)}
    actions = ""
    if may_plan:
        actions = html(
            "{seed}{switch}{score}",
            seed=button("Seed params", "seed", glyph="plus", test="seed"),
            switch=button("Switch framework", "switch", test="switch"),
            score=button("Score all", "score", look="primary", glyph="scoring", test="score"),
        )
    lead = "What counts, what drives it, and which numbers nobody has vouched for yet."
    async with shell(visit, "scoring", "Scoring & KPIs", lead=lead, actions=actions):
        said = region(Html(), "rw-said")
        tree = region(
            registry.registry(shown.kpis, shown.models, may_plan=may_plan), "rw-card rw-registry", test="tree"
        )
        node = region(Html(), "rw-kpi", test="kpi")

        def waiting() -> Html:
            return params.waiting(
                shown.params,
                shown.titles,
                effects,
                typed,
                unit=shown.star_unit,
                is_pricing=state["pricing"] is True,
                may_plan=may_plan,
            )

        def lines() -> Html:
            return params.models(shown.models, shown.units, shown.names, may_plan=may_plan)

        with ui.element("div").classes("rw-scoring"):
            with ui.element("div").classes("stack"):
                waits = region(waiting(), "rw-card rw-params", test="params")
                stale = region(params.stale(None), "rw-card", test="stale")
            models = region(lines(), "rw-card rw-models", test="models")
        asked = Asked(visit, wide=True)

    async def show_node() -> None:
        kpi = next((one for one in shown.kpis if one.kpi_key == state["kpi"]), None)
        if kpi is None:
            node.show(Html())
            return
        moved, targets = await visit.read(movers, kpi.kpi_key), await visit.read(targets_on, kpi.kpi_key)
        node.show(
            html('<section class="rw-card">{kpi}</section>', kpi=registry.one_kpi(kpi, shown.models, moved, targets))
        )

    cancel = [threading.Event()]

    def stop() -> None:
        cancel[0].set()  # the newest one's

    visit.client.on_delete(stop)

    async def price() -> None:
        cancel[0].set()
        mine = cancel[0] = threading.Event()
        state["pricing"] = True
        loop = asyncio.get_running_loop()

        def tell(one: ParamId, value: float | None) -> None:
            loop.call_soon_threadsafe(heard, one, value)

        def heard(one: ParamId, value: float | None) -> None:
            if not mine.is_set():
                effects[one] = value
                with visit.client:
                    waits.show(waiting())

        try:
            wanted = await visit.read(questions, await visit.read(latest_scenario))
            effects.clear()
            await asyncio.to_thread(EFFECTS.find, wanted, tell, mine)
        finally:
            if not mine.is_set():
                state["pricing"] = False
                with visit.client:
                    waits.show(waiting())

    async def refresh() -> None:
        nonlocal shown
        shown = await visit.read(_Shown)
        tree.show(registry.registry(shown.kpis, shown.models, may_plan=may_plan))
        waits.show(waiting())
        models.show(lines())
        await show_node()
        stale.show(params.stale(await visit.read(stale_scores)))
        start()

    tasks: set[asyncio.Task[None]] = set()

    def start() -> None:
        if not shown.params:
            state["pricing"] = False
            return
        task = asyncio.create_task(price())
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    async def keep_param(one: ParamId, mark: str, column: str, value: object) -> bool:
        identity = dict(zip(tabs.PARAMS.identity, one, strict=True))
        changed = await save(visit, tabs.PARAMS, [RowChange(identity, mark, {column: value})])
        [row] = changed.rows
        level = level_of(row.run_status)
        if level in NOT_SAVED:
            typed[one, column] = Typed(str(value), said_of(row.run_status))
            if level is Level.CONFLICT:  # the next try is made against what is stored now
                shown.params[one] = row
            waits.show(waiting())
            return False
        typed.pop((one, column), None)
        return True

    @visit.act("node")
    async def open_node(kpi: str) -> None:
        state["kpi"] = kpi
        await show_node()

    @visit.act("node-close")
    async def close_node() -> None:
        state["kpi"] = ""
        await show_node()

    @visit.act("param", Role.PLANNER)
    async def param(key: str, model: str, param: str, column: str, mark: str, value: str) -> None:  # noqa: PLR0917
        if column not in params.COLUMNS:
            raise Refused("act_wrong", fields=["column"])
        if await keep_param((key, model, param), mark, column, value.strip() or None):
            await refresh()

    @visit.act("approve", Role.PLANNER)
    async def approve(key: str, model: str, param: str, mark: str) -> None:
        one = key, model, param
        if any(of == one for of, _ in typed):
            raise Refused("param_has_fault", param=words(param))
        row = await visit.read(_row_of, tabs.PARAMS.name, one)
        if row is None or row.values.get("value") is None:
            raise Refused("param_without_value", param=words(param))
        if await keep_param(one, mark, "approved", value=True):
            visit.notice("ok", f"Approved {words(param)} of {model}.")
            await refresh()

    @visit.act("approve-model", Role.PLANNER)
    async def approve_model(key: str, model: str) -> None:
        row = await visit.read(_row_of, tabs.MATH_MODELS.name, (key, model))
        if row is None:
            raise Refused("row_not_there", key=f"{key} {model}", tab=tabs.MATH_MODELS.name)
        changed = await save(visit, tabs.MATH_MODELS, [RowChange(row.identity, row.mark, {"approved_by_user": True})])
        said = changed.rows[0].run_status
        level = level_of(said)
        kind: Literal["fail", "warn", "ok"] = (
            "fail" if level in NOT_SAVED else "warn" if level is Level.WARNING else "ok"
        )
        visit.notice(kind, "Approved." if level is Level.OK else said_of(said))
        await refresh()

    def model_form(row: GridRow, formula: str, chain: str, fault: str = "", where: Message | None = None) -> Html:
        key, model = (str(row.identity[name]) for name in tabs.MATH_MODELS.identity)
        fields = html(
            "{formula}{pointed}{chain}<div class=rw-buttons>{save}</div>",
            formula=text_field("Formula", "formula_text", value=formula, lines=6, fault=fault, id_="model-formula"),
            pointed=params.pointed(formula, where) if where is not None else "",
            chain=text_field("Chain", "metric_chain_text", value=chain, hint="driver -> … -> KPI", id_="model-chain"),
            save=button("Save model", submits=True, look="primary", test="model-save"),
        )
        return form("model", fields, id_="form-model", key=key, model=model, mark=row.mark)

    @visit.act("edit-model", Role.PLANNER)
    async def edit_model(key: str, model: str) -> None:
        row = await visit.read(_row_of, tabs.MATH_MODELS.name, (key, model))
        if row is None:
            raise Refused("row_not_there", key=f"{key} {model}", tab=tabs.MATH_MODELS.name)
        formula, chain = (str(row.values.get(name) or "") for name in ("formula_text", "metric_chain_text"))
        visit.saved("form-model")
        asked.ask(model, model_form(row, formula, chain))

    @visit.act("model", Role.PLANNER)
    async def keep_model(key: str, model: str, mark: str, formula_text: str, metric_chain_text: str) -> None:
        identity = dict(zip(tabs.MATH_MODELS.identity, (key, model), strict=True))
        sent = {"formula_text": formula_text.strip() or None, "metric_chain_text": metric_chain_text.strip() or None}
        changed = await save(visit, tabs.MATH_MODELS, [RowChange(identity, mark, sent)])
        [row] = changed.rows
        if level_of(row.run_status) in NOT_SAVED:
            said = changed.results[0].notes.messages
            where = next((one for one in said if one.column == "formula_text" and "place" in one.params), None)
            asked.show(model, model_form(row, formula_text, metric_chain_text, said_of(row.run_status), where))
            return
        visit.saved("form-model")
        asked.close()
        await refresh()

    @visit.act("edit-registry", Role.PLANNER)
    async def edit_registry() -> None:
        rows, marks = await visit.read(_registry_fields)
        visit.saved("form-registry")
        asked.ask("KPI registry", registry.editing(rows, {}, marks))

    @visit.act("registry", Role.PLANNER)
    async def keep_registry(  # noqa: PLR0917 - the fields of the form, one of each for a row
        kpi_key: list[str] | str,
        kpi_name: list[str] | str,
        kpi_level: list[str] | str,
        unit: list[str] | str,
        direction: list[str] | str,
        baseline_value: list[str] | str,
        is_active: list[str] | str,
        driven_by: list[str] | str,
        mark: list[str] | str,
    ) -> None:
        columns = [kpi_key, kpi_name, kpi_level, unit, direction, baseline_value, is_active, driven_by]
        lists = [one if isinstance(one, list) else [one] for one in columns]
        marks: list[str | None] = [*(mark if isinstance(mark, list) else [mark])]
        given = [dict(zip(registry.FIELDS, row, strict=True)) for row in zip(*lists, strict=False)]
        stored, _ = await visit.read(_registry_fields)
        if not len(given) == len(stored) == len(marks):
            raise Refused("act_wrong", fields=["kpi_key"])
        sent, places = [], []
        for number, (now, before) in enumerate(zip(given, stored, strict=True)):
            changes = {name: value or None for name, value in now.items() if value != before[name]}
            if changes:
                sent.append(RowChange({"kpi_key": before["kpi_key"]}, marks[number], changes))
                places.append(number)
        changed = await save(visit, tabs.METRICS_CONFIG, sent) if sent else None
        rows = changed.rows if changed is not None else []
        faults = {
            place: said_of(row.run_status)
            for place, row in zip(places, rows, strict=True)
            if level_of(row.run_status) in NOT_SAVED
        }
        if faults:
            asked.show("KPI registry", registry.editing(given, faults, marks))
            return
        visit.saved("form-registry")
        asked.close()
        await refresh()

    async def run(action: str, tab: str | None = None, **options: object) -> None:
        await runs.ask(action, options, tab=tab)
        said.show(await runs.shown())

    @visit.act("score", Role.PLANNER)
    async def score() -> None:
        await run("pm.score_selected", tabs.SCORING_INPUTS.name)

    @visit.act("seed", Role.PLANNER)
    async def seed() -> None:
        await run("pm.seed_math_params", tabs.MATH_MODELS.name)

    @visit.act("switch", Role.PLANNER)
    async def switch() -> None:
        known = [(str(one), words(one)) for one in Framework]
        fields = html(
            "{framework}<p class=dim>{about}</p><div class=rw-buttons>{save}</div>",
            framework=choice("Framework for every initiative that has one", "framework", known, id_="switch-framework"),
            about="Scores that were computed already are activated; nothing is computed.",
            save=button("Switch", submits=True, look="primary", test="switch-now"),
        )
        asked.ask("Switch the framework", form("switched", fields, id_="form-switch"))

    @visit.act("switched", Role.PLANNER)
    async def switched(framework: Framework) -> None:
        found = await visit.read(_to_switch, framework)
        if found:
            changed = await save(visit, tabs.SCORING_INPUTS, found)
            failed = [said_of(row.run_status) for row in changed.rows if level_of(row.run_status) in NOT_SAVED]
            if failed:
                visit.notice("fail", "; ".join(failed[:3]))
        visit.saved("form-switch")
        asked.close()
        await run("pm.switch_framework", tabs.SCORING_INPUTS.name)

    async def told(happened: Sequence[Event]) -> None:
        said.show(await runs.shown())
        if any(event.may_change_rows for event in happened):
            await refresh()

    visit.follow(told)

    async def later() -> None:
        stale.show(params.stale(await visit.read(stale_scores)))
        start()

    ui.timer(0.05, later, once=True)


def _to_switch(session: Session, framework: Framework) -> list[RowChange]:
    """The rows of Scoring_Inputs that have another framework now."""
    source = Source(session, tabs.SCORING_INPUTS)
    rows = told_rows(session, source, source.identities)
    name = "active_scoring_framework"
    return [
        RowChange(row.identity, row.mark, {name: str(framework)})
        for row in rows
        if row.values.get(name) is not None and row.values.get(name) != framework
    ]

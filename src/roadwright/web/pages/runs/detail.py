"""One run: what was asked, how it ended, what it said of each row, and the optimization behind it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from roadwright.actions import ledger
from roadwright.actions.registry import ACTIONS, role_of
from roadwright.actions.submit import submitted
from roadwright.actions.unknown_runs import no_run_at_all
from roadwright.api.events import Event
from roadwright.domain.messages import Level
from roadwright.domain.roles import Role
from roadwright.services.portfolios.rerun import RunComparison, rerun_snapshot
from roadwright.services.portfolios.runs import find_optimization_run
from roadwright.services.portfolios.shown import run_facts
from roadwright.services.rows.notes import level_of
from roadwright.store.models import ActionRun, OptimizationRun
from roadwright.web.formats import MINUS, moment_iso, number, plural, seconds, smart
from roadwright.web.kit import (
    Html,
    banner,
    button,
    card,
    card_head,
    chip,
    empty,
    html,
    joined,
    link,
    progress,
    region,
    segments,
    status_chip,
    table,
)
from roadwright.web.kit.marks import Kind
from roadwright.web.page import Refused, Visit, address_of, page
from roadwright.web.pages.runs.ledger import cancel_button, cancel_run
from roadwright.web.shell import shell
from roadwright.web.told import headline, is_open, options_of, outcome, sentence_of
from roadwright.web.words import action_words, person, plain, sentence, words

_ROWS = 100
_ONCE = ("by", "on_conflict")
"""Options that are not asked for again: who decided, and which values were to stand."""
_TRUTH = {"TRUE": "yes", "FALSE": "no", "True": "yes", "False": "no"}
_LEVELS: Mapping[str, tuple[Level, Kind]] = {
    "failed": (Level.FAILED, "fail"),
    "conflict": (Level.CONFLICT, "conflict"),
    "warning": (Level.WARNING, "warn"),
    "skipped": (Level.SKIPPED, "idle"),
    "ok": (Level.OK, "ok"),
}
_FACTS = {
    "run_id": "Optimization run",
    "scenario_name": "Scenario",
    "constraint_set_name": "Rules",
    "period_key": "Period",
    "summary": "Answer",
    "objective_mode": "Objective",
    "capacity_total": "Capacity",
    "constraints": "Constraints",
    "targets": "Targets",
    "candidates": "Candidates",
    "selected_count": "Chosen",
    "capacity_used": "Tokens used",
    "objective_value": "Objective value",
    "bound": "Bound",
    "gap_percent": "Gap in percent",
    "targets_met": "Targets met",
    "solve_seconds": "Solving took",
    "solver": "Solver",
    "achieved": "Reached",
    "proof": "Proof",
    "tie_break": "Tie-break",
    "timings": "Timings",
    "options": "Options",
    "snapshot_hash": "Fingerprint of the inputs",
}
"""The facts of an optimization run in the order in which they are read; all others are told elsewhere on the page."""


@dataclass
class _Seen:
    """The run as it is now, and the optimization behind it; one of them may be missing."""

    run: ActionRun | None
    optimization: OptimizationRun | None


def _look(session: Session, visit: Visit, run_id: str) -> _Seen:
    """Raises NoSuchRun."""
    optimization = find_optimization_run(session, run_id)
    if optimization is not None and optimization.action_run_id is not None:
        return _Seen(session.get(ActionRun, optimization.action_run_id), optimization)
    run = ledger.find_run(visit.server.workspace.store, run_id)
    if run is None and optimization is None:
        raise ledger.NoSuchRun.saying(no_run_at_all(session, run_id))
    if run is not None and run.optimization_run_id is not None:
        optimization = find_optimization_run(session, run.optimization_run_id)
    return _Seen(run, optimization)


@page("/runs/{run_id}", "Run", place="runs")
async def one_run(visit: Visit) -> None:  # noqa: PLR0915 - the parts of the page, and its acts
    """A run of an action, or of the optimizer."""
    run_id = visit.path["run_id"]
    seen = await visit.read(_look, visit, run_id)
    chosen = visit.query.get("rows", "")
    chosen = chosen if chosen in _LEVELS else ""
    title = headline(seen.run) if seen.run is not None else f"Optimised: {_scenario(seen)}"
    shown_id = seen.run.run_id if seen.run is not None else run_id.upper()
    lead = html('<a class="rw-link" href="/runs">All runs</a> · {id}', id=shown_id)
    async with shell(visit, "runs", title, lead=lead, actions=_acts(visit, seen)):
        state = region(_state(visit, seen), "stack")
        facts = region(_asked(seen), "rw-card", test="facts")
        if seen.optimization is not None:
            region(_optimization(visit, seen.optimization), "rw-card", test="optimization")
            checked = region(None, "rw-rerun", test="rerun-answer")
            said = region(None, "rw-log")
        rows = region(_rows(seen, chosen), "rw-card", test="rows")

    async def again() -> None:
        nonlocal seen
        had = seen.optimization
        seen = await visit.read(_look, visit, run_id)
        if had is None and seen.optimization is not None:
            visit.go(visit.address)  # it has an answer now, and so other parts
            return
        state.show(_state(visit, seen))
        facts.show(_asked(seen))
        rows.show(_rows(seen, chosen))

    @visit.act("rows")
    async def show_rows(value: str) -> None:
        nonlocal chosen
        chosen = value if value in _LEVELS else ""
        visit.stay_at(address_of("runs", shown_id, rows=chosen))
        rows.show(_rows(seen, chosen))

    @visit.act("cancel", Role.PLANNER)
    async def cancel(run: str) -> None:
        await cancel_run(visit, run)
        await again()

    @visit.act("run-again", Role.PLANNER)
    async def run_again() -> None:
        if seen.run is None:
            raise Refused("act_unknown", act="run-again")
        asked = await asyncio.to_thread(submitted, visit.server.workspace, seen.run)
        options: dict[str, object] = {name: value for name, value in options_of(seen.run).items() if name not in _ONCE}
        request = seen.run.request_json
        made = await visit.ask(asked.action.name, request.get("tab"), request.get("select"), options)
        visit.go(address_of("runs", made.run_id))

    @visit.act("rerun", Role.PLANNER)
    async def rerun() -> None:
        if seen.optimization is None:
            raise Refused("act_unknown", act="rerun")
        checked.show(html('<div class="rw-card">{bar}Solving again from the stored inputs…</div>', bar=progress("")))
        try:
            checked.show(_compared(await asyncio.to_thread(rerun_snapshot, seen.optimization)))
        except Exception:
            checked.show(Html())
            raise

    @visit.act("log")
    async def log() -> None:
        if seen.optimization is None:
            raise Refused("act_unknown", act="log")
        text = seen.optimization.solver_log or "The solver said nothing."
        said.show(card("What the solver said", html('<pre class="rw-mono">{text}</pre>', text=text[-20_000:])))

    async def told(events: Sequence[Event]) -> None:
        mine = None if seen.run is None else seen.run.run_id
        if any(event.kind == "returned" or event.data.get("run_id") == mine for event in events):
            await again()

    visit.follow(told)


def _scenario(seen: _Seen) -> str:
    return seen.optimization.scenario_name if seen.optimization is not None else ""


def _acts(visit: Visit, seen: _Seen) -> Html:
    made = []
    if seen.optimization is not None:
        name = seen.optimization.scenario_name
        if "report" in visit.room.places:
            made.append(link("Report", address_of("report", seen.optimization.run_id), glyph="report"))
        if "workbench" in visit.room.places:
            made.append(link("Workbench", address_of("workbench", name), glyph="workbench"))
    action = next((one for one in ACTIONS if seen.run is not None and one.name == seen.run.action), None)
    if action is not None and visit.may(Role.PLANNER) and visit.may(role_of(action)):
        made.append(button("Run again", "run-again", glyph="sync", look="primary"))
    return joined(made)


def _state(visit: Visit, seen: _Seen) -> Html:
    """How it stands: at work, what went wrong, or what came of it."""
    run = seen.run
    if run is None:
        return Html()
    if is_open(run):
        return html(
            '<div class="rw-card rw-running wide" role="status">{bar}<span>{told}</span>{cancel}</div>',
            bar=progress(action_words(run.action)),
            told=outcome(run),
            cancel=cancel_button(visit, run),
        )
    if run.error and run.status != "success":
        lines = joined(html("<p>{line}</p>", line=sentence_of(line)) for line in run.error.splitlines()[:12])
        kind: Any = "warn" if run.status == "cancelled" else "fail"
        title = "It was cancelled" if run.status == "cancelled" else "It failed"
        return banner(kind, title, lines, test="error")
    return Html()


def _facts(pairs: Sequence[tuple[str, str | Html]]) -> Html:
    return html(
        '<dl class="rw-facts">{all}</dl>',
        all=joined(html("<div><dt>{name}</dt><dd>{value}</dd></div>", name=name, value=value) for name, value in pairs),
    )


def _asked(seen: _Seen) -> Html:
    run = seen.run
    if run is None:
        return card_head("What was asked") + empty("Of the action that asked for it, nothing is kept any more.")
    request = run.request_json
    pairs: list[tuple[str, str | Html]] = [
        ("Action", html("{words} <code>{name}</code>", words=action_words(run.action), name=run.action)),
        ("Asked by", person(run.requested_by)),
        ("Through", _door(run.requested_by)),
        ("Asked at (UTC)", moment_iso(run.created_at)),
    ]
    if run.started_at and run.finished_at:
        pairs.append(("Took", seconds(_between(run.started_at, run.finished_at))))
    if request.get("tab"):
        pairs.append(("Tab", words(str(request["tab"]))))
    if request.get("select"):
        pairs.append(("Selection", str(request["select"])))
    pairs += [(sentence(name), _TRUTH.get(value, value)) for name, value in options_of(run).items()]
    told = html('<p class="rw-told">{told}</p>', told=outcome(run)) if not run.error or run.status == "success" else ""
    return card_head("What was asked", status_chip(run.status)) + told + _facts(pairs)


def _door(requested_by: str) -> str:
    door, colon, _ = requested_by.partition(":")
    return person(door) if colon else person(requested_by)


def _between(start: str, end: str) -> float:
    return (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()


def _optimization(visit: Visit, run: OptimizationRun) -> Html:
    facts = run_facts(run)
    pairs: list[tuple[str, str | Html]] = [("Status", status_chip(run.status))]
    for name, label in _FACTS.items():
        value = facts.get(name)
        if value is None or value == "":
            continue
        pairs.append((label, _fact(name, value)))
    right = joined(
        [
            button("Solver log", "log", small=True) if run.solver_log else "",
            button("Check again", "rerun", small=True, glyph="sync") if visit.may(Role.PLANNER) else "",
        ]
    )
    return card_head("The optimization", html('<span class="rw-buttons">{all}</span>', all=right)) + _facts(pairs)


def _fact(name: str, value: object) -> str:
    if name == "solve_seconds" and isinstance(value, int | float):
        return seconds(value)
    if name == "objective_mode":
        return words(str(value))
    if name in ("achieved", "timings", "options"):
        return str(value).replace("_", " ").replace(" -", f" {MINUS}")
    return smart(value) if isinstance(value, int | float) else str(value)


def _compared(comparison: RunComparison) -> Html:
    if comparison.identical:
        return banner("info", "The same in every figure", "Solved again from its stored inputs.", test="rerun-same")
    lines = joined(html("<li>{line}</li>", line=str(one)) for one in comparison.differences)
    return banner("fail", "It is not the same any more", html("<ul>{lines}</ul>", lines=lines), test="rerun-differs")


def _rows(seen: _Seen, chosen: str) -> Html:
    rows = list((seen.run.rows_json if seen.run is not None else None) or ())
    if not rows:
        return card_head("Rows") + empty("It has nothing to say of single rows.")
    levels = [_level(row) for row in rows]
    counts = {name: levels.count(name) for name in _LEVELS}
    choices = [("", f"All {number(len(rows))}")]
    choices += [(name, f"{_word(name)} {number(count)}") for name, count in counts.items() if count]
    picked = [row for row, level in zip(rows, levels, strict=True) if not chosen or level == chosen]
    if not chosen:
        order = list(_LEVELS)
        picked.sort(key=lambda row: order.index(_level(row)))
    way = link("Open conflicts", "/conflicts", small=True, test="conflicts") if counts["conflict"] else Html()
    of_levels = segments("Rows", choices, chosen, "rows")
    head = card_head("Rows", html('<span class="rw-buttons">{way}{levels}</span>', way=way, levels=of_levels))
    if not picked:
        return head + empty("No row is like this.")
    lines = joined(_line(row) for row in picked[:_ROWS])
    heads = ("Tab", ("Row", "num"), "What", "Status", "What it says")
    left = len(picked) - _ROWS
    more = html('<p class="dim">{n} more, of which the sheet tells.</p>', n=plural(left, "row")) if left > 0 else ""
    return head + table(heads, [lines], label="Rows", stacks=True) + more


def _word(level: str) -> str:
    return "OK" if level == "ok" else sentence(level)


def _level(row: Mapping[str, Any]) -> str:
    level = level_of(str(row.get("run_status") or ""))
    return next((name for name, (one, _) in _LEVELS.items() if one is level), "ok")


def _line(row: Mapping[str, Any]) -> Html:
    level = _level(row)
    said = str(row.get("run_status") or "")
    text = plain(said.removeprefix(str(_LEVELS[level][0])).lstrip(": ·"))
    key = str(row.get("key") or "")
    to = address_of("backlog", open=key)
    shown = html('<a class="rw-link" href="{to}">{key}</a>', to=to, key=key) if key.startswith("INIT-") else plain(key)
    return html(
        '<tr><td>{tab}</td><td class="num">{row}</td><td>{key}</td><td>{status}</td>'
        '<td class="rw-told">{text}{notices}</td></tr>',
        tab=words(str(row.get("tab") or "")),
        row=row.get("row") or "",
        key=shown,
        status=chip(_LEVELS[level][1], _word(level)),
        text=text,
        notices=joined(html('<p class="dim">{said}</p>', said=str(said)) for said in row.get("notices") or ()),
    )

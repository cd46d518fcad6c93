"""Comparing: this what-if, the baseline and other runs in one table, figures and membership, differences first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from roadwright.domain.kpis import Direction, KpiLevel
from roadwright.optimize import Problem, Solution
from roadwright.services.portfolios.overview import answers_of
from roadwright.services.portfolios.runs import find_optimization_run, is_answered
from roadwright.services.portfolios.shown import shows_answer
from roadwright.store.models import Initiative, OptimizationRun
from roadwright.web import formats
from roadwright.web.kit import Html, attributes, button, chip, empty, html, joined
from roadwright.web.pages.workbench.desk import Desk

MOST = 4
"""Runs that are compared beside the what-if and the baseline."""
LISTED = 60


@dataclass(frozen=True)
class Column:
    """An answer that is compared."""

    label: str
    run_id: str | None
    achieved: Mapping[str, float]
    chosen: frozenset[str]
    tokens: float | None
    capacity: float
    met: int
    targets: int


@dataclass(frozen=True)
class Runs:
    """The runs that can be compared, and those that are."""

    columns: Sequence[Column]
    others: Sequence[tuple[str, str]]
    """Their ids, and how they are called."""
    titles: Mapping[str, str]


def first_columns(session: Session, scenario_name: str) -> list[str]:
    """The latest answers of the other scenarios."""
    found = [one for one in answers_of(session) if one.is_answered and one.scenario_name != scenario_name]
    return [one.run_id for one in found if one.run_id is not None][: MOST - 1]


def load_runs(session: Session, ids: Sequence[str]) -> Runs:
    """The runs of these ids that hold an answer, and what else there is to choose from."""
    columns: list[Column] = []
    keys: set[str] = set()
    for id in ids:
        run = find_optimization_run(session, id)
        if run is not None and is_answered(run) and run.result_json is not None:
            columns.append(_column(run))
            keys |= columns[-1].chosen
    newest = (
        select(OptimizationRun.run_id, OptimizationRun.scenario_name, OptimizationRun.shown_json)
        .order_by(OptimizationRun.id.desc())
        .limit(LISTED)
    )
    others = [
        (row.run_id, f"{row.scenario_name}, {row.run_id}")
        for row in session.execute(newest)
        if shows_answer(row.shown_json) and row.run_id not in ids
    ]
    rows = session.execute(
        select(Initiative.initiative_key, Initiative.title).where(Initiative.initiative_key.in_(keys))
    )
    return Runs(columns, others, {row.initiative_key: row.title for row in rows})


def _column(run: OptimizationRun) -> Column:
    result = run.result_json or {}
    targets = result.get("targets", ())
    return Column(
        run.scenario_name,
        run.run_id,
        result.get("achieved") or {},
        frozenset(result.get("selected", ())),
        result.get("tokens_used"),
        run.capacity_total,
        sum(bool(target["met"]) for target in targets),
        len(targets),
    )


def _solved(label: str, run_id: str | None, problem: Problem, solution: Solution) -> Column:
    return Column(
        label,
        run_id,
        solution.achieved,
        frozenset(solution.selected),
        solution.tokens_used,
        problem.capacity,
        sum(target.met for target in solution.targets),
        len(solution.targets),
    )


def compare(desk: Desk, runs: Runs) -> Html:
    """The table."""
    own: list[Column] = []
    if desk.shown is not None:
        own.append(_solved("This what-if", None, desk.shown.problem, desk.shown.solution))
    base = desk.bench.baseline
    if base is not None:
        own.append(_solved("Baseline", base.run_id, base.problem, base.solution))
    columns = [*own, *(column for column in runs.columns if base is None or column.run_id != base.run_id)]
    if not columns:
        return empty("There is nothing to compare yet.")
    heads = joined(
        html(
            '<th scope="col" class="num">{label}<small>{run}</small>{remove}</th>',
            label=column.label,
            run=column.run_id or desk.bench.scenario_name,
            remove=""
            if place < len(own)
            else button(
                f"Without {column.label}",
                "without",
                look="ghost",
                glyph="fail",
                small=True,
                only_icon=True,
                run=column.run_id,
            ),
        )
        for place, column in enumerate(columns)
    )
    figures = [
        _line("Tokens", [f"{formats.number(c.tokens)} of {formats.number(c.capacity)}" for c in columns]),
        _line("Chosen", [formats.number(len(c.chosen)) for c in columns]),
        _line("Targets met", [f"{c.met} of {c.targets}" if c.targets else formats.NONE for c in columns]),
    ]
    for key, kpi in desk.bench.kpis.items():
        if kpi.level == KpiLevel.SUPPORTING:
            continue
        values = [column.achieved.get(key, 0.0) for column in columns]
        best = (min if kpi.direction is Direction.DECREASE else max)(values)
        marks = [value == best and min(values) != max(values) for value in values]
        figures.append(_line(kpi.name, [desk.amount(key, value, change=True) for value in values], marks))
    titles = {key: fact.title for key, fact in desk.bench.facts.items()}
    keys = sorted(
        set().union(*(column.chosen for column in columns)),
        key=lambda key: (
            len({key in column.chosen for column in columns}) == 1,
            -sum(key in c.chosen for c in columns),
            key,
        ),
    )
    members = joined(
        html(
            '<tr><th scope="row">{title}</th>{cells}</tr>',
            title=titles.get(key) or runs.titles.get(key) or key,
            cells=joined(
                html(
                    '<td class="num">{in_out}</td>',
                    in_out=chip("info", "in", "ok") if key in column.chosen else html('<span class="dim">out</span>'),
                )
                for column in columns
            ),
        )
        for key in keys
    )
    return html(
        '{picker}<div class="rw-scroll" tabindex="0" role="region" aria-label="Comparison">'
        '<table class="rw-table rw-compare">'
        '<thead><tr><th scope="col">Compared</th>{heads}</tr></thead><tbody>{figures}</tbody><tbody>{members}'
        "</tbody></table></div>",
        picker=_picker(runs, len(columns) - len(own)),
        heads=heads,
        figures=joined(figures),
        members=members,
    )


def _line(name: str, cells: Sequence[str], best: Sequence[bool] = ()) -> Html:
    return html(
        '<tr><th scope="row">{name}</th>{cells}</tr>',
        name=name,
        cells=joined(
            html(
                '<td class="num{best}">{dot}{cell}</td>',
                best=" best" if place < len(best) and best[place] else "",
                dot=html('<span class="sr-only">best: </span>') if place < len(best) and best[place] else "",
                cell=cell,
            )
            for place, cell in enumerate(cells)
        ),
    )


def _picker(runs: Runs, count: int) -> Html:
    if not runs.others or count >= MOST:
        return Html()
    options = joined(html('<option value="{id}">{words}</option>', id=id, words=words) for id, words in runs.others)
    return html(
        '<p class="rw-lead"><label class="rw-inline-field">Compare with <select{a}><option value="">a run…'
        "</option>{o}</select></label></p>",
        a=attributes(class_="rw-input", id="compare-with", data_act="with", data_testid="compare-with"),
        o=options,
    )

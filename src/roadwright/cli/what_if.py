"""`roadwright what-if`: the answer to a scenario with a few changes, beside the answer as it is."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from roadwright.actions.what_if import WhatIf
from roadwright.actions.what_if import what_if as ask
from roadwright.cli.workspace import JsonOption, WorkspaceOption, opened
from roadwright.domain.exit_codes import ExitCode
from roadwright.domain.sentences import signed
from roadwright.domain.shown import figure
from roadwright.services.portfolios.shown import has_answer
from roadwright.services.portfolios.what_if import Difference, Moved, Question

_NOTHING = "–"


def what_if(  # noqa: PLR0917 - typer calls it by name
    scenario: Annotated[str, typer.Argument(metavar="SCENARIO", help="The scenario, as Scenario_Config names it.")],
    folder: WorkspaceOption = Path(),
    capacity: Annotated[
        str | None,
        typer.Option("--capacity", metavar="N", help="Another capacity in tokens, as a cell: 1,200 or 1.2k."),
    ] = None,
    put_in: Annotated[
        list[str] | None, typer.Option("--in", metavar="KEY,…", help="Initiatives to force in; repeatable.")
    ] = None,
    left_out: Annotated[
        list[str] | None, typer.Option("--out", metavar="KEY,…", help="Initiatives to leave out; repeatable.")
    ] = None,
    weights: Annotated[
        str | None,
        typer.Option("--weights", metavar="…", help="Another objective: gmv: 0.6; retention: 0.4, or retention > gmv."),
    ] = None,
    without: Annotated[
        list[str] | None,
        typer.Option(
            "--without",
            metavar="RULE",
            help="A rule to drop, by its id (capacity_cap:country:UK) or place (Constraints!7); repeatable.",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """It answers from what is saved; nothing is stored, and no sheet or roadmap is touched.

    Exit codes: 0 an answer, 1 none in the time, 2 the question can't be asked, 3 infeasible (with the conflict).
    """
    question = Question(capacity, _keys(put_in), _keys(left_out), weights, tuple(without or ()))
    with opened(folder) as workspace:
        found = ask(workspace, scenario, question)
    if as_json:
        typer.echo(json.dumps(found.to_json(), ensure_ascii=False, indent=2))
    else:
        _show(found)
    if found.exit_code is not ExitCode.DONE:
        raise typer.Exit(found.exit_code)


def _keys(typed: Sequence[str] | None) -> tuple[str, ...]:
    return tuple(key.strip() for text in typed or () for key in text.replace(";", ",").split(",") if key.strip())


def _show(found: WhatIf) -> None:
    console = Console(highlight=False)
    difference = found.difference
    base = f"against {found.base_run}" if found.base_run else "against the answer as of now (solved for this, not kept)"
    console.print(Text.assemble((found.scenario_name, "bold"), f", what if: {difference.after.status}, {base}"))
    if difference.after.message:
        console.print(Text(f"  {difference.after.message}"))
    for row in found.conflict:
        console.print(Text(f"  {row.place}: {row.message}", style="yellow"))
    if found.way_out is not None:
        console.print(Text(f"  {found.way_out}"))
    console.print(_figures(difference))
    for title, moved in (("Goes in", difference.came_in()), ("Goes out", difference.went_out())):
        if moved:
            console.print(Text(f"\n{title}", style="bold"))
            console.print(_moved(moved, difference))
    if has_answer(difference.after) and set(difference.before.selected) == set(difference.after.selected):
        console.print(Text("\nThe same portfolio."))


def _figures(difference: Difference) -> Table:
    table = Table("", "now", "what if", "change", box=None, pad_edge=False, padding=(0, 2), header_style="dim")
    for column in table.columns[1:]:
        column.justify = "right"
    is_before, is_after = has_answer(difference.before), has_answer(difference.after)
    before, after = difference.before, difference.after

    def line(name: str, one: float | None, other: float | None) -> None:
        change = "" if one is None or other is None else signed(_less_noise(other - one))
        shown = [_NOTHING if value is None else figure(_less_noise(value)) for value in (one, other)]
        table.add_row(Text(name), *shown, change)

    unit = difference.objective_unit
    name = "objective" if unit is None else f"objective ({unit})"
    if difference.same_objective:
        line(name, difference.value_before, difference.value_after)
    else:
        line(f"new {name}", difference.old_choice_by_new_objective, difference.value_after)
    line(
        "tokens used",
        before.tokens_used if is_before else None,
        after.tokens_used if is_after else None,
    )
    line("capacity", difference.problem.capacity, difference.changed.capacity)
    line("selected", len(before.selected) if is_before else None, len(after.selected) if is_after else None)
    for kpi in difference.kpis():
        line(f"{kpi.key} ({kpi.unit})" if kpi.unit else kpi.key, kpi.before, kpi.after)
    for target in difference.targets():
        dropped = target.id not in difference.changed.rows
        cells = [
            _NOTHING if not known or short is None else "met" if not short else f"{figure(short)} short"
            for known, short in ((is_before, target.shortfall_before), (is_after, target.shortfall_after))
        ]
        where = "" if target.dimension == "all" else f" {target.dimension_key}"
        table.add_row(Text(f"{target.type} {target.kpi_key}{where}"), cells[0], "dropped" if dropped else cells[1], "")
    return table


def _moved(moved: Sequence[Moved], difference: Difference) -> Table:
    kpis = [kpi.key for kpi in difference.kpis()]
    table = Table("initiative", "title", "tokens", "adds", box=None, pad_edge=False, header_style="dim")
    table.columns[0].no_wrap = True
    table.columns[2].justify = "right"
    for one in moved:
        adds = "; ".join(f"{key} {figure(one.contributions[key])}" for key in kpis if one.contributions.get(key))
        tokens = "" if one.tokens is None else figure(one.tokens)
        table.add_row(one.key, Text(one.title), tokens, Text(adds))
    return table


def _less_noise(value: float) -> float:
    """Without the digits that subtracting floats leaves behind."""
    return float(f"{value:.12g}")

"""The command `roadwright frontier problem.json`: what more tokens bring, or what one KPI costs another."""

from __future__ import annotations

from time import monotonic
from typing import Annotated

import typer

from roadwright.cli.faults import JSON
from roadwright.cli.interrupts import Finished, end_now, interruptible
from roadwright.cli.solve import (
    ProgressOption,
    TimeLimitOption,
    is_shown,
    read_problem,
    refuse,
    refuse_infinite,
    show_progress,
    write_json,
)
from roadwright.domain.exit_codes import EXIT_CODE_OF
from roadwright.domain.messages import notice
from roadwright.domain.optimization import RunStatus
from roadwright.optimize import Frontier, FrontierPoint, Problem
from roadwright.optimize import frontier as walk


def frontier(
    problem_file: Annotated[str, typer.Argument(metavar="PROBLEM.json", help="Problem JSON; - reads standard input.")],
    *,
    kpis: Annotated[
        str | None,
        typer.Option("--kpis", metavar="A,B", help="The frontier between two KPIs instead of value against tokens."),
    ] = None,
    points: Annotated[
        int | None,
        typer.Option("--points", help="At most so many points; between KPIs the resolution. Without it 500 at most."),
    ] = None,
    time_limit: TimeLimitOption = None,
    progress: ProgressOption = None,
    as_json: Annotated[bool, typer.Option(JSON, help="Print JSON instead of a table.")] = False,
) -> None:
    """Ctrl-C ends it with the points found by then, and exit code 1."""
    names = [name.strip() for name in kpis.split(",")] if kpis is not None else []
    if names and len(names) != 2:
        refuse("kpis_not_two", kpis=kpis)
    refuse_infinite({"--time-limit": time_limit})
    problem = read_problem(problem_file)
    finished = _walked(problem, (names[0], names[1]) if names else None, points, time_limit, shows=is_shown(progress))
    found = finished.value
    if as_json:
        write_json(found.to_json(), None)
    else:
        _print_table(found, [kpi.key for kpi in problem.kpis])
    if found.message:
        typer.echo(f"{found.status}: {found.message}", err=True)
    code = EXIT_CODE_OF[found.status]
    if finished.is_stuck:
        end_now(code)
    if code:
        raise typer.Exit(code)


def _walked(
    problem: Problem, kpis: tuple[str, str] | None, points: int | None, seconds: float | None, *, shows: bool
) -> Finished[Frontier]:
    """The frontier; after Ctrl-C its points that were found by then. Raises ValueError for wrong options."""
    found: list[FrontierPoint] = []
    began = monotonic()

    def hear(point: FrontierPoint) -> None:
        found.append(point)
        if shows:
            figures = f"{point.tokens:,.6g} tokens, objective {_objective(point)}"
            show_progress(monotonic() - began, f"point {len(found)}: {figures}")

    def so_far() -> Frontier:
        return Frontier(found[::-1], RunStatus.CANCELLED, notice("points_cancelled"))

    return interruptible(
        lambda stop: walk(problem, kpis=kpis, points=points, seconds=seconds, cancel=stop, progress=hear), so_far
    )


def _print_table(found: Frontier, kpis: list[str]) -> None:
    header = ["tokens", "objective", *kpis, "selected"]
    rows = [[f"{point.tokens:,.10g}", _objective(point), *_achieved(point, kpis)] for point in found.points]
    lines = [[*row, str(len(point.selected))] for row, point in zip(rows, found.points, strict=True)]
    widths = [max(len(line[column]) for line in [header, *lines]) for column in range(len(header))]
    for line in [header, *lines]:
        typer.echo("  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)))


def _objective(point: FrontierPoint) -> str:
    if isinstance(point.objective_value, list):
        return " > ".join(f"{stage.final:,.10g}" for stage in point.objective_value)
    return f"{point.objective_value:,.10g}"


def _achieved(point: FrontierPoint, kpis: list[str]) -> list[str]:
    return [f"{point.achieved[kpi]:,.10g}" for kpi in kpis]

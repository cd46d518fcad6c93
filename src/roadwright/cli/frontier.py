"""The command `roadwright frontier problem.json`: what more tokens bring, or what one KPI costs another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from roadwright.cli.solve import read_problem, refuse, write_json
from roadwright.domain.exit_codes import EXIT_CODE_OF

if TYPE_CHECKING:
    from roadwright.optimize import Frontier, FrontierPoint


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
    time_limit: Annotated[
        float | None, typer.Option("--time-limit", min=0, help="Seconds for everything; without it there is no limit.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Show every portfolio that can't be beaten: more value only for more tokens, or more of one KPI only for less of
    another.
    """
    from roadwright.optimize import frontier as walk

    names = [name.strip() for name in kpis.split(",")] if kpis is not None else []
    if names and len(names) != 2:
        refuse(f"--kpis must name two KPIs with a comma between them, not '{kpis}'")
    if time_limit is not None and not time_limit < float("inf"):
        refuse(f"--time-limit must be a finite number, not {time_limit}")
    problem = read_problem(problem_file)
    try:
        found = walk(problem, kpis=(names[0], names[1]) if names else None, points=points, seconds=time_limit)
    except ValueError as error:
        refuse(str(error))
    if as_json:
        write_json(found.to_json(), None)
    else:
        _print_table(found, [kpi.key for kpi in problem.kpis])
    if found.message:
        typer.echo(f"{found.status}: {found.message}", err=True)
    code = EXIT_CODE_OF[found.status]
    if code:
        raise typer.Exit(code)


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

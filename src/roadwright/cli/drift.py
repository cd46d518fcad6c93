"""`roadwright drift`: what changed in the backlog and on a roadmap since a version of it was published."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from roadwright.cli.workspace import JsonOption, WorkspaceOption, opened, stop
from roadwright.domain.exit_codes import ExitCode
from roadwright.domain.sentences import signed
from roadwright.domain.shown import figure
from roadwright.services.roadmaps.content import known_sum
from roadwright.services.roadmaps.drift import Drift
from roadwright.services.roadmaps.lookup import find_named
from roadwright.services.roadmaps.policy import PolicyProblem
from roadwright.services.roadmaps.standing import drift_judged_now
from roadwright.services.roadmaps.versions import newest_version


def drift(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="A roadmap (its newest version), or a version of it: growth@2.")
    ],
    folder: WorkspaceOption = Path(),
    as_json: JsonOption = False,
) -> None:
    """The gates judge anew for the answer; nothing is saved."""
    with opened(folder) as workspace, workspace.store.transaction() as session:
        roadmap, version = find_named(session, name)
        version = version or newest_version(roadmap)
        if version is None:
            stop(ExitCode.WRONG, "drift_never_published", roadmap=roadmap.roadmap_name)
        try:
            found = drift_judged_now(session, roadmap, version)
        except PolicyProblem as problem:
            stop(ExitCode.FAILED, "roadmap_not_judged", roadmap=roadmap.roadmap_name, why=problem.message)
    if as_json:
        typer.echo(json.dumps(found.to_json(), ensure_ascii=False, indent=2))
    else:
        _show(found)


def _show(found: Drift) -> None:
    console = Console(highlight=False)
    when = f"published {found.published_at[:16].replace('T', ' ')} UTC by {found.published_by}"
    if not found.changes:
        console.print(Text(f"{found.label}, {when}: nothing has drifted."))
        return
    count = len(found.changes)
    console.print(Text(f"{found.label}, {when}: {count} {'change' if count == 1 else 'changes'} since."))
    sums: list[tuple[str, str | None, float, float]] = [("Tokens", None, found.tokens_then, found.tokens_now)]
    sums += [(kpi.kpi_key, kpi.unit, kpi.then, kpi.now) for kpi in found.kpis]
    for name, unit, then, now in sums:
        if then != now:
            change = signed(known_sum((now, -then)))
            console.print(
                Text(f"{name} of what is chosen: {figure(then)} → {figure(now)}{f' {unit}' if unit else ''} ({change})")
            )
    for one in found.changes:
        console.print(Text(f"  {one.message}"))

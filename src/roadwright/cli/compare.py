"""`roadwright compare`: two roadmaps, versions or runs side by side."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from roadwright.cli.endings import NARROW
from roadwright.cli.workspace import JsonOption, WorkspaceOption, opened
from roadwright.domain.sentences import shown, signed
from roadwright.domain.shown import figure
from roadwright.services.roadmaps.compare import Changed, DecisionComparison, Figures, Moved, SliceFigures, sentences
from roadwright.services.roadmaps.compare import compare as compared
from roadwright.services.roadmaps.decisions import find_decision

_NAME_HELP = "A roadmap, a version (growth@2) or a run (OPT-000001)."


def compare(
    a: Annotated[str, typer.Argument(metavar="A", help=_NAME_HELP)],
    b: Annotated[str, typer.Argument(metavar="B", help=_NAME_HELP)],
    folder: WorkspaceOption = Path(),
    as_json: JsonOption = False,
) -> None:
    with opened(folder) as workspace, workspace.store.transaction() as session:
        comparison = compared(find_decision(session, a), find_decision(session, b))
    if as_json:
        typer.echo(json.dumps(comparison.to_json(), ensure_ascii=False, indent=2))
    else:
        _show(comparison)


def _show(comparison: DecisionComparison) -> None:
    console = Console(highlight=False)
    for sentence in sentences(comparison):
        console.print(Text(str(sentence)))
    for title, table in (
        ("Came in", _moved("what it was", comparison.came_in, is_narrow=console.width < NARROW)),
        ("Went out", _moved("what it is now", comparison.went_out, is_narrow=console.width < NARROW)),
        ("Changed", _changed(comparison.changed)),
        ("By department", _slices("department", comparison.by_department)),
        ("By country", _slices("country", comparison.by_country)),
    ):
        if table.row_count:
            console.print()
            console.print(title, style="bold")
            console.print(table)


def _table(*names: str, right: Sequence[str] = ()) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in names:
        is_key = name == "initiative"
        table.add_column(name, justify="right" if name in right else "left", no_wrap=is_key, overflow="fold")
    return table


def _moved(why: str, rows: Sequence[Moved], *, is_narrow: bool) -> Table:
    """A line for each; where there is no room for a column of reasons, they stand below the titles."""
    names = ("tokens", "department", "country")
    if is_narrow:
        table = _table("initiative", f"title, {why}", *names, right=names[:1])
    else:
        table = _table("initiative", "title", *names, why, right=names[:1])
    for one in rows:
        tokens = "" if one.tokens is None else str(shown(one.tokens))
        figures = (tokens, Text(one.department or ""), Text(one.country or ""))
        if is_narrow:
            table.add_row(one.key, Text.assemble(one.title, "\n", (str(one.briefly), "dim")), *figures)
        else:
            table.add_row(one.key, Text(one.title), *figures, Text(str(one.briefly)))
    return table


def _changed(rows: Sequence[Changed]) -> Table:
    table = _table("initiative", "title", "what changed")
    for one in rows:
        said = "; ".join(f"{change.field}: {shown(change.a)} → {shown(change.b)}" for change in one.changes)
        table.add_row(one.key, Text(one.title), Text(said))
    return table


def _slices(name: str, rows: Sequence[SliceFigures]) -> Table:
    figures = ("initiatives", "change", "tokens", "change ")
    table = _table(name, *figures, right=figures)
    for one in rows:
        table.add_row(Text(one.name or "(none)"), *_pair(one.count), *_pair(one.tokens))
    return table


def _pair(figures: Figures) -> tuple[str, str]:
    return f"{figure(figures.a)} → {figure(figures.b)}", signed(figures.change) if figures.change else ""

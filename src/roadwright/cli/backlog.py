"""`roadwright backlog`: the backlog, or what matches a filter, as a table, CSV or JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from roadwright.cli.workspace import WorkspaceOption, opened, stop
from roadwright.domain.exit_codes import ExitCode
from roadwright.domain.filters import FieldKind
from roadwright.domain.machine import os_fault
from roadwright.domain.shown import figure, harmless
from roadwright.services.backlog import (
    all_fields,
    backlog_fields,
    cell_texts,
    filter_fields,
    filter_values,
    find_initiatives,
    json_values,
    named_fields,
)
from roadwright.services.backlog.backlog import Values

_SHOWN = ("initiative_key", "title", "department", "country", "lifecycle_status", "overall_score")
"""The columns of a table where none are asked for; CSV and JSON have all."""


_ENDLESS = 1_000_000
"""Columns of a terminal that no row fills."""


class Format(StrEnum):
    TABLE = "table"
    CSV = "csv"
    JSON = "json"


def backlog(
    folder: WorkspaceOption = Path(),
    wanted: Annotated[
        str | None,
        typer.Option(
            "--filter",
            "-f",
            metavar="TEXT",
            help='Only what matches, e.g. "department = Growth and overall_score >= 3"; @NAME is a saved filter.',
        ),
    ] = None,
    form: Annotated[Format, typer.Option("--format", help="How to print it.")] = Format.TABLE,
    columns: Annotated[
        str | None, typer.Option("--columns", metavar="A,B,C", help="Which columns, and in which order.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write it there; an old file is replaced.")
    ] = None,
) -> None:
    with opened(folder) as workspace, workspace.store.transaction() as session:
        fields = all_fields(session)
        carried = tuple(name for name, field in fields.items() if field.kind is FieldKind.CARRIED)
        default = _SHOWN if form is Format.TABLE else (*backlog_fields(), *carried)
        names = default if columns is None else named_fields(columns, fields)
        rows = filter_values(session, find_initiatives(session, wanted))
    if output is None and form is Format.TABLE:
        _print_table(rows, names)
        return
    text = {Format.TABLE: _aligned, Format.CSV: _csv, Format.JSON: _json}[form](rows, names)
    if output is None:
        typer.echo(text, nl=False)
        return
    try:
        output.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        why = os_fault(error, folder=output.parent, needed=len(text))
        stop(ExitCode.FAILED, "output_unwritable", file=str(output), why=why)
    typer.echo(f"{_counted(rows)} written to {output}", err=True)


def _counted(rows: Sequence[Values]) -> str:
    return f"{len(rows):,} initiative{'' if len(rows) == 1 else 's'}"


def _json(rows: Sequence[Values], names: Sequence[str]) -> str:
    chosen = [{name: values[name] for name in names} for values in map(json_values, rows)]
    return json.dumps(chosen, ensure_ascii=False, indent=2) + "\n"


def _csv(rows: Sequence[Values], names: Sequence[str]) -> str:
    numbers = {name for name in names if name in filter_fields() and filter_fields()[name].kind is FieldKind.NUMBER}
    text = io.StringIO()
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    for values in map(cell_texts, rows):
        writer.writerow({name: values[name] if name in numbers else harmless(values[name]) for name in names})
    return text.getvalue()


def _table(rows: Sequence[Values], names: Sequence[str]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    numbers = {name for name in names if name in filter_fields() and filter_fields()[name].kind is FieldKind.NUMBER}
    for name in names:
        table.add_column(name, justify="right" if name in numbers else "left")
    for values in rows:
        texts = cell_texts(values)
        shown = (figure(float(texts[name])) if name in numbers and texts[name] else texts[name] for name in names)
        table.add_row(*(Text(" ".join(text.split())) for text in shown))
    return table


def _print_table(rows: Sequence[Values], names: Sequence[str]) -> None:
    """The table on a terminal as wide as that is; through a pipe each row stays on one line."""
    console = Console(highlight=False)
    if not console.is_terminal:
        typer.echo(_aligned(rows, names), nl=False)
        return
    if rows:
        console.print(_table(rows, names))
    console.print(_counted(rows), style="dim")


def _aligned(rows: Sequence[Values], names: Sequence[str]) -> str:
    """The table as text, each row on one line, however long."""
    text = io.StringIO()
    if rows:
        Console(file=text, width=_ENDLESS, highlight=False).print(_table(rows, names))
    lines = [line.rstrip() for line in text.getvalue().splitlines()]
    return "\n".join([*lines, _counted(rows), ""])

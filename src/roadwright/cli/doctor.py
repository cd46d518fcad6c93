"""`roadwright doctor`: check a workspace from settings to solver, and say what to do about what is wrong."""

from __future__ import annotations

from pathlib import Path

import typer
from rich.console import Console
from rich.text import Text

from roadwright.actions.doctor import diagnose
from roadwright.cli.workspace import WorkspaceOption
from roadwright.domain.exit_codes import ExitCode


def doctor(folder: WorkspaceOption = Path()) -> None:
    console = Console(highlight=False)
    bad = 0
    for finding in diagnose(folder):
        bad += not finding.is_well
        mark = ("ok  ", "green") if finding.is_well else ("bad ", "bold red")
        console.print(Text.assemble(mark, f"{finding.what}: {finding.found}"), soft_wrap=True)
        if finding.advice is not None:
            console.print(Text(f"    {finding.advice}"), soft_wrap=True)
    console.print(f"not well: {bad} of the above" if bad else "all is well")
    raise typer.Exit(ExitCode.FAILED if bad else ExitCode.DONE)

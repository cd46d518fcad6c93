"""`roadwright doctor`: check a workspace from settings to solver, and say what to do about what is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import typer
from rich.console import Console
from rich.text import Text

from roadwright.actions.doctor import diagnose
from roadwright.cli.workspace import JsonOption, WorkspaceOption
from roadwright.domain.exit_codes import ExitCode


def doctor(folder: WorkspaceOption = Path(), as_json: JsonOption = False) -> None:
    if as_json:
        findings = list(diagnose(folder))
        is_well = all(finding.is_well for finding in findings)
        answer = {"is_well": is_well, "findings": [finding.to_json() for finding in findings]}
        typer.echo(json.dumps(answer, ensure_ascii=False, indent=2))
        raise typer.Exit(ExitCode.DONE if is_well else ExitCode.FAILED)
    console = Console(highlight=False)
    bad = 0
    for finding in diagnose(folder):
        bad += not finding.is_well
        mark = ("ok  ", "green") if finding.is_well else ("bad ", "bold red")
        console.print(Text.assemble(mark, f"{finding.what}: {finding.message}"), soft_wrap=True)
        if finding.advice is not None:
            console.print(Text(f"    {finding.advice}"), soft_wrap=True)
    console.print(f"not well: {bad} of the above" if bad else "all is well")
    raise typer.Exit(ExitCode.FAILED if bad else ExitCode.DONE)

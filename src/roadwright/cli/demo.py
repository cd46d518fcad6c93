"""`roadwright demo`: the main job from end to end on a sample workspace, told step by step."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def demo(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="The sample workspace; made if it is not there.")
    ] = Path("demo-workspace"),
) -> None:
    """Make a sample workspace (or take it as it is), run the main job on it, and report."""
    from roadwright.cli.demo_report import run_demo

    raise typer.Exit(run_demo(folder))

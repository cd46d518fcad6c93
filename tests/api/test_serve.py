"""`roadwright serve` as a process: it answers, saves what people save, completes writes, and ends in good order."""

from __future__ import annotations

import asyncio
import json
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from roadwright.actions import ledger
from roadwright.actions.submit import ActionRequest, checked, submit
from roadwright.api.serving import listening
from roadwright.cli.main import app
from roadwright.store.models import ActionRun
from tests.house import House, make_house

_WAIT = 60.0


@contextmanager
def serving(root: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The process, and the address that it printed."""
    program = "from roadwright.cli.entry import main; main()"
    command = [sys.executable, "-c", program, "serve", "-w", str(root), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.fullmatch(r"Roadwright is at (http://127\.0\.0\.1:\d+/\?key=\S+)\n", line)
        assert found, (line, process.stderr and process.stderr.read())
        try:
            yield process, found[1]
        finally:
            process.kill()


def until(holds: Callable[[], object]) -> Any:
    """What this says once it says something; it is asked for a while."""
    deadline = time.monotonic() + _WAIT
    while not (found := holds()):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return found


def test_answers_are_not_held_back() -> None:
    """asyncio sets TCP_NODELAY where the protocol is named; else the second part of each answer waits for 40 ms."""

    async def accepted() -> int:
        set_to: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        async def came(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            set_to.set_result(writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()

        listener = listening("127.0.0.1", 0)
        async with await asyncio.start_server(came, sock=listener):
            _, writer = await asyncio.open_connection(*listener.getsockname())
            found = await set_to
            writer.close()
        return found

    assert asyncio.run(accepted()) != 0


def test_a_workspace_is_served(tmp_path: Path) -> None:
    house = make_house(tmp_path / "workspace", f"sqlite:///{tmp_path / 'test.db'}")
    house.workspace.close()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    with serving(house.root) as (process, address):
        base = address.partition("/?")[0]
        assert opener.open(address).status == 200

        def get(path: str) -> Any:
            return json.load(opener.open(f"{base}/api/v1{path}"))

        assert get("/me")["role"] == "admin"
        book = house.file("Intake")
        lock = book.with_name(f".~lock.{book.name}#")

        house.type_new("Intake", {"title": "Faster search"})
        saved = until(lambda: get("/runs?status=success&action=pm.backlog_sync")["items"])
        assert [run["requested_by"] for run in saved] == ["watch"]
        until(lambda: house.rows("Intake")[0].text("initiative_key") == "INIT-000001")
        time.sleep(2)
        assert get("/runs?action=pm.backlog_sync")["total"] == 1, "our own write wakes nobody"

        house.type_new("Intake", {"title": "Checkout in one step"})
        lock.write_text(",anna,anna@here,here,2026;", encoding="utf-8")
        pending = until(lambda: [r for r in get("/runs")["items"] if "pending_writes" in (r["summary"] or {})])
        assert pending[0]["status"] == "success"
        lock.unlink()
        until(lambda: house.rows("Intake")[-1].text("initiative_key") == "INIT-000002")
        until(lambda: "pending_writes" not in get(f"/runs/{pending[0]['run_id']}")["summary"])

        book = house.file("Requests")
        lock = book.with_name(f".~lock.{book.name}#")
        house.type_new("Requests", {"action": "pm.refresh_tab", "tab": "Gates", "requested_by": "anna"})
        lock.write_text(",anna,anna@here,here,2026;", encoding="utf-8")
        run = until(lambda: get("/runs?status=success&action=pm.refresh_tab")["items"])[0]
        assert run["requested_by"] == "requests:anna"
        assert house.rows("Requests")[0].text("run_id") == "", "somebody has it open"
        lock.unlink()
        until(lambda: house.rows("Requests")[0].text("status") == "success")
        assert house.rows("Requests")[0].text("run_id") == run["run_id"]

        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
        assert process.stderr is not None
        assert address.partition("key=")[2] not in process.stderr.read()


@pytest.mark.thorough
def test_told_to_end_twice_it_ends_at_once_and_the_next_one_takes_the_run(tmp_path: Path) -> None:
    house = make_house(tmp_path / "workspace", f"sqlite:///{tmp_path / 'test.db'}")
    store = house.workspace.store

    def now() -> ActionRun:
        return ledger.runs(store, 1)[0]

    with house.workspace.exclusive():  # so that whoever begins the run has to wait
        asked = checked(house.workspace, ActionRequest("pm.refresh_tab", "Gates"))
        run = submit(house.workspace, asked, "test", for_worker=True)
        with serving(house.root) as (process, _):
            until(lambda: now().worker)
            process.send_signal(signal.SIGTERM)
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(1)
            process.send_signal(signal.SIGTERM)
            assert process.wait(3) == 128 + signal.SIGTERM
            assert process.stderr is not None
            assert "Traceback" not in process.stderr.read()
        left = now()
        assert (left.run_id, left.status, left.tries) == (run.run_id, "queued", 1)
        assert (left.progress, left.worker) == (ledger.INTERRUPTED_TRY, None)
    with serving(house.root) as (process, _):
        until(lambda: now().finished_at)
        assert (now().run_id, now().status, now().tries) == (run.run_id, "success", 2)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    house.workspace.close()


def test_strangers_are_served_only_where_they_can_sign_in(house: House) -> None:
    result = CliRunner().invoke(app, ["serve", "-w", str(house.root), "--host", "0.0.0.0", "--port", "0"])
    assert result.exit_code == 2
    assert "roadwright users add" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["users", "add", "anna", "--role", "viewer", "--password-stdin"], 2),
        (["users", "add", "anna@example.com", "--role", "king", "--password-stdin"], 2),
        (["users", "set-role", "anna@example.com", "viewer"], 2),
        (["tokens", "create", "x", "--role", "viewer", "--expires", "soon"], 2),
        (["tokens", "create", "x", "--role", "viewer", "--action", "pm.nothing"], 2),
        (["tokens", "revoke", "x"], 2),
    ],
)
def test_wrong_users_and_tokens_are_refused(house: House, arguments: list[str], code: int) -> None:
    result = CliRunner().invoke(app, [*arguments, "-w", str(house.root)], input="correct horse battery\n")
    assert result.exit_code == code, result.output


def test_users_and_tokens_by_the_command_line(house: House) -> None:
    def run(*arguments: str, text: str = "") -> str:
        result = CliRunner().invoke(app, [*arguments, "-w", str(house.root)], input=text)
        assert result.exit_code == 0, result.output
        return result.stdout

    run("users", "add", "Anna@Example.com", "--role", "planner", "--password-stdin", text="correct horse battery\n")
    run("users", "set-role", "anna@example.com", "approver")
    run("users", "disable", "anna@example.com")
    [user] = json.loads(run("users", "list", "--json"))
    assert (user["email"], user["role"], bool(user["disabled_at"])) == ("anna@example.com", "approver", True)
    made = json.loads(run("tokens", "create", "dash", "--role", "viewer", "--expires", "90d", "--json"))
    assert made["token"].startswith("rw_")
    assert {"token", "name", "role", "expires"} <= made.keys()
    run("tokens", "revoke", "dash")
    [token] = json.loads(run("tokens", "list", "--json"))
    assert token["revoked_at"]
    assert made["token"] not in json.dumps(token)

"""What looks through the whole workspace is read once for all who open a page at about the same time."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from roadwright.api.events import Hub
from roadwright.web import room
from roadwright.web.room import SharedReads
from roadwright.workspace.create import create_workspace
from roadwright.workspace.workspace import Workspace, open_workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    create_workspace(tmp_path / "w")
    opened = open_workspace(tmp_path / "w")
    yield opened
    opened.close()


class _Counted:
    """A read that counts how often it is done."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, session: Session, workspace: Workspace) -> int:  # noqa: ARG002 - as reads are called
        self.times += 1
        return self.times


def test_those_who_come_together_share_one_read(workspace: Workspace) -> None:
    shared, load = SharedReads(workspace, Hub(workspace.store)), _Counted()

    async def crowd() -> list[int]:
        return await asyncio.gather(*(shared.read(load) for _ in range(20)))

    assert asyncio.run(crowd()) == [1] * 20
    assert load.times == 1


def test_what_happened_since_is_read(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    hub, load = Hub(workspace.store), _Counted()
    shared = SharedReads(workspace, hub)

    async def visits() -> list[int]:
        found = [await shared.read(load), await shared.read(load)]
        hub.say("rows", {"tab": "Backlog"})
        found.append(await shared.read(load))
        monkeypatch.setattr(room, "_KEPT_SECONDS", 0.0)
        return [*found, await shared.read(load)]

    assert asyncio.run(visits()) == [1, 1, 2, 3]


def test_a_read_that_fails_is_told_and_done_again(workspace: Workspace) -> None:
    shared, fails = SharedReads(workspace, Hub(workspace.store)), [True]

    def load(session: Session, workspace: Workspace) -> str:
        if fails.pop():
            fails.append(False)
            raise OSError("gone")
        return "read"

    async def visits() -> str:
        with pytest.raises(OSError, match="gone"):
            await shared.read(load)
        return await shared.read(load)

    assert asyncio.run(visits()) == "read"

"""Tabs that follow what was saved without their sheet."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from roadwright import tabs
from roadwright.domain.actions import ActionStatus
from roadwright.jobs import following
from roadwright.jobs.following import FOLLOWER, Follower
from roadwright.store.clock import now
from roadwright.store.models import ActionRun
from tests.house import House, small_house


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    yield from small_house(tmp_path)


def asked(house: House) -> int:
    with house.workspace.store.transaction() as session:
        return len(session.scalars(select(ActionRun.id).where(ActionRun.requested_by == FOLLOWER)).all())


def test_a_run_that_waits_shows_later_edits_too_and_one_that_never_began_is_followed_by_another(house: House) -> None:
    follower = Follower(house.workspace, lambda: None)
    follower.follow(tabs.BACKLOG)
    follower.follow(tabs.BACKLOG)
    assert asked(house) == 1
    with house.workspace.store.transaction() as session:
        session.execute(update(ActionRun).values(status=str(ActionStatus.CANCELLED), finished_at=now()))
    follower.follow(tabs.BACKLOG)
    assert asked(house) == 2


def test_a_fault_of_the_database_reaches_nobody_who_saved_and_loses_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    follower = Follower(house.workspace, lambda: None)

    def breaks(*_: object, **__: object) -> None:
        raise OperationalError("select", {}, Exception("gone"))

    with monkeypatch.context() as broken:
        broken.setattr(following, "submit", breaks)
        follower.follow(tabs.BACKLOG)
    assert asked(house) == 0
    follower.stop()
    assert asked(house) == 1

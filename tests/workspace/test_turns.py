"""Turns: those who wait are served in the order in which they came."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from roadwright.workspace.turns import WorkspaceBusy
from tests.house import House


@pytest.mark.parametrize("apart", [False, True])
def test_who_waits_first_is_served_first(house: House, tmp_path: Path, apart: bool) -> None:
    if apart and house.workspace.store.engine.dialect.name == "sqlite":
        pytest.skip("whoever looks first has it there")
    served: list[int] = []

    def work(number: int) -> None:
        root = tmp_path / f"other{number}" if apart else house.root
        root.mkdir(exist_ok=True)
        with replace(house.workspace, root=root, is_checked=False).exclusive():
            served.append(number)
            time.sleep(0.03)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    with house.workspace.exclusive():
        for thread in threads:
            thread.start()
            time.sleep(0.1)
    for thread in threads:
        thread.join()
    assert served == list(range(6))


def test_who_waits_too_long_or_is_ended_leaves_the_line(house: House) -> None:
    def end() -> None:
        raise KeyError

    with house.workspace.exclusive():
        with pytest.raises(WorkspaceBusy), house.workspace.exclusive(0.2):
            pass
        ended = replace(house.workspace, safe_point=end)
        with pytest.raises(KeyError), ended.exclusive():
            pass
        elsewhere = replace(house.workspace, root=house.root.parent)
        with pytest.raises(KeyError), replace(elsewhere, safe_point=end).exclusive():
            pass
    with house.workspace.exclusive(0):
        pass

"""What the tests of the command line share: a workspace with one run in it, made once and copied for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.actions.company import add_candidates, add_kpis, add_scenario
from tests.house import House, make_house, opened_copy


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace on SQLite with three candidates, one scenario and one optimal run: ACT-000005 and OPT-000001."""
    root = tmp_path_factory.mktemp("made") / "workspace"
    house = make_house(root, "sqlite:///roadwright.db")
    add_kpis(house)
    add_candidates(
        house,
        {"engineering_tokens": 60, "contributions": "gmv: 60"},
        {"engineering_tokens": 50, "contributions": "gmv: 55"},
        {"engineering_tokens": 50, "contributions": "gmv: 52"},
    )
    add_scenario(house, capacity=100)
    house.done("pm.optimize_run_all_candidates")
    house.workspace.close()
    return root


@pytest.fixture
def house(made_once: Path, tmp_path: Path) -> Iterator[House]:
    """A copy of that workspace, to do with as one likes."""
    with opened_copy(made_once, tmp_path) as copied:
        yield copied

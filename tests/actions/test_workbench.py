"""A scenario on the workbench: its data, its baseline, what changed since, links that are kept."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from sqlalchemy import update

from roadwright.actions.prune import Pruned, prune
from roadwright.actions.workbench import AS_NOW, Bench, drawn_trials, load_bench, scenario_names
from roadwright.services.portfolios.candidates import ScenarioProblem
from roadwright.services.portfolios.workbench.changes import Changes, WrongChanges
from roadwright.services.portfolios.workbench.stored import find_what_if, keep_what_if
from roadwright.store.models import StoredWhatIf
from tests.actions.company import add_candidates, add_kpis, add_scenario, constrain
from tests.house import House


@pytest.fixture
def keys(house: House) -> list[str]:
    add_kpis(house)
    made = add_candidates(
        house,
        {"title": "One", "engineering_tokens": 60, "contributions": "gmv: 60", "country": "UK"},
        {"title": "Two", "engineering_tokens": 50, "contributions": "gmv: 55"},
    )
    add_scenario(house, capacity=100)
    constrain(house, "mandatory", made[0], reason="law")
    return made


def save_inputs(house: House) -> None:
    house.done("pm.optimize_save_scenario")
    house.done("pm.optimize_save_constraints")


def bench(house: House, data: str | None = None) -> Bench:
    return load_bench(house.workspace, "plan", data)


def test_without_a_run_it_stands_on_the_data_as_they_are(house: House, keys: list[str]) -> None:
    save_inputs(house)
    found = bench(house)
    assert (found.scenario_name, found.data, found.baseline, found.known) == ("Plan", AS_NOW, None, {})
    assert (found.title(keys[0]), found.title("INIT-000099"), found.north_star.name) == ("One", "INIT-000099", "GMV")
    assert list(found.problem.rows) == [f"mandatory:{keys[0]}"]
    with house.workspace.store.transaction() as session:
        assert scenario_names(session) == ["Plan"]
    with pytest.raises(ScenarioProblem):
        load_bench(house.workspace, "Plam")


def test_it_stands_on_the_latest_answer_and_tells_what_changed_since(house: House, keys: list[str]) -> None:
    house.done("pm.optimize_run_all_candidates")
    found = bench(house)
    assert found.baseline is not None
    assert (found.data, found.baseline.run_id, bool(found.since)) == ("OPT-000001", "OPT-000001", False)
    row = house.rows("Backlog")[0]
    house.type_into("Backlog", row.number, {"engineering_tokens": 70})
    house.done("pm.backlog_sync")
    later = bench(house)
    assert (later.data, later.since.candidates, later.since.rules) == ("OPT-000001", (keys[0],), ())
    assert later.problem == found.problem
    now = bench(house, AS_NOW)
    assert (now.data, bool(now.since), now.known) == (AS_NOW, False, {})
    assert now.problem.candidates[0].tokens == 70
    house.done("pm.optimize_run_all_candidates")
    assert (bench(house).data, bench(house, "OPT-000001").data) == ("OPT-000002", "OPT-000001")
    assert bench(house, "OPT-000001").baseline == bench(house).baseline


def test_trials_know_nothing_of_contributions_that_were_typed(house: House, keys: list[str]) -> None:
    save_inputs(house)
    assert drawn_trials(house.workspace, bench(house).problem, 3) == [{}, {}, {}]


def test_a_link_opens_the_same_changes_and_is_forgotten_when_nobody_opens_it(house: House, tmp_path: Path) -> None:
    store = house.workspace.store
    changes = Changes(capacity=90).switched("INIT-000001", "in")
    id = keep_what_if(store, "Plan", "OPT-000001", changes, "anna@example.com")
    assert keep_what_if(store, "PLAN", "OPT-000001", changes, "bert@example.com") == id
    assert keep_what_if(store, "Plan", None, changes, "anna@example.com") != id
    found = find_what_if(store, id)
    assert found is not None
    assert (found.scenario_name, found.run_id, found.changes) == ("Plan", "OPT-000001", changes)
    assert find_what_if(store, "a" * 12) is None
    assert find_what_if(store, "' or 1=1") is None
    with pytest.raises(WrongChanges):
        keep_what_if(store, "Plan", None, Changes(added=tuple({"reason": "x" * 400} for _ in range(300))), "anna")
    assert prune(house.workspace) == Pruned(0, 0, 0, 0)
    with store.transaction() as session:
        session.execute(update(StoredWhatIf).where(StoredWhatIf.id == id).values(used_at="2020-01-01T00:00:00Z"))
    assert prune(house.workspace, dry=True).what_ifs == 1
    assert find_what_if(store, id) is not None  # opened, so that it counts as new
    with store.transaction() as session:
        session.execute(update(StoredWhatIf).where(StoredWhatIf.id == id).values(used_at="2020-01-01T00:00:00Z"))
    assert prune(house.workspace).what_ifs == 1
    assert find_what_if(store, id) is None


def test_two_that_keep_the_same_at_once_get_the_same_id(house: House) -> None:
    ids: list[str] = []
    store = house.workspace.store

    def keep() -> None:
        ids.append(keep_what_if(store, "Plan", None, Changes(capacity=1), "anna"))

    threads = [threading.Thread(target=keep) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ids) == 4
    assert len(set(ids)) == 1

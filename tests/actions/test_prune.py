"""`roadwright prune` removes what is old, and nothing that a roadmap, a version or a tab still needs."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError
from typer.testing import CliRunner

from roadwright.actions import ledger
from roadwright.actions import prune as pruning
from roadwright.actions.prune import Pruned, prune
from roadwright.cli.main import app
from roadwright.store.models import ActionRun, OptimizationRun, Portfolio, PortfolioItem
from roadwright.workspace.settings import FILE
from tests.actions.company import add_candidates, add_kpis, add_scenario
from tests.house import House

RUN = "pm.optimize_run_all_candidates"
OLD = "2020-01-01T00:00:00.000000Z"


@pytest.fixture
def planned(house: House) -> House:
    """A plan that was run five times; the second run became a roadmap, the third one a published version of one."""
    add_kpis(house)
    add_candidates(house, *({"engineering_tokens": t, "contributions": f"gmv: {t}"} for t in (60, 50)))
    add_scenario(house, capacity=60)
    for number in range(1, 6):
        house.done(RUN)
        if number in (2, 3):
            name = f"Roadmap {number}"
            options = [f"roadmap_name={name}", "period_key=2026-Q2", f"run_id=OPT-{number:06d}"]
            house.done("pm.roadmap_create", options=options)
    for status in ("in_review", "approved"):
        moved = ["roadmap_name=Roadmap 3", f"status={status}", "by=Ann"]
        house.done("pm.roadmap_set_status", options=moved)
    house.done("pm.roadmap_publish", options=["roadmap_name=Roadmap 3", "by=Ann"])
    return house


def make_old(house: House) -> None:
    """As if everything had happened long ago."""
    with house.workspace.store.transaction() as session:
        session.execute(update(OptimizationRun).values(created_at=OLD))
        session.execute(update(ActionRun).values(created_at=OLD, finished_at=OLD))


def kept(house: House) -> list[str]:
    with house.workspace.store.transaction() as session:
        return list(session.scalars(select(OptimizationRun.run_id).order_by(OptimizationRun.id)))


def test_what_roadmaps_came_from_and_the_newest_stay(planned: House) -> None:
    make_old(planned)
    pruned = prune(planned.workspace)
    assert kept(planned) == ["OPT-000002", "OPT-000003", "OPT-000005"]
    assert (pruned.runs, pruned.logs) == (2, 3)
    with planned.workspace.store.transaction() as session:
        behind = set(session.scalars(select(Portfolio.optimization_run_id)))
        portfolios = set(session.scalars(select(Portfolio.id)))
        assert behind == {2, 3, 5}
        assert set(session.scalars(select(PortfolioItem.portfolio_id))) == portfolios
        assert set(session.scalars(select(OptimizationRun.solver_log))) == {None}
        assert all(row is None for row in session.scalars(select(ActionRun.rows_json)))
        assert all(row is not None for row in session.scalars(select(ActionRun.summary_json)))
    assert planned.done(RUN).optimization_run_id == "OPT-000006"
    assert [row.text("run_id") for row in planned.rows("Runs")] == [
        "OPT-000006",
        "OPT-000005",
        "OPT-000003",
        "OPT-000002",
    ]
    planned.done("pm.roadmap_publish", options=["roadmap_name=Roadmap 3", "by=Ann"])
    planned.done("pm.explain_selection")
    assert prune(planned.workspace, 0).runs == 1


def test_what_is_new_stays(planned: House) -> None:
    assert prune(planned.workspace) == Pruned(0, 0, 0)
    assert len(kept(planned)) == 5
    assert prune(planned.workspace, 0, dry=True).runs == 2
    assert len(kept(planned)) == 5


def test_a_scenario_keeps_its_last_answer_beside_a_newer_run_without_one(planned: House) -> None:
    with planned.workspace.store.transaction() as session:
        last = session.get_one(OptimizationRun, 5)
        last.shown_json = {"candidates": 2}
    assert prune(planned.workspace, 0).runs == 1
    assert kept(planned) == ["OPT-000002", "OPT-000003", "OPT-000004", "OPT-000005"]


def test_the_command_says_what_it_removed(planned: House) -> None:
    folder = str(planned.root)
    told = CliRunner().invoke(app, ["prune", "-w", folder, "--older-than", "0", "--dry-run"])
    assert (told.exit_code, told.stdout.startswith("would remove: 2 optimization runs, the solver logs of 3 more")) == (
        0,
        True,
    )
    asked = len(ledger.runs(planned.workspace.store, 100))
    body = json.loads(CliRunner().invoke(app, ["prune", "-w", folder, "--older-than", "0", "--json"]).stdout)
    assert body["runs"] == 2
    assert body["actions"] == asked
    settings = planned.root / FILE
    settings.write_text(settings.read_text().replace("action_wait = 30\n", "action_wait = 0\n"))
    with planned.workspace.exclusive():
        busy = CliRunner().invoke(app, ["prune", "-w", folder])
    assert (busy.exit_code, "nothing was removed: another action is running" in busy.stderr) == (1, True)
    run = ledger.runs(planned.workspace.store, 1)[0]
    assert (run.action, run.status) == ("prune", "failed")


def test_it_is_in_the_ledger_with_what_it_removed(planned: House) -> None:
    told = CliRunner().invoke(app, ["prune", "-w", str(planned.root), "--older-than", "0", "--dry-run"])
    assert (told.exit_code, ledger.runs(planned.workspace.store, 1)[0].action) == (0, "pm.roadmap_publish")
    told = CliRunner().invoke(app, ["prune", "-w", str(planned.root), "--older-than", "0"])
    assert (told.exit_code, told.stdout.startswith("removed: 2 optimization runs")) == (0, True)
    run = ledger.runs(planned.workspace.store, 1)[0]
    assert (run.action, run.status, run.request_json["options"]) == ("prune", "success", ["older_than=0"])
    assert (run.summary_json or {}).items() >= {"runs": 2, "logs": 3}.items()
    again = CliRunner().invoke(app, ["prune", "-w", str(planned.root), "--older-than", "0", "--json"])
    newest = ledger.runs(planned.workspace.store, 1)[0].run_id
    assert json.loads(again.stdout).items() >= {"runs": 0, "logs": 0, "run_id": newest}.items()


def test_the_database_gets_smaller(planned: House) -> None:
    store = planned.workspace.store
    rows = [{"tab": "Backlog", "row": row, "key": "INIT-000001", "run_status": "OK" * 50} for row in range(20_000)]
    with store.transaction() as session:
        session.execute(update(ActionRun).where(ActionRun.id == 1).values(rows_json=rows, finished_at=OLD))
    file = planned.root / str(store.engine.url.database)
    size = file.stat().st_size if store.engine.dialect.name == "sqlite" else None
    told = CliRunner().invoke(app, ["prune", "-w", str(planned.root)])
    assert "MB smaller" in told.stdout
    freed = (ledger.runs(store, 1)[0].summary_json or {})["bytes_freed"]
    if size is not None:
        assert freed > 2_000_000
        assert file.stat().st_size <= size - freed


def test_space_that_can_not_be_given_back_is_told(planned: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OperationalError("vacuum", {}, RuntimeError("the disk is full"))

    monkeypatch.setattr(pruning, "_give_space_back", full)
    told = CliRunner().invoke(app, ["prune", "-w", str(planned.root), "--older-than", "0", "--json"])
    body = json.loads(told.stdout)
    assert (told.exit_code, body["status"], body["runs"]) == (1, "failed", 2)
    assert body["error"] == "it was removed, but its space could not be given back: the disk is full"
    assert len(kept(planned)) == 3

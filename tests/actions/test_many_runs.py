"""Hundreds of runs are kept: showing them reads what is shown, not all that is stored of them."""

from __future__ import annotations

from sqlalchemy import event, select

from roadwright.store.models import OptimizationRun
from tests.actions.company import add_candidates, add_kpis, add_scenario, chosen
from tests.house import House

RUNS = 300


def test_of_many_runs_only_the_one_that_is_shown_is_read_whole(house: House) -> None:
    add_kpis(house)
    add_candidates(house, *({"engineering_tokens": t, "contributions": f"gmv: {t}"} for t in (60, 50)))
    add_scenario(house, capacity=60)
    house.done("pm.optimize_run_all_candidates")
    store = house.workspace.store
    with store.transaction() as session:
        first = session.scalars(select(OptimizationRun)).one()
        columns = {
            c.key: getattr(first, c.key) for c in OptimizationRun.__table__.columns if c.key not in ("id", "run_id")
        }
        session.add_all(OptimizationRun(id=n, run_id=f"OPT-{n:06d}", **columns) for n in range(2, RUNS + 1))
    statements: list[str] = []

    @event.listens_for(store.engine, "before_cursor_execute")
    def note(_c: object, _u: object, statement: str, *_: object) -> None:
        statements.append(statement)

    house.done("pm.optimize_write_results")
    event.remove(store.engine, "before_cursor_execute", note)
    of_runs = [statement for statement in statements if "FROM optimization_runs" in statement]
    whole = [s for s in of_runs if "inputs_snapshot_json" in s or "solver_log" in s]
    assert len(whole) <= 1, "the one that is shown"
    assert len([s for s in of_runs if "result_json" in s]) <= 3, "that of the answer, for the Overview"
    assert len([s for s in of_runs if "context_json" in s]) <= 4, "Results, Gaps_And_Alerts and the Overview, of one run"
    shown = house.rows("Runs")
    assert [shown[0].text("run_id"), len(shown)] == [f"OPT-{RUNS:06d}", RUNS]
    assert {(row.values["selected_count"], row.values["objective_value"]) for row in shown} == {(1, 60)}
    assert len(chosen(house)) == 1

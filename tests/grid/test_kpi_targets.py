"""The targets on a KPI, as Scoring tells them."""

from __future__ import annotations

from roadwright.grid.scoring import KpiTarget, targets_on
from tests.actions.company import add_kpis, add_scenario, aim
from tests.house import House


def test_what_scenarios_share_is_told_once_with_their_names(house: House) -> None:
    add_kpis(house)
    for name in ("Plan", "Careful", "Bold"):
        add_scenario(house, name, constraint_set_name="base")
    aim(house, "gmv", 100, "goal", scenario_name="Plan")
    aim(house, "gmv", 100, "goal", scenario_name="Careful")
    aim(house, "gmv", 100, "floor", scenario_name="Bold")
    aim(house, "gmv", 90, "goal", scenario_name=None)
    for tab in ("scenario", "targets"):
        house.done(f"pm.optimize_save_{tab}")
    with house.workspace.store.transaction() as session:
        found = targets_on(session, "GMV")
    assert found == [
        KpiTarget("base", "all", 100, False, ("Plan", "Careful")),
        KpiTarget("base", "all", 100, True, ("Bold",)),
        KpiTarget("base", "all", 90, False, ("Plan", "Careful", "Bold")),
    ]

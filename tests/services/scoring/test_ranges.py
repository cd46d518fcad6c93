"""Contributions drawn within the ranges of params."""

from __future__ import annotations

from roadwright.domain.kpis import Direction, KpiLevel
from roadwright.domain.registry import RegisteredKpi, Registry
from roadwright.services.scoring.math_model import Param, ScoredModel
from roadwright.services.scoring.ranges import RangedModel, drawn_contributions

REGISTRY = Registry.of(
    RegisteredKpi(key, level, Direction.INCREASE, True)
    for key, level in (("gmv", KpiLevel.NORTH_STAR), ("nps", KpiLevel.STRATEGIC))
)


def model(name: str, kpi: str, formula: str, **params: float) -> ScoredModel:
    return ScoredModel(name, kpi, formula, False, True, [Param(n, value, True) for n, value in params.items()])


def test_only_what_depends_on_a_range_is_drawn_and_it_stays_within() -> None:
    ranged = RangedModel(model("orders", "gmv", "visits * uplift", visits=100, uplift=0.2), {"uplift": (0.1, 0.4)})
    fixed = RangedModel(model("love", "nps", "points", points=3), {})
    drawn = [drawn_contributions([ranged, fixed], REGISTRY, None, str(seed)) for seed in range(30)]
    assert {tuple(one) for one in drawn} == {("gmv",)}
    assert all(10 <= one["gmv"] <= 40 for one in drawn)
    assert len({one["gmv"] for one in drawn}) > 20
    assert drawn[3] == drawn_contributions([ranged, fixed], REGISTRY, None, "3")


def test_a_range_of_a_param_that_the_formula_does_not_use_draws_nothing() -> None:
    unused = RangedModel(model("orders", "gmv", "visits", visits=100, spare=1), {"spare": (0, 9)})
    assert drawn_contributions([unused], REGISTRY, None, "1") == {}
    suggested = RangedModel(model("orders", "gmv", "visits", visits=100), {"visits": (0, 9)})
    assert drawn_contributions([suggested], REGISTRY, False, "1") == {}

"""One sum everywhere: run, roadmap, version, comparison, drift and files say the same, synergies included."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import select

from roadwright.services.backlog import find_initiatives
from roadwright.services.roadmaps.compare import compare
from roadwright.services.roadmaps.content import Content
from roadwright.services.roadmaps.decisions import find_decision
from roadwright.services.roadmaps.standing import drift_of
from roadwright.services.roadmaps.versions import content_of, newest_version
from roadwright.store.models import OptimizationRun
from tests.actions.company import add_candidates, add_kpis, add_scenario, constrain
from tests.house import House
from tests.services.roadmaps.curated import change_initiative, put_roadmap, roadmap_named

RUN = "pm.optimize_run_all_candidates"
PUBLISH = "pm.roadmap_publish"


def decided(house: House) -> list[str]:
    """Four of five ideas chosen by a run, with a bonus, a harmful one, and one of which a member is left out."""
    add_kpis(house)
    keys = add_candidates(
        house,
        {"engineering_tokens": 0.1, "contributions": "gmv: 0.1; latency: -0.7"},
        {"engineering_tokens": 0.2, "contributions": "gmv: 0.2; retention: 0.1"},
        {"engineering_tokens": 0.7, "contributions": "gmv: 500000.3; latency: -0.1"},
        {"engineering_tokens": 0.1, "contributions": "gmv: 1156000"},
        {"engineering_tokens": 5, "contributions": "gmv: 0.01"},
    )
    put_roadmap(house, "growth", keys, source="filter", source_ref="title is not empty", period_key="2026-Q2")
    add_scenario(house, "Plan", 1.1, roadmap_name="growth", constraint_set_name="base")
    a, b, c, d, e = keys
    for group, members, kpi, bonus in (
        ("both", f"{c}, {d}", "gmv", 50_000),
        ("less", f"{a}, {b}", "latency", 0.1),
        ("never", f"{a}, {e}", "gmv", 7),
    ):
        constrain(house, "synergy_bonus", group, members, kpi_key=kpi, bonus_value=bonus)
    house.done(RUN)
    return keys


def test_run_version_comparison_and_drift_add_up_to_the_same(house: House) -> None:
    *chosen, left_out = decided(house)
    house.done(PUBLISH, options=["run_id=OPT-000001"])
    change_initiative(house, left_out, engineering_tokens=6.0)
    with house.workspace.store.transaction() as session:
        run = session.scalars(select(OptimizationRun)).one()
        roadmap = roadmap_named(session, "growth")
        version = newest_version(roadmap)
        assert run.result_json is not None
        assert version is not None
        content: Content = content_of(version)
        parts = {i.initiative_key: i.kpi_contribution_json or {} for i in find_initiatives(session, None)}
        comparison = compare(find_decision(session, "OPT-000001"), find_decision(session, "growth@1"))
        drift = drift_of(session, roadmap, version)
        told = {kpi.kpi_key: kpi.total for kpi in content.totals.kpis}
        bonuses = {"gmv": 50_000, "latency": 0.1}
        assert told == {
            kpi: float(
                sum(Decimal(str(v)) for v in [*(parts[key].get(kpi, 0.0) for key in chosen), bonuses.get(kpi, 0)])
            )
            for kpi in ("gmv", "retention", "latency")
        }
        assert told == run.result_json["achieved"]
        assert {kpi.kpi_key: (kpi.figures.a, kpi.figures.b) for kpi in comparison.kpis} == {
            kpi: (total, total) for kpi, total in told.items()
        }
        assert {kpi.kpi_key: (kpi.then, kpi.now) for kpi in drift.kpis} == {k: (t, t) for k, t in told.items()}
        assert (content.totals.tokens, content.totals.standing_tokens) == (1.1, 6.1)
        assert run.result_json["tokens_used"] == comparison.tokens.a == comparison.tokens.b == 1.1
        assert [(one.group, one.bonus) for one in content.totals.synergies] == [("both", 50_000), ("less", 0.1)]
        assert comparison.is_equal
    shown = (house.root / "published" / "growth-v1.md").read_text(encoding="utf-8")
    assert "* **GMV:** 1,706,000.6 GBP" in shown
    assert "* **Tokens:** 1.1 (6.1 with what is not selected)" in shown
    assert "* **Synergies:** both +50,000 gmv; less +0.1 latency" in shown


def test_a_synergy_goes_with_one_of_its_members(house: House) -> None:
    *_, d, _ = decided(house)
    house.done(PUBLISH, options=["run_id=OPT-000001"])
    with house.workspace.store.transaction() as session:
        roadmap = roadmap_named(session, "growth")
        [entry] = [one for one in roadmap.entry_rows if one.initiative_key == d]
        roadmap.entry_rows.remove(entry)
        version = newest_version(roadmap)
        assert version is not None
        drift = drift_of(session, roadmap, version)
        gmv = next(kpi for kpi in drift.kpis if kpi.kpi_key == "gmv")
        assert (gmv.then, gmv.now) == (1_706_000.6, 500_000.6)


def test_without_a_run_all_that_stands_counts_and_no_synergy(house: House) -> None:
    decided(house)
    with house.workspace.store.transaction() as session:
        decision = find_decision(session, "growth")
        assert len(decision.chosen) == 5
        assert not decision.bonuses

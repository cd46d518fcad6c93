"""A plan that takes the solver a long while: hundreds of synergies of both signs among alike initiatives."""

from __future__ import annotations

import random

from tests.actions.company import Typed, add_candidates, add_kpis, add_scenario
from tests.house import House

SIZE, SYNERGIES = 90, 800


def hard_plan(house: House) -> None:
    """Candidates, scenario and synergies, typed; the first answers come at once, the proof takes minutes."""
    pick = random.Random(5)
    add_kpis(house)
    candidates: list[Typed] = [
        {"engineering_tokens": pick.randint(10, 50), "contributions": f"gmv: {pick.randint(1, 100)}"}
        for _ in range(SIZE)
    ]
    keys = add_candidates(house, *candidates)
    add_scenario(house, capacity=SIZE * 10)
    pairs = pick.sample([(a, b) for place, a in enumerate(keys) for b in keys[:place]], SYNERGIES)
    rows: list[Typed] = [
        {
            "scenario_name": "Plan",
            "constraint_set_name": "base",
            "constraint_type": "synergy_bonus",
            "dimension_key": f"s{number}",
            "member_keys": f"{a}, {b}",
            "kpi_key": "gmv",
            "bonus_value": pick.randint(-100, 100),
        }
        for number, (a, b) in enumerate(pairs)
    ]
    house.type_new("Constraints", *rows)

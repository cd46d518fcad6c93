"""The contract's model in OR-Tools CP-SAT, as a program of its own: OR-Tools and HiGHS can't live in one process.

Reads a JSON list of Problem JSONs on standard input and writes a JSON list of their stage optima. For objectives
north_star and lexicographic (tolerance 0), at most one goal, and decimals of up to six places. Shares no code with the
optimizer.
"""

from __future__ import annotations

import json
import sys
from fractions import Fraction
from typing import Any

from ortools.sat.python import cp_model

Json = dict[str, Any]
SCALE = 10**6


def whole(value: float) -> int:
    scaled = Fraction(repr(value)) * SCALE
    assert scaled.denominator == 1, value
    return int(scaled)


class CpSat:
    def __init__(self, problem: Json) -> None:
        self.problem = problem
        self.model = cp_model.CpModel()
        self.x = {c["key"]: self.model.new_bool_var(c["key"]) for c in problem["candidates"]}
        self.kpis = {kpi["key"]: kpi for kpi in problem["kpis"]}
        self.bonuses = [self.bonus(row) for row in problem["constraints"] if row["type"] == "synergy_bonus"]
        self.limit("all", "all", "tokens", high=problem["capacity"])
        for name, capacity in problem.get("capacities", {}).items():
            self.limit("all", "all", name, high=capacity)
        for row in problem["constraints"]:
            self.rule(row)
        self.goals: list[tuple[int, Any]] = []
        for target in problem["targets"]:
            self.target(target)

    def inside(self, dimension: str, key: str) -> list[Json]:
        if dimension == "all":
            return list(self.problem["candidates"])
        parts = dimension.split("+")
        return [c for c in self.problem["candidates"] if "+".join(c["dimensions"][part] for part in parts) == key]

    def limit(
        self, dimension: str, key: str, resource: str, low: float | None = None, high: float | None = None
    ) -> None:
        some = self.inside(dimension, key)
        use = [c["tokens"] if resource == "tokens" else c.get("resources", {}).get(resource, 0) for c in some]
        total = sum(whole(amount) * self.x[c["key"]] for amount, c in zip(use, some, strict=True))
        if low is not None:
            self.model.add(total >= whole(low))
        if high is not None:
            self.model.add(total <= whole(high))

    def bonus(self, row: Json) -> tuple[str, int, Any]:
        both = self.model.new_bool_var("bonus")
        members = [self.x[key] for key in row["members"]]
        self.model.add_bool_and(members).only_enforce_if(both)
        self.model.add_bool_or([both, *(~member for member in members)])
        return row["kpi_key"], whole(row["bonus_value"]), both

    def rule(self, row: Json) -> None:
        own: Any = self.x.get(row["dimension_key"])
        members = [self.x[key] for key in row.get("members", [])]
        kind = row["type"]
        if kind in ("capacity_cap", "capacity_floor"):
            limits = {"low": row.get("min_tokens"), "high": row.get("max_tokens")}
            self.limit(row["dimension"], row["dimension_key"], row.get("resource", "tokens"), **limits)
        elif kind == "mandatory":
            self.model.add(own == 1)
        elif kind == "exclude_initiative":
            self.model.add(own == 0)
        elif kind == "exclude_pair":
            self.model.add(own + members[0] <= 1)
        elif kind == "bundle":
            for member in members[1:]:
                self.model.add(member == members[0])
        elif kind == "require_prereq":
            for member in members:
                self.model.add_implication(own, member)
        elif kind == "require_any":
            self.model.add_bool_or([own.negated(), *members])
        elif kind == "choose_count":
            self.model.add(sum(members) >= row.get("min_count", 0))
            self.model.add(sum(members) <= row.get("max_count", len(members)))

    def improvement(self, kpi: str) -> Any:
        sign = -1 if self.kpis[kpi].get("direction") == "decrease" else 1
        given = sum(whole(c["contributions"].get(kpi, 0)) * self.x[c["key"]] for c in self.problem["candidates"]) + sum(
            value * both for name, value, both in self.bonuses if name == kpi
        )
        return sign * given

    def target(self, target: Json) -> None:
        assert target["dimension"] == "all"
        kpi = self.kpis[target["kpi_key"]]
        sign = -1 if kpi.get("direction") == "decrease" else 1
        need = sign * (whole(target["target_value"]) - whole(kpi.get("baseline_value", 0)))
        if target["type"] == "floor":
            self.model.add(self.improvement(target["kpi_key"]) >= need)
        elif need > 0:
            shortfall = self.model.new_int_var(0, 10**15, "shortfall")
            self.model.add(shortfall >= need - self.improvement(target["kpi_key"]))
            self.goals.append((need, shortfall))

    def optimum(self, cost: Any) -> int | None:
        self.model.minimize(cost)
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.linearization_level = 2
        status = solver.solve(self.model)
        if status == cp_model.INFEASIBLE:
            return None
        assert status == cp_model.OPTIMAL, solver.status_name(status)
        best = round(solver.objective_value)
        self.model.add(cost <= best)
        return best

    def optima(self) -> list[float] | None:
        """The best value of each stage in its own unit, or None where no portfolio keeps the rules."""
        objective = self.problem["objective"]
        star = next(key for key, kpi in self.kpis.items() if kpi["level"] == "north_star")
        order = [item["kpi"] for item in objective.get("order", [])]
        found: list[float] = []
        if objective["mode"] == "lexicographic" and self.goals:
            ((need, shortfall),) = self.goals
            best = self.optimum(shortfall)
            if best is None:
                return None
            found.append(best / need)
        for kpi in order + [star] * (star not in order):
            best = self.optimum(-self.improvement(kpi))
            if best is None:
                return None
            found.append(-best / SCALE)
        return found


if __name__ == "__main__":
    json.dump([CpSat(problem).optima() for problem in json.load(sys.stdin)], sys.stdout)

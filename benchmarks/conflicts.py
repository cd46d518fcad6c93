"""Conflict and repair of a problem with 500 candidates and 100 rows, with a contradiction planted in it."""

from __future__ import annotations

from benchmarks import tables
from benchmarks.portfolios import Json, portfolio
from benchmarks.timing import timed
from roadwright.domain.optimization import RunStatus
from roadwright.optimize import Problem, diagnose, parse_problem, solve
from roadwright.optimize.analysis.diagnosis import find_conflict
from roadwright.optimize.model.portfolio_model import PortfolioModel
from roadwright.optimize.solving import SolveOptions

SIZE, ROWS = 500, 100
BAR = 10.0
ANY_ANSWER = SolveOptions(diagnose=False, tie_break=False, gap=0.99)


def _planted(seed: int) -> tuple[str, Json]:
    """A problem that has an answer, and rows that take it away again."""
    problem = portfolio(SIZE, seed, rules=ROWS - 18)
    rows = problem["constraints"]
    rows[:] = [row for row in rows if row["type"] != "synergy_bonus"]
    kinds = {
        0: "a floor above what a cap allows",
        1: "a count that the capacity doesn't pay for",
        2: "a target out of reach within the capacity",
    }
    keys = [candidate["key"] for candidate in problem["candidates"]]
    if seed % 3 == 0:
        floor = {"dimension": "country", "dimension_key": "UK", "min_tokens": problem["capacity"] / 2}
        rows.append({"type": "capacity_floor", **floor})
    elif seed % 3 == 1:
        rows.append({"type": "choose_count", "dimension_key": "all of these", "members": keys[:300], "min_count": 290})
    else:
        target = next(target for target in problem["targets"] if target["type"] == "floor")
        target["target_value"] = 0.31 + 2.2 * (target["target_value"] - 0.31)
    for place, row in enumerate(rows):
        row["id"] = f"row {place}"
    for place, target in enumerate(problem["targets"]):
        target["id"] = f"target {place}"
    return kinds[seed % 3], problem


def _worthless(candidate: Json) -> Json:
    return candidate | {"contributions": {k: v for k, v in candidate["contributions"].items() if k != "gmv"}}


def _without(problem: Json, id: str) -> Problem:
    kept: Json = problem | {
        name: [row for row in problem[name] if row["id"] != id] for name in ("constraints", "targets")
    }
    if id.startswith("capacity"):
        name = id.removeprefix("capacity:")
        kept |= {"capacity": 1e12} if name == "capacity" else {"capacities": {name: 1e12}}
    return parse_problem(kept)


def _only(problem: Json, ids: set[str]) -> Json:
    """Some rows alone, and nothing to optimise."""
    kept: Json = problem | {
        name: [row for row in problem[name] if row["id"] in ids] for name in ("constraints", "targets")
    }
    kept["candidates"] = [_worthless(candidate) for candidate in problem["candidates"]]
    kept |= {} if "capacity" in ids else {"capacity": 1e12}
    return kept | ({} if "capacity:design_days" in ids else {"capacities": {"design_days": 1e12}})


def main() -> None:
    tables.heading(f"Conflict and repair: {SIZE} candidates, about {ROWS} rows")
    tables.head("planted", "rows in the conflict", "minimal", "conflict s", "repair proved", "both s")
    for seed in range(3):
        name, given = _planted(seed)
        problem = parse_problem(given)
        _, conflict_seconds = timed(lambda p=problem: find_conflict(PortfolioModel.of(p)))  # type: ignore[misc]
        diagnosis, seconds = timed(lambda p=problem: diagnose(p))  # type: ignore[misc]
        ids = {row.id for row in diagnosis.conflict}
        alone = _only(given, ids)
        assert solve(parse_problem(alone), ANY_ANSWER).status is RunStatus.INFEASIBLE, name
        minimal = all(solve(_without(alone, id), ANY_ANSWER).status is not RunStatus.INFEASIBLE for id in ids)
        assert minimal == diagnosis.conflict_minimal, name
        repair = diagnosis.repair
        proved = repair.proved if repair else "none"
        tables.row([name, len(ids), minimal, f"{conflict_seconds:.2f}", proved, f"{seconds:.2f}"])
    tables.note(
        f"The bar is {BAR:g} s. Minimal is checked here by solving: the conflict alone has no answer, and without any "
        "one of its rows it has."
    )

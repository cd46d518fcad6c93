"""Solving as a whole: ties, order, limits, odd numbers, and known optima."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import threading
from fractions import Fraction

import pytest
from benchmarks import nrp
from benchmarks.proof.families import FAMILIES

from roadwright.domain.optimization import RunStatus, TieBreak
from roadwright.optimize import Solution, SolveOptions, SolveProgress, parse_problem, solve
from roadwright.optimize.solver.portfolio import key_weight
from tests.optimize.build import Json, answer, candidate, problem, rule, target
from tests.optimize.problems import random_problem
from tests.optimize.test_canonical import shuffled


def test_capacity_stays_idle_rather_than_being_spent_for_nothing() -> None:
    value = problem(candidate("A", 10, gmv=1), candidate("B", 10, gmv=0), candidate("C", 0, gmv=0))
    assert answer(value).selected == ["A"]


def test_among_equals_less_shortfall_then_fewer_tokens_then_the_keys_decide() -> None:
    goal = {"targets": [target(1, "goal", "retention")]}
    equal = [
        candidate("A", 9),
        candidate("B", 8),
        candidate("C", 8),
        candidate("D", 10, contributions={"retention": 1}),
    ]
    value = problem(*equal, constraints=[rule("choose_count", "pick", "A", "B", "C", "D", max_count=1)])
    assert answer(value | goal).selected == ["D"]
    expected = min("BC", key=key_weight)
    solution = answer(value)
    assert (solution.selected, solution.tie_break) == ([expected], TieBreak.PROVED)


def test_the_weight_of_a_key_is_that_of_the_contract() -> None:
    # printf INIT-000001 | b2sum -l 48
    assert key_weight("INIT-000001") == 1 + Fraction(int("7110ea978207", 16), 2**48)


def test_rows_may_stand_in_any_order() -> None:
    for seed in range(40):
        value = random_problem(seed)
        first, second = answer(value), answer(shuffled(value, seed))
        assert (first.selected, first.status) == (second.selected, second.status)
        assert (first.objective_value, first.tokens_used) == (second.objective_value, second.tokens_used)


def figures(solution: Solution) -> Json:
    value = solution.to_json()
    return {name: value[name] for name in value if name not in ("seconds", "timings")}


def test_the_same_problem_gives_the_same_figures_again_and_in_another_process() -> None:
    value = random_problem(3)
    assert answer(value).status is RunStatus.OPTIMAL
    code = (
        "import json, sys; from roadwright.optimize import parse_problem, solve; "
        "print(json.dumps(solve(parse_problem(json.load(sys.stdin))).to_json()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], input=json.dumps(value), capture_output=True, text=True, check=True
    )
    elsewhere = Solution.from_json(json.loads(done.stdout))
    assert figures(answer(value)) == figures(answer(value)) == figures(elsewhere)


def test_a_solution_survives_json() -> None:
    for seed in (3, 8, 11):
        solution = answer(random_problem(seed))
        value = solution.to_json()
        assert Solution.from_json(json.loads(json.dumps(value, allow_nan=False))).to_json() == value


@pytest.mark.parametrize(
    ("value", "selected"),
    [
        (problem(), []),
        (problem(capacity=0), []),
        (problem(candidate("A", None)), []),
        (problem(candidate("A", 0), candidate("B", 1, gmv=9), capacity=0), ["A"]),
        (problem(candidate("A", gmv=-1)), []),
        (problem(candidate("A", gmv=-1), candidate("B", gmv=-2), constraints=[rule("mandatory", "B")]), ["B"]),
        (problem(candidate("A"), constraints=[rule("exclude_initiative", "A")]), []),
        # Decimal numbers are what their text says: 0.1 + 0.2 fits into 0.3.
        (problem(candidate("A", 0.1), candidate("B", 0.2), capacity=0.3), ["A", "B"]),
        # A limit that is missed by more than rounding is missed, however little that is.
        (problem(candidate("A", 50.00001), candidate("B", 50, gmv=2), capacity=100), ["B"]),
        # Very large and very small numbers in one row both count.
        (
            problem(candidate("A", 120000, gmv=120000), candidate("B", 0.002, gmv=0.002), capacity=120000.002),
            ["A", "B"],
        ),
        (problem(candidate("A", 120000, gmv=120000), candidate("B", 0.002, gmv=0.002), capacity=120000.001), ["A"]),
        (problem(candidate("A", 1e9, gmv=1), candidate("B", 0.001, gmv=2), capacity=0.01), ["B"]),
        (problem(candidate("A", 1e308, gmv=1e308), candidate("B", 1e308, gmv=1), capacity=1.7e308), ["A"]),
        (problem(candidate("A", 5e-324, gmv=1e-300), capacity=1e-322), ["A"]),
        (problem(candidate("A", 2e-7, gmv=2e-7), candidate("B", 3e-7, gmv=2.9e-7), capacity=3e-7), ["B"]),
        (problem(candidate("A"), capacity=1e30), ["A"]),
    ],
)
def test_odd_numbers(value: Json, selected: list[str]) -> None:
    solution = answer(value)
    assert (solution.status, solution.selected) == (RunStatus.OPTIMAL, selected)
    json.dumps(solution.to_json(), allow_nan=False)


def test_a_small_objective_beside_large_numbers_is_still_exact() -> None:
    value = problem(candidate("A", gmv=-120000), candidate("B", gmv=0.1), candidate("C", gmv=1e-7))
    assert answer(value).objective_value == 0.1000001


def test_binding_means_exactly_at_the_limit() -> None:
    value = problem(
        candidate("A", 40, gmv=5, country="UK"),
        candidate("B", 50, gmv=1, country="DE"),
        constraints=[
            rule("capacity_cap", "UK", dimension="country", max_tokens=40, id="cap"),
            rule("capacity_floor", "DE", dimension="country", min_tokens=45, id="floor"),
            rule("choose_count", "pick", "A", "B", max_count=2, id="count"),
        ],
    )
    solution = answer(value)
    assert {one.id: (one.used, one.binding) for one in solution.constraints} == {
        "cap": (40.0, True),
        "floor": (50.0, False),
        "count": (2.0, True),
    }
    assert (solution.capacities[0].used, solution.capacities[0].limit, solution.capacities[0].binding) == (
        90,
        100,
        False,
    )


@pytest.mark.parametrize("optimum", [o for o in nrp.optima() if (o.instance, o.percent) != ("nrp1", 50)], ids=str)
def test_next_release_instances_reach_their_proven_optimum(optimum: nrp.Optimum) -> None:
    release = nrp.read(nrp.DATA / f"{optimum.instance}.txt")
    assert release.budget(optimum.percent) == optimum.budget
    solution = answer(nrp.problem(release, optimum.budget), tie_break=False)
    assert (solution.status, solution.objective_value) == (RunStatus.OPTIMAL, optimum.value)


def hard() -> Json:
    """Too much for a few seconds: a multi-resource knapsack of the kind that Chu and Beasley found to be hard."""
    pick = random.Random(1)
    names = [f"r{i}" for i in range(9)]
    items = []
    for i in range(100):
        tokens, *uses = (pick.randint(1, 1000) for _ in range(10))
        worth = round((tokens + sum(uses)) / 10 + 500 * pick.random())
        items.append(candidate(f"K{i:03d}", tokens, gmv=worth, resources=dict(zip(names, uses, strict=True))))
    return problem(*items, capacity=25000, capacities=dict.fromkeys(names, 25000))


def test_a_time_limit_ends_with_a_portfolio_that_keeps_the_rules() -> None:
    solution = answer(hard(), time_limit=1.0)
    assert solution.seconds < 3
    assert solution.status is RunStatus.FEASIBLE
    assert solution.gap is not None
    assert solution.bound is not None
    assert solution.gap > 0
    assert isinstance(solution.objective_value, float)
    assert solution.bound >= solution.objective_value
    assert solution.tie_break is TieBreak.OFF


def test_no_time_at_all_is_unknown() -> None:
    assert answer(hard(), time_limit=0.0).status is RunStatus.UNKNOWN


def test_a_gap_that_is_good_enough_is_feasible_and_shown() -> None:
    solution = answer(hard(), gap=0.05)
    assert solution.status is RunStatus.FEASIBLE
    assert solution.gap is not None
    assert 0 < solution.gap <= 0.05


def test_a_cancelled_solve_keeps_what_it_has_and_tells_its_progress() -> None:
    cancel = threading.Event()
    seen: list[SolveProgress] = []

    def watch(progress: SolveProgress) -> None:
        seen.append(progress)
        if progress.objective is not None:
            cancel.set()

    solution = solve(parse_problem(hard()), progress=watch, cancel=cancel)
    assert solution.status is RunStatus.CANCELLED
    assert solution.selected
    last = seen[-1]
    assert last.stage == "gmv"
    assert last.objective is not None
    assert last.bound is not None
    assert last.bound >= last.objective > 0


def test_a_small_solve_tells_its_progress_too() -> None:
    """It is searched exactly, without HiGHS."""
    seen: list[SolveProgress] = []
    solution = solve(parse_problem(FAMILIES["near_equal"](5, 28)), progress=seen.append)
    assert solution.status is RunStatus.OPTIMAL
    [found, *_] = [one for one in seen if one.selected]
    assert found.nodes > 0
    assert found.objective is not None
    assert isinstance(solution.objective_value, float)
    for one in seen:
        if one.stage == "revenue":
            assert one.objective is None or one.objective <= solution.objective_value
            assert one.bound is None or one.bound >= solution.objective_value


def test_cancelled_before_the_start_there_is_no_portfolio() -> None:
    cancel = threading.Event()
    cancel.set()
    solution = solve(parse_problem(hard()), cancel=cancel)
    assert (solution.status, solution.selected, solution.objective_value) == (RunStatus.CANCELLED, [], None)


@pytest.mark.parametrize("options", [{"time_limit": -1.0}, {"gap": float("nan")}])
def test_options_out_of_range_are_refused(options: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must be a number of at least 0"):
        SolveOptions(**options)  # type: ignore[arg-type]


def test_the_library_needs_no_database_and_no_sheets() -> None:
    code = (
        "import sys; from roadwright.optimize import solve; "
        "print([n for n in sys.modules if n.split('.')[0] in ('sqlalchemy', 'openpyxl', 'xlsxwriter', 'alembic') "
        "or n.startswith(('roadwright.sheets', 'roadwright.tabs', 'roadwright.store', 'roadwright.workspace'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

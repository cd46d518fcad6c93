"""Many solves of one problem: the value at each capacity, trials with other contributions, later periods."""

from __future__ import annotations

import threading
from functools import partial

from roadwright.optimize import (
    CapacityStep,
    LaterPeriod,
    Trials,
    Worker,
    firmness,
    frontier,
    later_periods,
    parse_problem,
    stream_isolated,
    value_by_capacity,
)
from tests.optimize.build import candidate, problem, rule

SMALL = problem(
    candidate("A", 30, 60, country="UK"),
    candidate("B", 25, 40, country="UK"),
    candidate("C", 20.5, 35, country="ES"),
    candidate("D", 10, 9, country="ES"),
    candidate("E", 12, 11),
    capacity=60,
    constraints=[rule("mandatory", "D", reason="law"), rule("require_prereq", "A", "E")],
)


def curve(value: object, most: float, cancel: threading.Event | None = None) -> dict[float, CapacityStep]:
    found: dict[float, CapacityStep] = {}
    value_by_capacity(parse_problem(value), most, found=lambda step: found.update({step.tokens: step}), cancel=cancel)
    return found


def test_the_curve_has_every_step_and_says_below_which_capacity_nothing_is_possible() -> None:
    steps = curve(SMALL, 100)
    points = frontier(parse_problem(SMALL).changed(capacity=100.0)).points
    answered = sorted((step.tokens, step.value) for step in steps.values() if step.value is not None)
    assert answered == [(point.tokens, point.objective_value) for point in points]
    assert all(step.is_exact for step in steps.values())
    assert max(step.tokens for step in steps.values() if step.value is None) == 9.5  # D needs 10, in halves


def test_the_curve_begins_at_the_present_capacity_and_ends_where_it_is_cancelled() -> None:
    first: list[CapacityStep] = []
    stop = threading.Event()

    def found(step: CapacityStep) -> None:
        first.append(step)
        stop.set()

    value_by_capacity(parse_problem(SMALL), 100, found=found, cancel=stop)
    assert [step.tokens for step in first] == [55.5]


def test_trials_are_the_same_each_time_and_tell_what_is_firm() -> None:
    told: list[list[Trials]] = [[], []]
    for trials in told:
        firmness(parse_problem(SMALL), trials=12, found=trials.append)
    assert told[0] == told[1]
    last = told[0][-1]
    assert (last.done, last.answered, last.share("D"), last.share("nothing")) == (12, 12, 1.0, 0.0)
    assert [one.done for one in told[0]] == list(range(1, 13))


def test_contributions_whose_range_is_known_are_taken_as_they_are_drawn() -> None:
    drawn = [{key: {"gmv": 0.0} for key in "AE"} | {"B": {"gmv": 500.0}} for _ in range(4)]
    found: list[Trials] = []
    firmness(parse_problem(SMALL), drawn, trials=4, found=found.append)
    assert (found[-1].share("A"), found[-1].share("B")) == (0.0, 1.0)


def test_later_periods_go_on_with_what_is_left_and_drop_quotas() -> None:
    rules = [
        *SMALL["constraints"],
        rule("capacity_floor", "UK", dimension="country", min_tokens=25),
        rule("exclude_initiative", "B"),
    ]
    value = parse_problem({**SMALL, "constraints": rules, "capacity": 25})

    def periods(pinned: dict[str, str]) -> list[LaterPeriod]:
        found: list[LaterPeriod] = []
        later_periods(value, ["D"], ["Q3", "Q4"], pinned, found=found.append)
        return found

    assert [(one.period, list(one.selected)) for one in periods({})] == [("Q3", ["C"]), ("Q4", ["E"])]
    assert [list(one.selected) for one in periods({"C": "Q4"})] == [["E"], ["C"]]
    assert [list(one.selected) for one in periods({"B": "Q3"})] == [["B"], ["C"]]
    impossible = periods({"C": "Q3", "B": "Q3"})
    assert [one.is_answered for one in impossible] == [False, True]


def test_a_worker_tells_one_by_one_and_stops_when_it_is_asked() -> None:
    with Worker() as worker:
        found: list[Trials] = []
        stop = threading.Event()

        def hear(trials: Trials) -> None:
            found.append(trials)
            if trials.done == 3:
                stop.set()

        task = partial(firmness, parse_problem(SMALL), trials=100_000)
        assert not stream_isolated(task, hear, cancel=stop, worker=worker)
        assert 3 <= found[-1].done < 100_000
        found.clear()
        assert stream_isolated(partial(firmness, parse_problem(SMALL), trials=2), found.append, worker=worker)
        assert [one.done for one in found] == [1, 2]

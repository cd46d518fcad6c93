"""The recipe of docs/development.md for a new kind of constraint, from its class to its words in a conflict."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from math import inf
from typing import ClassVar

import pytest
from pydantic.dataclasses import dataclass

from roadwright.domain.messages import Message, catalogue, notice
from roadwright.domain.optimization import RunStatus
from roadwright.optimize import InvalidProblem, explain, parse_problem, problem_to_json, snapshot_hash, solve
from roadwright.optimize.constraints.initiatives import WithMembers
from roadwright.optimize.model.constraint import (
    KINDS,
    JudgedSelection,
    LinearRow,
    RuleNumber,
    Violation,
    register,
    violated,
)
from roadwright.optimize.model.names import Names
from roadwright.optimize.model.rules import RuleRows
from roadwright.optimize.model.schema import STRICT, Number
from tests.optimize.build import Json, candidate, problem, rule


@dataclass(frozen=True, kw_only=True, config=STRICT)
class WeightedLimit(WithMembers):
    """The members may be selected up to a limit, of which the first one takes up 1, the second one 2 and so on."""

    type: ClassVar[str] = "weighted_limit"
    min_members: ClassVar[int] = 2

    limit: Number

    def faults(self, names: Names) -> Iterator[Message]:
        yield from super().faults(names)
        if self.limit is not None and self.limit > 99:
            yield notice("limit_too_large", field="limit", value=self.limit)

    def numbers(self) -> list[RuleNumber]:
        return [RuleNumber("limit", 1, self.limit)]

    def emit(self, rows: RuleRows) -> None:
        columns, weights = [], []
        for weight, key in enumerate(self.members, start=1):
            column = rows.index.column_of(key)
            if column is not None:
                columns.append(column)
                weights.append(float(weight))
        rows.add(self, [LinearRow(columns, weights, -inf, self.limit)])

    def judge(self, selection: JudgedSelection) -> Iterable[Violation]:
        taken = Fraction(sum(at for at, key in enumerate(self.members, start=1) if key in selection.chosen))
        selection.measured[self.id] = taken
        return [violated(self, number, taken) for number in self.numbers()]

    def words(self) -> Message:
        return notice("weighted_limit", members=self.members, limit=self.limit)


@pytest.fixture(autouse=True)
def _kind() -> Iterator[None]:
    words = {
        "weighted_limit": "{members:names} take up at most {limit:amount}",
        "limit_too_large": "{field} must not be above 99, and is {value:json}",
    }
    register(WeightedLimit)
    catalogue.add_texts(words)
    yield
    del KINDS[WeightedLimit.type]
    for code in words:
        del catalogue.TEXTS[code]


def abc(*rows: Json) -> Json:
    candidates = [candidate("A", gmv=1), candidate("B", gmv=2), candidate("C", gmv=3)]
    return problem(*candidates, constraints=list(rows))


LIMIT = rule("weighted_limit", "weights", "A", "B", "C", limit=3, id="limit")


def test_it_shapes_the_selection_and_is_measured() -> None:
    solution = solve(parse_problem(abc(LIMIT)))
    assert (solution.status, solution.selected) == (RunStatus.OPTIMAL, ["C"])  # A and B are as good, and cost more
    [result] = solution.constraints
    assert (result.id, result.type, result.used, result.limit_max, result.binding) == (
        "limit",
        "weighted_limit",
        3.0,
        3.0,
        True,
    )


def test_it_is_a_row_of_a_conflict_and_of_the_repair_in_its_words() -> None:
    solution = solve(parse_problem(abc(LIMIT, rule("mandatory", "B", id="b"), rule("mandatory", "C", id="c"))))
    assert solution.status is RunStatus.INFEASIBLE
    assert solution.conflict is not None
    assert {row.id: row.message for row in solution.conflict}["limit"] == "A, B, C take up at most 3"
    assert {row.id for row in solution.conflict} == {"limit", "b", "c"}
    assert solution.repair is not None
    assert [(one.id, one.field, one.after) for one in solution.repair.changes] == [("limit", "limit", 5.0)]
    assert solution.repair.changes[0].message == (
        "change limit of limit from 3 to 5 (A, B, C take up at most 3)"  # the field, and the row of that id
    )


def test_explanations_name_it() -> None:
    parsed = parse_problem(abc(LIMIT, rule("mandatory", "C")))
    [found] = explain(parsed, solve(parsed), ["A"])
    assert set(found.conflict) == {"limit", "constraints[1]"}
    [plain] = explain(parsed, solve(parsed), ["limit"])
    assert plain.message.startswith("A, B, C take up at most 3: ")


def test_it_survives_the_snapshot_and_its_number_counts() -> None:
    parsed = parse_problem(abc(LIMIT))
    assert parse_problem(problem_to_json(parsed)).constraints == parsed.constraints
    other = parse_problem(abc({**LIMIT, "limit": 4}))
    assert snapshot_hash(parsed) != snapshot_hash(other)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"limit": "3"}, "limit must be a number, not '3'"),
        ({"limit": 100}, "limit must not be above 99, and is 100.0"),
        ({"limit": None}, "limit is missing"),
        ({"members": ["A"]}, "members must name at least 2, and names 1"),
        ({"limits": 3}, "unknown field 'limits'; did you mean 'limit'?"),
    ],
)
def test_what_is_wrong_with_a_row_is_said(change: Json, words: str) -> None:
    with pytest.raises(InvalidProblem) as caught:
        parse_problem(abc({**LIMIT, **change}))
    assert [(fault.id, fault.message) for fault in caught.value.faults] == [("limit", words)]


def test_its_fields_are_known_and_unused_by_other_kinds() -> None:
    solution = solve(parse_problem(abc(rule("mandatory", "A", limit=1, id="a"))))
    assert [(one.id, one.message) for one in solution.warnings] == [("a", "limit is not used by mandatory")]


def test_a_type_belongs_to_one_class() -> None:
    class Other(WeightedLimit):
        pass

    with pytest.raises(ValueError, match="weighted_limit is the type of WeightedLimit already"):
        register(Other)

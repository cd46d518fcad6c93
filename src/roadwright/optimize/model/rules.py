"""What each constraint means for the candidates of the model, as linear rows over their places.

Initiatives that are known but no candidates are settled here: what they leave of a rule, and what there is to say.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import inf
from typing import NamedTuple

from roadwright.domain.optimization import ConstraintType, FindingKind, Severity
from roadwright.optimize.model.candidates import CandidateIndex
from roadwright.optimize.model.canonical import ordered_constraints
from roadwright.optimize.model.problem import Constraint, ProblemFinding
from roadwright.optimize.model.targets import slice_name


class LinearRow(NamedTuple):
    """lower <= sum of values[j] * column places[j] <= upper; a candidate's column is 1 where it is selected.

    In a row of amounts `unit` is what a value of 1 stands for.
    """

    places: Sequence[int]
    values: Sequence[float]
    lower: float
    upper: float
    unit: Fraction = Fraction(1)


class Rule(NamedTuple):
    """A hard constraint, and the rows that say it (none where nothing is left to demand)."""

    constraint: Constraint
    rows: list[LinearRow]


@dataclass(frozen=True, slots=True)
class Synergy:
    """A bonus that counts when all of `members` are selected (none left: it always counts)."""

    constraint: Constraint
    members: list[int]


@dataclass(frozen=True, slots=True)
class Resolved:
    """All rules and synergies in the order of their content, and the findings about them."""

    rules: list[Rule]
    synergies: list[Synergy]
    findings: list[ProblemFinding]


def resolve(index: CandidateIndex) -> Resolved:
    """Every constraint of the problem, resolved against its candidates."""
    rules: list[Rule] = []
    synergies: list[Synergy] = []
    findings: list[ProblemFinding] = []
    place_of = index.columns.get
    for constraint in ordered_constraints(index.problem.constraints):
        if (row := _between_two(constraint, place_of)) is not None:
            rules.append(Rule(constraint, [row]))
            continue
        resolver = _Resolver(index, constraint, findings)
        if constraint.type is ConstraintType.SYNERGY_BONUS:
            synergy = resolver.synergy()
            if synergy is not None:
                synergies.append(synergy)
        else:
            rules.append(Rule(constraint, resolver.rows()))
    return Resolved(rules, synergies, findings)


def _between_two(constraint: Constraint, place_of: Callable[[str], int | None]) -> LinearRow | None:
    """The row of a rule between two candidates, if it is one. Nearly all rules of a large problem are."""
    form = _FORMS.get(constraint.type)
    if form is None or len(constraint.members) != 1:
        return None
    own, other = place_of(constraint.dimension_key), place_of(constraint.members[0])
    return None if own is None or other is None else LinearRow((own, other), *form)


_NONE: tuple[str, ...] = ()
_NOT_WITHOUT = ((1.0, -1.0), -inf, 0.0)
_FORMS = {ConstraintType.EXCLUDE_PAIR: ((1.0, 1.0), -inf, 1.0), ConstraintType.REQUIRE_PREREQ: _NOT_WITHOUT}
"""How two candidates stand to each other: coefficients, lower and upper limit."""


class _Resolver:
    """One constraint against the candidates."""

    __slots__ = ("delivered", "findings", "index", "inside", "outside", "own", "row")

    def __init__(self, index: CandidateIndex, constraint: Constraint, findings: list[ProblemFinding]) -> None:
        self.index = index
        self.row = constraint
        self.findings = findings
        members = constraint.members
        self.inside = index.columns_of(members)
        self.outside = self.delivered = _NONE
        if len(self.inside) < len(members):
            self.outside = tuple(sorted(key for key in members if key in index.outside))
            self.delivered = tuple(sorted(key for key in members if key in index.problem.delivered))
        self.own = index.columns.get(constraint.dimension_key)

    def say(self, message: str, severity: Severity) -> None:
        self.findings.append(ProblemFinding(self.row.id, message, severity, FindingKind.CONSTRAINT))

    def notice(self, message: str) -> None:
        self.say(message, Severity.INFO)

    def warn(self, message: str) -> None:
        self.say(message, Severity.WARNING)

    def rows(self) -> list[LinearRow]:
        return _BUILD[self.row.type](self)

    def _slice(self) -> tuple[list[int], list[float]]:
        row = self.row
        places = self.index.in_slice(row.dimension or "", row.dimension_key)
        if not places:
            name = slice_name(row.dimension or "", row.dimension_key)
            self.warn(f"there is no candidate in {name}: nothing is spent there")
        usage = self.index.usage(row.resource)
        return places, [usage[place] for place in places]

    def floor(self) -> list[LinearRow]:
        places, values = self._slice()
        return [LinearRow(places, values, self.row.min_tokens or 0.0, inf)]

    def cap(self) -> list[LinearRow]:
        places, values = self._slice()
        return [LinearRow(places, values, -inf, self.row.max_tokens or 0.0)]

    def _without_effect(self) -> bool:
        """Whether the rule is about an initiative that is no candidate, so that there is nothing to rule."""
        if self.own is None:
            self.notice(f"{self._who(self.row.dimension_key)}, so this row has no effect")
        return self.own is None

    def _who(self, key: str) -> str:
        if key in self.index.problem.delivered:
            return f"{key} is delivered already"
        missing = key in self.index.without_tokens
        return f"{key} has no tokens and is left out" if missing else f"{key} is not a candidate"

    def _all(self, keys: tuple[str, ...]) -> str:
        return "; ".join(self._who(key) for key in keys)

    def mandatory(self) -> list[LinearRow]:
        if self.own is None:
            self.notice(f"{self._who(self.row.dimension_key)}, so this row is fulfilled")
            return []
        return [LinearRow([self.own], [1.0], 1.0, inf)]

    def excluded(self) -> list[LinearRow]:
        return [] if self._without_effect() else self._not_selectable()

    def _not_selectable(self) -> list[LinearRow]:
        assert self.own is not None
        return [LinearRow([self.own], [1.0], -inf, 0.0)]

    def pair(self) -> list[LinearRow]:
        """Without a second candidate there is nothing to exclude; two candidates are `_between_two`."""
        if not self._without_effect():
            self.notice(f"{self._all(self.outside + self.delivered)}, so this row has no effect")
        return []

    def bundle(self) -> list[LinearRow]:
        if self.outside:
            if self.inside:
                self.warn(f"{self._all(self.outside)}, so no member of this bundle can be selected")
            else:
                self.notice(f"{self._all(self.outside)}, so this row has no effect")
            return [LinearRow([place], [1.0], -inf, 0.0) for place in self.inside]
        if self.delivered:
            self.notice(f"{self._all(self.delivered)}; the remaining members stay all or none")
        members = sorted(self.inside)
        return [LinearRow((members[0], other), (1.0, -1.0), 0.0, 0.0) for other in members[1:]]

    def prerequisites(self) -> list[LinearRow]:
        if self._without_effect():
            return []
        assert self.own is not None
        if self.outside:
            self.warn(f"{self._all(self.outside)}, so {self.row.dimension_key} can't be selected")
            return self._not_selectable()
        if self.delivered:
            self.notice(f"{self._all(self.delivered)}: met")
        own, inside = self.own, self.inside
        if len(inside) > 1:
            inside.sort()
        return [LinearRow((own, place), *_NOT_WITHOUT) for place in inside]

    def any_of(self) -> list[LinearRow]:
        if self._without_effect():
            return []
        assert self.own is not None
        if self.delivered:
            self.notice(f"{self._all(self.delivered)}: met")
            return []
        if not self.inside:
            self.warn(f"{self._all(self.outside)}, so {self.row.dimension_key} can't be selected")
            return self._not_selectable()
        if self.outside:
            self.notice(f"{self._all(self.outside)}; the other members count")
        members = sorted(self.inside)
        return [LinearRow([self.own, *members], [1.0, *[-1.0] * len(members)], -inf, 0.0)]

    def count(self) -> list[LinearRow]:
        if self.outside or self.delivered:
            self.notice(f"{self._all(self.outside + self.delivered)}: counted as 0")
        low = -inf if self.row.min_count is None else float(self.row.min_count)
        high = inf if self.row.max_count is None else float(self.row.max_count)
        return [LinearRow(sorted(self.inside), [1.0] * len(self.inside), low, high)]

    def synergy(self) -> Synergy | None:
        if self.outside:
            self.notice(f"{self._all(self.outside)}, so this row has no effect")
            return None
        if self.delivered:
            self.notice(f"{self._all(self.delivered)}: counts as selected")
        return Synergy(self.row, sorted(self.inside))


_BUILD: dict[ConstraintType, Callable[[_Resolver], list[LinearRow]]] = {
    ConstraintType.CAPACITY_FLOOR: _Resolver.floor,
    ConstraintType.CAPACITY_CAP: _Resolver.cap,
    ConstraintType.MANDATORY: _Resolver.mandatory,
    ConstraintType.EXCLUDE_INITIATIVE: _Resolver.excluded,
    ConstraintType.EXCLUDE_PAIR: _Resolver.pair,
    ConstraintType.BUNDLE: _Resolver.bundle,
    ConstraintType.REQUIRE_PREREQ: _Resolver.prerequisites,
    ConstraintType.REQUIRE_ANY: _Resolver.any_of,
    ConstraintType.CHOOSE_COUNT: _Resolver.count,
}

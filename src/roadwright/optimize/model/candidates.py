"""The candidates of the model in key order, their columns, and which of them lie in a slice.

A candidate without tokens is left out of the model: everywhere else it counts as an initiative that is no candidate.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from roadwright.domain.optimization import CANDIDATE_DIMENSIONS, TOKENS, Dimension, parse_dimension, slice_value
from roadwright.domain.text import folded
from roadwright.optimize.model.problem import Candidate, Problem


@dataclass(frozen=True)
class CandidateIndex:
    """The candidates of the model and their columns; everything else is indexed by column."""

    problem: Problem
    candidates: tuple[Candidate, ...]
    without_tokens: tuple[str, ...]
    _slices: dict[tuple[Dimension, ...], dict[str, list[int]]] = field(default_factory=dict)
    _usage: dict[str, list[float]] = field(default_factory=dict)
    _contributions: dict[str, list[float]] = field(default_factory=dict)

    @classmethod
    def of(cls, problem: Problem) -> CandidateIndex:
        ordered = sorted(problem.candidates, key=lambda candidate: candidate.key)
        inside = tuple(candidate for candidate in ordered if candidate.tokens is not None)
        return cls(problem, inside, tuple(candidate.key for candidate in ordered if candidate.tokens is None))

    @property
    def size(self) -> int:
        return len(self.candidates)

    @cached_property
    def columns(self) -> dict[str, int]:
        """The columns of the assignments, in order, by the candidate's key: today one of each candidate."""
        return {candidate.key: place for place, candidate in enumerate(self.candidates)}

    def column_of(self, key: str, variant: str | None = None, period: str | None = None) -> int | None:
        """The column that is 1 where a candidate is selected, in this variant and starting in this period.

        None where the model has no such assignment. A candidate has one variant and one period, which have no names.
        """
        return self.columns.get(key) if variant is None and period is None else None

    @cached_property
    def outside(self) -> frozenset[str]:
        """Known initiatives that can't be selected and are not delivered."""
        return (self.problem.outside | frozenset(self.without_tokens)) - self.problem.delivered

    def usage(self, resource: str) -> list[float]:
        """What each candidate uses of a resource."""
        if resource not in self._usage:
            self._usage[resource] = [
                (candidate.tokens or 0.0) if resource == TOKENS else candidate.resources.get(resource, 0.0)
                for candidate in self.candidates
            ]
        return self._usage[resource]

    def contributions(self, kpi: str) -> list[float]:
        """What each candidate contributes to a KPI: signed changes in its unit."""
        if kpi not in self._contributions:
            self._contributions[kpi] = [candidate.contributions.get(kpi, 0.0) for candidate in self.candidates]
        return self._contributions[kpi]

    def in_slice(self, dimension: str, dimension_key: str) -> list[int]:
        """The columns of the candidates in a slice, ascending."""
        parts = parse_dimension(dimension)
        if parts == (Dimension.ALL,):
            return list(range(self.size))
        if parts not in self._slices:
            self._slices[parts] = self._by_value(parts)
        return self._slices[parts].get(_wanted(parts, dimension_key), [])

    def _by_value(self, parts: tuple[Dimension, ...]) -> dict[str, list[int]]:
        found: dict[str | None, list[int]] = defaultdict(list)
        joined: dict[tuple[str | None, ...], str | None] = {}
        for place, values in enumerate(zip(*(self._values(part) for part in parts), strict=True)):
            if values not in joined:
                given = [value for value in values if value is not None]
                joined[values] = _joined(parts, given) if len(given) == len(parts) else None
            found[joined[values]].append(place)
        return {value: places for value, places in found.items() if value is not None}

    def _values(self, part: Dimension) -> list[str | None]:
        """Each candidate's value of a dimension."""
        if part is Dimension.INITIATIVE:
            return [candidate.key for candidate in self.candidates]
        assert part in CANDIDATE_DIMENSIONS
        name = part.value
        return [candidate.dimensions.get(name) for candidate in self.candidates]

    def columns_of(self, keys: Iterable[str]) -> list[int]:
        """The columns of those keys that are candidates of the model."""
        column_of = self.columns.get
        return [column for key in keys if (column := column_of(key)) is not None]


def _joined(parts: tuple[Dimension, ...], values: list[str]) -> str:
    return slice_value(values) if len(parts) > 1 else folded(values[0])


def _wanted(parts: tuple[Dimension, ...], dimension_key: str) -> str:
    return _joined(parts, [dimension_key])

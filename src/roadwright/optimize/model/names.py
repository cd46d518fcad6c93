"""What the rows of a problem may refer to, and what to say where they refer to something else."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from roadwright.domain.messages import Message, notice
from roadwright.domain.optimization import Dimension, DimensionProblem, parse_dimension
from roadwright.domain.text import folded
from roadwright.optimize.messages import hint


@dataclass(frozen=True, slots=True)
class Names:
    """What there is. `tokens_of` has every candidate, with None where its tokens are missing."""

    kpis: Mapping[str, Any]
    tokens_of: Mapping[str, float | None]
    outside: frozenset[str]
    delivered: frozenset[str]
    resources: Collection[str]

    def knows(self, initiative: str) -> bool:
        return initiative in self.tokens_of or initiative in self.outside or initiative in self.delivered

    def initiative(self, field: str, key: str) -> Iterator[Message]:
        """Nothing for a known initiative."""
        if not self.knows(key):
            yield notice("unknown_initiative", value=key, field=field, hint=hint(key, self.tokens_of))

    def kpi(self, field: str, key: str) -> Iterator[Message]:
        """Nothing for a known KPI."""
        if key not in self.kpis:
            yield notice("unknown_problem_kpi", value=key, field=field, hint=hint(key, self.kpis))

    def resource(self, name: str) -> Iterator[Message]:
        """Nothing for a resource that has a capacity."""
        if name not in self.resources:
            yield notice("unknown_resource", value=name, hint=hint(name, self.resources))

    def part(self, dimension: str, key: str) -> Iterator[Message]:
        """Nothing for a slice that a row can be about, also where no candidate is in it."""
        try:
            parts = parse_dimension(dimension)
        except DimensionProblem as error:
            yield error.message
            return
        if parts == (Dimension.ALL,) and key.strip().lower() != Dimension.ALL:
            yield notice("all_of_all", value=key)
        pieces = [piece.strip() for piece in key.split("+")]
        if len(parts) > 1 and (len(pieces) < len(parts) or not all(pieces)):
            yield notice("parts_missing", field="dimension_key", value=key, dimension=dimension)
        elif parts == (Dimension.INITIATIVE,):
            yield from self._initiative_in_any_case(key)
        elif Dimension.INITIATIVE in parts and len(pieces) == len(parts):
            yield from self._initiative_in_any_case(pieces[parts.index(Dimension.INITIATIVE)])

    def _initiative_in_any_case(self, key: str) -> Iterator[Message]:
        """Slices compare without case."""
        wanted = folded(key)
        groups = (self.tokens_of, self.outside, self.delivered)
        if not self.knows(key) and not any(wanted == folded(name) for group in groups for name in group):
            yield from self.initiative("dimension_key", key)


def is_everything(dimension: str) -> bool:
    """Whether a slice is the whole portfolio."""
    return parse_dimension(dimension) == (Dimension.ALL,)


def slice_name(dimension: str, dimension_key: str) -> Message:
    """A slice in the user's words."""
    return (
        notice("whole_portfolio")
        if is_everything(dimension)
        else notice("slice_named", dimension=dimension, key=dimension_key)
    )

"""Floors and caps: at least, or at most, so much of a resource for a slice of the portfolio."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, ClassVar

from pydantic.dataclasses import dataclass

from roadwright.domain.decimals import exact_sum
from roadwright.domain.messages import Message, notice
from roadwright.domain.optimization import TOKENS
from roadwright.optimize.model.constraint import (
    Constraint,
    JudgedSelection,
    RuleNumber,
    Slice,
    Violation,
    violated,
    whole_number,
)
from roadwright.optimize.model.names import Names, slice_name
from roadwright.optimize.model.schema import STRICT, Number, Text

if TYPE_CHECKING:
    from roadwright.optimize.model.rules import RuleRows


@dataclass(frozen=True, kw_only=True, config=STRICT)
class SliceRule(Constraint):
    """A number for what the selected candidates of a slice use."""

    has_limit_price: ClassVar[bool] = True
    holds_later: ClassVar[bool] = False

    dimension: Text
    resource: Text = TOKENS

    def faults(self, names: Names) -> Iterator[Message]:
        if self.dimension and self.dimension_key:
            yield from names.part(self.dimension, self.dimension_key)
        yield from names.resource(self.resource)
        low, high = (self._typed(name) for name in ("min_tokens", "max_tokens"))
        if low is not None and high is not None and low > high:
            yield notice("low_above_high", low_field="min_tokens", low=low, high_field="max_tokens", high=high)

    def _typed(self, field: str) -> float | None:
        """A number of the row, also one that this kind has no use for."""
        value = getattr(self, field, self.unused.get(field))
        return whole_number(value) if isinstance(value, int | float) else None

    @property
    def part(self) -> Slice:
        return Slice(self.dimension, self.dimension_key, self.resource)

    def about(self) -> dict[str, str | None]:
        return {**super().about(), "dimension": self.dimension}

    def emit(self, rows: RuleRows) -> None:
        columns = rows.index.in_slice(self.dimension, self.dimension_key)
        if not columns:
            rows.warn_of(self, "nothing_spent", slice=slice_name(self.dimension, self.dimension_key))
        usage = rows.index.usage(self.resource)
        [number] = self.numbers()
        rows.add(self, [rows.amounts(columns, [usage[column] for column in columns], number)])

    def judge(self, selection: JudgedSelection) -> Iterable[Violation]:
        index = selection.index
        usage = index.usage(self.resource)
        columns = index.in_slice(self.dimension, self.dimension_key)
        total = exact_sum(usage[column] for column in columns if index.candidates[column].key in selection.chosen)
        selection.measured[self.id] = total
        return [violated(self, number, total) for number in self.numbers()]

    def _demand(self, code: str, limit: float) -> Message:
        return notice(code, limit=limit, resource=self.resource, slice=slice_name(self.dimension, self.dimension_key))


@dataclass(frozen=True, kw_only=True, config=STRICT)
class CapacityFloor(SliceRule):
    """At least `min_tokens` of the resource for the slice."""

    type: ClassVar[str] = "capacity_floor"
    sentence: ClassVar[str | None] = "sentence_capacity_floor"

    min_tokens: Number

    def numbers(self) -> list[RuleNumber]:
        return [RuleNumber("min_tokens", -1, self.min_tokens)]

    def words(self) -> Message:
        return self._demand("at_least_in", self.min_tokens)


@dataclass(frozen=True, kw_only=True, config=STRICT)
class CapacityCap(SliceRule):
    """At most `max_tokens` of the resource for the slice."""

    type: ClassVar[str] = "capacity_cap"
    sentence: ClassVar[str | None] = "sentence_capacity_cap"

    max_tokens: Number

    def numbers(self) -> list[RuleNumber]:
        return [RuleNumber("max_tokens", 1, self.max_tokens)]

    def words(self) -> Message:
        return self._demand("at_most_in", self.max_tokens)

"""Rules about groups of initiatives, which dimension_key names: so many of them, a bonus for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from math import inf
from typing import TYPE_CHECKING, ClassVar

from pydantic.dataclasses import dataclass

from roadwright.domain.messages import Message, notice
from roadwright.optimize.constraints.initiatives import WithMembers
from roadwright.optimize.model.constraint import (
    Bonus,
    JudgedSelection,
    LinearRow,
    RuleNumber,
    Violation,
    violated,
)
from roadwright.optimize.model.names import Names
from roadwright.optimize.model.schema import STRICT, Count, Signed, Text

if TYPE_CHECKING:
    from roadwright.optimize.model.rules import RuleRows


@dataclass(frozen=True, kw_only=True, config=STRICT)
class ChooseCount(WithMembers):
    """At least `min_count` of the members, at most `max_count`."""

    type: ClassVar[str] = "choose_count"
    holds_later: ClassVar[bool] = False
    sentence: ClassVar[str | None] = "sentence_choose_count"
    min_members: ClassVar[int] = 1
    needs_one_of: ClassVar[tuple[str, ...]] = ("min_count", "max_count")

    min_count: Count | None = None
    max_count: Count | None = None

    def faults(self, names: Names) -> Iterator[Message]:
        yield from super().faults(names)
        low, high = self.min_count, self.max_count
        if low is None and high is None and self.unread.isdisjoint(self.needs_one_of):
            yield notice("field_one_missing", fields=" or ".join(self.needs_one_of))
        if low is None:
            return
        if high is not None and low > high:
            yield notice("low_above_high", low_field="min_count", low=low, high_field="max_count", high=high)
        if self.members and low > len(self.members):
            yield notice("above_members", count=low, members=len(self.members))

    def numbers(self) -> list[RuleNumber]:
        given = (("min_count", -1, self.min_count), ("max_count", 1, self.max_count))
        return [RuleNumber(field, side, number) for field, side, number in given if number is not None]

    def emit(self, rows: RuleRows) -> None:
        members = rows.members(self)
        if members.outside or members.delivered:
            rows.notice_of(self, "counted_as_0", members.outside + members.delivered)
        low = -inf if self.min_count is None else float(self.min_count)
        high = inf if self.max_count is None else float(self.max_count)
        rows.add(self, [LinearRow(sorted(members.inside), [1.0] * len(members.inside), low, high)])

    def judge(self, selection: JudgedSelection) -> Iterable[Violation]:
        count = Fraction(sum(key in selection.chosen for key in self.members))
        selection.measured[self.id] = count
        return [violated(self, number, count) for number in self.numbers()]

    def words(self) -> Message:
        low, high = self.min_count, self.max_count
        code = "count_at_least" if high is None else "count_at_most" if low is None else "count_between"
        return notice(code, low=low, high=high, members=self.members)

    def sentence_code(self) -> str | None:
        if self.max_count is None:
            return "sentence_choose_least"
        return "sentence_choose_most" if self.min_count is None else self.sentence


@dataclass(frozen=True, kw_only=True, config=STRICT)
class SynergyBonus(WithMembers):
    """A KPI gains `bonus_value` where all members are selected."""

    type: ClassVar[str] = "synergy_bonus"
    sentence: ClassVar[str | None] = "sentence_synergy_bonus"
    min_members: ClassVar[int] = 2

    kpi_key: Text
    bonus_value: Signed

    def faults(self, names: Names) -> Iterator[Message]:
        yield from super().faults(names)
        if self.kpi_key:
            yield from names.kpi("kpi_key", self.kpi_key)

    @property
    def bonus(self) -> Bonus:
        return Bonus(self.kpi_key, self.bonus_value)

    def about(self) -> dict[str, str | None]:
        return {**super().about(), "kpi_key": self.kpi_key}

    def emit(self, rows: RuleRows) -> None:
        members = rows.members(self)
        if members.outside:
            rows.notice_of(self, "rule_no_effect", members.outside)
            return
        if members.delivered:
            rows.notice_of(self, "counts_as_selected", members.delivered)
        rows.add_bonus(self, self.bonus, members.inside)

    def judge(self, selection: JudgedSelection) -> Iterable[Violation]:
        del selection
        return ()

    def words(self) -> Message:
        return notice("together_add", members=self.members, bonus=self.bonus_value, kpi=self.kpi_key)

"""Which initiatives depend on each other: a bundle, what an initiative needs, of which it needs one."""

from __future__ import annotations

from collections.abc import Iterable
from math import inf
from typing import TYPE_CHECKING, ClassVar

from pydantic.dataclasses import dataclass

from roadwright.domain.messages import Message, notice
from roadwright.optimize.constraints.initiatives import AboutInitiative, WithMembers, not_selectable
from roadwright.optimize.model.constraint import NEEDS, JudgedSelection, LinearRow, Violation, broken
from roadwright.optimize.model.schema import STRICT

if TYPE_CHECKING:
    from roadwright.optimize.model.rules import RuleRows


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Bundle(WithMembers):
    """All members or none."""

    type: ClassVar[str] = "bundle"
    sentence: ClassVar[str | None] = "sentence_bundle"
    min_members: ClassVar[int] = 2

    @property
    def group(self) -> str:
        return self.dimension_key

    def emit(self, rows: RuleRows) -> None:
        members = rows.members(self)
        if members.outside:
            if members.inside:
                rows.warn_of(self, "none_of_bundle", members.outside)
            else:
                rows.notice_of(self, "rule_no_effect", members.outside)
            rows.add(self, [not_selectable(column) for column in members.inside])
            return
        if members.delivered:
            rows.notice_of(self, "rest_of_bundle", members.delivered)
        first, *others = sorted(members.inside) or [0]
        rows.add(self, [LinearRow((first, other), (1.0, -1.0), 0.0, 0.0) for other in others])

    def implications(self, rows: Iterable[LinearRow]) -> Iterable[tuple[int, int]]:
        for row in rows:
            if len(row.places) == 2:
                one, other = row.places
                yield one, other
                yield other, one

    def judge(self, selection: JudgedSelection) -> Iterable[Violation]:
        chosen, delivered = selection.chosen, selection.delivered
        is_any = any(key in chosen for key in self.members)
        return broken(self, is_any and not all(key in chosen or key in delivered for key in self.members))

    def words(self) -> Message:
        return notice("all_or_none", members=self.members)

    def why_never(self, key: str, absent: frozenset[str]) -> Message | None:
        missing = sorted(absent.intersection(self.members)) if key in self.members else []
        return notice("comes_with_absent", keys=missing, rule=self.id) if missing else None


@dataclass(frozen=True, kw_only=True, config=STRICT)
class RequirePrereq(WithMembers, AboutInitiative):
    """The initiative needs all of the members."""

    type: ClassVar[str] = "require_prereq"
    sentence: ClassVar[str | None] = "sentence_require_prereq"
    min_members: ClassVar[int] = 1

    @property
    def prerequisites(self) -> tuple[str, ...]:
        return self.members

    def emit(self, rows: RuleRows) -> None:
        if len(self.members) == 1:  # nearly all rules of a large problem
            column_of = rows.column_of.get
            own, other = column_of(self.dimension_key), column_of(self.members[0])
            if own is not None and other is not None:
                rows.add(self, [LinearRow((own, other), *NEEDS)])
                return
        own = self.own_column(rows)
        if own is None:
            return
        members = rows.members(self)
        if members.outside:
            rows.warn_of(self, "not_selectable", members.outside, key=self.dimension_key)
            rows.add(self, [not_selectable(own)])
            return
        if members.delivered:
            rows.notice_of(self, "rule_met", members.delivered)
        rows.add(self, [LinearRow((own, column), *NEEDS) for column in sorted(members.inside)])

    def implications(self, rows: Iterable[LinearRow]) -> Iterable[tuple[int, int]]:
        return ((row.places[0], row.places[1]) for row in rows if len(row.places) == 2)

    def judge(self, selection: JudgedSelection) -> Iterable[Violation]:
        is_broken = self.dimension_key in selection.chosen and not all(
            key in selection.chosen or key in selection.delivered for key in self.members
        )
        return broken(self, is_broken)

    def words(self) -> Message:
        return notice("rule_needs", key=self.dimension_key, members=self.members)

    def why_never(self, key: str, absent: frozenset[str]) -> Message | None:
        missing = sorted(absent.intersection(self.members)) if key == self.dimension_key else []
        return notice("needs_absent", keys=missing, rule=self.id) if missing else None


@dataclass(frozen=True, kw_only=True, config=STRICT)
class RequireAny(WithMembers, AboutInitiative):
    """The initiative needs at least one of the members."""

    type: ClassVar[str] = "require_any"
    sentence: ClassVar[str | None] = "sentence_require_any"
    min_members: ClassVar[int] = 1

    def emit(self, rows: RuleRows) -> None:
        own = self.own_column(rows)
        if own is None:
            return
        members = rows.members(self)
        if members.delivered:
            rows.notice_of(self, "rule_met", members.delivered)
            rows.add(self, [])
        elif not members.inside:
            rows.warn_of(self, "not_selectable", members.outside, key=self.dimension_key)
            rows.add(self, [not_selectable(own)])
        else:
            if members.outside:
                rows.notice_of(self, "others_count", members.outside)
            others = sorted(members.inside)
            rows.add(self, [LinearRow([own, *others], [1.0, *[-1.0] * len(others)], -inf, 0.0)])

    def judge(self, selection: JudgedSelection) -> Iterable[Violation]:
        is_broken = self.dimension_key in selection.chosen and not any(
            key in selection.chosen or key in selection.delivered for key in self.members
        )
        return broken(self, is_broken)

    def words(self) -> Message:
        return notice("needs_one_of", key=self.dimension_key, members=self.members)

    def why_never(self, key: str, absent: frozenset[str]) -> Message | None:
        if key != self.dimension_key or not absent.issuperset(self.members):
            return None
        return notice("needs_one_absent", keys=sorted(self.members), rule=self.id)

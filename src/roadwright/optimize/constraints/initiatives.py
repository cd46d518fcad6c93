"""Rules about single initiatives and pairs of them: mandatory, excluded, not both."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from math import inf
from typing import TYPE_CHECKING, ClassVar

from pydantic.dataclasses import dataclass

from roadwright.domain.messages import Message, notice
from roadwright.optimize.model.constraint import (
    Constraint,
    JudgedSelection,
    LinearRow,
    Violation,
    broken,
)
from roadwright.optimize.model.names import Names
from roadwright.optimize.model.schema import STRICT, Texts

if TYPE_CHECKING:
    from roadwright.optimize.model.rules import RuleRows


@dataclass(frozen=True, kw_only=True, config=STRICT)
class WithMembers(Constraint):
    """A rule that names further initiatives."""

    min_members: ClassVar[int]
    max_members: ClassVar[int | None] = None

    members: Texts

    @property
    def member_keys(self) -> tuple[str, ...]:
        return self.members

    def faults(self, names: Names) -> Iterator[Message]:
        if self.members is not None:  # what could not be read is said already
            yield from self._faults_of_members(names)
        yield from super().faults(names)

    def _faults_of_members(self, names: Names) -> Iterator[Message]:
        members, field, count = self.members, "members", len(self.members)
        least, most = self.min_members, self.max_members
        if count < least or (most is not None and count > most):
            found = notice("names_some", count=count) if members else notice("names_none")
            code = "too_few_members" if count < least else "too_many_members"
            yield notice(code, field=field, least=least, most=most, found=found)
        if count > 1 and len(set(members)) < count:
            for member, times in Counter(members).items():
                if times > 1:
                    yield notice("member_twice", field=field, value=member)
        if self.key_is_initiative and self.dimension_key in members:
            yield notice("own_member", value=self.dimension_key)
        for member in members if count == 1 else dict.fromkeys(members):
            if not names.knows(member):
                yield from names.initiative(field, member)


@dataclass(frozen=True, kw_only=True, config=STRICT)
class AboutInitiative(Constraint):
    """A rule about one initiative; it has no effect where that is no candidate."""

    key_is_initiative: ClassVar[bool] = True

    def own_column(self, rows: RuleRows) -> int | None:
        """The initiative's column; None, with a notice, where it is no candidate."""
        own = rows.column_of.get(self.dimension_key)
        if own is None:
            rows.notice_of(self, "rule_no_effect", [self.dimension_key])
            rows.add(self, [])
        return own


def not_selectable(column: int) -> LinearRow:
    """The row that keeps a candidate out."""
    return LinearRow([column], [1.0], -inf, 0.0)


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Mandatory(Constraint):
    """The initiative must be selected."""

    type: ClassVar[str] = "mandatory"
    holds_later: ClassVar[bool] = False
    sentence: ClassVar[str | None] = "sentence_mandatory"
    key_is_initiative: ClassVar[bool] = True
    needs_reason: ClassVar[bool] = True

    def faults(self, names: Names) -> Iterator[Message]:
        yield from super().faults(names)
        key = self.dimension_key
        if not key or key in names.delivered:
            return
        if key in names.outside:
            yield notice("mandatory_outside", value=key)
        elif key in names.tokens_of and names.tokens_of[key] is None:
            yield notice("mandatory_without_tokens", value=key)

    @property
    def forces(self) -> str:
        return self.dimension_key

    def emit(self, rows: RuleRows) -> None:
        own = rows.column_of.get(self.dimension_key)
        if own is None:
            rows.notice_of(self, "rule_fulfilled", [self.dimension_key])
        rows.add(self, [] if own is None else [LinearRow([own], [1.0], 1.0, inf)])

    def judge(self, selection: JudgedSelection) -> Iterable[Violation]:
        key = self.dimension_key
        return broken(self, key not in selection.chosen and key not in selection.delivered)

    def words(self) -> Message:
        return notice("is_mandatory", key=self.dimension_key)


@dataclass(frozen=True, kw_only=True, config=STRICT)
class ExcludeInitiative(AboutInitiative):
    """The initiative must not be selected."""

    type: ClassVar[str] = "exclude_initiative"
    sentence: ClassVar[str | None] = "sentence_exclude_initiative"

    @property
    def forbids(self) -> str:
        return self.dimension_key

    def emit(self, rows: RuleRows) -> None:
        own = self.own_column(rows)
        if own is not None:
            rows.add(self, [not_selectable(own)])

    def judge(self, selection: JudgedSelection) -> Iterable[Violation]:
        return broken(self, self.dimension_key in selection.chosen)

    def words(self) -> Message:
        return notice("is_excluded", key=self.dimension_key)

    def why_out(self, key: str, selected: frozenset[str]) -> Message | None:
        del selected
        if key != self.dimension_key:
            return None
        if self.reason:
            return notice("excluded_because", rule=self.id, reason=self.reason)
        return notice("excluded_by", rule=self.id)


@dataclass(frozen=True, kw_only=True, config=STRICT)
class ExcludePair(WithMembers, AboutInitiative):
    """Not both of two initiatives."""

    type: ClassVar[str] = "exclude_pair"
    sentence: ClassVar[str | None] = "sentence_exclude_pair"
    min_members: ClassVar[int] = 1
    max_members: ClassVar[int | None] = 1

    def emit(self, rows: RuleRows) -> None:
        column_of = rows.column_of.get
        own, other = column_of(self.dimension_key), column_of(self.members[0])
        if own is not None and other is not None:
            rows.add(self, [LinearRow((own, other), (1.0, 1.0), -inf, 1.0)])
        elif self.own_column(rows) is not None:
            rows.notice_of(self, "rule_no_effect", self.members)
            rows.add(self, [])

    def judge(self, selection: JudgedSelection) -> Iterable[Violation]:
        chosen = selection.chosen
        return broken(self, self.dimension_key in chosen and self.members[0] in chosen)

    def words(self) -> Message:
        return notice("not_both", key=self.dimension_key, members=self.members)

    def why_out(self, key: str, selected: frozenset[str]) -> Message | None:
        pair = {self.dimension_key, *self.members}
        chosen = sorted(selected & pair) if key in pair else []
        return notice("excluded_with", keys=chosen, rule=self.id) if chosen else None

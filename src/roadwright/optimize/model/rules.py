"""What all constraints of a problem mean for the candidates of the model: rows over their columns, and bonuses.

Initiatives that are known but no candidates are resolved here: what they leave of a rule, and what there is to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from roadwright.domain.messages import Message, notice
from roadwright.domain.optimization import FindingKind, Severity
from roadwright.optimize.model.candidates import CandidateIndex
from roadwright.optimize.model.canonical import ordered_constraints
from roadwright.optimize.model.constraint import Bonus, Constraint, LinearRow, RuleNumber
from roadwright.optimize.model.linear import measured_row
from roadwright.optimize.model.problem import ProblemFinding


class Rule(NamedTuple):
    """A hard constraint, and the rows that say it (none where nothing is left to demand)."""

    constraint: Constraint
    rows: list[LinearRow]


@dataclass(frozen=True, slots=True)
class Synergy:
    """A bonus that counts when all of `members` are selected (none left: it always counts)."""

    constraint: Constraint
    bonus: Bonus
    members: list[int]


@dataclass(frozen=True, slots=True)
class Members:
    """The members of a row: columns of those that are candidates of the model, keys of all others."""

    inside: list[int]
    outside: tuple[str, ...] = ()
    delivered: tuple[str, ...] = ()


@dataclass
class RuleRows:
    """Collects what constraints emit."""

    index: CandidateIndex
    rules: list[Rule] = field(default_factory=list)
    synergies: list[Synergy] = field(default_factory=list)
    findings: list[ProblemFinding] = field(default_factory=list)
    column_of: Mapping[str, int] = field(init=False)

    def __post_init__(self) -> None:
        self.column_of = self.index.columns

    def add(self, rule: Constraint, rows: list[LinearRow]) -> None:
        """A hard constraint, and the rows that say it."""
        self.rules.append(Rule(rule, rows))

    def add_bonus(self, rule: Constraint, bonus: Bonus, members: Iterable[int]) -> None:
        self.synergies.append(Synergy(rule, bonus, sorted(members)))

    def amounts(self, columns: Sequence[int], values: Sequence[float], number: RuleNumber) -> LinearRow:
        """A row of amounts with a demand or a limit."""
        limit = number.exact_value
        return measured_row(columns, values, *((limit, None) if number.side < 0 else (None, limit)))

    def members(self, rule: Constraint) -> Members:
        keys = rule.member_keys
        inside = self.index.columns_of(keys)
        if len(inside) == len(keys):
            return Members(inside)
        outside = tuple(sorted(key for key in keys if key in self.index.outside))
        return Members(inside, outside, tuple(sorted(key for key in keys if key in self.index.problem.delivered)))

    def say(self, rule: Constraint, severity: Severity, said: Message) -> None:
        self.findings.append(ProblemFinding(rule.id, said, severity, FindingKind.CONSTRAINT))

    def notice_of(self, rule: Constraint, code: str, keys: Iterable[str] = (), **params: object) -> None:
        """Say what initiatives that are no candidates leave of a rule, where that changes little."""
        self.say(rule, Severity.INFO, notice(code, who=[self.who(key) for key in keys], **params))

    def warn_of(self, rule: Constraint, code: str, keys: Iterable[str] = (), **params: object) -> None:
        """Say what initiatives that are no candidates make of a rule, where that deserves a look."""
        self.say(rule, Severity.WARNING, notice(code, who=[self.who(key) for key in keys], **params))

    def who(self, key: str) -> Message:
        """What an initiative is that is no candidate of the model."""
        if key in self.index.problem.delivered:
            return notice("candidate_delivered", key=key)
        return notice("candidate_left_out" if key in self.index.without_tokens else "candidate_none", key=key)


def resolve(index: CandidateIndex) -> RuleRows:
    """Every constraint of the problem, resolved against its candidates, in the order of their content."""
    rows = RuleRows(index)
    for rule in ordered_constraints(index.problem.constraints):
        rule.emit(rows)
    return rows

"""What a kind of constraint declares, and the registry of all kinds.

A kind is a subclass of `Constraint` and a dataclass of pydantic, in one file under `constraints`, and is registered in
`constraints/__init__.py`. Its fields are what its rows may hold; its methods say what a row demands: of the model
(`emit`), of a selection (`judge`), and in words. Everything else asks these methods, and names no kind.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass as plain_dataclass
from dataclasses import field, replace
from fractions import Fraction
from math import inf
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Self

from pydantic.dataclasses import dataclass

from roadwright.domain.decimals import exact
from roadwright.domain.messages import Message
from roadwright.domain.optimization import TOKENS, parse_dimension
from roadwright.optimize.model.rounding import rounding_of
from roadwright.optimize.model.schema import STRICT, Text, fields_of

if TYPE_CHECKING:
    from roadwright.optimize.model.candidates import CandidateIndex
    from roadwright.optimize.model.names import Names
    from roadwright.optimize.model.rules import RuleRows

ABSENT = float("-inf")


class LinearRow(NamedTuple):
    """lower <= sum of values[j] * column places[j] <= upper; a candidate's column is 1 where it is selected.

    In a row of amounts `unit` is what a value of 1 stands for.
    """

    places: Sequence[int]
    values: Sequence[float]
    lower: float
    upper: float
    unit: Fraction = Fraction(1)


NEEDS = ((1.0, -1.0), -inf, 0.0)
"""Values and limits of the row over two columns that says: the first one needs the second one."""


class Slice(NamedTuple):
    """A part of the portfolio, and the resource that a rule counts in it."""

    dimension: str
    dimension_key: str
    resource: str = TOKENS


class RuleNumber(NamedTuple):
    """A number that a rule is about: `side` is -1 where it demands at least so much, 1 where it allows at most that."""

    field: str
    side: int
    value: float

    @property
    def exact_value(self) -> Fraction:
        return exact(self.value)

    @property
    def is_count(self) -> bool:
        """Whether it is a whole number, and stays one."""
        return isinstance(self.value, int)


class Bonus(NamedTuple):
    """What a rule adds to a KPI where all of its members are selected."""

    kpi_key: str
    value: float


@plain_dataclass(frozen=True, slots=True)
class Violation:
    """A rule that a selection breaks, by how much, and the right-hand side it is measured against.

    `side` is -1 where too little is there, 1 where too much is, 0 for a rule without a number.
    """

    id: str
    amount: Fraction
    right_hand_side: Fraction
    side: int

    @property
    def is_rounding(self) -> bool:
        return self.amount <= rounding_of(self.right_hand_side)


@plain_dataclass(frozen=True, slots=True)
class JudgedSelection:
    """The keys that are selected, as rules judge them; `measured` collects what floors, caps and counts come to."""

    index: CandidateIndex
    chosen: frozenset[str]
    delivered: frozenset[str]
    measured: dict[str, Fraction] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Constraint(ABC):
    """One rule of a problem. `id` names its row, and changes nothing.

    Known fields that a kind has no use for are kept in `unused`: they are warned about, and change nothing either.
    """

    type: ClassVar[str]
    key_is_initiative: ClassVar[bool] = False
    """Whether dimension_key names an initiative, so that the dimension `initiative` may be written beside it."""
    needs_reason: ClassVar[bool] = False
    """Whether a row of a sheet must say why."""
    needs_one_of: ClassVar[tuple[str, ...]] = ()
    """Fields of which a row has at least one, where none of them is needed by itself."""
    has_limit_price: ClassVar[bool] = False
    """Whether explanations say what relaxing its number is worth: one that limits what its `part` uses."""
    holds_later: ClassVar[bool] = True
    """Whether it holds beyond its period as well: it says how initiatives go together, and sets no quota."""
    sentence: ClassVar[str | None] = None
    """The code of a text that says what the row demands, whose parameters are the row's own fields: people read it and
    change its numbers in place. None: there are only its `words`."""

    unread: ClassVar[frozenset[str]] = frozenset()
    """The fields that could not be read, of a row that is good only for finding further faults."""

    id: Text
    dimension_key: Text
    reason: Text | None = None
    unused: dict[str, Any] = field(default_factory=dict)
    """Fields of other kinds that the row has."""

    # What is asked of every row

    def faults(self, names: Names) -> Iterator[Message]:
        """What is wrong with the row by itself, beyond the types of its fields; fields that are missing are blank."""
        if self.key_is_initiative and self.dimension_key:
            yield from names.initiative("dimension_key", self.dimension_key)

    @abstractmethod
    def emit(self, rows: RuleRows) -> None:
        """Add what the rule means for the candidates of the model: rows (none where nothing is left to demand)."""

    @abstractmethod
    def judge(self, selection: JudgedSelection) -> Iterable[Violation]:
        """What a selection breaks, in exact arithmetic on the row's own fields: not by way of its rows."""

    @abstractmethod
    def words(self) -> Message:
        """What the row demands."""

    def sentence_code(self) -> str | None:
        """The form of its `sentence` that fits the fields that the row has."""
        return self.sentence

    # What some kinds have

    @property
    def member_keys(self) -> tuple[str, ...]:
        """The initiatives that the row names beside its dimension_key."""
        return ()

    @property
    def part(self) -> Slice | None:
        """The part of the portfolio that the row counts."""
        return None

    @property
    def bonus(self) -> Bonus | None:
        """What the row adds instead of demanding anything: it is data, always in force, part of no conflict."""
        return None

    def numbers(self) -> Sequence[RuleNumber]:
        """The numbers that a repair may move; a rule without any is dropped instead."""
        return ()

    def about(self) -> dict[str, str | None]:
        """The slice and KPI that the row is about, as people read them."""
        return {"dimension": None, "dimension_key": self.dimension_key, "kpi_key": None}

    @property
    def forces(self) -> str | None:
        """The initiative that must be selected because of this row alone."""
        return None

    @property
    def forbids(self) -> str | None:
        """The initiative that must not be selected because of this row alone."""
        return None

    @property
    def prerequisites(self) -> tuple[str, ...]:
        """The initiatives without which dimension_key can't be selected."""
        return ()

    @property
    def group(self) -> str | None:
        """The name of the group whose members are selected together."""
        return None

    def implications(self, rows: Iterable[LinearRow]) -> Iterable[tuple[int, int]]:
        """Pairs of columns in the row's rows of which the first one needs the second one."""
        del rows
        return ()

    def why_out(self, key: str, selected: frozenset[str]) -> Message | None:
        """Why this row keeps an initiative that it names out of a selection."""
        del key, selected
        return None

    def why_never(self, key: str, absent: frozenset[str]) -> Message | None:
        """Why an initiative that the row names can't be selected at all, where `absent` ones can't."""
        del key, absent
        return None

    # What is the same for all

    def with_number(self, field: str, value: float) -> Self:
        """The row with another number; counts are whole."""
        is_count = isinstance(getattr(self, field), int)
        number: dict[str, Any] = {field: round(value) if is_count else value}
        return replace(self, **number)

    def order_text(self) -> str:
        """What the row is about, as rows are ordered. Its form is part of every snapshot hash, so it must never change.

        One text: comparing tuples takes most of the time of ordering 100,000 rules.
        """
        part, members, bonus = self.part, self.member_keys, self.bonus
        named = members[0] if len(members) == 1 else "\1".join(sorted(members))
        kpi = "" if bonus is None else bonus.kpi_key
        if part is None:
            return f"{self.type}\0\0{self.dimension_key}\0{named}\0{TOKENS}\0{kpi}"
        dimension = "+".join(parse_dimension(part.dimension))
        return "\0".join((self.type, dimension, slice_text(part.dimension_key), named, part.resource, kpi))

    def order_numbers(self) -> tuple[float, ...]:
        """The row's numbers, as rows that are about the same are ordered; of other kinds' numbers their text decides.

        The fields are part of every snapshot hash, so they must never change.
        """
        fields = ("min_tokens", "max_tokens", "min_count", "max_count", "bonus_value")
        numbers = (getattr(self, name, None) for name in fields)
        return tuple(ABSENT if number is None else number for number in numbers)

    def content(self) -> dict[str, Any]:
        """The row as JSON without its id and its reason, which say nothing about the portfolios it allows."""
        content: dict[str, Any] = {"type": self.type}
        for name in fields_of(type(self)):
            value = getattr(self, name)
            if value is not None and name not in ("id", "reason", "unused"):
                content[name] = sorted(value) if isinstance(value, tuple) else whole_number(value)
        if content.get("resource") == TOKENS:
            del content["resource"]
        return {**content, **self.unused}


def slice_text(dimension_key: str) -> str:
    """The slice as rows are ordered by it. Its form is part of every snapshot hash, so it must never change."""
    return "+".join(piece.strip() for piece in dimension_key.split("+")).casefold()


def whole_number(value: Any) -> Any:
    """Whole numbers without a decimal point, so that 120 and 120.0 are one text."""
    return int(value) if isinstance(value, float) and value == int(value) and abs(value) < 2**53 else value


def violated(rule: Constraint, number: RuleNumber, amount: Fraction) -> Violation:
    """By how much an amount misses a number of a rule (negative: it does not)."""
    limit = number.exact_value
    return Violation(rule.id, number.side * (amount - limit), limit, number.side)


def broken(rule: Constraint, is_broken: bool) -> Iterable[Violation]:
    """What a rule without numbers says of a selection."""
    return (Violation(rule.id, Fraction(1), Fraction(1), 0),) if is_broken else ()


# The registry

KINDS: dict[str, type[Constraint]] = {}
"""All kinds by type, in the order of their registration."""


def register(*kinds: type[Constraint]) -> None:
    """Make kinds known. Raises ValueError where another class has the type."""
    for kind in kinds:
        known = KINDS.setdefault(kind.type, kind)
        if known is not kind:
            raise ValueError(f"{kind.type} is the type of {known.__name__} already")


def known_fields() -> Mapping[str, None]:
    """The fields that rows of any kind may have, in a fixed order."""
    names = ["type", *(name for kind in KINDS.values() for name in fields_of(kind) if name != "unused")]
    return dict.fromkeys(names)

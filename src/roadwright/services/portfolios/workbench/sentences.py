"""Rules and targets as sentences in parts: words, names of initiatives, and numbers that can be changed in place. Pure.

The sentence of each kind of rule stands with the kind (`Constraint.sentence`), in the rule's own fields; what a form
for a new rule asks for is read from the same place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from string import Formatter
from typing import Literal, get_args

from roadwright.domain.messages.catalogue import TEXTS
from roadwright.domain.optimization import TOKENS, Dimension, DimensionProblem, TargetKind, parse_dimension
from roadwright.optimize import Constraint, Problem, Target, is_everything
from roadwright.optimize.constraints import KINDS
from roadwright.optimize.model.schema import fields_of

PartKind = Literal["text", "initiative", "slice", "number", "amount", "kpi"]

_PLAIN = frozenset({Dimension.COUNTRY, Dimension.DEPARTMENT, Dimension.INITIATIVE})
"""Dimensions whose values need no word beside them."""


@dataclass(frozen=True)
class Part:
    """A piece of a sentence. Of a number, ``field`` says where it stands, ``kpi`` in whose unit it is."""

    kind: PartKind
    text: str
    field: str | None = None
    value: float | None = None
    kpi: str | None = None


@dataclass(frozen=True)
class Named:
    """How initiatives and KPIs are called, and how their amounts are written."""

    title: Callable[[str], str]
    kpi: Callable[[str], str]
    amount: Callable[[str, float], str]
    """A level, or of a rule's bonus a change, of a KPI, in its unit."""
    number: Callable[[float], str]


def sentence(row: Constraint | Target, named: Named) -> list[Part]:
    """What a row demands, as people read it."""
    if isinstance(row, Target):
        code = "sentence_target_floor" if row.type is TargetKind.FLOOR else "sentence_target_goal"
        return _filled(row, code, named, row.dimension, row.kpi_key)
    code_of_row = row.sentence_code()
    if code_of_row is None:
        return [Part("text", _capital(str(row.words())))]
    dimension = None if row.part is None else row.part.dimension
    return _filled(row, code_of_row, named, dimension, None if row.bonus is None else row.bonus.kpi_key)


def in_words(parts: Sequence[Part]) -> str:
    """The whole sentence as text."""
    return "".join(part.text for part in parts)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _filled(row: Constraint | Target, code: str, named: Named, dimension: str | None, kpi: str | None) -> list[Part]:
    parts: list[Part] = []
    for words, field, _, _ in Formatter().parse(TEXTS[code]):
        if words:
            parts.append(Part("text", words))
        if field is None:
            continue
        value = getattr(row, field)
        if field == "members":
            parts += _listed([Part("initiative", named.title(key)) for key in value])
        elif field == "dimension_key" and dimension is not None:
            parts.append(Part("slice", slice_words(dimension, value, named.title)))
        elif isinstance(value, int | float):
            parts.append(_number(field, float(value), kpi, named))
        else:
            parts.append(_word(row, field, str(value), named))
    return parts


def _number(field: str, value: float, kpi: str | None, named: Named) -> Part:
    if kpi is None:
        return Part("number", named.number(value), field, value)
    return Part("amount", named.amount(kpi, value), field, value, kpi)


def _word(row: Constraint | Target, field: str, value: str, named: Named) -> Part:
    if field == "kpi_key":
        return Part("kpi", named.kpi(value))
    if field == "resource":
        return Part("text", value)
    is_initiative = isinstance(row, Constraint) and row.key_is_initiative
    return Part("initiative", named.title(value)) if is_initiative else Part("slice", value)


def _listed(parts: Sequence[Part]) -> list[Part]:
    """Names with commas, and the last one after an ``and``."""
    found: list[Part] = []
    for number, part in enumerate(parts):
        if number:
            found.append(Part("text", " and " if number == len(parts) - 1 else ", "))
        found.append(part)
    return found


def slice_words(dimension: str, dimension_key: str, title: Callable[[str], str] = str) -> str:
    """A slice as people call it: ``Growth in UK``, ``category Security``, ``the whole portfolio``."""
    try:
        if is_everything(dimension):
            return "the whole portfolio"
        names = parse_dimension(dimension)
    except DimensionProblem:
        return dimension_key
    values = [piece.strip() for piece in dimension_key.split("+")]
    if len(values) != len(names):
        return dimension_key
    pairs = sorted(zip(names, values, strict=True), key=lambda pair: pair[0] is Dimension.COUNTRY)
    return " in ".join(_slice_value(name, value, title) for name, value in pairs)


def _slice_value(name: Dimension, value: str, title: Callable[[str], str]) -> str:
    if name is Dimension.INITIATIVE:
        return title(value)
    value = value.upper() if name is Dimension.COUNTRY and len(value) == 2 else value
    return value if name in _PLAIN else f"{dimension_words(name)} {value}"


def dimension_words(dimension: str) -> str:
    """A dimension as people read it: ``product area``."""
    return str(dimension).replace("_", " ").replace("+", " and ")


# A form for a new rule

Asks = Literal["initiative", "initiatives", "slice", "kpi", "number", "count", "amount", "name", "text"]


@dataclass(frozen=True)
class FormField:
    """What a form asks for one field of a rule: the least and most of members are of ``initiatives`` only."""

    name: str
    asks: Asks
    is_required: bool
    least: int = 1
    most: int | None = None


@dataclass(frozen=True)
class RuleForm:
    """A kind of rule that can be added: its sentence with gaps, and what fills them."""

    type: str
    pieces: tuple[str | FormField, ...]
    """Words, and the field that stands between them."""
    reason: FormField

    @property
    def fields(self) -> tuple[FormField, ...]:
        return (*(piece for piece in self.pieces if isinstance(piece, FormField)), self.reason)

    @property
    def label(self) -> str:
        """The kind in a few words, with an ellipsis for each gap."""
        return "".join(piece if isinstance(piece, str) else "…" for piece in self.pieces)


def rule_forms() -> list[RuleForm]:
    """The forms of all kinds of rules that have a sentence."""
    return [_form(kind) for kind in KINDS.values() if kind.sentence is not None]


def _form(kind: type[Constraint]) -> RuleForm:
    assert kind.sentence is not None
    pieces: list[str | FormField] = []
    for words, field, _, _ in Formatter().parse(TEXTS[kind.sentence]):
        if words:
            pieces.append(words)
        if field == "resource":
            pieces.append(TOKENS)
        elif field is not None:
            pieces.append(_form_field(kind, field))
    return RuleForm(kind.type, _joined(pieces), FormField("reason", "text", kind.needs_reason))


def _joined(pieces: Sequence[str | FormField]) -> tuple[str | FormField, ...]:
    """Words that stand beside each other are one."""
    found: list[str | FormField] = []
    for piece in pieces:
        last = found[-1] if found else None
        if isinstance(piece, str) and isinstance(last, str):
            found[-1] = last + piece
        else:
            found.append(piece)
    return tuple(found)


def _form_field(kind: type[Constraint], name: str) -> FormField:
    shape = fields_of(kind)
    is_required = shape[name].is_required()
    if name == "members":
        most: int | None = getattr(kind, "max_members", None)
        return FormField(name, "initiatives", is_required, getattr(kind, "min_members", 1), most)
    if name == "kpi_key":
        return FormField(name, "kpi", is_required)
    if name == "dimension_key":
        asks: Asks = "initiative" if kind.key_is_initiative else "slice" if "dimension" in shape else "name"
        return FormField(name, asks, is_required)
    types = get_args(shape[name].annotation) or (shape[name].annotation,)
    if any(getattr(one, "__origin__", one) is int for one in types):
        return FormField(name, "count", is_required)
    return FormField(name, "amount" if "kpi_key" in shape else "number", is_required)


def slices_of(problem: Problem) -> Mapping[str, Sequence[str]]:
    """By dimension the values that the candidates have, for choosing a slice; the whole portfolio first."""
    found: dict[str, dict[str, None]] = {}
    for candidate in problem.candidates:
        for dimension, value in candidate.dimensions.items():
            found.setdefault(dimension, {}).setdefault((value or "").strip())
    return {"all": ("all",), **{name: sorted(values, key=str.casefold) for name, values in sorted(found.items())}}

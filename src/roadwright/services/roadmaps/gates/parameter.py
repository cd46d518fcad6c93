"""The parameters of gates: how the text of the Gates tab is read, and what is accepted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from roadwright import tabs
from roadwright.domain.errors import InputError
from roadwright.domain.initiatives import Lifecycle, RiskLevel
from roadwright.domain.reading.numbers import ACCEPTED, parse_number
from roadwright.domain.reading.rules import Unreadable
from roadwright.domain.registry import nearest
from roadwright.domain.text import normalised
from roadwright.sheets.kinds import split_list
from roadwright.sheets.spec import header_names

P = TypeVar("P")
Word = TypeVar("Word", bound=StrEnum)


class ParameterProblem(InputError, ValueError):
    """A parameter that can't be read; the message names the value and what is accepted."""


@dataclass(frozen=True)
class Parameter(Generic[P]):
    """How a gate's parameter is read. ``parse`` raises ParameterProblem; ``expects`` is "" where a gate takes none."""

    parse: Callable[[str | None], P]
    expects: str = ""


def _nothing(_text: str | None) -> None:
    """Whatever stands there is not used; the Gates tab warns of it."""


def _needed(text: str | None, expects: str) -> str:
    if text is None or not text.strip():
        raise ParameterProblem("parameter_blank", expected=expects)
    return text


_FIELD_OF_COLUMN = {"metric_chain": "metric_chain_json", "kpi_contributions": "kpi_contribution_json"}
"""The initiative's attributes of the Backlog columns that show them in other words."""

BACKLOG_FIELDS = {
    column.name: _FIELD_OF_COLUMN.get(column.name, column.name)
    for column in tabs.BACKLOG.columns
    if column.name not in ("roadmaps", "score_percentile", "run_status", "updated_source", "updated_at")
}
"""What required_fields can ask for: columns of the Backlog, and the initiative's attribute behind each."""

_FIELDS_EXPECTED = "names of Backlog columns, such as department, risk_level"


def _fields(text: str | None) -> tuple[str, ...]:
    by_name = {
        name: column.name
        for column in tabs.BACKLOG.columns
        if column.name in BACKLOG_FIELDS
        for name in header_names(column)
    }
    found: dict[str, None] = {}
    for word in split_list(_needed(text, _FIELDS_EXPECTED)):
        name = by_name.get(normalised(word))
        if name is None:
            hint = nearest(word, BACKLOG_FIELDS)
            raise ParameterProblem("parameter_no_column", value=word, hint=hint, expected=_FIELDS_EXPECTED)
        found[name] = None
    if not found:
        raise ParameterProblem("parameter_blank", expected=_FIELDS_EXPECTED)
    return tuple(found)


def _word(text: str, words: type[Word]) -> Word:
    for word in words:
        if normalised(word) == normalised(text):
            return word
    raise ParameterProblem("parameter_no_word", value=text, words=tuple(words), hint=nearest(text, list(words)))


_LIFECYCLES_EXPECTED = f"a list of {', '.join(Lifecycle)}"


def _lifecycles(text: str | None) -> tuple[Lifecycle, ...]:
    words = split_list(_needed(text, _LIFECYCLES_EXPECTED))
    if not words:
        raise ParameterProblem("parameter_blank", expected=_LIFECYCLES_EXPECTED)
    return tuple(dict.fromkeys(_word(word, Lifecycle) for word in words))


_RISK_EXPECTED = f"one of {', '.join(RiskLevel)}"


def _risk(text: str | None) -> RiskLevel:
    return _word(_needed(text, _RISK_EXPECTED), RiskLevel)


def _number(text: str | None) -> float:
    needed = _needed(text, ACCEPTED)
    try:
        return parse_number(needed).value
    except Unreadable as problem:
        raise ParameterProblem("unreadable_value", value=needed, why=problem.message, expected=ACCEPTED) from problem


_PERCENT_EXPECTED = "a number from 0 to 100"


def _percent(text: str | None) -> float:
    needed = _needed(text, _PERCENT_EXPECTED)
    number = _number(needed.strip().removesuffix("%"))
    if not 0 <= number <= 100:
        raise ParameterProblem("parameter_out_of_range", value=needed, expected=_PERCENT_EXPECTED)
    return number


NONE: Parameter[None] = Parameter(_nothing)
FIELDS = Parameter(_fields, _FIELDS_EXPECTED)
LIFECYCLES = Parameter(_lifecycles, _LIFECYCLES_EXPECTED)
RISK = Parameter(_risk, _RISK_EXPECTED)
NUMBER = Parameter(_number, ACCEPTED)
PERCENT = Parameter(_percent, _PERCENT_EXPECTED)

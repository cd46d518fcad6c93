"""KPIs with numbers: contributions, and what an objective weighs or orders. Other JSON, too."""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace

from roadwright.domain.messages import Message
from roadwright.domain.reading.json_text import BadJson, strict_json
from roadwright.domain.reading.numbers import parse_number
from roadwright.domain.reading.pairs import NoPair, are_pairs, pair_number, pairs_text, split_pairs
from roadwright.domain.reading.rules import Unreadable
from roadwright.domain.reading.units import NO_UNIT, Unit
from roadwright.domain.shown import compact_json, tidy
from roadwright.sheets.kinds.numbers import PercentMeans, means_in, percentage
from roadwright.sheets.kinds.texts import OUTER, clean_text, read_as
from roadwright.sheets.scope import KPIS, NOTHING_KNOWN, Scope
from roadwright.sheets.spec import CellProblem, Kind, ReadAs
from roadwright.sheets.values import CellValue

_PAIRS = 'pairs such as gmv: 120,000; retention: 0.01, or JSON such as {"gmv": 120000}'
_OBJECTIVE = "weights such as gmv: 0.6; retention: 0.4, or an order such as retention > gmv (or the same as JSON)"

_STEPS = re.compile(r"[>→,;\r\n]+")


def _numbers_of(found: object, what: str) -> dict[str, float]:
    if not isinstance(found, dict):
        raise CellProblem("expected", expected=what)
    result: dict[str, float] = {}
    for key, number in found.items():
        if isinstance(number, bool) or not isinstance(number, int | float):
            raise CellProblem("entry_not_a_number", name=key, value=json.dumps(number), expected=what)
        name = key.strip(OUTER)
        if not name or name in result:
            if name:
                raise CellProblem("named_twice", name=name)
            raise CellProblem("blank_name", expected=what)
        result[name] = number
    return result


class _Pairs:
    """Pairs as they are read: the numbers, and whether each was written plainly."""

    def __init__(self, text: str, scope: Scope, what: str, *, in_units: bool) -> None:
        self.numbers: dict[str, float] = {}
        self.is_plain = True
        try:
            for name, number in split_pairs(text):
                self._take(name, number, scope, what, in_units=in_units)
        except NoPair as piece:
            raise CellProblem("no_pair", value=str(piece), expected=what) from piece
        if not self.numbers:
            raise CellProblem("names_no_kpi", value=text, expected=what)

    def _take(self, name: str, number: str, scope: Scope, what: str, *, in_units: bool) -> None:
        if name in self.numbers:
            raise CellProblem("named_twice", name=name)
        unit: Unit = scope.unit_of_kpi(name) if in_units else NO_UNIT
        means = means_in(unit) if in_units else PercentMeans.A_SHARE
        try:
            typed = parse_number(number, scope.rules, unit)
            value = percentage(number, typed.number, means) if typed.is_percent else typed.number
        except (Unreadable, CellProblem) as error:
            why: Message = error.message
            if isinstance(error, CellProblem):
                raise CellProblem("entry_unreadable", name=name, why=why) from error
            raise CellProblem("unreadable_entry", name=name, value=number, why=why, expected=what) from error
        is_grouped = number.strip() == pair_number(value, scope.rules.decimal)
        is_points = typed.is_percent and means is PercentMeans.POINTS
        self.is_plain &= typed.is_plain or is_grouped or is_points
        self.numbers[name] = tidy(value)


def _json_or_none(text: str) -> object | None:
    if text[:1] not in "{[":
        return None
    try:
        return strict_json(text)
    except BadJson as error:
        raise CellProblem("unreadable_json", value=text, why=error.message) from error


def _spelled(numbers: dict[str, float], scope: Scope) -> dict[str, float]:
    """The same under the registry's own keys."""
    result: dict[str, float] = {}
    for name, number in numbers.items():
        key = scope.kpi_spelled(name)
        if key in result:
            raise CellProblem("named_twice", name=key)
        result[key] = number
    return result


def _read_contributions(value: CellValue, scope: Scope) -> object:
    text = clean_text(value)
    found = _json_or_none(text)
    if found is not None:
        typed, is_plain = _numbers_of(found, _PAIRS), True
    else:
        pairs = _Pairs(text, scope, _PAIRS, in_units=True)
        typed, is_plain = pairs.numbers, pairs.is_plain
    numbers = _spelled(typed, scope)
    shown = show_pairs(numbers, scope)
    if text == shown or not numbers:
        return numbers
    if is_plain and numbers.keys() == typed.keys():
        return ReadAs(numbers)
    return read_as(value, numbers, shown)


def show_pairs(value: object, scope: Scope = NOTHING_KNOWN) -> str:
    """Contributions as pairs, each in its KPI's unit: ``gmv: 120,000; retention: 0.5 %``."""
    if not isinstance(value, dict):
        raise TypeError(f"{value!r} are no contributions")
    if not value:
        return "{}"

    def shown(name: str, number: float) -> str:
        text = pair_number(number, scope.rules.decimal)
        return f"{text} %" if scope.unit_of_kpi(name).is_percent else text

    return pairs_text(value.items(), shown)


def _order(found: object, scope: Scope) -> list[dict[str, object]]:
    order: list[dict[str, object]] = []
    if not isinstance(found, list):
        raise CellProblem("expected", expected=_OBJECTIVE)
    for entry in found:
        stage = {"kpi": entry} if isinstance(entry, str) else entry
        if not isinstance(stage, dict) or not set(stage) <= {"kpi", "tolerance"}:
            raise CellProblem("no_stage", value=json.dumps(entry), expected=_OBJECTIVE)
        kpi, tolerance = stage.get("kpi"), stage.get("tolerance", 0.0)
        if not isinstance(kpi, str) or not kpi.strip(OUTER):
            raise CellProblem("stage_without_kpi", expected=_OBJECTIVE)
        if isinstance(tolerance, bool) or not isinstance(tolerance, int | float) or not 0 <= tolerance < math.inf:
            raise CellProblem("bad_tolerance", kpi=kpi, value=tolerance)
        order.append({"kpi": scope.kpi_spelled(kpi.strip(OUTER)), "tolerance": tolerance})
    return order


def _read_objective(value: CellValue, scope: Scope) -> object:
    """Weights as {kpi: weight}, an order as [{"kpi": …, "tolerance": …}]."""
    text = clean_text(value)
    found = _json_or_none(text)
    if found is None and not are_pairs(text):
        names = [part.strip(OUTER) for part in _STEPS.split(text)]
        order = _order(names, scope)
        spelled = [str(stage["kpi"]) for stage in order]
        return order if spelled == names else read_as(value, order, " > ".join(spelled))
    if isinstance(found, list):
        return _order(found, scope)
    if found is not None:
        return _spelled(_numbers_of(found, _OBJECTIVE), scope)
    pairs = _Pairs(text, scope, _OBJECTIVE, in_units=False)
    weights = _spelled(pairs.numbers, scope)
    if pairs.is_plain and weights.keys() == pairs.numbers.keys():
        return weights
    return read_as(value, weights, _weights_text(weights, scope))


def _weights_text(weights: dict[str, float], scope: Scope) -> str:
    return pairs_text(weights.items(), lambda _, number: pair_number(number, scope.rules.decimal))


def _show_objective(value: object, scope: Scope) -> CellValue:
    """Weights as pairs; an order with ``>``, or as JSON where a step has a tolerance."""
    if isinstance(value, dict) and value:
        return _weights_text(value, scope)
    if isinstance(value, list) and value and not any(stage["tolerance"] for stage in value):
        return " > ".join(str(stage["kpi"]) for stage in value)
    return compact_json(value)


def _read_json(value: CellValue, _: Scope) -> object:
    text = clean_text(value)
    try:
        return strict_json(text)
    except BadJson as error:
        raise CellProblem("unreadable_json", value=text, why=error.message) from error


CONTRIBUTIONS = Kind(
    "contributions", _read_contributions, show_pairs, _PAIRS, width=40, wrap=True, show_in=show_pairs, asks=(KPIS,)
)


def _read_computed(value: CellValue, _: Scope) -> object:
    return _numbers_of(_read_json(value, NOTHING_KNOWN), _PAIRS)


CONTRIBUTIONS_JSON = replace(CONTRIBUTIONS, reader=_read_computed, show=compact_json, show_in=None, asks=())
"""Contributions that the backend computes, as JSON."""
OBJECTIVE = Kind(
    "objective", _read_objective, compact_json, _OBJECTIVE, width=40, wrap=True, show_in=_show_objective, asks=(KPIS,)
)
JSON = Kind("JSON", _read_json, compact_json, "JSON", width=40, wrap=True)

"""Keys and names that are defined elsewhere: they are compared without case, and shown as they are spelled there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace

from roadwright.domain.reading.names import initiative_named, initiatives_named, split_list, starts_with_key
from roadwright.domain.reading.rules import Unreadable
from roadwright.sheets.kinds.texts import TEXT, WORD, clean_text, read_as, show_text
from roadwright.sheets.scope import CONSTRAINT_SET, GATE_POLICY, KPIS, ROADMAP, SCENARIO, Scope
from roadwright.sheets.spec import CellProblem, Kind
from roadwright.sheets.values import CellValue

Reader = Callable[[CellValue, Scope], object]
_KEYS = re.compile(r"INIT-\d{6}(?:, INIT-\d{6})*", re.ASCII)
_OF_INITIATIVES = ("mandatory", "exclude", "pair", "prereq", "require", "initiative")
"""What a row's type or dimension says where its dimension_key is an initiative."""


def _spelled(spell: Callable[[Scope, str], str]) -> Reader:
    def read(value: CellValue, scope: Scope) -> object:
        text = clean_text(value)
        if not text:
            return None
        known = spell(scope, text)
        return known if known == text else read_as(value, known, known)

    return read


def _name(sort: str) -> Kind:
    return replace(TEXT, reader=_spelled(lambda scope, text: scope.spelled(sort, text)), is_text=False, asks=(sort,))


KPI_KEY = replace(
    WORD, reader=_spelled(Scope.kpi_spelled), expects="a KPI's key, e.g. gmv", is_text=False, asks=(KPIS,)
)
SCENARIO_NAME, SET_NAME = _name(SCENARIO), _name(CONSTRAINT_SET)
ROADMAP_NAME, POLICY_NAME = _name(ROADMAP), _name(GATE_POLICY)


def _read_initiative(value: CellValue, scope: Scope) -> object:
    text = clean_text(value)
    try:
        key = initiative_named(text, scope.title_of, scope.key_of)
    except Unreadable as problem:
        raise CellProblem("unreadable_key", value=value, why=problem.message) from problem
    return key or None if key == text else read_as(value, key, key)


INITIATIVE = Kind("key", _read_initiative, show_text, "a key such as INIT-000001", width=14)
"""An initiative's key that a person types, perhaps with its title."""


def _read_slice(value: CellValue, scope: Scope) -> object:
    """A slice or a group's name; an initiative's key where it begins with one."""
    text = clean_text(value)
    if not starts_with_key(text):
        return text or None
    try:
        return _read_initiative(value, scope)
    except CellProblem:
        row = scope.row
        said = f"{row.get('constraint_type', '')} {row.get('dimension', '')}".lower()
        if any(word in said for word in _OF_INITIATIVES):
            raise
        return text


SLICE = replace(WORD, reader=_read_slice, reads_row=True)
"""A slice of a dimension, a group's name, or an initiative."""


def show_list(value: object) -> CellValue:
    """Entries with commas."""
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise TypeError(f"{value!r} is no list")
    return ", ".join(str(entry) for entry in value)


def _read_list(value: CellValue, _: Scope) -> object:
    return split_list(clean_text(value)) or None


def _read_kpis(value: CellValue, scope: Scope) -> object:
    typed = split_list(clean_text(value))
    keys = [scope.kpi_spelled(key) for key in typed]
    return keys or None if keys == typed else read_as(value, keys, ", ".join(keys))


def _read_initiatives(value: CellValue, scope: Scope) -> object:
    if type(value) is str and _KEYS.fullmatch(value):  # nearly all lists: as the backend writes them
        return value.split(", ")
    text = clean_text(value)
    try:
        keys = initiatives_named(text, scope.title_of, scope.key_of)
    except Unreadable as problem:
        raise CellProblem("unreadable_key", value=value, why=problem.message) from problem
    return keys or None if keys == split_list(text) else read_as(value, keys, ", ".join(keys))


LIST = Kind("list", _read_list, show_list, "entries separated by comma, semicolon or newline", width=24, wrap=True)
KPI_LIST = replace(LIST, reader=_read_kpis, asks=(KPIS,))
INITIATIVE_LIST = replace(LIST, reader=_read_initiatives)

"""What roadwright.toml says of intake workbooks: where they lie, and what their columns and rows mean."""

from __future__ import annotations

import os
import re
import unicodedata
from functools import cached_property
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from roadwright import tabs
from roadwright.domain.messages import Message
from roadwright.domain.registry import nearest
from roadwright.domain.text import normalised
from roadwright.sheets.habits import AUTO, TabMapping
from roadwright.sheets.spec import Owner, header_names
from roadwright.sheets.values import LAST_ROW
from roadwright.tabs.peoples_intake import CARRIED_PREFIX, EXTERNAL_ID, EXTERNAL_URL, PEOPLES_INTAKE

_LONGEST_NAME = 240
"""Bytes of a file's or folder's name: systems take 255, and the names of temporary files are longer."""
_LONGEST_PATH = 3000
_CONTROLS = ("Cc", "Cs")
"""Unicode's categories of control characters, and of what stands for bytes that are not UTF-8."""
_CARRIED_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
_COLUMNS = {alias: column.name for column in PEOPLES_INTAKE.owned(Owner.INPUT) for alias in header_names(column)}


def one_line(text: str) -> str:
    if any(unicodedata.category(letter) in _CONTROLS for letter in text):
        raise ValueError(Message("control_characters"))
    return text


def _file_name(text: str) -> str:
    """Refuses what no file can be called, before a file system does in words of its own."""
    names = one_line(text).replace("\\", "/").split("/")
    if max(len(os.fsencode(name)) for name in names) > _LONGEST_NAME or len(os.fsencode(text)) > _LONGEST_PATH:
        raise ValueError(Message("file_name_too_long", params={"most": _LONGEST_NAME}))
    return text


def no_truth_value(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError(Message("should_be_a_number"))
    return value


def _column(name: str) -> str:
    """Our name of a column of intake, however it is spelled."""
    found = _COLUMNS.get(normalised(name))
    if found is None:
        known = tuple(_COLUMNS.values())
        raise ValueError(
            Message("no_intake_column", params={"name": name, "hint": nearest(name, known), "known": known})
        )
    return found


def _carried_name(name: str) -> str:
    name = name.removeprefix(CARRIED_PREFIX)
    if not _CARRIED_NAME.fullmatch(name):
        raise ValueError(Message("no_carried_name", params={"name": name}))
    return name


def _header_row(value: object) -> object:
    if isinstance(value, str) and value.strip().casefold() == "auto":
        return AUTO
    if value == AUTO or isinstance(value, str):
        raise ValueError(Message("no_header_row", params={"last": LAST_ROW}))
    return no_truth_value(value)


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _words(values: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    """Refuses words of ours that the column does not know. An empty one stands for a blank."""
    for name, words in values.items():
        kind = PEOPLES_INTAKE.by_name[name].kind
        for theirs, ours in words.items():
            if kind.choices and ours and ours not in kind.choices:
                said = {"name": name, "theirs": theirs, "ours": ours, "known": kind.choices}
                raise ValueError(Message("no_such_word", params=said))
    return values


FileName = Annotated[str, Field(min_length=1), AfterValidator(_file_name)]
TabName = Annotated[str, Field(min_length=1), AfterValidator(one_line)]
HeaderRow = Annotated[int, BeforeValidator(no_truth_value), Field(ge=1, le=LAST_ROW)]
_Text = Annotated[str, Field(min_length=1)]
_Texts = Annotated[list[_Text], BeforeValidator(_as_list)]
_Column = Annotated[str, AfterValidator(_column)]
_Word = Annotated[str, BeforeValidator(lambda v: str(v) if isinstance(v, int | float) else v)]


class IntakeRows(BaseModel):
    """Which rows are no ideas, and which columns name a group once."""

    model_config = ConfigDict(extra="forbid")

    skip: _Texts = []
    fill_down: Annotated[list[_Column], BeforeValidator(_as_list)] = []


class IntakeBook(BaseModel):
    """One intake workbook and its tabs."""

    model_config = ConfigDict(extra="forbid")

    workbook: FileName
    tabs: list[TabName] = Field(default=[tabs.INTAKE.name], min_length=1)
    header_row: Annotated[int, BeforeValidator(_header_row), Field(ge=AUTO, le=LAST_ROW)] = 1
    """AUTO where it is to be found."""
    source: Annotated[str, AfterValidator(one_line)] = ""
    columns: dict[_Column, _Texts] = {}
    values: Annotated[dict[_Column, dict[str, _Word]], AfterValidator(_words)] = {}
    carry: dict[Annotated[str, AfterValidator(_carried_name)], _Text] = {}
    units: dict[_Column, Literal["seconds", "minutes", "hours", "days", "weeks", "months"]] = {}
    rows: IntakeRows = IntakeRows()

    @cached_property
    def mapping(self) -> TabMapping:
        """What is said of the columns and rows of its tabs."""
        return TabMapping(
            {name: tuple(theirs) for name, theirs in self.columns.items()},
            self.values,
            self.carry,
            tuple(self.rows.skip),
            tuple(self.rows.fill_down),
            self.units,
        )

    @property
    def carried_columns(self) -> list[str]:
        """The columns that go along to the right of the Backlog."""
        told = [name for name in (EXTERNAL_ID.name, EXTERNAL_URL.name) if name in self.columns]
        return [*told, *(f"{CARRIED_PREFIX}{name}" for name in self.carry)]

"""How a tab is declared: its columns, who owns each, and how a cell's content becomes a value and back.

Everything else about a tab follows from its declaration: reader, writer, template workbook, validation, reference
page. See ``roadwright.tabs`` for the declarations themselves and ``roadwright.sheets.kinds`` for the kinds of cell.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from roadwright.domain.messages import Level, Message, MessageError
from roadwright.domain.reading.units import Unit
from roadwright.domain.reading.words import is_blank_word
from roadwright.domain.text import in_words, normalised
from roadwright.sheets.scope import NOTHING_KNOWN, Scope
from roadwright.sheets.values import CellValue


class Owner(StrEnum):
    """Who may write a column."""

    INPUT = "input"
    """People type it, the backend saves it and writes merged values back."""
    DERIVED = "derived"
    """The backend computes it and overwrites what people type there."""
    SYSTEM = "system"
    """Keys, statuses and provenance, written by the backend."""
    SHARED = "shared"
    """Written by the backend until a person types something else there."""
    SHEET_ONLY = "sheet-only"
    """People's own words and ticks on a tab that the backend rewrites: remembered by row identity, not modelled."""


STATUS_COLUMN = "run_status"
"""The column in which the backend says what came of a row."""

TYPED = (Owner.INPUT, Owner.SHARED, Owner.SHEET_ONLY)
"""The owners of the columns that people fill."""


class Tone(StrEnum):
    """What the colour of a cell says."""

    GOOD = "good"
    LOOK = "look"
    """Something to look at."""
    BAD = "bad"


class CellProblem(MessageError):
    """What is wrong with one cell: the value found and what would be accepted."""


@dataclass(frozen=True)
class ReadAs:
    """A value whose cell says it in another form than its own; ``said`` tells how it was understood.

    ``rewrites`` is whether the cell gets the value's own form. Nothing is said where that is no more than a form.
    """

    value: object
    said: Message | None = None
    rewrites: bool = True


@dataclass(frozen=True)
class Kind:
    """A kind of cell content.

    ``reader`` turns a cell's value (never None) into a value, or a ``ReadAs`` where it was typed in another form, or
    raises CellProblem. ``show`` turns a value back into what the cell holds; ``show_in`` does where that depends on the
    scope. ``expects`` completes the sentence "expected …". ``choices`` become a dropdown. In a kind that ``is_text``
    every word is what it says: elsewhere ``n/a`` and the like are blanks. A kind that ``reads_row`` reads the same
    cell differently in different rows. ``unit_of`` tells the unit of numbers whose row declares it.

    The rest is what the template gives the column: its ``width``, a ``number_format``, ``wrap`` to break long text into
    lines (``most_lines`` of them make a row higher; 0: all), ``align`` (left where it is empty), ``tones`` to colour
    the cells that hold one of these words, and ``large_formats``: number formats for numbers that a condition is true
    of, ``{cell}`` in it being the cell. The first that is true holds.
    """

    name: str
    reader: Callable[[CellValue, Scope], object]
    show: Callable[[object], CellValue]
    expects: str
    width: float = 16
    number_format: str = ""
    wrap: bool = False
    most_lines: int = 0
    choices: tuple[str, ...] = ()
    align: str = ""
    tones: Mapping[str, Tone] = field(default_factory=dict, hash=False)
    large_formats: tuple[tuple[str, str], ...] = ()
    also: Mapping[str, Sequence[str]] = field(default_factory=dict, hash=False)
    """By word of a choice what people may type instead."""
    is_text: bool = False
    reads_row: bool = False
    asks: tuple[str, ...] = ()
    """What of the scope's knowledge the reader asks for."""
    show_in: Callable[[object, Scope], CellValue] | None = None
    unit_of: Callable[[Mapping[str, object], Scope], Unit] | None = None

    def read(self, cell: CellValue, scope: Scope = NOTHING_KNOWN) -> object:
        """What a cell means, however it says so. Raises CellProblem."""
        found = self.reader(cell, scope)
        return found.value if type(found) is ReadAs else found

    def shown(self, value: object, scope: Scope = NOTHING_KNOWN) -> CellValue:
        """What the cell holds for a value."""
        return self.show(value) if self.show_in is None else self.show_in(value, scope)


@dataclass(frozen=True)
class Column:
    """One column of a tab.

    ``blank_means`` is the value of a blank cell, where the contract gives it one (a blank is_active is TRUE).
    ``check`` refuses a value that the kind could read (out of range, too long): it raises CellProblem. ``written``
    tells, of a column in which the backend says what it did, whether a text is one that it writes there.
    """

    name: str
    owner: Owner
    kind: Kind
    help: str
    required: bool = False
    aliases: tuple[str, ...] = ()
    blank_means: object = None
    check: Callable[[object], None] | None = None
    group: str = ""
    """Columns of one group stand under one shade of header in the template, e.g. ``RICE``."""
    written: Callable[[str], bool] | None = None
    minor: bool = False
    """Rarely looked at: the template lets people fold it away, beside others of the sort."""
    is_common_word: bool = False
    """Many rows have the same few words here: a new one gets the spelling that most rows have."""
    technical: bool = False
    """For machines more than for people: the template has folded it away already."""
    examples: str = ""
    """Lines that the header's note ends with, each a whole sentence."""
    offers: str = ""
    """The list of what exists (see ``roadwright.tabs.lists``) that the template's dropdown offers."""
    moves: bool = False
    """It tells where the row stands among others: the cell is kept up to date, and is no change of the row."""

    @property
    def header(self) -> str:
        """The column's name in words, as a header shows it."""
        return in_words(self.name)


_LONGEST_BLANK_CELL = 12
"""Characters of a cell that is nothing but a word for a blank, with the blanks around it."""


def takes_blank_words(column: Column) -> bool:
    """Whether ``n/a`` and the like are blanks in this column."""
    return not column.kind.is_text and column.owner is not Owner.SYSTEM


def understood(column: Column, cell: CellValue | None, scope: Scope = NOTHING_KNOWN) -> object:
    """What a cell of this column means, as a ``ReadAs`` where it was typed in another form than its own.

    A blank cell may mean something, too. Raises CellProblem.
    """
    if cell is None:
        return column.blank_means
    kind = column.kind
    if type(cell) is str and len(cell) <= _LONGEST_BLANK_CELL and takes_blank_words(column) and is_blank_word(cell):
        if column.required:
            raise CellProblem("blank_word_for_needed", value=cell)
        return ReadAs(column.blank_means, Message("read_as_blank", Level.OK, params={"typed": cell.strip()}))
    found = kind.reader(cell, scope)
    value = found.value if type(found) is ReadAs else found
    if value is None:
        return column.blank_means
    if column.check is not None:
        column.check(value)
    return found


def meaning(column: Column, cell: CellValue | None, scope: Scope = NOTHING_KNOWN) -> object:
    """What a cell of this column means, however it says so. Raises CellProblem."""
    found = understood(column, cell, scope)
    return found.value if type(found) is ReadAs else found


def header_names(column: Column) -> set[str]:
    """The names under which a header is this column's, normalised."""
    return {normalised(name) for name in (column.name, *column.aliases)}


class Layout(StrEnum):
    """How the backend keeps a tab's rows."""

    ROWS = "rows"
    """People and backend add rows; a row stays where it is."""
    SETS = "sets"
    """Saved set by set: a row gone from the sheet is removed from its set."""
    MIRROR = "mirror"
    """The backend replaces the rows, in its own order; sheet-only cells are remembered."""


def _in_order(columns: tuple[Column, ...], main: tuple[str, ...]) -> tuple[Column, ...]:
    by_name = {column.name: column for column in columns}
    first = [by_name[name] for name in main] or list(columns[:1])
    status = [by_name[STATUS_COLUMN]] if STATUS_COLUMN in by_name and first[0].name != STATUS_COLUMN else []
    rest = [column for column in columns if column not in first and column not in status]
    return (
        *(*first[:1], *status, *first[1:]),
        *(column for column in rest if not column.technical),
        *(column for column in rest if column.technical),
    )


@dataclass(frozen=True)
class Chart:
    """A bar chart beside the rows of a tab: for each of the first ``rows`` rows a bar of each series.

    ``labels`` is the column with the names of the bars; ``series`` are columns, each with its name in the legend. Of
    two series the first stands behind the second: a whole, and what is used of it.
    """

    title: str
    labels: str
    series: tuple[tuple[str, str], ...]
    unit: str
    rows: int = 8


@dataclass(frozen=True, eq=False)
class TabSpec:
    """A tab, declared once.

    ``workbook`` is the template's file name without ending. ``identity`` names the columns that identify a row.
    ``set_identity`` names, for a SETS tab, the columns that name the set a row belongs to. ``main`` names the columns
    that come first and make the printed page, where these are not all but the minor and technical ones.

    The columns stand in the order of the template, whatever order they were declared in: the first one, the status of
    the row, the other main ones, the rest, and the technical ones.

    Declarations of one name are equal: a workspace can have further columns on a tab (see `tabs.peoples_intake`).
    """

    name: str
    workbook: str
    help: str
    columns: tuple[Column, ...]
    identity: tuple[str, ...]
    layout: Layout = Layout.ROWS
    set_identity: tuple[str, ...] = ()
    charts: tuple[Chart, ...] = ()
    """What the template draws beside the rows."""
    optional: bool = False
    """A workbook from before there was this tab works without it."""
    main: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "columns", _in_order(self.columns, self.main))

    @cached_property
    def printed(self) -> int:
        """How many columns, from the first one on, make the printed page."""
        names = (*self.main, STATUS_COLUMN)
        return sum(column.name in names if self.main else not column.technical for column in self.columns)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TabSpec) and self.name == other.name

    def __hash__(self) -> int:
        return hash(self.name)

    @cached_property
    def by_name(self) -> Mapping[str, Column]:
        return {column.name: column for column in self.columns}

    def owned(self, *owners: Owner) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.owner in owners)

    @cached_property
    def saved(self) -> tuple[Column, ...]:
        """The columns whose typed values go to the database."""
        return self.owned(Owner.INPUT, Owner.SHARED)

    @cached_property
    def typed(self) -> tuple[str, ...]:
        """The names of the columns that people fill."""
        return tuple(column.name for column in self.owned(*TYPED))

    @cached_property
    def sheet_only(self) -> tuple[str, ...]:
        """The names of the columns that hold people's own words."""
        return tuple(column.name for column in self.owned(Owner.SHEET_ONLY))


@dataclass(frozen=True)
class Guide:
    """What a workbook is for and how people work with it, told on its README tab. Each step is a sentence or two."""

    about: str
    steps: tuple[str, ...]

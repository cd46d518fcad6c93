"""Tabs that people made: their names for our columns, their words for ours, their totals and headings.

A mapping turns the grid of such a tab into one that reads like ours; the tab itself stays as it is. Columns that stand
nowhere on the tab (a part of another one, a second use of it) get places to the right of all columns that a tab has.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from roadwright.domain.messages import Level, Message
from roadwright.domain.text import folded, normalised
from roadwright.sheets.backend import Grid
from roadwright.sheets.habits import UNITS, Habits, TabMapping, mail_of, numbered, parts_of, person_of
from roadwright.sheets.kinds import is_blank
from roadwright.sheets.kinds.texts import carried_value
from roadwright.sheets.read import BACKEND_COLUMNS, HeaderProblem, View, header_cells
from roadwright.sheets.spec import TYPED, TabSpec, header_names
from roadwright.sheets.values import LAST_COLUMN, CellValue, column_letters

_ENOUGH = 2
_NOT_TAKEN = "{} (not taken)"
ELLIPSIS = "…"

Cells = dict[int, CellValue]


def find_header_row(grid: Grid, spec: TabSpec, mapping: TabMapping) -> int:
    """The first row in which at least two mapped or known names stand. Raises HeaderProblem."""
    known = {normalised(name) for name in mapping.names()}
    known.update(name for column in spec.columns for name in header_names(column))
    for number, cells in grid.rows.items():
        found = {normalised(value) for value in cells.values() if isinstance(value, str)}
        if len(found & known) >= _ENOUGH:
            return number
    needed = tuple(mapping.columns.get("title", ())) or tuple(c.name for c in spec.columns if c.required)
    raise HeaderProblem("header_not_found", needed=needed)


def look_through(grid: Grid, spec: TabSpec, header_row: int, mapping: TabMapping, habits: Habits) -> View:
    """The tab as a reader of our own tabs is to see it. Raises HeaderProblem where no header row is found."""
    number = header_row or find_header_row(grid, spec, mapping)
    return _Looking(grid, spec, number, mapping, habits).view()


class _Looking:
    """One look at one tab."""

    def __init__(self, grid: Grid, spec: TabSpec, header_row: int, mapping: TabMapping, habits: Habits) -> None:
        self.grid, self.spec, self.header_row = grid, spec, header_row
        self.mapping, self.habits = mapping, habits
        cells = header_cells(grid, header_row)
        self.theirs = {column: str(value) for column, value in sorted(cells.items()) if not is_blank(value)}
        self.header: Cells = dict(cells)
        self.own = dict(zip(self.theirs, map(normalised, numbered(self.theirs.values())), strict=True))
        self.by_name: dict[str, int] = {}
        for column, name in self.own.items():
            self.by_name.setdefault(name, column)
        self.places: dict[str, int] = {}
        self.sources: dict[str, tuple[int, ...]] = {}
        """The columns that one of ours comes from, where that is not just one with another name."""
        self.warnings: list[Message] = []
        self.remarks: dict[int, list[Message]] = {}
        self.carried: dict[int, dict[str, object]] = {}
        self.changed: dict[int, Cells] = {}
        self.beyond = LAST_COLUMN

    def view(self) -> View:
        if not self.theirs:
            return View(self.grid, self.header_row, 0)
        self._place_mapped()
        self._place_known()
        self._find_id()
        dropped = self._unneeded_rows()
        self._fill_down(dropped)
        self._change_cells(dropped)
        rows = {
            number: self.header if number == self.header_row else self.changed.get(number, cells)
            for number, cells in self.grid.rows.items()
            if number not in dropped
        }
        merged = [area for area in self.grid.merged if not self._is_filled(area.first_column, area.last_column)]
        grid = replace(self.grid, rows=rows, merged=merged)
        last = max(self.theirs)
        return View(grid, self.header_row, last, self.carried, self.remarks, tuple(self.warnings))

    def _warn(self, code: str, **params: object) -> None:
        self.warnings.append(Message(code, Level.WARNING, params=params))

    def _beyond(self, name: str) -> int:
        """A place for a column that stands nowhere on the tab."""
        self.beyond += 1
        self.header[self.beyond] = name
        self.places[name] = self.beyond
        return self.beyond

    def _place_mapped(self) -> None:
        used: set[int] = set()
        for name, theirs in self.mapping.columns.items():
            found = [self.by_name[key] for one in theirs if (key := normalised(one)) in self.by_name]
            missing = [one for one in theirs if normalised(one) not in self.by_name]
            if missing:
                self._warn("mapped_column_missing", name=name, missing=tuple(missing))
            if not found:
                continue
            if found[0] in used:
                self._beyond(name)
                self.sources[name] = tuple(found)
                continue
            used.add(found[0])
            self.places[name] = found[0]
            self.header[found[0]] = name
            if len(found) > 1:
                self.sources[name] = tuple(found)
        taken = {alias for name in self.places for alias in header_names(self.spec.by_name[name])}
        for column, key in self.own.items():
            if key in taken and column not in used:
                self.header[column] = _NOT_TAKEN.format(self.theirs[column])
        for name, one in self.mapping.carry.items():
            if normalised(one) not in self.by_name:
                self._warn("mapped_column_missing", name=f"x.{name}", missing=(one,))

    def _place_known(self) -> None:
        """Columns that have our names; of the rarer ones, those of which there are two are left alone."""
        known = {alias: column.name for column in self.spec.columns for alias in header_names(column)}
        found: dict[str, list[int]] = {}
        for column, value in self.header.items():
            name = known.get(normalised(str(value)))
            if name is not None and name not in self.places:
                found.setdefault(name, []).append(column)
            elif (computed := normalised(str(value))) in self._computed and column in self.theirs:
                self._warn("computed_not_taken", header=self.theirs[column], name=self._computed[computed])
        for name, columns in found.items():
            if len(columns) > 1 and name in self.rare:
                for column in columns:
                    self.header[column] = _NOT_TAKEN.format(self.theirs[column])
                letters = tuple(map(column_letters, columns))
                self._warn("known_twice_not_taken", name=name, columns=letters)
            else:
                self.places[name] = columns[0]

    @property
    def _computed(self) -> Mapping[str, str]:
        return {normalised(name): name for name in self.habits.computed}

    @property
    def rare(self) -> Collection[str]:
        """Columns that a template of this tab does not have."""
        return {column.name for column in self.spec.columns if column.minor and column.owner in TYPED}

    def _find_id(self) -> None:
        """A column of another program's own that tells its rows apart, where none is named."""
        name = self.habits.id_column
        if not name or name in self.places:
            return
        for key in map(normalised, self.habits.id_names):
            column = self.by_name.get(key)
            if column is None or column in self.places.values() or self.own[column] != key:
                continue
            if self._tells_rows_apart(column):
                self.places[name] = column
                self.header[column] = name
                return

    def _tells_rows_apart(self, column: int) -> bool:
        seen: set[str] = set()
        for number, cells in self.grid.rows.items():
            value = cells.get(column)
            if number <= self.header_row or is_blank(value) or number in self.grid.totals_rows:
                continue
            text = folded(str(value))
            if text == folded(self.theirs[column]):
                continue
            if text in seen or (number, column) in self.grid.formulas:
                return False
            seen.add(text)
        return bool(seen)

    def _unneeded_rows(self) -> set[int]:
        """Rows that the settings leave out, and the header where it is repeated."""
        patterns = [_as_pattern(text) for text in self.mapping.skip]
        skipped = re.compile("|".join(patterns)) if patterns else None
        title = self.places.get(self.habits.title)
        system = {self.places[name] for name in (*BACKEND_COLUMNS, *self.spec.identity) if name in self.places}
        header = {column: folded(text) for column, text in self.theirs.items() if column not in system}
        known = [column for name, column in self.places.items() if column in header]
        dropped: set[int] = set()
        for number, cells in self.grid.rows.items():
            if number <= self.header_row:
                continue
            if skipped is not None and self._matches(skipped, cells, title, system):
                dropped.add(number)
                continue
            first = next((column for column in known if column in cells), None)
            if first is None or not isinstance(cells[first], str) or folded(str(cells[first])) != header[first]:
                continue
            others = [c for c, value in cells.items() if c not in system and not is_blank(value)]
            if all(c in header and folded(str(cells[c])) == header[c] for c in others):
                dropped.add(number)
        return dropped

    @staticmethod
    def _matches(pattern: re.Pattern[str], cells: Mapping[int, CellValue], title: int | None, system: set[int]) -> bool:
        first = next((c for c in sorted(cells) if c not in system and not is_blank(cells[c])), None)
        places = {place for place in (title, first) if place is not None and place in cells}
        return any(pattern.fullmatch(folded(str(cells[place]))) for place in places)

    def _cells(self, number: int) -> Cells:
        """The cells of a row, to be changed."""
        return self.changed.setdefault(number, dict(self.grid.rows[number]))

    def _data_rows(self, dropped: Collection[int]) -> Iterator[tuple[int, Mapping[int, CellValue]]]:
        for number, cells in self.grid.rows.items():
            if number > self.header_row and number not in dropped and number not in self.grid.totals_rows:
                yield number, self.changed.get(number, cells)

    def _is_filled(self, first: int, last: int) -> bool:
        return first == last and first in {self.places.get(name) for name in self.mapping.fill_down}

    def _fill_down(self, dropped: Collection[int]) -> None:
        names = [name for name in self.mapping.fill_down if name in self.places]
        alone = {self.places[name] for name in (*names, self.habits.id_column) if name in self.places}
        system = {self.places[name] for name in (*BACKEND_COLUMNS, *self.spec.identity) if name in self.places}
        telling = [place for place in self.places.values() if place not in alone and place not in system]
        above: dict[int, CellValue] = {}
        sources = {column for found in self.sources.values() for column in found}
        for number, cells in self._data_rows(dropped):
            says_something = any(not is_blank(cells.get(place)) for place in {*telling, *sources})
            for place in alone:
                value = cells.get(place)
                if place in {self.places[name] for name in names}:
                    if not is_blank(value) and value is not None:
                        above[place] = value
                    elif says_something and place in above:
                        self._cells(number)[place] = above[place]
                        continue
                if not says_something and value is not None:
                    self._cells(number).pop(place, None)  # a number or a group alone is no idea
        for area in self.grid.merged:
            name = next((name for name, place in self.places.items() if place == area.first_column), None)
            if (
                name is None
                or self._is_filled(area.first_column, area.last_column)
                or area.first_row <= self.header_row
            ):
                continue
            if area.first_column == area.last_column and self.spec.by_name[name].owner in TYPED:
                self._offer_fill_down(name)

    def _offer_fill_down(self, name: str) -> None:
        if not any(m.code == "fill_down_offered" and m.params["name"] == name for m in self.warnings):
            self._warn("fill_down_offered", name=name)

    def _change_cells(self, dropped: Collection[int]) -> None:
        """Bring the cells of all rows into the form that ours have."""
        words = {
            self.places[name]: {_comparable(theirs): ours for theirs, ours in values.items()}
            for name, values in self.mapping.values.items()
            if name in self.places
        }
        carry = {
            name: self.by_name[key]
            for name, theirs in self.mapping.carry.items()
            if (key := normalised(theirs)) in self.by_name
        }
        factors = {self.places[name]: UNITS[unit] for name, unit in self.mapping.units.items() if name in self.places}
        lists = [self.places[name] for name in self.habits.lists if name in self.places]
        steps: list[Callable[[int, Mapping[int, CellValue]], None]] = []
        if self.sources:
            steps.append(self._join)
        if words:
            steps.append(lambda number, cells: self._put_words(number, cells, words))
        if factors:
            steps.append(lambda number, cells: self._convert(number, cells, factors))
        if self.habits.person is not None:
            steps.append(self._part_person)
        if lists:
            steps.append(lambda number, cells: self._part_lists(number, cells, lists))
        if self.habits.overflow is not None and self.habits.overflow.name in self.places:
            steps.append(self._overflow)
        for number, cells in self._data_rows(dropped):
            if carry:
                self.carried[number] = {name: carried_value(cells.get(column)) for name, column in carry.items()}
            for step in steps:
                step(number, self.changed.get(number, cells))

    def _join(self, number: int, cells: Mapping[int, CellValue]) -> None:
        original = self.grid.rows[number]
        joined: dict[int, CellValue] = {}
        for name, columns in self.sources.items():
            found = [value for column in columns if not is_blank(value := original.get(column))]
            if len(found) == 1 and found[0] is not None:
                joined[self.places[name]] = found[0]
            elif found:
                joined[self.places[name]] = "\n\n".join(_as_text(value) for value in found)
        if any(cells.get(place) != value for place, value in joined.items()):
            self._cells(number).update(joined)

    def _put_words(self, number: int, cells: Mapping[int, CellValue], words: Mapping[int, Mapping[str, str]]) -> None:
        for place, ours in words.items():
            value = cells.get(place)
            if value is None or (word := ours.get(_comparable(_as_text(value)))) is None:
                continue
            if word:
                self._cells(number)[place] = word
            else:
                self._cells(number).pop(place)

    def _convert(self, number: int, cells: Mapping[int, CellValue], factors: Mapping[int, float]) -> None:
        for place, factor in factors.items():
            value = carried_value(cells.get(place))
            if isinstance(value, int | float):
                self._cells(number)[place] = round(value * factor, 6)

    def _part_person(self, number: int, cells: Mapping[int, CellValue]) -> None:
        assert self.habits.person is not None
        name_column, mail_column = self.habits.person
        for column in self.habits.person:
            value = cells.get(self.places.get(column, 0))
            if type(value) is not str or "<" not in value or (found := person_of(value)) is None:
                continue
            row = self._cells(number)
            for wanted, text in ((name_column, found[0]), (mail_column, found[1])):
                place = self.places.get(wanted) or self._beyond(wanted)
                if wanted == column or is_blank(row.get(place)):
                    row[place] = text
            cells = row
        mail = cells.get(self.places.get(name_column, 0))
        if mail_column not in self.places and type(mail) is str and "@" in mail and mail_of(mail):
            self._cells(number)[self._beyond(mail_column)] = mail

    def _part_lists(self, number: int, cells: Mapping[int, CellValue], lists: Iterable[int]) -> None:
        for place in lists:
            value = cells.get(place)
            if type(value) is str and (parts := parts_of(value)) != value:
                self._cells(number)[place] = parts

    def _overflow(self, number: int, cells: Mapping[int, CellValue]) -> None:
        rule = self.habits.overflow
        assert rule is not None
        value = cells.get(self.places[rule.name])
        if type(value) is not str or len(value.strip()) <= rule.most:
            return
        text = value.strip()
        row = self._cells(number)
        place = self.places.get(rule.into) or self._beyond(rule.into)
        other = row.get(place)
        before = "" if other is None or is_blank(other) else _as_text(other)
        if text not in before:
            row[place] = f"{before}\n\n{text}" if before else text
        row[self.places[rule.name]] = text[: rule.kept] + ELLIPSIS
        remark = Message(
            "text_overflows",
            Level.WARNING,
            rule.name,
            params={"length": len(text), "into": rule.into, "kept": rule.kept},
        )
        self.remarks.setdefault(number, []).append(remark)


def _as_text(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _comparable(text: str) -> str:
    """A word as it is compared: by its letters and digits, or all of it where it has none."""
    return "".join(filter(str.isalnum, normalised(text))) or folded(text)


def _as_pattern(text: str) -> str:
    """``Phase *`` as a pattern of folded texts; ``*`` and ``?`` stand for any letters and one letter."""
    return "".join({"*": ".*", "?": "."}.get(letter, re.escape(letter)) for letter in folded(text))

"""On which rows values landed that were written by row numbers while people sorted, inserted, deleted and typed.

A `Plan` knows the rows of a tab as they were read, and what each is to hold. After a write it is shown the rows again:
by the echo of the write, which is of the same moment, or by another reading. It finds each row again, by its key or by
all cells of it that were not written, and says what is to be written next: values that did not arrive, and what stood
before in rows that got values of others. Rows that are equal in all they hold can take each other's place.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from roadwright.sheets.backends.google.content import CALCULATED, Cells, Scalar

_NEW_COLUMN = 1_000_000
"""Columns that people inserted since the first reading get numbers from here on."""


@dataclass(eq=False)
class Line:
    """One row: what it holds, what of that is ours by mistake (with what stood there), what it is to get."""

    held: Cells
    wanted: Cells = field(default_factory=dict)
    spoiled: Cells = field(default_factory=dict)
    origin: int = 0
    """Where it stood when the tab was read first; 0 where it was not there."""

    def to_send(self) -> Cells:
        """The cells to write: what is wanted, and what repairs the rest."""
        cells = {**self.spoiled, **self.wanted}
        return {column: value for column, value in cells.items() if not same(self.held.get(column), value)}


def same(one: Scalar, other: Scalar) -> bool:
    """Whether two cells hold the same; what a formula gives is as good as anything."""
    if CALCULATED in (one, other):
        return True
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def _content(cells: Mapping[int, Scalar], without: Iterable[int] = ()) -> frozenset[Hashable]:
    skipped = set(without)
    return frozenset(
        (column, type(value), value) for column, value in cells.items() if value is not None and column not in skipped
    )


def _with(cells: Cells, more: Mapping[int, Scalar]) -> Cells:
    return {column: value for column, value in {**cells, **more}.items() if value is not None}


class Plan:
    """What is to be written on one tab, and where its rows are now."""

    def __init__(
        self, rows: Mapping[int, Cells], wanted: Mapping[int, Cells], keys: Sequence[int], header_row: int
    ) -> None:
        self.lines = {number: Line(dict(cells), origin=number) for number, cells in rows.items()}
        for number, cells in wanted.items():
            self.lines.setdefault(number, Line({}, origin=number)).wanted = dict(cells)
        self.keys, self.header_row = tuple(keys), header_row
        self.columns: dict[int, int] = {}
        """Where columns stand now that were moved, by the number that they had; 0 where they are gone."""
        self.sent: dict[int, Cells] = {}
        self.gone: list[Line] = []
        """Rows that were to get something and can't be found any more."""
        self.blind: list[tuple[int, int]] = []
        """Cells of new rows that one of our values may have been written over: what stood there is not known."""
        self.has_moved = False
        self._known_counts: Mapping[tuple[Scalar, ...], int] | None = None

    def to_send(self) -> dict[int, Cells]:
        """By row what is to be written now, in the columns of the first reading."""
        self.sent = {n: cells for n, line in sorted(self.lines.items()) if (cells := line.to_send())}
        return self.sent

    def place(self, column: int) -> int:
        """Where a column of the first reading stands now; 0 where it is gone."""
        return self.columns.get(column, column % _NEW_COLUMN)

    def key_of(self, number: int) -> tuple[int, ...]:
        """The columns by which a row is known whatever else is typed into it; empty where all its cells tell it."""
        line, sent = self.lines[number], self.sent.get(number, {})
        if not self.keys or number == self.header_row or any(column in sent for column in self.keys):
            return ()
        key = self.key(line.held)
        return self.keys if key is not None and self._counts()[key] == 1 else ()

    def key(self, cells: Mapping[int, Scalar]) -> tuple[Scalar, ...] | None:
        key = tuple(cells.get(column) for column in self.keys)
        return key if any(part is not None for part in key) and CALCULATED not in key else None

    def _counts(self) -> Mapping[tuple[Scalar, ...], int]:
        if self._known_counts is None:
            self._known_counts = Counter(key for one in self.lines.values() if (key := self.key(one.held)) is not None)
        return self._known_counts

    def is_it(self, number: int, seen: Mapping[int, Scalar]) -> bool:
        """Whether what an echo shows at a row's number is that row, with what was sent to it."""
        line, sent = self.lines[number], self.sent[number]
        known = self.key_of(number) or (line.held.keys() | seen.keys()) - sent.keys()
        return all(same(line.held.get(c), seen.get(c)) for c in known if c not in sent)

    def certain(self, numbers: Iterable[int], *, moved: bool) -> list[int]:
        """Those of these rows, which an echo shows where they were meant, that it tells for certain.

        A row that is told by its other cells is not where another one has the same beside what was written, nor where
        it has none, nor where others of the tab have ``moved``.
        """
        numbers = list(numbers)
        if moved:
            return [n for n in numbers if self.key_of(n)]
        alike: dict[tuple[int, ...], dict[Hashable, set[Hashable]]] = {}
        found = []
        for number in numbers:
            line, form = self.lines[number], tuple(sorted(self.sent[number]))
            if not self.key_of(number) and line.held:
                rest = _content(line.held, form)
                if form not in alike:
                    groups = alike.setdefault(form, defaultdict(set))
                    for other in self.lines.values():
                        groups[_content(other.held, form)].add(_content(other.held))
                if not rest or len(alike[form][rest]) > 1:
                    continue
            found.append(number)
        return found

    def arrived(self, numbers: Iterable[int]) -> None:
        """Note that these rows got what was sent to them."""
        for number in numbers:
            line = self.lines[number]
            line.held = _with(line.held, self.sent.pop(number))
            line.wanted, line.spoiled = {}, {}

    @property
    def is_done(self) -> bool:
        return not any(line.to_send() for line in self.lines.values())

    # ---- finding the rows again

    def see(self, rows: Mapping[int, Cells], *, header_was_seen: bool) -> bool:
        """Find the rows in another reading, of which those with something sent may have got that, or others have.

        ``header_was_seen`` says that the columns stood where they did when the values were written. Returns False
        where not even the header can be found.
        """
        self.has_moved = True
        now = self._columns_now(rows)
        if now is None:
            return False
        sent, misplaced = self.sent, False
        if now:
            back = {place: column for column, place in now.items() if place}
            if now != self.columns and not header_was_seen:  # the values landed by the columns' letters
                misplaced = True
                sent = {n: {_back(back, self.place(c)): v for c, v in cells.items()} for n, cells in sent.items()}
            self.columns = now
            rows = {n: {_back(back, c): v for c, v in cells.items()} for n, cells in rows.items()}
        finder = _Finder(self, rows, sent, misplaced=misplaced)
        self.lines, self.gone = finder.find()
        self.blind += finder.blind
        self.sent, self._known_counts = {}, None
        return True

    def _columns_now(self, rows: Mapping[int, Cells]) -> dict[int, int] | None:
        """Where the columns stand by their headers; empty where they never moved, None where all is else."""
        header = self.lines[self.header_row].held if self.header_row in self.lines else {}
        sent = self.sent.get(self.header_row, {})
        old = {c: v for c, v in header.items() if v is not None and c not in sent}
        if not old:
            return dict(self.columns)
        there = {self.header_row: rows.get(self.header_row, {}), **rows}
        for number, cells in there.items():
            if all(cells.get(self.place(c)) == v for c, v in old.items()):
                self.header_row = number
                return dict(self.columns)
        texts = set(old.values())
        number, hits = max(
            ((n, len(set(cells.values()) & texts)) for n, cells in there.items()), key=lambda found: found[1]
        )
        if hits * 2 < len(old):
            return None
        self.header_row = number
        places: dict[Scalar, list[int]] = defaultdict(list)
        for column, text in sorted(there[number].items()):
            places[text].append(column)
        found = {c: places[v].pop(0) if places.get(v) else 0 for c, v in sorted(old.items())}
        step, moved = 0, dict[int, int]()
        everywhere = {c for line in self.lines.values() for c in (*line.held, *line.wanted)}
        for column in sorted(c for c in everywhere if c < _NEW_COLUMN):
            if column in found:
                moved[column] = found[column]
                step = found[column] - column if found[column] else step - 1
            else:
                moved[column] = column + step
        return moved


def _back(columns: Mapping[int, int], place: int) -> int:
    return columns.get(place, _NEW_COLUMN + place)


class _Finder:
    """One search for the rows of a plan among those of another reading.

    ``misplaced`` where what was ``sent`` stands in other columns than those that it was meant for.
    """

    def __init__(self, plan: Plan, rows: Mapping[int, Cells], sent: Mapping[int, Cells], *, misplaced: bool) -> None:
        self.plan, self.sent, self.misplaced = plan, sent, misplaced
        self.rows, self.new = rows, dict(rows)
        self.old = {n: line for n, line in plan.lines.items() if line.held or line.wanted}
        self._full = [n for n, line in self.old.items() if _tells(line.held)]
        """The rows that held something by which they can be told from empty ones."""
        self.found: dict[int, Line] = {}
        self.landed: set[int] = set()
        """The rows that got what was sent to them."""
        self.blind: list[tuple[int, int]] = []
        self.forms = list({tuple(sorted(cells)) for cells in sent.values()})
        """The sets of columns that something was sent to."""
        self.senders: dict[Hashable, list[int]] = defaultdict(list)
        for number, cells in sent.items():
            self.senders[_values(cells, tuple(sorted(cells)))].append(number)

    def find(self) -> tuple[dict[int, Line], list[Line]]:
        self._by_content(self._full)
        self._by_key()
        self._by_the_other_cells()
        self._by_a_telling_cell()
        self._by_place()
        self._new_rows()
        self._by_content(self.old)
        self._by_what_is_left()
        for number, cells in self.new.items():
            self.found[number] = line = Line(dict(cells))
            for sent in self._foreign(None, cells, set(cells)):  # a new row can have nothing of ours
                line.spoiled.update(dict.fromkeys(sent))
                self.blind += [(number, column) for column in sent]
        gone = []
        for number, line in self.old.items():
            if number in self.sent and not _with(line.held, self.sent[number]):
                continue  # it was to be emptied, and holds nothing any more, wherever it stands
            if line.held or number in self.found:
                gone += [line] if line.wanted else []
            else:  # an empty row, which is as good as any at its place
                self.found[number] = line
        return self.found, gone

    def _pair(self, number: int, old: int, *, landed: bool) -> None:
        line = self.old.pop(old)
        before, line.held = line.held, dict(self.new.pop(number))
        if landed and self.misplaced:
            line.spoiled = {**line.spoiled, **{c: line.spoiled.get(c, before.get(c)) for c in self.sent[old]}}
        elif landed:
            line.wanted, line.spoiled = {}, {}
        if landed:
            self.landed.add(old)
        self.found[number] = line

    def _by_content(self, numbers: Collection[int]) -> None:
        """Those of these rows that hold just what they held, or just that and what was sent to them."""
        there: dict[Hashable, list[int]] = defaultdict(list)
        for number in sorted(self.new, reverse=True):
            there[_content(self.new[number])].append(number)
        chosen = set(numbers)
        for landed, olds in ((True, [n for n in self.sent if n in chosen]), (False, list(numbers))):
            for old in olds:
                line = self.old.get(old)
                cells = {} if line is None else _with(line.held, self.sent[old]) if landed else line.held
                places = there.get(_content(cells)) if cells else None
                if places:
                    number = old if old in places else places[-1]
                    places.remove(number)
                    self._pair(number, old, landed=landed)

    def _by_key(self) -> None:
        """Rows whose key was not written, and is theirs alone."""
        plan = self.plan
        if not plan.keys:
            return
        olds = _unique(self.old, lambda n: plan.key(self.old[n].held))
        news = _unique(self.new, lambda n: plan.key(self.new[n]))
        written = {plan.key(sent) for sent in self.sent.values() if any(column in sent for column in plan.keys)}
        pairs = [(number, olds[key]) for key, number in news.items() if key in olds and key not in written]
        others = []
        for number, old in pairs:
            mine = self.sent.get(old)
            if mine and _shows(self.new[number], mine):
                self._pair(number, old, landed=True)
            else:
                others.append((number, old))
        for number, old in others:
            self._pair_changed(number, old)

    def _pair_changed(self, number: int, old: int) -> None:
        """Pair a row with its line, of which a person or one of our writes to other rows changed cells."""
        line, cells = self.old[old], self.new[number]
        differs = {c for c in line.held.keys() | cells.keys() if not same(line.held.get(c), cells.get(c))}
        spoiled = {c: v for c, v in line.spoiled.items() if c not in differs}
        for sent in self._foreign(old, cells, differs):
            spoiled.update({c: line.spoiled.get(c, line.held.get(c)) for c in sent if c in differs})
        line.spoiled = spoiled
        self._pair(number, old, landed=False)

    def _foreign(self, old: int | None, cells: Cells, differs: set[int]) -> list[Cells]:
        """What was sent to other rows, did not arrive there, and stands in this one."""
        found = []
        for form in self.forms:
            for sender in self.senders.get(_values(cells, form), ()):
                sent = self.sent[sender]
                if sender != old and sender not in self.landed and _shows(cells, sent) and differs & sent.keys():
                    found.append(sent)
        return found

    def _by_the_other_cells(self) -> None:
        """Rows that show what was sent to one of them: by all cells but those."""
        for old, number in self._showing():
            if not _tells(self.plan.lines[old].held):
                continue
            form = tuple(sorted(self.sent[old]))
            owners = self._alike(form).get(_content(self.new[number], form), [])
            owners = [n for n in owners if n in self.old]
            if old in owners:
                self._pair(number, old, landed=True)
            elif owners:
                line = self.old[owners[0]]
                line.spoiled = {**line.spoiled, **{c: line.spoiled.get(c, line.held.get(c)) for c in form}}
                self._pair(number, owners[0], landed=False)

    def _new_rows(self) -> None:
        """Rows that show what was sent to empty ones.

        Where another row is found nowhere else, it stood there if what is left of it does, and gets its place back.
        """
        has_stayed = self._all_stay()
        for old, number in self._showing():
            if old not in self.old or _tells(self.old[old].held):
                continue
            form = tuple(sorted(self.sent[old]))
            rest = _content(_telling_cells(self.new[number]), form)
            others = {n: _content(_telling_cells(self.old[n].held), form) for n in self._full if n in self.old}
            fitting = [n for n, left in others.items() if left <= rest]
            if fitting:
                hidden = max(fitting, key=lambda n: len(others[n]))
                line = self.old[hidden]
                line.spoiled = {**line.spoiled, **{c: line.spoiled.get(c, line.held.get(c)) for c in form}}
                self._pair(number, hidden, landed=False)
            elif number == old if has_stayed else not rest:
                self._pair(number, old, landed=True)

    def _all_stay(self) -> bool:
        """Whether all rows that are found stand where they stood."""
        return all(self.plan.lines.get(number) is line for number, line in self.found.items())

    def _showing(self) -> Iterator[tuple[int, int]]:
        """What was sent to a row and is not known to have arrived, and the rows that are not found yet and show it."""
        by_values: dict[Hashable, list[int]] = defaultdict(list)
        for number, cells in self.new.items():
            for form in self.forms:
                by_values[_values(cells, form)].append(number)
        for old, sent in self.sent.items():
            for number in by_values.get(_values(sent, tuple(sorted(sent))), ()):
                if old not in self.landed and number in self.new and _shows(self.new[number], sent):
                    yield old, number

    def _alike(self, form: tuple[int, ...]) -> Mapping[Hashable, list[int]]:
        """The lines that are not found yet, by all their cells but these."""
        if form not in self._lines_alike:
            alike: dict[Hashable, list[int]] = defaultdict(list)
            for number, line in self.old.items():
                alike[_content(line.held, form)].append(number)
            self._lines_alike[form] = alike
        return self._lines_alike[form]

    @cached_property
    def _lines_alike(self) -> dict[tuple[int, ...], Mapping[Hashable, list[int]]]:
        return {}

    def _by_a_telling_cell(self) -> None:
        """Rows that a person typed into meanwhile, by a cell that no other row ever held: a title, say."""
        written = {column for form in self.forms for column in form}
        olds = _telling(self.plan.lines.items(), written)
        news = _telling(((n, Line(cells)) for n, cells in self.rows.items()), written)
        pairs = []
        for number, cells in self.new.items():
            told = [(c, v) for c, v in cells.items() if c not in written and news.get((c, v)) == number]
            owners = {olds[one] for one in told if olds.get(one) in self.old}
            if len(owners) == 1:
                pairs.append((number, owners.pop()))
        once = Counter(old for _, old in pairs)
        pairs = [(number, old) for number, old in pairs if once[old] == 1]
        for number, old in pairs:
            if old in self.sent and _shows(self.new[number], self.sent[old]):
                self._pair(number, old, landed=True)
        for number, old in pairs:
            if number in self.new:
                self._pair_changed(number, old)

    def _by_place(self) -> None:
        """Rows that a person typed into meanwhile, which stand where they stood.

        Where rows have moved, a row must have most of its cells still.
        """
        stays = self._all_stay()
        for old, number in self._showing():
            if old not in self.old or not _tells(self.old[old].held):
                continue
            line = self.old[old]
            known = {c for c, v in line.held.items() if v is not None and c not in self.sent[old]}
            alike = sum(same(line.held[c], self.new[number].get(c)) for c in known)
            if (number == old and stays) or alike * 2 > len(known):
                self._pair(number, old, landed=True)
        if stays:
            for number in [n for n in self._full if n in self.old and _tells(self.new.get(n, {}))]:
                if not self._foreign(number, self.new[number], set(self.new[number])):
                    self._pair_changed(number, number)

    def _by_what_is_left(self) -> None:
        """Rows that lost what they held to a write that emptied it, or to one that took another row's place."""
        written = {column for form in self.forms for column in form}
        if not written:
            return
        there: dict[Hashable, list[int]] = defaultdict(list)
        for number, cells in self.new.items():
            there[_content(cells, written)].append(number)
        for old in list(self.old):
            line = self.old[old]
            rest = _content(line.held, written)
            if _content(_telling_cells(line.held), written) and there.get(rest):
                number = there[rest].pop(0)
                lost = {c for c in written if not same(line.held.get(c), self.new[number].get(c))}
                line.spoiled = {**line.spoiled, **{c: line.spoiled.get(c, line.held.get(c)) for c in lost}}
                self._pair(number, old, landed=False)


def _tells(cells: Cells) -> bool:
    return bool(_telling_cells(cells))


def _telling_cells(cells: Cells) -> Cells:
    """The cells that make a row another one than an empty row: no ticks that are not set, nor formulas filled down."""
    return {c: v for c, v in cells.items() if v not in (None, CALCULATED) and v is not False}


def _telling(lines: Iterable[tuple[int, Line]], written: set[int]) -> dict[tuple[int, Scalar], int]:
    """The rows by those of their cells that no other row has in that column; nothing was written in these."""
    found: dict[tuple[int, Scalar], list[int]] = defaultdict(list)
    for number, line in lines:
        for column, value in line.held.items():
            if column not in written and value not in (None, CALCULATED) and not isinstance(value, bool):
                found[column, value].append(number)
    return {cell: numbers[0] for cell, numbers in found.items() if len(numbers) == 1}


def _values(cells: Mapping[int, Scalar], columns: tuple[int, ...]) -> Hashable:
    return columns, tuple((type(value := cells.get(column)), value) for column in columns)


def _shows(cells: Mapping[int, Scalar], sent: Mapping[int, Scalar]) -> bool:
    """Whether a row holds all that was sent."""
    return all(
        value == cells.get(column) and isinstance(value, bool) == isinstance(cells.get(column), bool)
        for column, value in sent.items()
    )


def _unique(numbers: Iterable[int], key_of: Callable[[int], Hashable]) -> dict[Hashable, int]:
    found: dict[Hashable, list[int]] = defaultdict(list)
    for number in numbers:
        key = key_of(number)
        if key is not None:
            found[key].append(number)
    return {key: there[0] for key, there in found.items() if len(there) == 1}

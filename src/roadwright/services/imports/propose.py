"""What a table that others made means: its header row, the mapping of its columns and words, each with a reason."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from rapidfuzz import fuzz, process

from roadwright.domain.messages import Message, notice
from roadwright.domain.text import folded, normalised
from roadwright.services.imports.known import Preset, recognised
from roadwright.services.imports.words import letters_of, names_of, synonyms, words_of
from roadwright.sheets.habits import TabMapping, mail_of, numbered
from roadwright.sheets.kinds import is_blank
from roadwright.sheets.values import CellValue

_LOOKED_AT = 400
"""Rows that tell what a column holds; words of a choice are collected from all."""
_HEADER_AMONG = 40
"""Rows among which the header is looked for."""
_CLOSE = 88
"""From this similarity on, of 100, a header counts as a name that we know."""
_MOST_WORDS = 60
_TITLE_LENGTH = 160
_SUMS = re.compile(
    r"(grand )?(sub)?(total|sum|sums|totals|summe|gesamt|gesamtsumme|zwischensumme|somme|suma|soma|somma|totale|"
    r"totaal|razem|łącznie)s?\b.*"
)
_HEADING = re.compile(
    r"(phase|phases|fase|faza|etapa|étape|sprint|release|version|milestone|meilenstein|quarter|quartal|trimestre|q[1-4]|"
    r"theme|group|gruppe|section|abschnitt|epic|iteration|wave|welle|stage|bloc|block|part|teil)\b.*"
)
_DATES = re.compile(
    r"\d{4}-\d{1,2}-\d{1,2}([T ].*)?|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}( .*)?|\d{4}[./]\d{1,2}[./]\d{1,2}( .*)?|"
    r"\d{1,2}[ /.-]+[^\W\d_]{3,10}\.?[ /.,-]+\d{2,4}( .*)?|[^\W\d_]{3,10}\.? \d{1,2}, \d{4}"
)
_PERIODS = re.compile(r"[QH][1-4][ /-]?\d{4}|\d{4}[ /-]?[QH][1-4]|[^\W\d_]{3,10}\.? \d{4}", re.IGNORECASE)
_ID = re.compile(r"[A-Z][A-Z0-9_]{0,9}[-_ ]?#?\d+|#?\d+|[0-9a-f]{16,40}")

_RICE = {"rice_reach", "rice_impact", "rice_confidence"}

Rows = Mapping[int, Mapping[int, CellValue]]


@dataclass(frozen=True)
class ForeignTable:
    """Cells by row and column, as they stand in the file, and cells that are merged downwards."""

    rows: Rows
    merged_down: Sequence[tuple[int, int, int]] = ()
    """Column, first and last row."""


@dataclass(frozen=True)
class Guess:
    """What one column of theirs is taken for, and why."""

    theirs: str
    ours: str
    why: Message

    def __str__(self) -> str:
        return f'"{self.theirs}" → {self.ours}: {self.why}'


@dataclass
class Proposal:
    """What a table is taken to mean."""

    header_row: int
    guesses: list[Guess] = field(default_factory=list)
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    unknown_words: dict[str, list[str]] = field(default_factory=dict)
    """Words of a choice that are not known; their cells stay as they are and are told."""
    skip: list[str] = field(default_factory=list)
    fill_down: list[str] = field(default_factory=list)
    units: dict[str, str] = field(default_factory=dict)
    preset: str = ""
    left: list[str] = field(default_factory=list)
    """Their columns that are not taken; they stay where they are."""

    @property
    def columns(self) -> dict[str, str]:
        """Our name and theirs."""
        return {guess.ours: guess.theirs for guess in self.guesses}

    @property
    def is_usable(self) -> bool:
        """Whether it says which column holds the titles."""
        return "title" in self.columns

    @property
    def mapping(self) -> TabMapping:
        columns = {ours: (theirs,) for ours, theirs in self.columns.items()}
        return TabMapping(columns, self.values, {}, tuple(self.skip), tuple(self.fill_down), self.units)


class _Column:
    """One column of theirs and what it holds."""

    def __init__(self, header: str, number: int, values: Sequence[CellValue]) -> None:
        self.header, self.number, self.values = header, number, values
        self.sample = values[:_LOOKED_AT]

    @cached_property
    def texts(self) -> list[str]:
        return [str(value).strip() for value in self.sample]

    @property
    def is_blank(self) -> bool:
        return not self.sample

    def share(self, found: Iterable[bool]) -> float:
        return sum(found) / len(self.sample) if self.sample else 0.0

    @cached_property
    def dates(self) -> float:
        """The share of its cells that hold a date."""
        return self.share(
            isinstance(v, dt.date) or (isinstance(v, str) and _DATES.fullmatch(v.strip()) is not None)
            for v in self.sample
        )

    @cached_property
    def deadlines(self) -> float:
        """The share of its cells that hold a date, or a quarter or month among dates; 0 without any date."""
        if not self.dates:
            return 0.0
        return self.dates + self.share(_PERIODS.fullmatch(text) is not None for text in self.texts)

    @cached_property
    def mails(self) -> float:
        return self.share(mail_of(text) is not None or ("<" in text and "@" in text) for text in self.texts)

    @cached_property
    def numbers(self) -> float:
        return self.share(
            (isinstance(v, int | float) and not isinstance(v, bool))
            or (isinstance(v, str) and re.fullmatch(r"[-+~€$£]?\s*\d[\d.,' ]*\s*[\w%€$£]{0,6}", v.strip()) is not None)
            for v in self.sample
        )

    @cached_property
    def links(self) -> float:
        return self.share(re.match(r"https?://", text) is not None for text in self.texts)

    @cached_property
    def ids(self) -> float:
        return self.share(_ID.fullmatch(text) is not None for text in self.texts)

    @cached_property
    def states(self) -> float:
        known = words_of("lifecycle_status")
        return self.share(letters_of(text) in known for text in self.texts)

    @cached_property
    def unique(self) -> float:
        return len({folded(text) for text in self.texts}) / len(self.texts) if self.texts else 0.0

    @cached_property
    def length(self) -> float:
        return sum(map(len, self.texts)) / len(self.texts) if self.texts else 0.0

    @cached_property
    def words(self) -> float:
        """How many words its cells have, on average."""
        return sum(len(text.split()) for text in self.texts) / len(self.texts) if self.texts else 0.0

    @property
    def is_prose(self) -> bool:
        """Whether its cells are texts of words, not dates, numbers, states or identifiers."""
        odd = (self.dates, self.mails, self.numbers, self.links, self.ids)
        return bool(self.sample) and max(odd) < 0.3 and self.length >= 3


def header_row_of(rows: Rows, preset: Preset | None = None) -> int | None:
    """The row that names the columns: the one with most names that we know, else the first of several texts."""
    known = synonyms()
    more = {normalised(name) for names in preset.columns.values() for name in names} if preset is not None else set()
    best: tuple[float, int] | None = None
    fallback: tuple[float, int] | None = None
    numbers = [number for number, cells in rows.items() if any(not is_blank(v) for v in cells.values())]
    for place, number in enumerate(numbers[:_HEADER_AMONG]):
        texts = [v for v in rows[number].values() if isinstance(v, str) and not is_blank(v)]
        names = {normalised(text) for text in texts}
        hits = sum(name in known or name in more for name in names)
        if hits:
            score = hits + 0.2 * len(names) - 0.05 * place
            if best is None or score > best[0]:
                best = score, number
        if len(names) > 1 and len(names) == len(texts) and all(len(text) <= 60 for text in texts):
            score = len(names) - 0.5 * place
            if fallback is None or score > fallback[0]:
                fallback = score, number
    if best is not None and best[0] >= 2 - 0.05 * _HEADER_AMONG:
        return best[1]
    if fallback is not None:
        return fallback[1]
    return best[1] if best is not None else None


def propose(table: ForeignTable, *, named: Preset | None = None, header_row: int | None = None) -> Proposal | None:
    """What the table means, or None where no row of it could be a header."""
    number = header_row or header_row_of(table.rows, named)
    if number is None or number not in table.rows:
        return None
    return _Proposing(table, number, named).proposal()


def _is_no_item(cells: Mapping[int, CellValue]) -> bool:
    """Whether a row looks like a sum or a heading."""
    there = [value for _, value in sorted(cells.items()) if not is_blank(value)]
    first = folded(str(there[0])) if there else ""
    return _SUMS.fullmatch(first) is not None or (len(there) == 1 and _HEADING.fullmatch(first) is not None)


class _Proposing:
    def __init__(self, table: ForeignTable, header_row: int, named: Preset | None) -> None:
        self.table, self.header_row = table, header_row
        header = {c: str(v).strip() for c, v in sorted(table.rows[header_row].items()) if not is_blank(v)}
        below = [cells for row, cells in table.rows.items() if row > header_row and not _is_no_item(cells)]
        self.columns = [
            _Column(name, number, [v for cells in below if not is_blank(v := cells.get(number)) and v is not None])
            for number, name in zip(header, numbered(header.values()), strict=True)
        ]
        self.preset = named or recognised([column.header for column in self.columns])
        self.found = Proposal(header_row, preset=self.preset.name if self.preset else "")
        self.used: set[int] = set()

    def proposal(self) -> Proposal:
        self._by_preset()
        self._by_names()
        self._mind_rice()
        self._by_values()
        self._find_title()
        self._words()
        self._rows()
        order = {name: place for place, name in enumerate(("external_id", "title", "brief_description"))}
        self.found.guesses.sort(key=lambda guess: order.get(guess.ours, len(order)))
        self.found.left = [column.header for column in self.columns if column.number not in self.used]
        return self.found

    def _take(self, column: _Column, ours: str, why: Message) -> None:
        self.used.add(column.number)
        self.found.guesses.append(Guess(column.header, ours, why))

    def _is_free(self, ours: str) -> bool:
        return ours not in self.found.columns

    def _by_preset(self) -> None:
        if self.preset is None:
            return
        by_name = {normalised(column.header): column for column in reversed(self.columns)}
        for ours, names in self.preset.columns.items():
            for name in names:
                column = by_name.get(normalised(name))
                if column is None or (column.number in self.used and ours != "external_url"):
                    continue
                self._take(column, ours, notice("guessed_by_preset", preset=self.preset.name))
                break
        self.found.units = {ours: unit for ours, unit in self.preset.units.items() if ours in self.found.columns}

    def _by_names(self) -> None:
        """Columns whose header is one that we know, or close to one, and whose cells don't contradict it."""
        known = synonyms()
        names = list(known)
        offers: list[tuple[float, int, _Column, str, Message]] = []
        for column in self.columns:
            if column.number in self.used:
                continue
            name = normalised(column.header)
            if name in known:
                for ours in self._meanings(name):
                    place = names_of(ours).index(name) if name in names_of(ours) else -1
                    offers.append((200.0 - place, -column.number, column, ours, notice("guessed_by_name")))
                continue
            if self.preset is not None or len(name) < 4:
                continue
            close = process.extractOne(name, names, scorer=fuzz.ratio, score_cutoff=_CLOSE)
            if close is not None:
                why = notice("guessed_by_close_name", name=known[close[0]][0])
                offers.append((close[1], -column.number, column, known[close[0]][0], why))
                continue
            words = [w for w in re.split(r"[^\w]+", folded(column.header)) if normalised(w) in known]
            for word in words[:1]:
                ours = known[normalised(word)][0]
                offers.append((50.0, -column.number, column, ours, notice("guessed_by_word", word=word)))
        for _, _, column, ours, why in sorted(offers, key=lambda offer: offer[:2], reverse=True):
            if column.number not in self.used and self._is_free(ours) and self._fits(column, ours):
                self._take(column, ours, why)

    def _mind_rice(self) -> None:
        """Beside reach, impact and confidence, an effort of no unit is that of RICE."""
        if self.preset is not None or not self.found.columns.keys() >= _RICE or not self._is_free("rice_effort"):
            return
        for place, guess in enumerate(self.found.guesses):
            if guess.ours == "effort_engineering_days" and normalised(guess.theirs) == "effort":
                self.found.guesses[place] = Guess(guess.theirs, "rice_effort", guess.why)

    @staticmethod
    def _meanings(name: str) -> list[str]:
        first = synonyms()[name][0]
        return [
            first,
            *(ours for ours in {c for c, _ in synonyms().values()} if ours != first and name in names_of(ours)),
        ]

    def _fits(self, column: _Column, ours: str) -> bool:  # noqa: PLR0911 - one for each sort of column
        """Whether the cells of a column can be what its header says."""
        if column.is_blank:
            return True
        match ours:
            case "title":
                return max(column.dates, column.numbers, column.mails) < 0.5
            case "deadline_date" | "earliest_start_date":
                return column.dates >= 0.3 or column.numbers < 0.3 or column.length <= 12
            case "requester_email":
                return column.mails >= 0.3
            case "effort_engineering_days" | "engineering_tokens":
                return column.numbers >= 0.5
            case "external_id":
                return column.unique >= 0.99 and column.length <= 60
            case "external_url":
                return column.links >= 0.5
            case "lifecycle_status":
                return column.unique < 0.9 or len(column.texts) < 8 or column.states >= 0.5
            case "department" | "country" | "requester_name" | "requesting_team":
                return column.dates < 0.5 and column.length <= 80
            case _ if ours.startswith(("rice_", "wsjf_")):
                return column.numbers >= 0.5
        return True

    def _by_values(self) -> None:
        """Columns whose cells say what they are, whatever the header."""
        tests: tuple[tuple[str, Callable[[_Column], float], str], ...] = (
            ("requester_email", lambda c: c.mails, "guessed_mails"),
            ("lifecycle_status", lambda c: c.states if c.unique <= 0.8 or len(c.texts) < 10 else 0.0, "guessed_states"),
            ("external_url", lambda c: c.links if c.unique > 0.9 else 0.0, "guessed_links"),
        )
        for ours, score, why in tests:
            free = [c for c in self.columns if c.number not in self.used and not c.is_blank]
            best = max(free, key=score, default=None)
            if self._is_free(ours) and best is not None and score(best) >= 0.7 and self.preset is None:
                self._take(best, ours, notice(why))
        dates = [c for c in self.columns if c.number not in self.used and c.deadlines >= 0.8]
        if self._is_free("deadline_date") and len(dates) == 1 and self.preset is None:
            self._take(dates[0], "deadline_date", notice("guessed_dates"))

    def _find_title(self) -> None:
        if self._is_free("title"):
            texts = [c for c in self.columns if c.number not in self.used and c.is_prose and c.unique >= 0.8]
            short = [c for c in texts if c.length <= _TITLE_LENGTH]
            found = max(short, key=lambda c: (c.length <= 100, min(c.words, 4.0), c.unique, -c.number), default=None)
            if found is None and self.columns:  # a description is better than nothing
                described = {g.theirs: g for g in self.found.guesses if g.ours == "brief_description"}
                found = next((c for c in self.columns if c.header in described and c.length <= _TITLE_LENGTH), None)
                if found is not None:
                    self.found.guesses.remove(described[found.header])
            if found is not None:
                code = "guessed_only_texts" if len(short) <= 1 else "guessed_shortest_texts"
                self._take(found, "title", notice(code))
        if self._is_free("brief_description") and self.preset is None:
            long = [
                c
                for c in self.columns
                if c.number not in self.used and c.is_prose and c.unique >= 0.6 and c.length > 25
            ]
            if long:
                self._take(max(long, key=lambda c: c.length), "brief_description", notice("guessed_longest_texts"))

    def _words(self) -> None:
        """Their words of a choice, and ours."""
        by_header = {column.header: column for column in self.columns}
        for ours in ("lifecycle_status", "risk_level"):
            theirs = self.found.columns.get(ours)
            if theirs is None:
                continue
            known = words_of(ours)
            given = dict(self.preset.values.get(ours, {})) if self.preset is not None else {}
            letters = {letters_of(word): meant for word, meant in given.items()}
            values: dict[str, str] = given
            for text, _ in Counter(str(v).strip() for v in by_header[theirs].values).most_common(_MOST_WORDS):
                key = letters_of(text)
                if key in letters or text in set(known.values()) or folded(text) == folded(theirs):
                    continue
                meant = known.get(key) or self._close_word(key, known)
                if meant is None:
                    self.found.unknown_words.setdefault(ours, []).append(text)
                else:
                    values[text] = meant
            if values:
                self.found.values[ours] = values

    @staticmethod
    def _close_word(key: str, known: Mapping[str, str]) -> str | None:
        if len(key) < 4:
            return None
        found = process.extractOne(key, list(known), scorer=fuzz.ratio, score_cutoff=_CLOSE)
        return known[found[0]] if found is not None else None

    def _rows(self) -> None:
        """Rows that look like sums and headings, and groups that are merged."""
        title = next((c.number for c in self.columns if c.header == self.found.columns.get("title")), None)
        below = {n: cells for n, cells in self.table.rows.items() if n > self.header_row}
        full = [sum(not is_blank(v) for v in cells.values()) for cells in below.values()]
        usual = sorted(full)[len(full) // 2] if full else 0
        lone: list[str] = []
        skip: dict[str, None] = {}
        lines = ([(c, v) for c, v in sorted(cells.items()) if not is_blank(v)] for cells in below.values())
        told = [line for line in lines if line]
        names_row = {c: folded(str(v)) for c, v in self.table.rows[self.header_row].items()}
        for there, after in zip(told, [*told[1:], *told[-1:]], strict=True):
            if not isinstance(there[0][1], str):
                continue
            first = str(there[0][1]).strip()
            if len(there) == 1 and len(after) > 1 and all(names_row.get(c) == folded(str(v)) for c, v in after):
                skip[_escaped(first)] = None  # the heading of a group that has the header again
                continue
            if (
                _SUMS.fullmatch(folded(first)) and (len(there) < max(2, usual) or title is None or there[0][0] != title)
            ) or (_SUMS.fullmatch(folded(first)) and all(isinstance(v, int | float) for _, v in there[1:])):
                skip[_escaped(first)] = None
            elif len(there) == 1 and usual >= 2:
                lone.append(first)
        beginnings = Counter(text.split()[0] for text in lone if text.split())
        for text in lone:
            word = text.split()[0]
            if _HEADING.fullmatch(folded(text)):
                skip[f"{word} *" if " " in text else _escaped(text)] = None
            elif beginnings[word] > 1 and len(lone) < len(below) / 2:
                skip[f"{word} *"] = None
            elif text.endswith(":"):
                skip[_escaped(text)] = None
        self.found.skip = list(skip)
        names = {
            c.number: ours for c in self.columns for ours, theirs in self.found.columns.items() if theirs == c.header
        }
        self.found.fill_down = sorted(
            {
                names[column]
                for column, first, last in self.table.merged_down
                if last > first > self.header_row and column in names
            }
            - {"title", "external_id"}
        )


def _escaped(text: str) -> str:
    return text.replace("*", "?")

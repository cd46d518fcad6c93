"""Words that many rows share, such as countries: what is newly typed gets the spelling that most rows have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from roadwright.domain.text import folded
from roadwright.services.rows.identity import Identity
from roadwright.sheets.kinds.texts import read_as
from roadwright.sheets.spec import TabSpec
from roadwright.store.models import Initiative
from roadwright.sync.reports import SheetRow

StoredWord = Callable[[Identity, str], object]
"""What is stored for a row in a column."""


def spell_common_words(session: Session, spec: TabSpec, results: Iterable[SheetRow], stored_word: StoredWord) -> None:
    """Give the words that were newly typed on these rows the spelling that most rows have; on a tie, the older.

    Where no row has the word yet, those that are typed now decide. A word that was there in another spelling was
    respelled by a person, and stays.
    """
    columns = [column.name for column in spec.columns if column.is_common_word]
    typed = list(_newly_typed(columns, results, stored_word))
    if not typed:
        return
    words = {name: _stored_spellings(session, name) for name in {name for _, name, _ in typed}}
    counts = Counter((name, folded(said), said) for _, name, said in typed)
    for (name, word, said), _ in sorted(counts.items(), key=lambda item: -item[1]):
        words[name].setdefault(word, said)
    for result, name, said in typed:
        spelling = words[name][folded(said)]
        if spelling != said:
            result.row.values[name] = spelling
            result.row.read_as[name] = read_as(said, spelling, spelling)
            vars(result.row).pop("plain", None)


def _newly_typed(
    columns: Iterable[str], results: Iterable[SheetRow], stored_word: StoredWord
) -> Iterator[tuple[SheetRow, str, str]]:
    names = list(columns)
    for result in results:
        if result.unchanged_as is not None or result.is_duplicate:
            continue
        values, base = result.row.values, result.base or {}
        for name in names:
            said = values.get(name)
            if type(said) is not str or said == base.get(name):
                continue
            before = base.get(name)
            if isinstance(before, str) and folded(before) == folded(said):
                continue
            if stored_word(result.identity, name) != said:
                yield result, name, said


def _stored_spellings(session: Session, name: str) -> dict[str, str]:
    """By folded word the spelling that most initiatives have; on a tie, that of the oldest."""
    column = Initiative.__table__.c[name]
    rows = session.execute(
        select(column, func.count().label("times"), func.min(Initiative.id).label("first"))
        .where(column.is_not(None))
        .group_by(column)
    )
    found: dict[str, str] = {}
    for word, _, _ in sorted(rows, key=lambda row: (-row.times, row.first)):
        found.setdefault(folded(word), word)
    return found


def stored_in(rows: Mapping[Identity, Mapping[str, object]]) -> StoredWord:
    """The stored words of rows that were loaded."""
    return lambda identity, name: rows.get(identity, {}).get(name)

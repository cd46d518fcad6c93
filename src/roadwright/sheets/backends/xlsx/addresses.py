"""Cell addresses and ranges as workbooks write them: ``B7``, ``$A$1:F20``. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from roadwright.sheets.backend import Area, SheetError
from roadwright.sheets.values import cell_name, column_letters, parse_cell

_MOST_ROWS_OF_AREAS = 500_000
_MOST_LOOKS = 20 * _MOST_ROWS_OF_AREAS


def parse_area(reference: str) -> Area:
    """The rectangle that a range names; a single cell is one, too. Raises ValueError for whole rows and columns."""
    first, _, last = reference.partition(":")
    row, column = parse_cell(first)
    last_row, last_column = parse_cell(last or first)
    return Area(min(row, last_row), min(column, last_column), max(row, last_row), max(column, last_column))


def area_text(area: Area) -> str:
    """The range as it stands in a file, without dollar signs."""
    first = cell_name(area.first_row, area.first_column)
    last = cell_name(area.last_row, area.last_column)
    return first if first == last else f"{first}:{last}"


def absolute_text(area: Area) -> str:
    """The range with dollar signs, as defined names hold it: ``$A$1:$F$20``."""
    return ":".join(
        f"${column_letters(column)}${row}"
        for row, column in ((area.first_row, area.first_column), (area.last_row, area.last_column))
    )


def areas_by_row(areas: Iterable[Area], rows: Sequence[int], tab: str) -> dict[int, list[Area]]:
    """The areas that lie over each of these rows, which are in order.

    Raises SheetError when there are more than any person can have made: a small file could keep us busy for hours.
    """
    found: dict[int, list[Area]] = {}
    count = 0
    for area in areas:
        covered = rows[bisect_left(rows, area.first_row) : bisect_left(rows, area.last_row + 1)]
        count += len(covered)
        if count > _MOST_ROWS_OF_AREAS:
            raise _too_many(tab)
        for row in covered:
            found.setdefault(row, []).append(area)
    return found


def _too_many(tab: str) -> SheetError:
    return SheetError("too_many_areas", tab=tab, most=_MOST_ROWS_OF_AREAS)


class AreaIndex:
    """Finds the areas over a row without a look at all of them.

    Areas are kept by their height, in powers of two, and by the stretch of that many rows in which they begin. One
    that lies over a row begins in the row's own stretch or in the one above.
    """

    def __init__(self, areas: Iterable[Area], tab: str) -> None:
        self._tab = tab
        self._beginning: dict[int, dict[int, list[Area]]] = {}
        self._over: dict[int, list[Area]] = {}
        self._count = self._looked_at = 0
        for area in areas:
            level = (area.last_row - area.first_row).bit_length()
            self._beginning.setdefault(level, {}).setdefault(area.first_row >> level, []).append(area)

    def over(self, row: int) -> list[Area]:
        """The areas that lie over this row. Raises SheetError as ``areas_by_row`` does."""
        if row not in self._over:
            near = [
                area
                for level, stretches in self._beginning.items()
                for stretch in ((row >> level) - 1, row >> level)
                for area in stretches.get(stretch, ())
            ]
            found = self._over[row] = [area for area in near if area.first_row <= row <= area.last_row]
            self._count += len(found)
            self._looked_at += len(near)
            if self._count > _MOST_ROWS_OF_AREAS or self._looked_at > _MOST_LOOKS:
                raise _too_many(self._tab)
        return self._over[row]


def overlap(one: Area, other: Area) -> bool:
    """The two have at least one cell in common."""
    return (
        one.first_row <= other.last_row
        and other.first_row <= one.last_row
        and one.first_column <= other.last_column
        and other.first_column <= one.last_column
    )

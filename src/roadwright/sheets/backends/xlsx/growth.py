"""Which ranges of a tab grow with what is written, and how. Pure.

A rule or filter grows downwards when it covers the last row of data and ends before the last appended row. One that
reaches further (a dropdown for rows 2 to 5000) covers the new rows already; one that ends earlier, or stands beside
the data, was never meant for its rows.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from roadwright.sheets.backend import Area
from roadwright.sheets.backends.xlsx.addresses import area_text, parse_area
from roadwright.sheets.values import LAST_COLUMN


@dataclass(frozen=True)
class Growth:
    """How a tab grows: rows below its data, columns to the right of its header.

    ``old_last_row`` is the last row of data before (the header's when there was none), ``new_last_row`` the last
    one now. ``header_cells`` are the columns of the header row that get a name. ``first_column`` and ``last_column``
    bound the data, people's own columns beside the written ones included.
    """

    header_row: int
    old_last_row: int
    new_last_row: int
    header_cells: Collection[int] = ()
    first_column: int = 1
    last_column: int = LAST_COLUMN

    def is_beside(self, area: Area) -> bool:
        """The area has no column of the data."""
        return area.last_column < self.first_column or self.last_column < area.first_column

    def is_followed_by(self, area: Area) -> bool:
        """The area, somewhere else in the workbook, means all rows of data, and now misses some.

        One of a single row is a series across, or a name.
        """
        return (
            area.first_row <= self.header_row + 1
            and area.first_row < area.last_row
            and self.old_last_row <= area.last_row < self.new_last_row
            and not self.is_beside(area)
        )


def data_columns(header: Collection[int], written: Collection[int]) -> tuple[int, int]:
    """The first and the last column of the data: the written ones, and those with a header that join on to them."""
    if not written:
        return 1, LAST_COLUMN
    named = {*header, *written}
    first, last = min(written), max(written)
    while first - 1 in named:
        first -= 1
    while last + 1 in named:
        last += 1
    return first, last


def grown_ranges(ranges: str, growth: Growth) -> str:
    """The ranges of a rule (parted by blanks). Equal to what was given when nothing changes."""
    parts = ranges.split()
    grown = [_grown_range(part, growth) for part in parts]
    return " ".join(grown) if grown != parts else ranges


def _grown_range(reference: str, growth: Growth) -> str:
    try:
        area = parse_area(reference)
    except ValueError:  # whole columns, A:C: they cover everything
        return reference
    first = growth.header_row + 1
    # A rule on one row alone is about that row, unless that row is all the data there was.
    about_all = area.first_row < area.last_row or area.first_row == first
    covers_end = area.first_row <= max(growth.old_last_row, first) <= area.last_row
    if about_all and covers_end and area.last_row < growth.new_last_row and not growth.is_beside(area):
        return area_text(replace(area, last_row=growth.new_last_row))
    return reference


def grown_filter(reference: str, growth: Growth) -> str:
    """The range of a filter that has its buttons in the header row; any other stays.

    It takes in new columns at its right edge: sorting by it would tear the rows apart otherwise.
    """
    try:
        area = parse_area(reference)
    except ValueError:
        return reference
    if area.first_row != growth.header_row:
        return reference
    last_row = area.last_row
    if growth.old_last_row <= last_row < growth.new_last_row:
        last_row = growth.new_last_row
    last_column = area.last_column
    while last_column + 1 in growth.header_cells:
        last_column += 1
    grown = replace(area, last_row=last_row, last_column=last_column)
    return reference if grown == area else area_text(grown)


def widened_dimension(reference: str, cells: Collection[tuple[int, int]]) -> str:
    """The used range of a tab, made to cover these cells."""
    try:
        area = parse_area(reference)
    except ValueError:
        return reference
    rows, columns = [row for row, _ in cells], [column for _, column in cells]
    wide = Area(
        min(area.first_row, *rows),
        min(area.first_column, *columns),
        max(area.last_row, *rows),
        max(area.last_column, *columns),
    )
    return reference if wide == area else area_text(wide)

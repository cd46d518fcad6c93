"""Which ranges grow when rows are appended below the data, and how. Pure.

A range grows when it ends where the data ended. One that reaches further (a dropdown for rows 2 to 5000) covers the
new rows already; one that ends earlier was never meant for all rows.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from roadwright.sheets.backend import Area
from roadwright.sheets.xlsx.addresses import area_text, parse_area


@dataclass(frozen=True)
class Growth:
    """Rows appended to a tab: where the data and its tables ended before, and where they end now."""

    header_row: int
    old_ends: Collection[int]
    new_last_row: int


def grown_ranges(ranges: str, growth: Growth) -> str:
    """The ranges of a rule (parted by blanks), those grown that ended with the data. Equal when nothing changes."""
    parts = ranges.split()
    grown = [_grown(part, growth) for part in parts]
    return " ".join(grown) if grown != parts else ranges


def _grown(reference: str, growth: Growth) -> str:
    try:
        area = parse_area(reference)
    except ValueError:  # whole columns, A:C: they cover everything
        return reference
    # A rule on one row alone is about that row, unless that row is all the data there was.
    about_all = area.first_row < area.last_row or area.first_row == growth.header_row + 1
    if area.first_row <= growth.header_row and area.last_row <= growth.header_row:
        return reference
    if area.last_row in growth.old_ends and area.last_row < growth.new_last_row and about_all:
        return area_text(Area(area.first_row, area.first_column, growth.new_last_row, area.last_column))
    return reference


def grown_filter(reference: str, growth: Growth) -> str:
    """The range of a tab's filter, grown when it starts at the header and ended with the data."""
    try:
        area = parse_area(reference)
    except ValueError:
        return reference
    ended_with_data = area.last_row in growth.old_ends and area.last_row < growth.new_last_row
    if area.first_row != growth.header_row or not ended_with_data:
        return reference
    return area_text(Area(area.first_row, area.first_column, growth.new_last_row, area.last_column))


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

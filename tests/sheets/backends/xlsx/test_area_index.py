"""Areas over a row, found by an index as they are found by a look at all."""

from __future__ import annotations

import random

from roadwright.sheets.backend import Area
from roadwright.sheets.backends.xlsx.addresses import AreaIndex


def test_the_areas_over_each_row_are_found() -> None:
    chance = random.Random(5)
    areas = []
    for _ in range(300):
        first = chance.randint(1, 200)
        areas.append(Area(first, 1, first + chance.choice((0, 1, 2, 3, 7, 8, 31, 100)), 2))
    index = AreaIndex(areas, "Ideas")
    for row in range(1, 320):
        expected = [area for area in areas if area.first_row <= row <= area.last_row]
        assert sorted(map(repr, index.over(row))) == sorted(map(repr, expected)), row

"""In which sizes and tolerances a model is put to the solver."""

from __future__ import annotations

from dataclasses import dataclass

from roadwright.optimize.scaling import power_of_two

EDGE = 2.0**-26
"""By this share of its largest number a row's limit is moved outwards (see `Numerics`)."""


@dataclass(frozen=True, slots=True)
class Numerics:
    """How a model in whole numbers is put to the solver.

    `tolerance` is that of feasibility and integrality. Rows are scaled by powers of two so that their largest number
    is about two to the power of `row_size`, and limits are moved outwards by the share EDGE of it: a thousand times the
    tolerance, and less than half a unit in rows of up to 25 bits, so that a selection which meets a limit exactly does
    not stand on the edge of the tolerance, where HiGHS is known to drop in one step what it accepted in another. The
    objective is scaled likewise (`cost_size`), unless its largest coefficient lies in `cost_range` as it is.
    """

    tolerance: float
    row_size: int
    cost_size: int
    cost_range: tuple[float, float]
    seed: int
    presolve: bool = True

    def cost_scale(self, largest: float) -> float:
        """The power of two that costs are multiplied by."""
        low, high = self.cost_range
        return 1.0 if low <= largest <= high else power_of_two(largest, self.cost_size)


USUAL = Numerics(tolerance=1e-9, row_size=6, cost_size=10, cost_range=(2.0**5, 2.0**20), seed=0)
"""Close to what HiGHS does by itself: measurements showed that other scales and seeds gain nothing, and that searches
of the same problem then take half or twice as long by chance."""
OTHER = Numerics(tolerance=1e-7, row_size=12, cost_size=14, cost_range=(0.0, 0.0), seed=2, presolve=False)
"""For a second opinion: as exact, but on another scale and without presolve, so that the two don't go wrong alike."""

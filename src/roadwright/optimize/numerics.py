"""In which sizes and tolerances a model is put to the solver."""

from __future__ import annotations

from dataclasses import dataclass

from roadwright.optimize.scaling import power_of_two


@dataclass(frozen=True, slots=True)
class Numerics:
    """How a model is put to the solver.

    `tolerance` is that of feasibility and integrality. Rows are scaled by powers of two so that their largest
    coefficient is about two to the power of `row_size`: the tolerance is then far below what counts as rounding. So is
    the objective (`cost_size`), unless its largest coefficient lies in `cost_range` as it is.
    """

    tolerance: float
    row_size: int
    cost_size: int
    cost_range: tuple[float, float]
    seed: int

    def cost_scale(self, largest: float) -> float:
        """The power of two that costs are multiplied by."""
        low, high = self.cost_range
        return 1.0 if low <= largest <= high else power_of_two(largest, self.cost_size)


USUAL = Numerics(tolerance=1e-9, row_size=6, cost_size=10, cost_range=(2.0**5, 2.0**20), seed=0)
"""Close to what HiGHS does by itself: measurements showed that other scales and seeds gain nothing, and that searches
of the same problem then take half or twice as long by chance."""
OTHER = Numerics(tolerance=1e-7, row_size=12, cost_size=14, cost_range=(0.0, 0.0), seed=2)
"""For a second opinion: as exact, but on another scale, so that the two don't go wrong in the same places."""

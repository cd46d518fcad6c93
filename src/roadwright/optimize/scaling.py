"""How large the numbers of a model are, and the powers of two that bring them to a size that suits the solver.

A power of two changes no digit of a number.
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from roadwright.optimize.whole import Values

MAX_EXPONENT = 1000


def power_of_two(largest: float, size: int) -> float:
    """The power of two that brings `largest` to about two to the power of `size` (1 where there is nothing)."""
    if largest <= 0:
        return 1.0
    return float(2.0 ** min(MAX_EXPONENT, max(-MAX_EXPONENT, size - round(np.log2(largest)))))


def row_sizes(matrix: sp.csr_matrix) -> tuple[Values, Values]:
    """The largest and the smallest size of a number in each row (1 where there is none)."""
    filled = np.diff(matrix.indptr) > 0
    largest, smallest = np.ones(len(filled)), np.ones(len(filled))
    starts = matrix.indptr[:-1][filled]
    if len(starts):
        largest[filled] = np.maximum.reduceat(np.abs(matrix.data), starts)
        smallest[filled] = np.minimum.reduceat(np.abs(matrix.data), starts)
    return largest, smallest


def row_scales(largest: Values, smallest: Values, size: int) -> Values:
    """Per row a power of two; rows of ones and minus ones are left as they are."""
    exponents = np.clip(size - np.round(np.log2(largest)), -MAX_EXPONENT, MAX_EXPONENT)
    return np.where((largest == 1.0) & (smallest == 1.0), 1.0, 2.0**exponents)

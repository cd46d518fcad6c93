"""The peer: highspy as it comes, in one thread and to a gap of 0, on the very matrix that ours is solved on."""

from __future__ import annotations

import highspy
import numpy as np

from roadwright.optimize.model.linear import Linear
from roadwright.optimize.model.numbers import Values


def raw_highs(linear: Linear, costs: Values) -> highspy.Highs:
    """A model inside HiGHS, ready to run: nothing scaled, tightened or watched, all whole columns declared so."""
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.silent()
    for name, value in (("threads", 1), ("mip_rel_gap", 0.0), ("mip_abs_gap", 0.0)):
        solver.setOptionValue(name, value)
    matrix = linear.matrix
    solver.passModel(
        matrix.shape[1],
        matrix.shape[0],
        matrix.nnz,
        int(highspy.MatrixFormat.kRowwise),
        int(highspy.ObjSense.kMinimize),
        0.0,
        costs,
        linear.lower,
        linear.upper,
        linear.row_lower,
        linear.row_upper,
        matrix.indptr[:-1].astype(np.int32),
        matrix.indices.astype(np.int32),
        matrix.data,
        linear.integer.astype(np.int32),
    )
    return solver

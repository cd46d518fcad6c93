"""What the exit code of a command says, and the one that each answer of an optimization run has."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from types import MappingProxyType

from roadwright.domain.optimization import RunStatus


class ExitCode(IntEnum):
    """How a command ended, for scripts that call it."""

    DONE = 0
    """Done; single rows may have failed, then the status is ``partial``. Of a run: optimal or feasible."""
    FAILED = 1
    """It failed, saved nothing, or found nothing in its time."""
    WRONG = 2
    """Wrong usage or input. Of a run: invalid."""
    INFEASIBLE = 3
    """No portfolio keeps all the rules."""
    ROWS_FAILED = 4
    """Done, but some rows failed; only where that was asked for (``--strict``)."""


EXIT_CODE_OF: Mapping[RunStatus, ExitCode] = MappingProxyType(
    {
        RunStatus.OPTIMAL: ExitCode.DONE,
        RunStatus.FEASIBLE: ExitCode.DONE,
        RunStatus.UNKNOWN: ExitCode.FAILED,
        RunStatus.CANCELLED: ExitCode.FAILED,
        RunStatus.FAILED: ExitCode.FAILED,
        RunStatus.INVALID: ExitCode.WRONG,
        RunStatus.INFEASIBLE: ExitCode.INFEASIBLE,
    }
)
"""The exit code of `roadwright solve` and of the actions that optimize."""

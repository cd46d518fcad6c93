"""What the exit code of a command says, and the one that each answer of an optimization run has."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from types import MappingProxyType

from roadwright.domain.errors import InputError, RoadwrightError
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

_OF_ERRORS: Mapping[type[RoadwrightError], ExitCode] = MappingProxyType(
    {InputError: ExitCode.WRONG, RoadwrightError: ExitCode.FAILED}
)
"""The exit code of the exceptions of ``errors``; of one that is not listed, the one of its nearest base."""


def exit_code_of(error: RoadwrightError) -> ExitCode:
    """The exit code of a command that ends with this error."""
    return next(_OF_ERRORS[kind] for kind in type(error).__mro__ if kind in _OF_ERRORS)

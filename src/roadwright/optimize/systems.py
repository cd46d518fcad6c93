"""Which rows a search has to respect: all of a model, those of some rules only, or relaxed ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from roadwright.optimize.evaluate import Evaluation
from roadwright.optimize.matrix import Linear, Model
from roadwright.optimize.whole import Values


@dataclass(frozen=True)
class System:
    """Rows to solve with, the rule that each belongs to, and the rules that an answer must keep (None: all)."""

    linear: Linear
    owners: Sequence[str | None]
    enforced: frozenset[str] | None = None
    complete: Callable[[Evaluation], Values] | None = None
    """All columns of a selection, where there are more of them than the model has."""

    def broken(self, evaluation: Evaluation) -> set[str]:
        """The enforced rules that a selection breaks by more than rounding."""
        broken = {violation.id for violation in evaluation.violations if not violation.is_rounding}
        return broken if self.enforced is None else broken & self.enforced


def without_goals(model: Model, system: System) -> System:
    """The same rows but those that measure the shortfalls of goals, for where nobody asks for these."""
    measured = system.linear.matrix[:, model.first_goal_column : model.width]
    rows: list[int] = np.flatnonzero(np.diff(sp.csr_matrix(measured).indptr) == 0).tolist()
    return System(system.linear.only(rows), [system.owners[row] for row in rows], system.enforced, system.complete)


def whole(model: Model) -> System:
    """All rules of a model."""
    return System(model.linear, model.owners)


def part(model: Model, rules: frozenset[str]) -> System:
    """Only the rules (and capacities) with these ids; what defines synergies and shortfalls stays."""
    rows = [row for row, owner in enumerate(model.owners) if owner is None or owner in rules]
    return System(model.linear.only(rows), [model.owners[row] for row in rows], rules)


def rule_ids(model: Model) -> list[str]:
    """The ids of all rules that demand something of the candidates, each once, in the model's order."""
    return list(dict.fromkeys(owner for owner in model.owners if owner is not None))

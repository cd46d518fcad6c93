"""How often each initiative is chosen when contributions are not quite what they are thought to be."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random

from roadwright.optimize.model.problem import Candidate, Problem
from roadwright.optimize.solver.highs import CancelSignal
from roadwright.optimize.solving import SolveOptions, solve

TRIALS = 40
SPREAD = 0.3
"""By this share a contribution may be off either way, where no range of it is known."""
SECONDS_A_TRIAL = 5.0

Drawn = Mapping[str, Mapping[str, float]]
"""By candidate and KPI a contribution that somebody else has drawn."""


@dataclass(frozen=True, slots=True)
class Trials:
    """What so many trials gave: by key in how many of the answered ones each initiative was chosen."""

    done: int
    answered: int
    """Trials in which the rules could be met."""
    chosen: Mapping[str, int]

    def share(self, key: str) -> float | None:
        return self.chosen.get(key, 0) / self.answered if self.answered else None


def firmness(
    problem: Problem,
    drawn: Sequence[Drawn] = (),
    *,
    trials: int = TRIALS,
    found: Callable[[Trials], None],
    cancel: CancelSignal | None = None,
) -> None:
    """Tell how the trials stand after each; the same problem always gives the same trials.

    `drawn` holds, by trial, the contributions whose range is known; all others are drawn here.
    """
    chosen: dict[str, int] = {}
    answered = 0
    options = SolveOptions(time_limit=SECONDS_A_TRIAL, tie_break=False, diagnose=False)
    for trial in range(trials):
        if cancel is not None and cancel.is_set():
            return
        known: Drawn = drawn[trial] if trial < len(drawn) else {}
        shaken = tuple(_shaken(candidate, trial, known.get(candidate.key, {})) for candidate in problem.candidates)
        solution = solve(problem.changed(candidates=shaken), options, cancel=cancel)
        if cancel is not None and cancel.is_set():
            return
        if solution.objective_value is not None:
            answered += 1
            for key in solution.selected:
                chosen[key] = chosen.get(key, 0) + 1
        found(Trials(trial + 1, answered, dict(chosen)))


def _shaken(candidate: Candidate, trial: int, known: Mapping[str, float]) -> Candidate:
    contributions = {
        kpi: known[kpi] if kpi in known else value * (1 + _off(f"{trial} {candidate.key} {kpi}"))
        for kpi, value in candidate.contributions.items()
    }
    return replace(candidate, contributions=contributions)


def _off(seed: str) -> float:
    return Random(seed).triangular(-SPREAD, SPREAD, 0.0)

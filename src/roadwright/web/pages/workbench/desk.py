"""What is on one open workbench: the scenario, what was changed, the answer, and what came after it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from roadwright.actions.workbench import Bench, KpiFact
from roadwright.domain.kpis import Direction
from roadwright.domain.optimization import GOALS, ObjectiveMode
from roadwright.domain.periods import next_period
from roadwright.optimize import CapacityStep, Constraint, Explanation, LaterPeriod, Problem, Solution, Target, Trials
from roadwright.services.portfolios.workbench.answers import Answer, moved
from roadwright.services.portfolios.workbench.changes import Changes
from roadwright.services.portfolios.workbench.sentences import Named, Part, sentence
from roadwright.web import formats

MOST_UNDO = 50
LATER = 2
"""Periods after this one that are looked at."""


@dataclass
class Desk:
    """The state of one open page."""

    bench: Bench
    changes: Changes = field(default_factory=Changes)
    past: list[Changes] = field(default_factory=list)
    answer: Answer | None = None
    shown: Answer | None = None
    """The last one that held a portfolio: it stays, greyed, where the newest does not."""
    prices: dict[str, Explanation] = field(default_factory=dict)
    """Of the answer that is shown, as far as they are known."""
    steps: dict[float, CapacityStep] = field(default_factory=dict)
    curve_of: str = ""
    """What the curve's steps are of."""
    later: dict[str, LaterPeriod] = field(default_factory=dict)
    trials: Trials | None = None
    slice: str = "department"
    tab: str = "choice"
    columns: list[str] = field(default_factory=list)
    """Runs that are compared beside the baseline."""
    is_waiting_for_prices: bool = False
    has_grid: bool = False
    """Whether the page shows the choice in a grid, which it does until it is left."""

    def begin_prices(self) -> None:
        """Begin with the prices that the saved run has, where that is what is asked; all others are still to come."""
        known = self.bench.known if self.changes.is_nothing else {}
        self.prices = {key: price for key, price in known.items() if price.computed}
        self.is_waiting_for_prices = not self.prices.keys() >= set(self.sized)

    @property
    def sized(self) -> list[str]:
        """The candidates that can be judged."""
        return [one.key for one in self.problem.candidates if one.tokens is not None]

    @property
    def problem(self) -> Problem:
        """What is asked, or stands before anything is."""
        return self.bench.problem if self.answer is None else self.answer.problem

    @property
    def solution(self) -> Solution | None:
        """The answer that is shown: the newest one, the last one, or the baseline's."""
        if self.shown is not None:
            return self.shown.solution
        return None if self.bench.baseline is None else self.bench.baseline.solution

    @property
    def chosen(self) -> frozenset[str]:
        return frozenset() if self.solution is None else frozenset(self.solution.selected)

    @property
    def moved(self) -> frozenset[str]:
        return frozenset() if self.shown is None else moved(self.shown, self.bench.baseline)

    @property
    def is_stale(self) -> bool:
        """Whether what is shown is not the answer to what is asked."""
        return self.answer is not None and not self.answer.has_answer

    @property
    def periods(self) -> list[str]:
        """This period, and those after it where its key says which they are."""
        found = [self.bench.period_key]
        while len(found) <= LATER and (following := next_period(found[-1])) is not None:
            found.append(following)
        return found

    def change(self, changes: Changes) -> bool:
        """Take over changes; whether they are others than before."""
        if changes == self.changes:
            return False
        self.past = [*self.past[-MOST_UNDO:], self.changes]
        self.changes = changes
        return True

    def undo(self) -> bool:
        """Take the last change back."""
        if not self.past:
            return False
        self.changes = self.past.pop()
        return True

    # Words

    def kpi(self, key: str) -> KpiFact:
        return self.bench.kpis.get(key) or KpiFact(key, key, None, "supporting", Direction.INCREASE, None)

    def amount(self, kpi: str, value: float | None, *, change: bool = False) -> str:
        """A KPI's value, or a change of it, in its unit."""
        return formats.amount(value, self.kpi(kpi).unit, change=change, short=True)

    def worth(self, value: float | None, stage: str | None = None, *, change: bool = False) -> str:
        """A value of the objective, or of one of its stages, in its unit."""
        if value is None:
            return formats.NONE
        if stage == GOALS:
            text = f"{formats.number(abs(value) * 100, 1)} % of a goal"
            return formats.signed(text, value) if change else text
        mode = self.problem.objective.mode
        if mode is ObjectiveMode.WEIGHTED_KPIS:
            text = f"{formats.number(abs(value) * 100, 1)} pts"
            return formats.signed(text, value) if change else f"{formats.MINUS if value < 0 else ''}{text}"
        kpi = stage if stage is not None and stage in self.bench.kpis else self.last_kpi
        return self.amount(kpi, value, change=change)

    @property
    def last_kpi(self) -> str:
        """The KPI that the objective's value is of; of an order the last one."""
        objective = self.problem.objective
        star = self.problem.north_star.key
        if objective.mode is ObjectiveMode.LEXICOGRAPHIC:
            listed = [item.kpi for item in objective.order]
            return listed[-1] if star in listed else star
        return star

    @property
    def named(self) -> Named:
        """How sentences name things."""
        return Named(
            self.bench.title,
            lambda key: self.kpi(key).name,
            lambda key, value: formats.amount(value, self.kpi(key).unit, short=True),
            formats.number,
        )

    def sentence(self, row: Constraint | Target) -> list[Part]:
        return sentence(row, self.named)

    def titles(self, keys: Sequence[str], most: int = 3) -> str:
        """Titles of initiatives, the first ones and how many more."""
        names = [self.bench.title(key) for key in keys]
        shown = ", ".join(names[:most])
        return f"{shown} and {len(names) - most} more" if len(names) > most else shown

    def rows(self) -> Mapping[str, Constraint | Target]:
        """Every rule and target by id: those that are in force, and those that are switched off."""
        return {**self.bench.problem.rows, **self.problem.rows}

"""Reading a formula and computing it with the values of its params."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from roadwright.domain.formulas.arithmetic import CannotCompute, calculator
from roadwright.domain.formulas.errors import FormulaError, cut
from roadwright.domain.formulas.grammar import VALUE, FormulaStep, read_steps, reads
from roadwright.domain.formulas.text import code_lines, too_deep
from roadwright.domain.registry import nearest

EFFORT = "effort"
OVERALL = "overall"
MAX_NAMES = 200


@dataclass(frozen=True)
class Formula:
    """A formula that was read: what it computes, step by step, and the names it needs values for."""

    text: str
    steps: tuple[FormulaStep, ...]
    first_use: Mapping[str, int]
    """The line where each param is first read, in the order of first use."""

    @property
    def params(self) -> tuple[str, ...]:
        """The names that need a value, in the order of first use."""
        return tuple(self.first_use)

    @property
    def assigned(self) -> tuple[str, ...]:
        """The names that its lines set, each once."""
        return tuple(dict.fromkeys(step.name for step in self.steps if not step.is_bare))

    @property
    def sets_effort(self) -> bool:
        return EFFORT in self.assigned

    @property
    def sets_overall(self) -> bool:
        return OVERALL in self.assigned


@dataclass(frozen=True, slots=True)
class FormulaResult:
    """What a formula gives: the signed increment of its KPI, and effort and overall where it sets them. All finite."""

    value: float
    effort: float | None = None
    overall: float | None = None


def parse_formula(text: str) -> Formula:
    """Read a formula: one expression, or lines ``name = expression`` with a ``value = …``. Raises FormulaError."""
    steps = read_steps(code_lines(text))
    formula = Formula(text, steps, _params(steps))
    names = len({*formula.params, *formula.assigned})
    if names > MAX_NAMES:
        raise FormulaError(1, None, "formula_too_many_names", count=names, most=MAX_NAMES)
    return formula


def _params(steps: tuple[FormulaStep, ...]) -> dict[str, int]:
    set_later = {step.name: step.line for step in reversed(steps) if not step.is_bare}
    known: set[str] = set()
    first_use: dict[str, int] = {}
    for step in steps:
        for name in reads(step.expression):
            if name.id in known:
                continue
            if name.id in set_later:
                raise FormulaError(
                    *(name.lineno, name.col_offset), "name_read_too_early", name=cut(name.id), set_in=set_later[name.id]
                )
            first_use.setdefault(name.id, name.lineno)
        known.add(step.name)
    return first_use


def evaluate(formula: Formula, params: Mapping[str, float]) -> FormulaResult:
    """Compute a formula. Raises FormulaError where a param has no value or a result is no finite number."""
    values = {name: _given(formula, name, params) for name in formula.params}
    results: dict[str, float] = dict(values)
    calculate = calculator(results)
    for step in formula.steps:
        try:
            results[step.name] = calculate(step.expression)
        except CannotCompute as problem:
            raise FormulaError.of(step.line, None, problem.message) from None
        except RecursionError:
            raise too_deep(step.line) from None
    return FormulaResult(
        value=results[VALUE],
        effort=results[EFFORT] if formula.sets_effort else None,
        overall=results[OVERALL] if formula.sets_overall else None,
    )


def _given(formula: Formula, name: str, params: Mapping[str, float]) -> float:
    line = formula.first_use[name]
    if name not in params:
        spare = [param for param in params if param not in formula.first_use]
        raise FormulaError(line, None, "name_without_value", name=cut(name), hint=nearest(name, spare))
    try:
        value = float(params[name])
    except OverflowError:
        value = math.inf
    if not math.isfinite(value):
        raise FormulaError(line, None, "name_not_finite", name=cut(name))
    return value

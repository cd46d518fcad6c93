"""Rules and numbers in the user's words."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from roadwright.domain.optimization import CAPACITY_ID, TOKENS, ConstraintType, TargetKind
from roadwright.optimize.model.numbers import as_float
from roadwright.optimize.model.problem import Constraint, Problem, Target
from roadwright.optimize.model.targets import slice_name

MAX_NAMES = 8


def amount(value: Fraction | float) -> str:
    """A number for a message: thousands separated, ten digits."""
    return f"{as_float(Fraction(value)):,.10g}"


def names(keys: Sequence[str]) -> str:
    """Some keys for a message; of very many only the first ones."""
    more = f" and {len(keys) - MAX_NAMES} more" if len(keys) > MAX_NAMES else ""
    return ", ".join(keys[:MAX_NAMES]) + more


def describe(problem: Problem, rule_id: str) -> str:
    """What the rule with an id demands: a constraint, a target, or a total capacity."""
    for row in problem.constraints:
        if row.id == rule_id:
            return _constraint(row)
    for target in problem.targets:
        if target.id == rule_id:
            return _target(target)
    resource = rule_id.removeprefix(f"{CAPACITY_ID}:") if rule_id != CAPACITY_ID else TOKENS
    capacity = problem.capacity if resource == TOKENS else problem.capacities[resource]
    return f"the capacity is {amount(capacity)} {resource}"


def _constraint(row: Constraint) -> str:
    key, members = row.dimension_key, names(row.members)
    place = slice_name(row.dimension, key) if row.dimension else ""
    counts = [f"at least {row.min_count}"] if row.min_count is not None else []
    counts += [f"at most {row.max_count}"] if row.max_count is not None else []
    words = {
        ConstraintType.CAPACITY_FLOOR: f"at least {amount(row.min_tokens or 0)} {row.resource} for {place}",
        ConstraintType.CAPACITY_CAP: f"at most {amount(row.max_tokens or 0)} {row.resource} for {place}",
        ConstraintType.MANDATORY: f"{key} is mandatory",
        ConstraintType.EXCLUDE_INITIATIVE: f"{key} is excluded",
        ConstraintType.EXCLUDE_PAIR: f"not both {key} and {members}",
        ConstraintType.BUNDLE: f"all or none of {members}",
        ConstraintType.REQUIRE_PREREQ: f"{key} needs {members}",
        ConstraintType.REQUIRE_ANY: f"{key} needs one of {members}",
        ConstraintType.CHOOSE_COUNT: f"{' and '.join(counts)} of {members}",
        ConstraintType.SYNERGY_BONUS: f"{members} together add {amount(row.bonus_value or 0)} to {row.kpi_key}",
    }
    return words[row.type]


def _target(target: Target) -> str:
    kind = "must reach" if target.type is TargetKind.FLOOR else "should reach"
    baseline = f" from {amount(target.baseline_value)}" if target.baseline_value is not None else ""
    name = slice_name(target.dimension, target.dimension_key)
    return f"{target.kpi_key} {kind} {amount(target.target_value)}{baseline} in {name}"

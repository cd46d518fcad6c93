"""The gates that guard a roadmap: those of its policy, with their parameters read, or the default ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from roadwright.domain.errors import InputError
from roadwright.domain.registry import nearest
from roadwright.domain.roadmaps import Gate, GateSeverity
from roadwright.domain.text import folded
from roadwright.roadmaps.gates import GATES, GateRule, ParameterProblem
from roadwright.store.models import GatePolicy

DEFAULT_GATES = ((Gate.TOKENS_PRESENT, GateSeverity.WARN),)
"""What a roadmap without a gate_policy asks for."""


class PolicyProblem(InputError):
    """A roadmap can't be judged by its policy; the message says why, and what to do."""


@dataclass(frozen=True)
class PolicyGate:
    """One gate of a policy, ready to judge."""

    rule: GateRule[Any]
    parameter: object
    severity: GateSeverity


def policy_of(session: Session, gate_policy: str | None) -> list[PolicyGate]:
    """The gates of a policy (any case), in the order in which they were saved. Raises PolicyProblem."""
    if not gate_policy:
        return [
            PolicyGate(GATES[gate], GATES[gate].parameter.parse(None), severity) for gate, severity in DEFAULT_GATES
        ]
    mine = rows_of_policy(session, gate_policy)
    if not mine:
        known = sorted(set(session.scalars(select(GatePolicy.gate_policy))))
        there = f"there are: {', '.join(known)}" if known else "there is none yet"
        raise PolicyProblem(
            f'gate_policy: there is no policy "{gate_policy}"{nearest(gate_policy, known)} on the Gates tab, {there}; '
            "fill in its gates there, mend the name, or clear it for the default policy"
        )
    return [_ready(row) for row in mine]


def rows_of_policy(session: Session, gate_policy: str) -> list[GatePolicy]:
    """The rows of a policy (any case), in the order in which they were saved."""
    rows = session.scalars(select(GatePolicy).order_by(GatePolicy.id))
    return [row for row in rows if folded(row.gate_policy) == folded(gate_policy)]


def _ready(row: GatePolicy) -> PolicyGate:
    rule = GATES[Gate(row.gate)]
    try:
        parameter = rule.parameter.parse(row.parameter)
    except ParameterProblem as problem:
        raise PolicyProblem(
            f'gate_policy: in policy "{row.gate_policy}" the parameter of {row.gate} {problem}; mend it on Gates'
        ) from problem
    return PolicyGate(rule, parameter, GateSeverity(row.severity))

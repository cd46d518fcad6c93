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
from roadwright.services.roadmaps.gates import GATES, GateRule, ParameterProblem
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
        hint = nearest(gate_policy, known)
        code = "unknown_gate_policy" if known else "no_gate_policies"
        raise PolicyProblem(code, policy=gate_policy, hint=hint, known=known).about("gate_policy")
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
        wrong = PolicyProblem("policy_parameter", policy=row.gate_policy, gate=row.gate, why=problem.message)
        raise wrong.about("gate_policy") from problem
    return PolicyGate(rule, parameter, GateSeverity(row.severity))

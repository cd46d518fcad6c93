"""The registry of gates: each is one function, registered once with its name, help and parameter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic

from roadwright.domain.messages import Message
from roadwright.domain.roadmaps import Gate
from roadwright.services.roadmaps.gates.parameter import P, Parameter
from roadwright.services.roadmaps.gates.subject import Setting, Subject

Check = Callable[[Subject, P, Setting], Message | None]
"""Judges one initiative: None where it passes, else why it does not."""


@dataclass(frozen=True)
class GateRule(Generic[P]):
    """One gate: what it asks for, how its parameter is read, and how it judges."""

    gate: Gate
    help: str
    parameter: Parameter[P]
    check: Check[P]
    looks_at_others: bool = False
    """Its judgement depends on which of the initiatives that it names as its dependencies stand on the roadmap."""
    looks_at_scores: bool = False
    """Its judgement depends on the scores of all initiatives."""


GATES: dict[Gate, GateRule[Any]] = {}
"""Every gate by its name, in the order of the domain's words once the package is imported."""


def gate(
    name: Gate,
    help: str,
    parameter: Parameter[P],
    *,
    looks_at_others: bool = False,
    looks_at_scores: bool = False,
) -> Callable[[Check[P]], Check[P]]:
    """Register the function below it as a gate."""

    def register(check: Check[P]) -> Check[P]:
        GATES[name] = GateRule(name, help, parameter, check, looks_at_others, looks_at_scores)
        return check

    return register

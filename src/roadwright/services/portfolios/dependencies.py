"""What the Backlog says that candidates depend on, as rules of a run: each is chosen with what it needs, or not at all.

A dependency that is delivered, or in progress without being a candidate, demands nothing. Any other that is no
candidate can't be chosen, and neither can what needs it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from roadwright.domain.initiatives import Lifecycle
from roadwright.domain.keys import canonical_key
from roadwright.domain.messages import Message, warning
from roadwright.optimize.constraints import RequirePrereq
from roadwright.store.models import Initiative, OptimizationScenario


@dataclass
class DependencyRules:
    """The rules, and what there is to say of the initiatives whose dependencies they are, as (key, message)."""

    rules: list[RequirePrereq] = field(default_factory=list)
    unknown: set[str] = field(default_factory=set)
    """What is named and is no initiative."""
    under_way: set[str] = field(default_factory=set)
    """What is in progress, and therefore met."""
    findings: list[tuple[str, Message]] = field(default_factory=list)


def dependencies_bind(scenario: OptimizationScenario) -> bool:
    """Whether the scenario's runs obey the Backlog's dependencies; a blank counts as yes."""
    return scenario.use_dependencies is not False


def dependency_id(key: str) -> str:
    """The id of the rule that says what an initiative depends on: ``dependency:INIT-000006``."""
    return f"dependency:{key}"


def needed_by(initiative: Initiative) -> list[str]:
    """What an initiative names as its dependencies, each once: full keys, and texts that are none."""
    typed = initiative.dependencies_initiatives or ()
    return list(dict.fromkeys(canonical_key(text) or text.strip() for text in typed))


def dependency_rules(candidates: Sequence[Initiative], lifecycles: Mapping[str, str]) -> DependencyRules:
    """The rules over these candidates; ``lifecycles`` has the status of every initiative by key."""
    result = DependencyRules()
    among = {initiative.initiative_key for initiative in candidates}
    for initiative in candidates:
        own, members = initiative.initiative_key, []
        for key in needed_by(initiative):
            status = lifecycles.get(key)
            if key == own:
                result.findings.append((own, warning("dependency_on_itself")))
            elif key in among:
                members.append(key)
            elif status is None:
                members.append(key)
                result.unknown.add(key)
                result.findings.append((own, warning("dependency_unknown", key=key)))
            elif status == Lifecycle.IN_PROGRESS:
                result.under_way.add(key)
                result.findings.append((own, warning("dependency_counts_as_met", key=key)))
            elif status != Lifecycle.DONE:
                members.append(key)
                result.findings.append((own, warning("dependency_blocks", key=key, status=status)))
        if members:
            result.rules.append(RequirePrereq(id=dependency_id(own), dimension_key=own, members=tuple(members)))
    return result

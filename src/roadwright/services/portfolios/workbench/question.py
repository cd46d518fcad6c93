"""From a scenario's problem and what a person changed to the problem that is solved. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from roadwright.domain.optimization import CAPACITY_ID
from roadwright.optimize import Problem, parse_problem, problem_to_json
from roadwright.services.portfolios.workbench.changes import ADDED, Changes, added_id

_SWITCH = "switch "
"""How ids of a person's own rules begin: with a blank, so that no stored rule has such an id."""


def switch_id(key: str) -> str:
    """The id of the rule that a switch is."""
    return f"{_SWITCH}{key}"


def switched_key(id: str) -> str | None:
    """The initiative that a rule is the switch of."""
    return id.removeprefix(_SWITCH) if id.startswith(_SWITCH) else None


def is_own(id: str) -> bool:
    """Whether a rule is there only because of what the person changed."""
    return id.startswith((_SWITCH, ADDED))


def asked_problem(base: Problem, changes: Changes) -> Problem:
    """The problem with the changes. What they name and the problem does not have is passed over (see `gone_from`).

    Raises InvalidProblem where a change is wrong by itself, such as an added rule that lacks a member.
    """
    content: dict[str, Any] = dict(problem_to_json(base))
    content["capacity"] = base.capacity if changes.capacity is None else changes.capacity
    content["objective"] = changes.objective() or content["objective"]
    off = set(changes.off)
    rules = [_edited(rule, changes) for rule in content.get("constraints", ()) if rule.get("id") not in off]
    targets = [_edited(target, changes) for target in content.get("targets", ()) if target.get("id") not in off]
    for place, rule in enumerate(changes.added):
        if added_id(place) not in off:
            rules.append(_edited({**rule, "id": added_id(place)}, changes))
    content.update(constraints=[*rules, *_switches(base, changes, rules)], targets=targets)
    return parse_problem(content)


def _edited(row: Mapping[str, Any], changes: Changes) -> dict[str, Any]:
    return {**row, **changes.edits.get(str(row.get("id")), {})}


def _switches(base: Problem, changes: Changes, rules: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Each switch as a rule, where none says the same already."""
    said = {(rule["type"], rule.get("dimension_key")) for rule in rules}
    known = {candidate.key for candidate in base.candidates}
    ways = {key: switch.way for key, switch in changes.switches.items()}
    ways |= dict.fromkeys(changes.periods, "out")
    found = []
    for key, way in sorted(ways.items()):
        kind = "mandatory" if way == "in" else "exclude_initiative"
        if key in known and (kind, key) not in said:
            switch = changes.switches.get(key)
            reason = (switch.reason if switch is not None else "") or way
            found.append({"id": switch_id(key), "type": kind, "dimension_key": key, "reason": reason})
    return found


@dataclass(frozen=True)
class Gone:
    """What changes name that the problem does not have any more."""

    rules: tuple[str, ...]
    initiatives: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.rules or self.initiatives)


def gone_from(base: Problem, changes: Changes) -> Gone:
    """What of the changes has no effect, because it is not there any more."""
    ids = {*base.rows, CAPACITY_ID, *(added_id(place) for place in range(len(changes.added)))}
    keys = {candidate.key for candidate in base.candidates}
    rules = [id for id in (*changes.off, *changes.edits) if id not in ids]
    initiatives = [key for key in (*changes.switches, *changes.periods) if key not in keys]
    return Gone(tuple(dict.fromkeys(rules)), tuple(dict.fromkeys(initiatives)))

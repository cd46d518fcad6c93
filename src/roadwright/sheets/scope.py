"""What readers of cells may ask: the workspace's rules of reading, the registry's spellings, and the row itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from roadwright.domain.reading.rules import AS_TYPED, ReadingRules
from roadwright.domain.reading.units import NO_UNIT, Unit, unit_named
from roadwright.domain.text import folded

KPIS = "KPI"
SCENARIO, CONSTRAINT_SET, ROADMAP, GATE_POLICY = "scenario", "constraint set", "roadmap", "gate policy"
"""What readers of cells ask for: the registry of KPIs, and the sorts of names that people refer to."""


def _no_title(_: str) -> str | None:
    return None


@dataclass
class Scope:
    """One pass over a tab's cells.

    ``kpis`` gives, by folded key, a KPI's spelling and unit. ``title_of`` gives the title of an initiative's key,
    ``key_of`` the key of a title (its letters and digits). ``names`` are, by sort, the spellings of names, folded.
    ``row`` is the row that is being read, as its cells are.
    """

    rules: ReadingRules = AS_TYPED
    kpis: Mapping[str, tuple[str, str | None]] = field(default_factory=dict)
    title_of: Callable[[str], str | None] = _no_title
    key_of: Callable[[str], str | None] = _no_title
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    row: Mapping[str, object] = field(default_factory=dict)

    def kpi_spelled(self, typed: str) -> str:
        """The KPI's key as the registry has it; an unknown one as it was typed."""
        known = self.kpis.get(folded(typed))
        return typed if known is None else known[0]

    def unit_of_kpi(self, key: object) -> Unit:
        """The unit of a KPI; none where it is not known."""
        known = self.kpis.get(folded(str(key))) if key is not None else None
        return NO_UNIT if known is None else unit_named(known[1])

    def spelled(self, sort: str, typed: str) -> str:
        """A name as it is spelled where it is defined; an unknown one as it was typed."""
        return self.names.get(sort, {}).get(folded(typed), typed)

    @property
    def fingerprint(self) -> str:
        """A text that changes with what the meaning of a cell depends on beside the cell."""
        return repr((self.rules, sorted(self.kpis.items()), self.names))


NOTHING_KNOWN = Scope()
"""Where only the cell itself is known."""

"""Rows that were renamed without their sheet: a copy of the tab that still shows the old name is told by its version.

A rename lets the copies of the row that were written before stand for what it is called now (see
``services.rows.baselines.move_copies``). A row that shows the name of its copy, and whose copy stands for another row,
is that one. Where a person typed another name over it, it is not: to type a name in a sheet makes a row.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from roadwright import tabs
from roadwright.domain.provenance import is_row_version
from roadwright.services.rows.binding import Binding
from roadwright.services.rows.identity import identity_of, identity_text
from roadwright.sync.bases import load_bases
from roadwright.sync.context import OpenTab

_RENAMED = frozenset(
    spec.name
    for spec in (
        *(tabs.ROADMAPS, tabs.ROADMAP_ENTRIES),
        *(tabs.SCENARIO_CONFIG, tabs.CONSTRAINTS, tabs.TARGETS),
        *(tabs.MATH_MODELS, tabs.PARAMS, tabs.METRICS_CONFIG),
    )
)
"""The tabs whose rows are renamed without their sheet, or go by the name of such a row."""


def follow_renames(session: Session, tab: OpenTab, binding: Binding) -> None:
    """Let the rows of an open tab that were renamed since it was written count as what they are now."""
    spec = tab.spec
    if spec.name not in _RENAMED:
        return
    stored = set(binding.listed(session))
    strange = [row for row in tab.table.rows if tab.identity_of(row) not in stored]
    strange = [row for row in strange if is_row_version(row.text("updated_at"))]
    if not strange:
        return
    by_text = {identity_text(identity): identity for identity in stored}
    copies = load_bases(session, tab, strange)
    for row in strange:
        copy = copies.get(row.number)
        if copy is None or copy.identity not in by_text:
            continue
        own = tab.identity_of(row)
        if identity_text(own) != copy.identity and identity_of(spec.identity, copy.values) == own:
            tab.renamed[row.number] = by_text[copy.identity]

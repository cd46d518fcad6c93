"""People's own words on tabs that the backend rewrites: sheet-only cells, remembered by the identity of their row.

Like typed values they are merged: a cell that still says what this copy of the tab once showed was not edited, so an
older copy of the file never takes back what was written since.
"""

from __future__ import annotations

from roadwright.services.rows.baselines import Baseline, save_annotations
from roadwright.services.rows.identity import Identity, identity_of, identity_text
from roadwright.sheets.merge import plain
from roadwright.sheets.read import Row
from roadwright.sheets.spec import TabSpec
from roadwright.sync.bases import load_bases
from roadwright.sync.context import ANNOTATIONS, OpenTab, SyncContext

Words = dict[str, object]
"""By column what stands in a row's sheet-only cells; blank cells and empty boxes are left out."""


def annotations_of(spec: TabSpec, values: dict[str, object]) -> Words:
    return {name: said for name in spec.sheet_only if (said := plain(values.get(name))) not in (None, False, "")}


def annotations_shown(copy: Baseline | None, identity: Identity) -> Words:
    """What a copy of the row once showed; nothing where it is the copy of another row, or of none."""
    shown = copy.values.get(ANNOTATIONS) if copy is not None and copy.identity == identity_text(identity) else None
    return dict(shown) if isinstance(shown, dict) else {}


def annotations_to_show(spec: TabSpec, row: Row, before: Words) -> dict[str, object]:
    """What the row's copy will have shown, as an entry of the copy; a cell that can't be read keeps what it showed."""
    if not spec.sheet_only:
        return {}
    unread = {name: before[name] for name in row.problems if name in before}
    return {ANNOTATIONS: {**annotations_of(spec, row.values), **unread}}


def collect_annotations(context: SyncContext, tab: OpenTab) -> None:
    """Remember what people wrote since the backend last wrote the rows of this copy of the tab."""
    spec, table = tab.spec, tab.table
    columns = [name for name in spec.sheet_only if name in table.columns]
    if not columns:
        return
    bases = load_bases(context.session, tab)
    edits: dict[Identity, dict[str, object]] = {}
    for row in table.rows:
        identity = identity_of(spec.identity, row.values)
        if not any(identity) or identity in edits:
            continue
        said, shown = annotations_of(spec, row.values), annotations_shown(bases.get(row.number), identity)
        readable = (name for name in columns if name not in row.problems)
        edits[identity] = {name: said.get(name) for name in readable if said.get(name) != shown.get(name)}
    save_annotations(context.session, spec.name, edits)

"""What a run of a roadmap chose that another roadmap promises as well."""

from __future__ import annotations

from roadwright.actions.contract import ActionContext
from roadwright.services.portfolios.drafts import RunDraft
from roadwright.services.roadmaps.overlap import promised_twice


def note_promised_twice(request: ActionContext, draft: RunDraft) -> None:
    """Note on a solved draft which of its choices another roadmap promises as well; the run alerts of them."""
    if draft.solution is not None and draft.scenario.roadmap_name:
        with request.workspace.store.transaction() as session:
            draft.promised_twice = promised_twice(session, draft.scenario.roadmap_name, draft.solution.selected)

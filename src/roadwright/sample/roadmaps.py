"""Two roadmaps of the same backlog for the same quarter: one that lets nearly everything on, one that asks for more."""

from __future__ import annotations

from roadwright.sample.cells import Row, initiatives
from roadwright.sample.company import PERIOD
from roadwright.sample.people import JORUNN, PRIYAMVADA

OPEN_FLOOR = "Q2 open floor"
COMMITTED = "Q2 committed"
APPROVER = "Henrike Solberg, product board"

_FLAGGED = f"is_optimization_candidate = TRUE and candidate_period_key = {PERIOD}"

ROADMAPS: tuple[Row, ...] = (
    {
        "roadmap_name": OPEN_FLOOR,
        "period_key": PERIOD,
        "description": "Everything that could be built in the quarter, for the discussion with the departments.",
        "source": "filter",
        "source_ref": _FLAGGED,
        "gate_policy": "light",
        "owner": JORUNN["requester_name"],
    },
    {
        "roadmap_name": COMMITTED,
        "period_key": PERIOD,
        "description": "What we tell the board that can be relied on: sized, scored, described, and no high risk.",
        "source": "filter",
        "source_ref": _FLAGGED,
        "gate_policy": "board",
        "owner": PRIYAMVADA["requester_name"],
    },
)


def _gate(policy: str, gate: str, severity: str, parameter: str = "", notes: str = "") -> Row:
    typed = {"parameter": parameter, "notes": notes}
    return {"gate_policy": policy, "gate": gate, "severity": severity, **{n: text for n, text in typed.items() if text}}


GATES: tuple[Row, ...] = (
    _gate("light", "tokens_present", "warn"),
    _gate("light", "contribution_present", "warn"),
    _gate("board", "tokens_present", "block"),
    _gate("board", "brief_description_present", "block"),
    _gate("board", "contribution_present", "block"),
    _gate("board", "score_current", "block"),
    _gate("board", "max_risk_level", "block", "medium", "Anything riskier needs a name and a reason."),
    _gate("board", "lifecycle_status_in", "block", "under_review, approved_in_principle, in_progress"),
    _gate("board", "deadline_in_period", "warn"),
)

ROADMAP_ENTRIES: tuple[Row, ...] = (
    {
        "roadmap_name": COMMITTED,
        "initiative_key": initiatives("New search index"),
        "waived_by": APPROVER,
        "waiver_reason": "The risk is known and the old index has no vendor after the summer.",
        "priority_rank": 1,
    },
)
"""What people type there beforehand: the one waiver. The rest comes from the filter."""

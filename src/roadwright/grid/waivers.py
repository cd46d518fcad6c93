"""Waivers in rows that people send over the network: given by an approver, in that person's own name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from roadwright import tabs
from roadwright.domain.messages import Message, failure
from roadwright.domain.roles import Role
from roadwright.domain.text import folded
from roadwright.sheets.spec import TabSpec

if TYPE_CHECKING:
    from roadwright.grid.changes import RowChange

WAIVER = ("waived_by", "waiver_reason")


def with_waivers_judged(spec: TabSpec, rows: Sequence[RowChange], who: str, role: Role) -> list[RowChange]:
    """The rows, those refused whose waiver the sender may not give; a waiver without a name is the sender's."""
    if spec != tabs.ROADMAP_ENTRIES:
        return list(rows)
    return [_judged(row, who, role) for row in rows]


def _judged(row: RowChange, who: str, role: Role) -> RowChange:
    if not any(name in row.changes for name in WAIVER):
        return row
    if not role.may(Role.APPROVER):
        return replace(row, refused=_refusal("waiver_needs_role", needed=Role.APPROVER, role=role))
    name = row.changes.get("waived_by")
    if name not in (None, "") and folded(str(name)) != folded(who):
        return replace(row, refused=_refusal("waived_by_another", name=name, who=who))
    if "waived_by" not in row.changes and row.changes.get("waiver_reason") not in (None, ""):
        return replace(row, changes={**row.changes, "waived_by": who})
    return row


def _refusal(code: str, **params: object) -> Message:
    return failure(code, **params).about("waived_by")

"""Stored words as people read them: statuses, actions, roles. Columns have theirs in their tab's declaration."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Literal

from roadwright import tabs
from roadwright.domain.text import in_words
from roadwright.jobs.following import FOLLOWER
from roadwright.sheets.spec import Column
from roadwright.web.formats import smart

Kind = Literal["ok", "warn", "fail", "conflict", "info", "idle"]

_KINDS: Mapping[str, tuple[Kind, str]] = MappingProxyType(
    {
        # initiatives
        "new": ("idle", "plus"),
        "needs_info": ("warn", "warn"),
        "under_review": ("idle", "search"),
        "approved_in_principle": ("ok", "ok"),
        "in_progress": ("info", "play"),
        "done": ("idle", "ok"),
        "rejected": ("fail", "fail"),
        "withdrawn": ("idle", "idle"),
        # runs of actions
        "queued": ("idle", "runs"),
        "running": ("info", "play"),
        "success": ("ok", "ok"),
        "partial": ("warn", "warn"),
        "failed": ("fail", "fail"),
        "cancelled": ("idle", "fail"),
        "interrupted": ("warn", "warn"),
        # roadmaps and their entries
        "draft": ("idle", "edit"),
        "in_review": ("info", "search"),
        "approved": ("ok", "ok"),
        "published": ("ok", "flag"),
        "archived": ("idle", "file"),
        "admitted": ("ok", "ok"),
        "blocked": ("fail", "fail"),
        "waived": ("conflict", "hand"),
        # answers of the optimizer
        "optimal": ("ok", "ok"),
        "feasible": ("warn", "warn"),
        "infeasible": ("fail", "fail"),
        "invalid": ("fail", "fail"),
        "unknown": ("warn", "warn"),
        "error": ("fail", "fail"),
    }
)
_ACTIONS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "pm.backlog_sync": ("Sync the backlog", "Synced the backlog"),
        "pm.save_selected": ("Save a tab", "Saved a tab"),
        "pm.refresh_tab": ("Refresh a tab", "Refreshed a tab"),
        "pm.populate_initiatives": ("Fill the scoring tabs", "Filled the scoring tabs"),
        "pm.seed_math_params": ("Seed params", "Seeded params"),
        "pm.score_selected": ("Score", "Scored"),
        "pm.switch_framework": ("Switch the framework", "Switched the framework"),
        "pm.populate_candidates": ("List candidates", "Listed candidates"),
        "pm.optimize_save_scenario": ("Save scenarios", "Saved scenarios"),
        "pm.optimize_save_constraints": ("Save constraints", "Saved constraints"),
        "pm.optimize_save_targets": ("Save targets", "Saved targets"),
        "pm.optimize_run_selected_candidates": ("Optimise the selection", "Optimised a selection"),
        "pm.optimize_run_all_candidates": ("Optimise", "Optimised"),
        "pm.optimize_write_results": ("Write results", "Wrote results"),
        "pm.explain_selection": ("Explain the choice", "Explained the choice"),
        "pm.roadmap_create": ("Create roadmap entries", "Created roadmap entries"),
        "pm.roadmap_check_gates": ("Check gates", "Checked gates"),
        "pm.roadmap_set_status": ("Move a roadmap's status", "Moved a roadmap's status"),
        "pm.roadmap_publish": ("Publish a roadmap", "Published a roadmap"),
        "rows.save": ("Edit rows", "Edited"),
        "ideas.submit": ("Submit an idea", "Submitted an idea"),
        "prune": ("Remove old runs", "Removed old runs"),
        "backup": ("Back up", "Backed up"),
    }
)
_SHORT = {"RICE": "RICE", "WSJF": "WSJF", "MATH_MODEL": "Math model", "MVP": "MVP"}
_DOORS = {"api": "API", "cli": "command line", "web": "control room", "watch": "saved workbook", "job": "schedule"}


def kind_of(status: str) -> Kind:
    """The colour of a status."""
    return _KINDS.get(status, ("idle", "idle"))[0]


def glyph_of(status: str) -> str:
    """The icon of a status."""
    return _KINDS.get(status, ("idle", "idle"))[1]


def words(stored: str) -> str:
    """A stored word in plain words: ``approved_in_principle`` is *approved in principle*."""
    return _SHORT.get(stored) or stored.replace("_", " ")


_KEYS = re.compile(r"(?<![\w@./-])[a-z]+(?:_[a-z]+)+(?![\w@=-])")


_NAMED = re.compile(r"(?:^|(?<=[:;·] ))[a-z]+(?:_[a-z]+)*(?=: )")


@cache
def _columns() -> frozenset[str]:
    return frozenset(column.name for spec in tabs.TABS for column in spec.columns)


def plain(said: str) -> str:
    """A message with its stored words in plain ones: ``max_risk_level: …`` is *max risk level: …*.

    A column that it is about is named as the tab's header names it: ``risk_level: …`` is *Risk level: …*.
    """
    headed = _NAMED.sub(lambda found: in_words(found[0]) if found[0] in _columns() else found[0], said)
    return _KEYS.sub(lambda found: words(found[0]), headed)


def sentence(stored: str) -> str:
    """The same, as a sentence or a heading begins."""
    plain = words(stored)
    return plain[:1].upper() + plain[1:]


def value_words(column: Column | None, value: object) -> str:
    """A stored value of a column as people read it; that of a column that has choices in plain words."""
    if value in (None, "", [], {}):
        return "blank"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return smart(float(value))
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, dict):
        return "; ".join(f"{key}: {part}" for key, part in value.items())
    return words(str(value)) if column is not None and column.kind.choices else str(value)


def action_words(name: str) -> str:
    """An action as one asks for it: *Check gates*."""
    return _ACTIONS[name][0] if name in _ACTIONS else sentence(name.removeprefix("pm."))


def action_done(name: str) -> str:
    """An action as it is told once it was done: *Checked gates*."""
    return _ACTIONS[name][1] if name in _ACTIONS else sentence(name.removeprefix("pm."))


def person(requested_by: str) -> str:
    """Who asked, of what the ledger keeps: its name without the door, or the door where nobody stands behind it."""
    if requested_by == FOLLOWER:
        return "follow-up"
    door, colon, who = requested_by.partition(":")
    if not colon:
        return _DOORS.get(door, door)
    return who.removeprefix("token:") or _DOORS.get(door, door)


def door_words(requested_by: str) -> str:
    """Through which door somebody asked; nothing where that says who it was already."""
    door, colon, who = requested_by.partition(":")
    return _DOORS.get(door, "") if colon and who else ""


def initials(who: str) -> str:
    """Two letters for a person: of the parts of an address or a name."""
    parts = [
        part for part in who.partition("@")[0].replace(".", " ").replace("_", " ").replace("-", " ").split() if part
    ]
    letters = "".join(part[0] for part in parts[:2]) if len(parts) > 1 else (parts[0][:2] if parts else "?")
    return letters.upper()

"""What needs a person, the worst first: how many, what, which of them, and a link to the place, already filtered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from roadwright.sync.waiting import Waiting, WaitKind
from roadwright.web.formats import listed, number
from roadwright.web.kit import Html, card_head, empty, glyph, html, joined, link
from roadwright.web.kit.marks import Kind
from roadwright.web.page import address_of

_MOST_KEYS = 40
"""Named in an address; a filter of more would be too long for one."""


@dataclass(frozen=True)
class _Words:
    """How a group is told: colour, its words for one and for many, what its button says, and what to add."""

    kind: Kind
    one: str
    many: str
    button: str
    more: str = ""
    place: str = "backlog"


_WORDS: Mapping[WaitKind, _Words] = {
    WaitKind.CONFLICTS: _Words("conflict", "row in conflict", "rows in conflict", "Settle", place="home"),
    WaitKind.FAILED_ROWS: _Words("fail", "row that failed", "rows that failed", "Correct", place="runs"),
    WaitKind.NO_ANSWER: _Words(
        "fail", "scenario without an answer", "scenarios without an answer", "Repair", place="workbench"
    ),
    WaitKind.BLOCKED: _Words("fail", "entry blocked by gates", "entries blocked by gates", "Review", place="roadmaps"),
    WaitKind.NO_TOKENS: _Words(
        "warn", "candidate without tokens", "candidates without tokens", "Size", "left out of every run"
    ),
    WaitKind.NO_PERIOD: _Words("warn", "candidate without a period", "candidates without a period", "Plan"),
    WaitKind.SCORE_MISSING: _Words(
        "warn", "score that can’t be computed", "scores that can’t be computed", "Complete", "an input is missing"
    ),
    WaitKind.SCORE_STALE: _Words("warn", "score out of date", "scores out of date", "See", place="scoring"),
    WaitKind.PARAM_VALUES: _Words(
        "warn", "param without a value", "params without a value", "Fill in", place="scoring"
    ),
    WaitKind.PARAM_APPROVALS: _Words(
        "warn", "param waiting for approval", "params waiting for approval", "Approve", place="scoring"
    ),
    WaitKind.MODEL_APPROVALS: _Words(
        "warn", "model waiting for approval", "models waiting for approval", "Approve", place="scoring"
    ),
    WaitKind.UNTITLED: _Words("warn", "idea without a title", "ideas without a title", "Name"),
    WaitKind.WORKBOOKS: _Words(
        "info", "workbook changed or open", "workbooks changed or open", "See", "since the last sync", "settings"
    ),
    WaitKind.NEVER_RUN: _Words(
        "info", "scenario that was never run", "scenarios that were never run", "Try", place="workbench"
    ),
    WaitKind.TARGETS: _Words("info", "target missed", "targets missed", "Explore", place="workbench"),
}


def needs(found: Sequence[Waiting], places: Mapping[str, str], synced: str, *, may_edit: bool = True) -> Html:
    """The card. ``places`` are those that have a page; ``synced`` says when the backlog was last synced. Who may not
    edit is led to the same places, to look.
    """
    head = card_head("Needs a person")
    if not found:
        return head + empty(f"Nothing needs you. {synced}")
    return head + html(
        '<ul class="rw-needs">{rows}</ul>', rows=joined(_row(one, places, may_edit=may_edit) for one in found)
    )


def _row(one: Waiting, places: Mapping[str, str], *, may_edit: bool) -> Html:
    said = _WORDS[one.kind]
    which = listed(list(one.names))
    why = f"{which}: {said.more}" if which and said.more else which or said.more
    to = _address(one, said.place) if said.place in places else ""
    return html(
        '<li data-testid="need-{test}">{glyph}<b class="n">{count}</b><div><b><span class="only-narrow">{count} </span>'
        '{what}</b><p title="{why}">{why}</p></div>{button}</li>',
        test=one.kind,
        glyph=glyph(said.kind, "note" if said.kind == "info" else None),
        count=number(one.count),
        what=said.one if one.count == 1 else said.many,
        why=why,
        button=link(said.button if may_edit else "See", to, small=True, test=f"go-{one.kind}") if to else "",
    )


def _address(one: Waiting, place: str) -> str:
    if place == "backlog":
        return backlog_of(one.keys)
    if place == "roadmaps":
        return address_of("roadmaps", one.place, tab="gates")
    if place == "workbench":
        return address_of("workbench", one.place) if one.place else "/workbench"
    if place == "runs":
        return address_of("runs", one.place, rows="failed") if one.place else "/runs"
    return {"home": "/conflicts", "scoring": "/scoring", "settings": "/settings"}[place]


def backlog_of(keys: Sequence[str]) -> str:
    """The backlog, showing these initiatives: one is opened beside it."""
    if len(keys) == 1:
        return address_of("backlog", filter=f"initiative_key = {keys[0]}", open=keys[0])
    shown = ", ".join(keys[:_MOST_KEYS])
    return address_of("backlog", filter=f"initiative_key in ({shown})") if keys else "/backlog"

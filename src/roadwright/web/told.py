"""What a run of the ledger is about and what came of it, in words: the same on every page."""

from __future__ import annotations

from collections.abc import Mapping

from roadwright.domain.actions import OPEN_STATUSES, ActionStatus
from roadwright.store.models import ActionRun
from roadwright.web.formats import number, plural
from roadwright.web.kit.marks import Kind
from roadwright.web.words import action_done, action_words, kind_of, words

_DONE = (
    ("saved", "saved"),
    ("added", "added"),
    ("removed", "removed"),
    ("scored", "scored"),
    ("seeded", "seeded"),
    ("new_entries", "new entries"),
    ("changed", "changed"),
    ("admitted", "admitted"),
    ("blocked", "blocked"),
    ("waived", "waived"),
)
_COUNTS = (
    *_DONE,
    ("candidates", "candidates"),
    ("skipped", "skipped"),
    ("warned", "with a warning"),
    ("conflicts", "in conflict"),
    ("failed", "failed"),
)
_ABOUT = ("scenario_name", "roadmap_name")
_OF_A_TAB = ("pm.save_selected", "pm.refresh_tab", "rows.save")


def is_open(run: ActionRun) -> bool:
    """Whether it waits or works."""
    return run.status in OPEN_STATUSES


def options_of(run: ActionRun) -> dict[str, str]:
    """What was asked for, by the option's name."""
    return dict(str(one).split("=", 1) for one in run.request_json.get("options") or () if "=" in str(one))


def subject(run: ActionRun) -> str:
    """The scenario, roadmap or tab that it is about; empty where it is about no single one."""
    options = options_of(run)
    named = next((options[name] for name in _ABOUT if options.get(name)), "")
    if named or run.action not in _OF_A_TAB:
        return named
    return words(str(run.request_json.get("tab") or ""))


def headline(run: ActionRun) -> str:
    """What was done, or is asked for, and about what: *Optimised: Growth first*."""
    is_done = not is_open(run) and run.status not in (ActionStatus.FAILED, ActionStatus.CANCELLED)
    said = action_done(run.action) if is_done else action_words(run.action)
    about = subject(run)
    return f"{said}: {about}" if about else said


def outcome(run: ActionRun) -> str:
    """What came of it, or how far it is."""
    if is_open(run):
        waits = "waits for its turn" if run.status == ActionStatus.QUEUED else "working"
        return sentence_of(run.progress or waits)
    summary = run.summary_json or {}
    if run.error:
        return sentence_of(run.error.splitlines()[0])
    if answer := summary.get("answer"):
        return sentence_of(str(answer))
    if summary.get("moved") and summary.get("status"):
        return f"It is {words(str(summary['status']))} now"
    counted = [f"{number(found)} {word}" for name, word in _COUNTS if (found := _count(summary, name))]
    if not any(_count(summary, name) for name, _ in _DONE):
        if made := _count(summary, "created"):  # where rows were saved, these are among them
            counted = [f"{number(made)} added", *counted]
        elif looked := _count(summary, "selected"):
            counted = [f"{plural(looked, 'row')} looked at", *(counted or ["nothing new"])]
    return sentence_of(", ".join(counted) or "nothing to do")


def share(run: ActionRun) -> float | None:
    """How much of it is done, from 0 to 1; None where that is not known."""
    figures = run.progress_json or {}
    done, total = figures.get("done"), figures.get("total")
    is_known = isinstance(done, int | float) and isinstance(total, int | float) and total > 0
    return float(done) / float(total) if is_known and done is not None and total is not None else None


def sentence_of(text: str) -> str:
    """The text, beginning with a capital letter."""
    return text[:1].upper() + text[1:]


def tone(run: ActionRun) -> Kind:
    """How it ended, as a colour: worse than its status where rows failed or warn."""
    summary = run.summary_json or {}
    if run.status != ActionStatus.SUCCESS:
        return kind_of(run.status)
    if _count(summary, "failed") or summary.get("optimization_status") == "infeasible":
        return "fail"
    if _count(summary, "conflicts"):
        return "conflict"
    return "warn" if _count(summary, "warned") else "ok"


def _count(summary: Mapping[str, object], name: str) -> int:
    value = summary.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else 0

"""Where the latest answer leaves its targets, and what happened last."""

from __future__ import annotations

from collections.abc import Sequence

from roadwright.services.roadmaps.pipeline import Standing, TargetReached
from roadwright.store.models import ActionRun
from roadwright.web.formats import amount, moment
from roadwright.web.kit import Html, bullet, card_head, chip, empty, html, icon, joined
from roadwright.web.page import address_of
from roadwright.web.told import headline, is_open, outcome, tone

_MOST_TARGETS = 8


def standing(found: Standing | None, *, has_workbench: bool) -> Html:
    """The targets as bullets, missed ones first."""
    if found is None:
        return card_head("Targets") + empty("No run has found an answer yet.")
    change = html('<a href="{to}">Change something</a>', to=address_of("workbench", found.scenario))
    head = card_head(f"Where “{found.scenario}” leaves the targets", change if has_workbench else "")
    if not found.targets:
        return head + empty("It has no targets.")
    shown = joined(_target(one) for one in found.targets[:_MOST_TARGETS])
    left = len(found.targets) - _MOST_TARGETS
    more = html('<p class="dim">{n} more are met or missed on the workbench.</p>', n=left) if left > 0 else ""
    return head + html('<ul class="rw-targets">{shown}</ul>{more}', shown=shown, more=more)


def _target(one: TargetReached) -> Html:
    reached, target = (amount(value, one.unit, short=True) for value in (one.reached, one.target))
    said = chip("ok", "met") if one.is_met else chip("warn", f"{_short(one)} short")
    return html(
        "<li><b>{kpi} <i>{where}</i></b>{bullet}<p>reaches <b>{reached}</b> of {target}</p>{said}</li>",
        kpi=one.kpi,
        where=one.where,
        bullet=bullet(one.baseline, one.reached, one.target, decreases=one.decreases),
        reached=reached,
        target=target,
        said=said,
    )


def _short(one: TargetReached) -> str:
    return amount(abs(one.short), one.unit, change=True, short=True).lstrip("+±")


def activity(runs: Sequence[ActionRun], *, has_runs: bool) -> Html:
    """The newest runs in words."""
    head = card_head("Activity", html('<a href="/runs">All runs</a>') if has_runs else "")
    if not runs:
        return head + empty("Nothing was asked yet.")
    return head + html('<ul class="rw-activity">{lines}</ul>', lines=joined(_line(run) for run in runs))


def _line(run: ActionRun) -> Html:
    kind = tone(run)
    return html(
        '<li class="{kind}"><span class="dot">{icon}</span><div><a href="{to}"><b>{what}</b></a><p>{told}</p></div>'
        "<time>{when}</time></li>",
        kind=kind,
        icon=icon("runs" if is_open(run) else kind, run.status.replace("_", " ")),
        to=address_of("runs", run.run_id),
        what=headline(run),
        told=outcome(run),
        when=moment(run.finished_at or run.started_at or run.created_at),
    )

"""The next steps as cards: pressed, a card becomes its run's progress, then what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from roadwright.actions.next_steps import NextStep
from roadwright.store.models import ActionRun
from roadwright.web.formats import plural
from roadwright.web.kit import Html, attributes, html, icon, joined, progress
from roadwright.web.page import address_of
from roadwright.web.told import is_open, outcome, share, tone

_TITLES = {
    "pm.backlog_sync": ("sync", "Sync the backlog"),
    "pm.score_selected": ("scoring", "Score"),
    "pm.roadmap_check_gates": ("flag", "Check gates"),
    "pm.optimize_run_all_candidates": ("play", "Optimise"),
    "pm.roadmap_publish": ("roadmaps", "Publish"),
}
_WHY = {
    "pm.backlog_sync": "Read every intake sheet and the Backlog tab; nothing is lost, nothing is doubled.",
    "pm.score_selected": "Save what was typed, compute all frameworks, activate.",
    "pm.roadmap_check_gates": "Judge every entry of every roadmap by its own policy.",
    "pm.optimize_run_all_candidates": "Prove the best portfolio of all candidates, and explain it.",
    "pm.roadmap_publish": "Keep what it holds now as a version that never changes.",
}
_WORK = {
    "pm.backlog_sync": ("workbook changed", "workbooks changed"),
    "pm.score_selected": ("score out of date", "scores out of date"),
    "pm.roadmap_check_gates": ("entry to judge", "entries to judge"),
    "pm.optimize_run_all_candidates": ("input changed", "inputs changed"),
    "pm.roadmap_publish": ("roadmap approved", "roadmaps approved"),
}
_LACKS = {
    "scenario": "There is no scenario yet: Scenario Config names them.",
    "roadmap": "There is no roadmap yet.",
    "approved roadmap": "No roadmap is approved.",
}


def title_of(step: NextStep) -> str:
    """What the step does, and to what."""
    title = _TITLES[step.action][1]
    return f"{title} {step.subject}" if step.subject else title


def cards(steps: Sequence[NextStep], runs: Mapping[str, ActionRun]) -> Html:
    """All steps; ``runs`` are those that work now, or ended since the page was opened, by action."""
    first = next((step.action for step in steps if step.work and not step.lacks), None)
    return joined(
        _card(step, runs.get(step.action), number, is_first=step.action == first)
        for number, step in enumerate(steps, 1)
    )


def _card(step: NextStep, run: ActionRun | None, number: int, *, is_first: bool) -> Html:
    glyph, _ = _TITLES[step.action]
    title = title_of(step)
    state = "" if run is None else "run" if is_open(run) else "fail" if tone(run) == "fail" else "done"
    attributed = attributes(
        class_=" ".join(filter(None, ["rw-step", state, "primary" if is_first and not state else ""])),
        type="button",
        data_act="run",
        data_name=step.action,
        data_shortcut=str(number),
        data_testid=f"run-{step.action}",
        aria_busy="true" if state == "run" else None,
        disabled=bool(step.lacks),
        id=f"step-{number}",
    )
    return html(
        "<li><button{a}>{icon}<span><b>{title}</b>{said}</span>{end}</button>{more}</li>",
        a=attributed,
        icon=icon(glyph),
        title=title,
        said=_said(step, run, title),
        end=icon("next") if not step.lacks else "",
        more=_to_run(run) if run is not None and state in ("done", "fail") else "",
    )


def _said(step: NextStep, run: ActionRun | None, title: str) -> Html:
    if run is not None:
        bar = progress(title, share(run), "" if is_open(run) else "fail" if tone(run) == "fail" else "ok")
        return html('{bar}<span class="said" role="status">{words}</span>', bar=bar, words=outcome(run))
    if step.lacks:
        return html('<span class="said">{why}</span>', why=_LACKS[step.lacks])
    work = html("<em>{work}</em> ", work=plural(step.work, *_WORK[step.action]) + ".") if step.work else Html()
    return html('<span class="said">{work}{why}</span>', work=work, why=_WHY[step.action])


def _to_run(run: ActionRun) -> Html:
    again = " Press to try again." if tone(run) == "fail" else ""
    return html(
        '<p class="rw-step-more"><a class="rw-link" href="{to}">{run}</a>{again}</p>',
        to=address_of("runs", run.run_id),
        run=run.run_id,
        again=again,
    )

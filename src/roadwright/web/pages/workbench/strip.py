"""The answer strip, and what stands between it and the rest: why there is no answer, what else is to know."""

from __future__ import annotations

from collections.abc import Sequence

from roadwright.domain.optimization import CAPACITY_ID, ObjectiveMode, RunStatus
from roadwright.services.portfolios.workbench.answers import Answer, Step, WayOut, objective_change
from roadwright.services.portfolios.workbench.changes import added_place
from roadwright.services.portfolios.workbench.question import gone_from, is_own, switched_key
from roadwright.services.portfolios.workbench.sentences import Part, in_words
from roadwright.web import formats
from roadwright.web.kit import Html, banner, button, chip, html, icon, joined, meter
from roadwright.web.pages.workbench.desk import Desk


def stands_on(desk: Desk) -> Html:
    """Of which period the scenario is, and with which run the answer is compared."""
    base = "none" if desk.bench.baseline is None else desk.bench.baseline.run_id
    return html('{period} · <span class="rw-key">baseline {base}</span>', period=desk.bench.period_key, base=base)


def strip(desk: Desk, waiting: int | None = None) -> Html:
    """The figures of the answer, and its state. ``waiting`` is how many others are served before."""
    solution, star = desk.solution, desk.bench.north_star
    gain = 0.0 if solution is None else solution.achieved.get(star.key, 0.0)
    capacity = desk.problem.capacity
    used = 0.0 if solution is None or solution.tokens_used is None else solution.tokens_used
    targets = [] if solution is None else solution.targets
    met = sum(target.met for target in targets)
    return html(
        '<div class="rw-fig lead"><span>{name}</span><b>{gain}</b>{versus}</div>'
        '<div class="rw-fig"><span>Chosen</span><b>{chosen}<i> of {all}</i></b></div>'
        '<div class="rw-fig"><span>Tokens</span><b>{used}<i> of {capacity}</i></b>{meter}</div>'
        '<div class="rw-fig"><span>Targets met</span><b>{met}<i> of {targets}</i></b></div>'
        '<div class="rw-state">{state}<span class="rw-solving">{sync}<span>{solving}</span></span>'
        "<small>{saved}</small></div>",
        name=star.name,
        gain=formats.NONE if solution is None else desk.amount(star.key, gain, change=True),
        versus=_versus(desk),
        chosen=formats.number(len(desk.chosen)),
        all=formats.number(len(desk.problem.candidates)),
        used=formats.number(used),
        capacity=formats.number(capacity),
        meter=meter(used, capacity),
        met=met,
        targets=len(targets),
        state=_state(desk),
        sync=icon("sync"),
        solving=_solving(waiting),
        saved=_saved(desk),
    )


def announced(desk: Desk) -> str:
    """What those hear who listen to the page."""
    if desk.answer is None:
        return ""
    if not desk.answer.has_answer:
        return "No answer: the rules clash." if desk.answer.ways_out else "No answer was found."
    star, solution = desk.bench.north_star, desk.answer.solution
    said = f"{len(solution.selected)} chosen, {_spoken(solution.achieved.get(star.key, 0.0), star.unit, signed=True)}"
    change = _star_change(desk)
    if change:
        said += f", {_spoken(change, star.unit)} {'more' if change > 0 else 'less'}"
    return said


_SPOKEN = {"GBP": "pounds", "EUR": "euros", "USD": "dollars"}


def _spoken(value: float, unit: str | None, *, signed: bool = False) -> str:
    sign = ("plus " if value > 0 else "minus " if value < 0 else "") if signed else ""
    size = abs(value)
    if unit not in _SPOKEN:
        return f"{sign}{formats.amount(size, unit)}"
    for most, word in ((1e6, " million"), (1e3, " thousand")):
        if size >= most:
            return f"{sign}{size / most:.3g}{word} {_SPOKEN[unit]}"
    return f"{sign}{size:g} {_SPOKEN[unit]}"


def _star_change(desk: Desk) -> float | None:
    """What the answer brings to the north star more than the baseline."""
    if desk.bench.baseline is None or desk.solution is None:
        return None
    star = desk.bench.north_star.key
    return desk.solution.achieved.get(star, 0.0) - desk.bench.baseline.solution.achieved.get(star, 0.0)


def _versus(desk: Desk) -> Html:
    if desk.bench.baseline is None:
        return html("<small>baseline: none</small>")
    change = _star_change(desk)
    star = desk.bench.north_star.key
    parts = [html("<small>as baseline</small>")]
    if change is not None and abs(change) > 1e-9 * max(1.0, abs(desk.bench.baseline.solution.achieved.get(star, 0.0))):
        way = "up" if change > 0 else "down"
        said = desk.amount(star, change, change=True)
        parts = [html('<small class="{way}">{icon}{said}</small>', way=way, icon=icon(way), said=said)]
    if desk.shown is not None and desk.shown.problem.objective.mode is not ObjectiveMode.NORTH_STAR:
        value = desk.shown.value
        gained = objective_change(desk.shown, desk.bench.baseline)
        more = f", {desk.worth(gained, change=True)}" if gained else ""
        parts.append(html("<small>objective {value}{more}</small>", value=desk.worth(value), more=more))
    return joined(parts)


def _state(desk: Desk) -> Html:
    answer = desk.answer
    if answer is None:
        return chip("idle", "Saved answer") if desk.solution is not None else chip("idle", "No answer yet")
    status, time = answer.solution.status, formats.seconds(answer.solution.seconds)
    if status is RunStatus.OPTIMAL:
        return chip("ok", f"Proved optimal · {time}")
    if status is RunStatus.INFEASIBLE:
        return chip("fail", "No answer: rules clash")
    look = button("Keep looking", "look", look="ghost", small=True)
    if status is RunStatus.FEASIBLE:
        gap = answer.solution.gap
        said = "Feasible, not proved" if gap is None else f"Feasible, gap {formats.percent(gap, 1)}"
        return chip("warn", f"{said} · {time}") + look
    return chip("warn", f"Nothing found in {time}") + look


def _solving(waiting: int | None) -> str:
    if not waiting:
        return "Solving…"
    return f"{waiting} {'other is' if waiting == 1 else 'others are'} solving; yours is next"


def _saved(desk: Desk) -> str:
    if desk.changes.is_nothing:
        on_run = desk.bench.baseline is not None and desk.bench.data == desk.bench.baseline.run_id
        return "equals the saved run" if on_run else "not run yet" if desk.bench.baseline is None else "on new data"
    same = desk.shown is not None and not desk.is_stale and desk.bench.baseline is not None and not desk.moved
    return "unsaved what-if, same choice" if same else "unsaved what-if"


# Between the strip and the rest


def notes(desk: Desk) -> Html:
    """Lines that say what else is to know: changed data, changes that have no effect any more."""
    lines = []
    since = desk.bench.since
    if since:
        parts = []
        if since.candidates:
            parts.append(formats.plural(len(since.candidates), "candidate"))
        if since.rules:
            parts.append(formats.plural(len(since.rules), "rule"))
        parts += [{"kpis": "the KPIs"}.get(one, f"the {one}") for one in since.others]
        said = f"{_and(parts)} changed since {desk.bench.data}."
        lines.append((said[:1].upper() + said[1:], button("Use new data", "data", small=True, test="use-new-data")))
    if desk.bench.broken:
        why = "; ".join(map(str, desk.bench.broken))
        lines.append((f"With the data as they are now nothing can be run: {why}.", Html()))
    gone = gone_from(desk.bench.problem, desk.changes)
    if gone:
        count = len(gone.rules) + len(gone.initiatives)
        lines.append(
            (f"{formats.plural(count, 'change')} name what is not there any more; they have no effect.", Html())
        )
    return joined(
        html('<p class="rw-note">{icon}<span>{said}</span>{way}</p>', icon=icon("warn"), said=said, way=way)
        for said, way in lines
    )


def _and(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def conflict(desk: Desk) -> Html:
    """Why there is no answer, and the way out; nothing where there is one."""
    answer = desk.answer
    if answer is None or answer.has_answer or answer.solution.diagnosis is None:
        return Html()
    rows = joined(_clashing(desk, row.id) for row in answer.solution.diagnosis.conflict)
    text = html(
        "<p>Drop any one of them and the rest of these can be met. The last answer stays below, greyed.</p><ul>{rows}"
        "</ul>",
        rows=rows,
    )
    return banner("fail", "These can’t all hold", text, _ways_out(desk, answer))


def _clashing(desk: Desk, id: str) -> Html:
    row = desk.rows().get(id)
    if id == CAPACITY_ID:
        said: Html = html("Only <b>{capacity}</b> tokens in all", capacity=formats.number(desk.problem.capacity))
        where = "capacity"
    else:
        said = in_html(desk.sentence(row)) if row is not None else html("{id}", id=id)
        where = _where(desk, id)
    return html("<li>{said} <small>{where}</small></li>", said=said, where=where)


def _where(desk: Desk, id: str) -> str:
    if switched_key(id) is not None:
        return "your switch"
    if added_place(id) is not None:
        return "your rule"
    return desk.bench.places.get(id, id.partition(":")[0].replace("_", " "))


def in_html(parts: Sequence[Part]) -> Html:
    """A sentence: what is named and counted stands out."""
    return joined(
        html("{text}", text=part.text) if part.kind in ("text", "kpi") else html("<b>{text}</b>", text=part.text)
        for part in parts
    )


def _ways_out(desk: Desk, answer: Answer) -> Html:
    back = button("Undo my change", "undo", glyph="back", test="undo-change") if desk.past else Html()
    if not answer.ways_out:
        return html('<p>No repair was found in time.</p><div class="rw-buttons">{back}</div>', back=back)
    first, *others = answer.ways_out
    apply = button("Apply repair", "repair", look="primary", glyph="ok", test="repair", place=0)
    more = joined(
        html(
            "<p>Or: {words} {apply}</p>",
            words=way_in_words(desk, way),
            apply=button("Apply", "repair", small=True, test=f"repair-{place}", place=place),
        )
        for place, way in enumerate(others, start=1)
    )
    return html(
        '<div class="rw-fix"><p>Cheapest repair</p><b>{words}</b><div class="rw-buttons">{apply}{back}'
        "</div>{more}</div>",
        words=way_in_words(desk, first),
        apply=apply,
        back=back,
        more=more,
    )


def way_in_words(desk: Desk, way: WayOut) -> str:
    """A way out as people read it."""
    words = "; ".join(_step_in_words(desk, step) for step in way.steps)
    return words[:1].upper() + words[1:]


def _step_in_words(desk: Desk, step: Step) -> str:
    if step.id == CAPACITY_ID:
        return f"capacity {formats.number(step.before)} → {formats.number(step.after)} tokens"
    key = switched_key(step.id)
    if key is not None:
        return f"set “{desk.bench.title(key)}” back to auto"
    row = desk.rows().get(step.id)
    if row is None:
        return step.id
    said = in_words(desk.sentence(row))
    if step.field is None:
        return f"take back your rule: {said}" if is_own(step.id) else f"drop: {said}"
    after = row.with_number(step.field, step.after or 0.0)
    moved = {part.field: part.text for part in desk.sentence(after) if part.field is not None}
    return "".join(
        f"{part.text} → {moved[part.field]}" if part.field == step.field else part.text for part in desk.sentence(row)
    )

"""The evidence: targets as bullets, value against capacity as steps, tokens by department or country."""

from __future__ import annotations

from collections import defaultdict
from math import ceil, floor, log10

from roadwright.domain.kpis import Direction
from roadwright.domain.optimization import CAPACITY_ID, ObjectiveMode, TargetKind
from roadwright.optimize import CapacityStep, Explanation, Target, is_everything
from roadwright.optimize.model.solution import TargetResult
from roadwright.services.portfolios.workbench.sentences import in_words, slice_words
from roadwright.web import formats
from roadwright.web.kit import Html, attributes, bullet, card_head, chip, html, joined, meter, segments, skeleton
from roadwright.web.pages.workbench.desk import Desk

SLICES = (("department", "Department"), ("country", "Country"))


def targets(desk: Desk) -> Html:
    """Each target: from where, to where, and how much is missing; the missed ones first."""
    solution = desk.solution
    rows = {target.id: target for target in (*desk.bench.problem.targets, *desk.problem.targets)}
    if solution is None or not solution.targets:
        return card_head("Targets") + html('<p class="dim">{why}</p>', why="No targets are set." if not rows else "–")
    lines = joined(
        _target(desk, rows[one.id], one) for one in sorted(solution.targets, key=lambda one: one.met) if one.id in rows
    )
    return card_head("Targets") + html('<ul class="rw-targets">{lines}</ul>', lines=lines)


def baseline_of(desk: Desk, target: Target) -> float:
    """From where a target is reached."""
    if target.baseline_value is not None:
        return target.baseline_value
    whole = is_everything(target.dimension)
    return (desk.kpi(target.kpi_key).baseline_value or 0.0) if whole else 0.0


def _target(desk: Desk, target: Target, found: TargetResult) -> Html:
    kpi = desk.kpi(target.kpi_key)
    base = baseline_of(desk, target)
    reached = base + found.achieved
    is_floor = target.type is TargetKind.FLOOR
    if found.met:
        state = chip("ok", "met")
    else:
        short = desk.amount(kpi.key, found.shortfall, change=True).lstrip("+±")
        state = chip("fail" if is_floor else "warn", f"{short} short")
    where = (
        "" if is_everything(target.dimension) else slice_words(target.dimension, target.dimension_key, desk.bench.title)
    )
    return html(
        '<li><div class="line"><b>{name} <i>{where}</i></b>{state}</div>{bullet}<div class="line nums">'
        "<span>from {base}</span><span>reaches <b>{reached}</b> of {target} {kind}</span></div></li>",
        name=kpi.name,
        where=where,
        state=state,
        bullet=bullet(base, reached, target.target_value, decreases=kpi.direction is Direction.DECREASE),
        base=desk.amount(kpi.key, base),
        reached=desk.amount(kpi.key, reached),
        target=desk.amount(kpi.key, target.target_value),
        kind="floor" if is_floor else "goal",
    )


def usage(desk: Desk) -> Html:
    """The tokens that the chosen use by slice, with floors and caps."""
    chosen = desk.chosen
    used: dict[str, float] = defaultdict(float)
    spelled: dict[str, str] = {}
    for candidate in desk.problem.candidates:
        name = (candidate.dimensions.get(desk.slice) or "").strip()
        shown = slice_words(desk.slice, name) if name else f"No {desk.slice}"
        spelled.setdefault(shown.casefold(), shown)
        if candidate.key in chosen:
            used[shown.casefold()] += candidate.tokens or 0.0
    limits: dict[str, dict[int, float]] = defaultdict(dict)
    for rule in desk.problem.constraints:
        part = rule.part
        if part is not None and part.dimension == desk.slice and part.resource == "tokens":
            shown = slice_words(desk.slice, part.dimension_key)
            spelled.setdefault(shown.casefold(), shown)
            limits[shown.casefold()].update({number.side: number.value for number in rule.numbers()})
    top = max([*used.values(), *(value for sides in limits.values() for value in sides.values()), 1.0])
    lines = []
    for name in sorted({*used, *limits}, key=lambda one: (-used[one], one)):
        low, high = limits[name].get(-1), limits[name].get(1)
        words = [f"{word} {formats.number(v)}" for word, v in (("floor", low), ("cap", high)) if v is not None]
        lines.append(
            html(
                '<li><span class="cut" title="{name}">{name}</span>{meter}<span class="num">{used}<i>{words}'
                "</i></span></li>",
                name=spelled[name],
                meter=meter(used[name], top, low=low, high=high),
                used=formats.number(used[name]),
                words="".join(f" · {word}" for word in words),
            )
        )
    head = card_head("Tokens by", segments("Tokens by", SLICES, desk.slice, "slice", test="slice"))
    return head + html('<ul class="rw-usage">{lines}</ul>', lines=joined(lines))


# Value against capacity

_W, _H, _LEFT, _FOOT = 320, 150, 44, 18


def curve(desk: Desk) -> Html:
    """The best value at each capacity as steps, where the answer stands on them, and the next step in words."""
    head = card_head("Value against capacity")
    good = sorted(
        ((step.tokens, step.value, step) for step in desk.steps.values() if step.value is not None),
        key=lambda one: one[0],
    )
    if len(good) < 2:
        return head + (skeleton("drawing…", 150) if desk.solution is not None else html('<p class="dim">–</p>'))
    here = desk.problem.capacity
    right = max(good[-1][0], here) * 1.02
    values = [value for _, value, _ in good]
    low, high = min(0.0, *values), max(*values, 1e-9)
    high += (high - low) * 0.06

    def x(tokens: float) -> float:
        return _LEFT + (_W - _LEFT - 6) * tokens / right

    def y(value: float) -> float:
        return 6 + (_H - _FOOT - 6) * (1 - (value - low) / (high - low))

    path = f"M{x(good[0][0]):.1f} {y(good[0][1]):.1f}" + "".join(f"H{x(t):.1f}V{y(v):.1f}" for t, v, _ in good[1:])
    path += f"H{x(right):.1f}"
    grid = joined(
        html(
            '<line class="grid" x1="{l}" x2="{r}" y1="{y}" y2="{y}"/><text x="{t}" y="{b}" '
            'text-anchor="end">{v}</text>',
            l=_LEFT,
            r=_W - 6,
            y=f"{y(v):.1f}",
            t=_LEFT - 5,
            b=f"{y(v) + 3.5:.1f}",
            v=desk.worth(v),
        )
        for v in ticks(low, high, 4)
    )
    feet = joined(
        html('<text x="{x}" y="{y}" text-anchor="middle">{v}</text>', x=f"{x(v):.1f}", y=_H - 4, v=formats.number(v))
        for v in ticks(0, right, 4)[1:]
        if x(v) < _W - 12
    )
    words = curve_words(desk)
    return head + html(
        '<svg class="rw-curve" viewBox="0 0 {w} {h}" role="img" aria-label="{label}">{grid}{feet}'
        '<path class="line" d="{path}"/>'
        "{dots}{here}</svg><p class='dim'>{words}</p>",
        w=_W,
        h=_H,
        label=f"Best value at each capacity. {words}",
        grid=grid,
        feet=feet,
        path=path,
        dots=joined(_dot(desk, step, x(t), y(v)) for t, v, step in good),
        here=_here(desk, x, y),
        words=words,
    )


def _dot(desk: Desk, step: CapacityStep, x: float, y: float) -> Html:
    said = f"{formats.number(step.tokens)} tokens: {desk.worth(step.value)}, {step.count} chosen"
    return html(
        "<circle{a}><title>{said}</title></circle>",
        a=attributes(
            class_="pt", cx=f"{x:.1f}", cy=f"{y:.1f}", r="6", data_act="capacity", data_value=f"{step.tokens:g}"
        ),
        said=said,
    )


def _here(desk: Desk, x: object, y: object) -> Html:
    assert callable(x)
    assert callable(y)
    at = x(desk.problem.capacity)
    marks = html('<line class="here" x1="{x}" x2="{x}" y1="4" y2="{y}"/>', x=f"{at:.1f}", y=_H - _FOOT)
    value = None if desk.answer is None or not desk.answer.has_answer else desk.answer.value
    if value is None:
        return marks
    top = y(value)
    left = at > _W / 2
    return marks + html(
        '<circle class="here" cx="{x}" cy="{y}" r="4.5"/><text class="tag" x="{tx}" y="{ty}" '
        'text-anchor="{way}">you are here</text>',
        x=f"{at:.1f}",
        y=f"{top:.1f}",
        tx=f"{at - 8 if left else at + 8:.1f}",
        ty=f"{max(top - 7, 12):.1f}",
        way="end" if left else "start",
    )


def ticks(low: float, high: float, about: int) -> list[float]:
    """Round values between two."""
    raw = (high - low) / about or 1.0
    power = 10.0 ** floor(log10(raw))
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= raw - 1e-12 * power)
    return [step * number for number in range(ceil(low / step - 1e-9), floor(high / step + 1e-9) + 1)]


def curve_words(desk: Desk) -> str:
    """The next step up, or what limits instead of the capacity; and below what nothing is possible."""
    parts = [_next_step(desk)]
    failed = [step.tokens for step in desk.steps.values() if step.value is None]
    reached = [step for step in desk.steps.values() if step.value is not None]
    lowest = min(reached, key=lambda step: step.tokens, default=None)
    if failed and lowest is not None and lowest.is_exact and lowest.tokens > 0:
        parts.append(f"Below {formats.number(lowest.tokens)} the rules can’t be met.")
    return " ".join(filter(None, parts))


def _next_step(desk: Desk) -> str:
    if desk.answer is None or not desk.answer.has_answer:
        return ""
    here, value = desk.problem.capacity, desk.answer.value
    known = desk.prices.get(CAPACITY_ID)
    if known is not None and known.computed and known.next_step is not None:
        step = known.next_step
        gained = desk.worth(step.gain, step.stage, change=True)
        return _step_in_words(step.after, gained, step.after - here)
    if known is not None and known.computed:
        return f"More tokens alone bring nothing{_binding(desk)}."
    above = sorted((s.tokens, s.value) for s in desk.steps.values() if s.value is not None and s.tokens > here)
    following = next(((t, v) for t, v in above if value is not None and v > value), None)
    if following is None or value is None or desk.problem.objective.mode is ObjectiveMode.LEXICOGRAPHIC:
        return ""
    gained = desk.worth(following[1] - value, change=True)
    return _step_in_words(following[0], gained, following[0] - here)


def _step_in_words(at: float, gained: str, more: float) -> str:
    return f"Next step up at {formats.number(at)} tokens: {gained} for {formats.number(more)} more."


def limits(desk: Desk) -> list[Explanation]:
    """What relaxing a binding limit brings, the most first, the capacity aside."""
    found = [one for one in desk.prices.values() if one.kind == "limit" and one.next_step is not None]
    found = [one for one in found if one.id != CAPACITY_ID and one.id in desk.problem.rows]
    return sorted(found, key=lambda one: -(one.next_step.gain if one.next_step else 0.0))


def _binding(desk: Desk) -> str:
    best = next(iter(limits(desk)), None)
    if best is None or best.next_step is None:
        return ""
    row = desk.problem.rows[best.id]
    step = best.next_step
    moved = row.with_number(step.field, step.after)
    gained = desk.worth(step.gain, step.stage, change=True)
    return f"; what limits is “{in_words(desk.sentence(row))}”: “{in_words(desk.sentence(moved))}” would bring {gained}"

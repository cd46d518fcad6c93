"""The levers: capacity, weights or order, and the rules as sentences."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from roadwright.domain.optimization import ObjectiveMode
from roadwright.domain.reading.units import unit_named
from roadwright.optimize import Constraint, Objective, Target
from roadwright.services.portfolios.dependencies import dependency_id
from roadwright.services.portfolios.workbench.changes import added_id, added_place
from roadwright.services.portfolios.workbench.question import asked_problem
from roadwright.services.portfolios.workbench.sentences import Part, in_words
from roadwright.web import formats
from roadwright.web.kit import Html, attributes, button, card_head, count, html, icon, joined
from roadwright.web.pages.workbench.desk import Desk


def capacity(desk: Desk) -> Html:
    """How many tokens there are: a slider and a number."""
    now, most = desk.problem.capacity, most_capacity(desk)
    return html(
        "{head}<div class='rw-cap'>{slider}<span class='rw-suffixed'>{number}<i>tokens</i></span></div>",
        head=card_head("Capacity"),
        slider=_range("capacity", "Capacity in tokens", now, high=most, step=_step(most), test="capacity-slider"),
        number=html(
            "<input{a}>",
            a=attributes(
                class_="rw-input num",
                type="number",
                id="capacity",
                min="1",
                step="any",
                value=f"{now:g}" if now < 1e15 else str(now),
                aria_label="Capacity in tokens",
                data_act="capacity",
                data_testid="capacity",
            ),
        ),
    )


def most_capacity(desk: Desk) -> float:
    """Up to where the slider and the curve go: enough for more than there is, and no more than all of it takes."""
    everything = sum(candidate.tokens or 0.0 for candidate in desk.bench.problem.candidates)
    base = desk.bench.problem.capacity
    return max(min(everything, base * 1.6) or base, base * 1.1, desk.problem.capacity)


def _step(most: float) -> float:
    return 5 if most >= 200 else 1


def _range(
    act: str, label: str, value: float, *, low: float = 0, high: float, step: float, test: str, **more: object
) -> Html:
    return html(
        "<input{a}>",
        a=attributes(
            type="range",
            class_="rw-range",
            id=test,
            min=f"{low:g}",
            max=f"{high:g}",
            step=f"{step:g}",
            value=f"{value:g}",
            aria_label=label,
            data_act=act,
            data_live=True,
            data_testid=test,
            **more,
        ),
    )


def objective(desk: Desk) -> Html:
    """Weights as sliders that show their share, or an order with tolerances; nothing where one KPI is maximised."""
    now = asked_objective(desk)
    if now.mode is ObjectiveMode.WEIGHTED_KPIS:
        total = sum(now.weights.values()) or 1.0
        lines = joined(
            html(
                '<li><div class="line"><span>{name}</span><b>{share}</b></div>{slider}</li>',
                name=desk.kpi(key).name,
                share=formats.percent(weight / total),
                slider=_range(
                    "weight",
                    f"Weight of {desk.kpi(key).name}",
                    weight,
                    high=max(1.0, *now.weights.values()),
                    step=0.05,
                    test=f"weight-{key}",
                    data_kpi=key,
                ),
            )
            for key, weight in now.weights.items()
        )
        return html(
            '<div class="rw-card">{head}<ul class="rw-weights">{lines}</ul></div>',
            head=card_head("Weights"),
            lines=lines,
        )
    if now.mode is ObjectiveMode.LEXICOGRAPHIC:
        last = len(now.order) - 1
        lines = joined(
            html(
                "<li><span>{place}. {name}</span>{tolerance}{up}{down}</li>",
                place=place + 1,
                name=desk.kpi(item.kpi).name,
                tolerance=_tolerance(desk, item.kpi, item.tolerance) if place < last else "",
                up=_move(desk, item.kpi, -1, place > 0),
                down=_move(desk, item.kpi, 1, place < last),
            )
            for place, item in enumerate(now.order)
        )
        return html(
            '<div class="rw-card">{head}<ol class="rw-order">{lines}</ol></div>', head=card_head("Order"), lines=lines
        )
    return Html()


def asked_objective(desk: Desk) -> Objective:
    """What is maximised with the changes, also before they are answered."""
    return (
        asked_problem(desk.bench.problem, desk.changes).objective
        if desk.changes.objective()
        else desk.bench.problem.objective
    )


def _tolerance(desk: Desk, kpi: str, value: float) -> Html:
    return html(
        "<label>may lose<input{a}>%</label>",
        a=attributes(
            class_="rw-inline",
            type="number",
            min="0",
            max="100",
            step="any",
            value=f"{value * 100:g}",
            id=f"tolerance-{kpi}",
            aria_label=f"Percent that {desk.kpi(kpi).name} may lose",
            data_act="tolerance",
            data_kpi=kpi,
        ),
    )


def _move(desk: Desk, kpi: str, by: int, is_possible: bool) -> Html:
    words = f"{desk.kpi(kpi).name} {'earlier' if by < 0 else 'later'}"
    if not is_possible:
        return html('<span class="rw-gap"></span>')
    return button(
        words, "order", look="ghost", glyph="up" if by < 0 else "down", small=True, only_icon=True, kpi=kpi, by=by
    )


# Rules


def rules(desk: Desk) -> Html:
    """Every rule and target as a sentence, with a switch, what it costs, and whether it binds."""
    rows = list(desk.bench.problem.constraints)
    added = [row for row in desk.problem.constraints if added_place(row.id) is not None]
    kinds: dict[str, int] = {}
    for row in rows:
        kinds.setdefault(type(row).type, len(kinds))
    rows.sort(key=lambda row: (row.forces is None and row.forbids is None, not row.numbers(), kinds[type(row).type]))
    solution = None if desk.is_stale else desk.solution
    binding: set[str] = set()
    if solution is not None:
        binding = {one.id for one in solution.constraints if one.binding}
        binding |= {one.id for one in solution.targets if one.binding}
    shown = joined(_rule(desk, row, binding) for row in (*added, *rows))
    targets = joined(_rule(desk, row, binding) for row in desk.bench.problem.targets)
    head = card_head("Rules", button("Add", "add", look="ghost", glyph="plus", small=True, test="add-rule"))
    total = count(len(rows) + len(added))
    none = html('<p class="dim">No rules: any portfolio within the capacity is allowed.</p>')
    goals = (
        html("<h3>Targets {n}</h3><ul>{targets}</ul>", n=count(len(desk.bench.problem.targets)), targets=targets)
        if desk.bench.problem.targets
        else ""
    )
    return html(
        "{head}<h3>In force {n}</h3>{rows}{goals}",
        head=head,
        n=total,
        rows=html("<ul>{shown}</ul>", shown=shown) if shown else none,
        goals=goals,
    )


def _rule(desk: Desk, row: Constraint | Target, binding: Collection[str]) -> Html:
    id = row.id
    is_on = id not in desk.changes.off
    now = desk.problem.rows.get(id, row)
    edits = desk.changes.edits.get(id, {})
    for name, value in edits.items():
        now = now.with_number(name, value)
    parts = desk.sentence(now)
    marks = []
    price = desk.prices.get(id)
    if is_on and price is not None and price.kind == "mandate" and price.loss:
        marks.append(html('<b class="price">costs {loss}</b>', loss=desk.worth(price.loss, price.stage)))
    if is_on and id in binding:
        marks.append(html('<em class="rw-mark">{icon}binds</em>', icon=icon("hand")))
    if edits:
        marks.append(html('<em class="rw-mark">edited</em>'))
    place = added_place(id)
    if place is not None:
        marks.append(button("Remove", "unadd", look="ghost", small=True, test=f"remove-{place}", place=place))
    reason = _reason(row) if isinstance(row, Constraint) else None
    kind = "rule" if isinstance(row, Constraint) else "target"
    return html(
        "<li{off}>{switch}<div><p>{sentence} {marks}</p>{reason}</div></li>",
        off=attributes(class_=None if is_on else "off"),
        switch=_switch(id, f"In force: {in_words(parts)}", on=is_on, kind=kind),
        sentence=editable(desk, id, parts),
        marks=joined(marks, " "),
        reason=html("<small>{reason}</small>", reason=reason) if reason else "",
    )


def _reason(row: Constraint) -> str | None:
    """Why it is there: a dependency may well say the same as a rule that somebody typed."""
    if row.reason is None and row.id == dependency_id(row.dimension_key):
        return "Named as a dependency on the Backlog"
    return row.reason


def _switch(id: str, label: str, *, on: bool, kind: str) -> Html:
    return html(
        "<button{a}></button>",
        a=attributes(
            type="button",
            role="switch",
            class_="rw-switch",
            aria_checked="true" if on else "false",
            aria_label=label,
            id=f"{kind}-{id}",
            data_act="rule",
            data_id=id,
            data_testid=f"{kind}-{id}",
        ),
    )


def editable(desk: Desk, id: str, parts: Sequence[Part]) -> Html:
    """A sentence whose numbers can be changed in place."""
    return joined(_piece(desk, id, part) for part in parts)


def _piece(desk: Desk, id: str, part: Part) -> Html:
    if part.field is None or part.value is None:
        return html("{t}", t=part.text) if part.kind in ("text", "kpi") else html("<b>{t}</b>", t=part.text)
    scale, before, after = number_form(desk, part)
    shown = typed(part.value * scale)
    field = html(
        "<input{a}>",
        a=attributes(
            class_="rw-inline",
            inputmode="decimal",
            value=shown,
            style=f"width:{len(shown) + 1}ch",
            id=f"edit-{id}-{part.field}",
            aria_label=f"{in_label(part.field)}, {before}{after}".strip(" ,"),
            data_act="edit",
            data_id=id,
            data_field=part.field,
            data_testid=f"edit-{id}-{part.field}",
        ),
    )
    return html('<span class="rw-number">{before}{field}{after}</span>', before=before, field=field, after=after)


def typed(value: float) -> str:
    """A number in a field, with thousands separated: ``20,200,000``."""
    whole, point, rest = f"{value:.10g}".partition(".")
    return f"{int(whole):,}{point}{rest}" if whole.lstrip("-").isdigit() else whole + point + rest


def in_label(name: str) -> str:
    """A field as people read it."""
    return {
        "min_tokens": "At least",
        "max_tokens": "At most",
        "min_count": "At least",
        "max_count": "At most",
        "bonus_value": "Bonus",
        "target_value": "Target",
    }.get(name, name.replace("_", " "))


def number_form(desk: Desk, part: Part) -> tuple[float, str, str]:
    """How an amount is typed: by what it is multiplied, and what stands before and after it."""
    if part.kpi is None:
        return 1.0, "", ""
    return kpi_form(desk.kpi(part.kpi).unit)


def kpi_form(unit: str | None) -> tuple[float, str, str]:
    """The same of a KPI's unit: shares are typed in percent."""
    kind = unit_named(unit)
    if unit and kind.is_share and not kind.is_percent:
        return 100.0, "", " %"
    sample = formats.amount(1, unit)
    head = sample.partition("1")[0]
    return 1.0, head if kind.currencies else "", " %" if kind.is_percent else ""


def changes_in_words(desk: Desk) -> list[str]:
    """What a person changed, a line each; switches are told apart (see the save dialog)."""
    base, changes = desk.bench.problem, desk.changes
    lines = []
    if changes.capacity is not None and changes.capacity != base.capacity:
        lines.append(f"Capacity {formats.number(base.capacity)} → {formats.number(changes.capacity)} tokens")
    if changes.weights is not None:
        total = sum(changes.weights.values())
        shares = ", ".join(f"{desk.kpi(k).name} {formats.percent(w / total)}" for k, w in changes.weights.items() if w)
        lines.append(f"Weights: {shares}")
    if changes.order is not None:
        lines.append("Order: " + ", then ".join(desk.kpi(stage.kpi).name for stage in changes.order))
    rows = desk.rows()
    lines += [f"Not in force: {in_words(desk.sentence(rows[id]))}" for id in changes.off if id in rows]
    for id, fields in changes.edits.items():
        row = rows.get(id)
        if row is None or id in changes.off:
            continue
        for name, value in fields.items():
            row = row.with_number(name, value)
        lines.append(f"Changed: {in_words(desk.sentence(row))}")
    for place in range(len(changes.added)):
        row = rows.get(added_id(place))
        if row is not None:
            lines.append(f"New: {in_words(desk.sentence(row))}")
    lines += [f"{desk.bench.title(key)} → {period}" for key, period in changes.periods.items()]
    return lines


def switched_in_words(desk: Desk, key: str) -> str:
    way = desk.changes.switches[key].way
    return f"{desk.bench.title(key)} {'must be in' if way == 'in' else 'stays out'}"

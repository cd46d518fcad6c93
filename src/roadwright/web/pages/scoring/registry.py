"""The KPI registry: as a driver tree, as a table, one KPI, and as fields to edit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from roadwright.domain.kpis import Direction, KpiLevel
from roadwright.grid.scoring import KpiTarget, ModelLine, Mover
from roadwright.services.scoring.tree import tree_of
from roadwright.store.models import OrganizationMetricsConfig
from roadwright.web import formats
from roadwright.web.kit import Html, attributes, button, card_head, empty, form, html, joined, link, table
from roadwright.web.page import address_of
from roadwright.web.words import sentence, words

Kpis = Sequence[OrganizationMetricsConfig]
_WIDE, _HIGH, _GAP, _COLUMN = 214, 50, 12, 300
_LONGEST = 30
FIELDS = ("kpi_key", "kpi_name", "kpi_level", "unit", "direction", "baseline_value", "is_active", "driven_by")
"""What can be edited here, in this order."""
_LABELS = {
    "kpi_key": "Key",
    "kpi_name": "Name",
    "kpi_level": "Level",
    "unit": "Unit",
    "direction": "Better",
    "baseline_value": "Baseline",
    "is_active": "In use",
    "driven_by": "Driven by",
}


def registry(kpis: Kpis, models: Sequence[ModelLine], *, may_plan: bool) -> Html:
    """The tree, and below it the same as a table."""
    edit = button("Edit registry", "edit-registry", look="ghost", small=True, glyph="edit") if may_plan else ""
    head = card_head("KPI registry as a driver tree", edit)
    active = [kpi for kpi in kpis if kpi.is_active]
    if not active:
        return html("{head}{none}", head=head, none=empty("No KPI is in use yet. Metrics_Config holds them."))
    used = {kpi.kpi_key: sum(model.kpi == kpi.kpi_key for model in models) for kpi in kpis}
    rows = (
        html(
            '<tr><th scope="row"><button type="button" class="rw-linklike"{open}>{name}</button></th><td>{level}</td>'
            '<td class="num">{base}</td><td>{unit}</td><td>{better}</td><td>{drivers}</td>'
            '<td class="num">{models}</td></tr>',
            open=attributes(data_act="node", data_kpi=kpi.kpi_key, id=f"kpi-{kpi.kpi_key}"),
            name=kpi.kpi_name,
            level=words(kpi.kpi_level) if kpi.is_active else f"{words(kpi.kpi_level)}, not in use",
            base=formats.amount(kpi.baseline_value, kpi.unit, short=True),
            unit=kpi.unit or formats.NONE,
            better="fewer" if kpi.direction == Direction.DECREASE else "more",
            drivers=", ".join(_name(kpis, key) for key in kpi.driven_by or ()) or formats.NONE,
            models=formats.number(used[kpi.kpi_key]) if used[kpi.kpi_key] else formats.NONE,
        )
        for kpi in kpis
    )
    heads: list[tuple[str, str] | str] = [
        "KPI",
        "Level",
        ("Baseline", "num"),
        "Unit",
        "Better",
        "Driven by",
        ("Models", "num"),
    ]
    listed = table(heads, rows, label="KPI registry", test="registry-table")
    return html(
        '{head}<div class="rw-scroll" tabindex="0" role="region" aria-label="Driver tree">{tree}</div>'
        "<details><summary>As a table</summary>{listed}</details>",
        head=head,
        tree=_tree(active),
        listed=listed,
    )


def _name(kpis: Kpis, key: str) -> str:
    return next((kpi.kpi_name for kpi in kpis if kpi.kpi_key.casefold() == key.casefold()), key)


def _tree(kpis: Kpis) -> Html:
    made = tree_of({kpi.kpi_key: kpi.kpi_level for kpi in kpis}, {kpi.kpi_key: kpi.driven_by for kpi in kpis})
    by_key = {kpi.kpi_key: kpi for kpi in kpis}
    at = {node.key: (node.column * _COLUMN, node.row * (_HIGH + _GAP)) for node in made.nodes}
    paths = []
    for driver, key in made.edges:
        x, start, end = at[driver][0] + _WIDE, at[driver][1] + _HIGH / 2, at[key][1] + _HIGH / 2
        last = at[key][0]
        paths.append(
            html('<path d="{d}"/>', d=f"M{x} {start:.0f} C{x + 60} {start:.0f} {last - 60} {end:.0f} {last} {end:.0f}")
        )
    nodes = joined(_node(by_key[node.key], *at[node.key]) for node in made.nodes)
    width, height = made.columns * _COLUMN - _COLUMN + _WIDE, made.rows * (_HIGH + _GAP) - _GAP
    style = f"width:{width}px;height:{height:.0f}px"
    lines = html(
        '<svg viewBox="0 0 {w} {h}" width="{w}" height="{h}" role="img" aria-label="{said}">{paths}</svg>',
        w=width,
        h=f"{height:.0f}",
        said="Lines lead from each driver to what it drives; the table below says the same",
        paths=joined(paths),
    )
    return html(
        '<div class="rw-tree"{style}>{lines}{nodes}</div>', style=attributes(style=style), lines=lines, nodes=nodes
    )


def _node(kpi: OrganizationMetricsConfig, x: float, y: float) -> Html:
    note = "fewer is better" if kpi.direction == Direction.DECREASE else words(kpi.kpi_level)
    return html(
        '<button type="button"{a}><b class="cut">{name}</b><small>{base} · {note}</small></button>',
        a=attributes(
            class_=f"rw-node {kpi.kpi_level}",
            style=f"left:{x:.0f}px;top:{y:.0f}px",
            id=f"node-{kpi.kpi_key}",
            data_act="node",
            data_kpi=kpi.kpi_key,
            data_testid=f"node-{kpi.kpi_key}",
            title=kpi.description or kpi.kpi_name,
        ),
        name=kpi.kpi_name,
        base=formats.amount(kpi.baseline_value, kpi.unit, short=True),
        note=note,
    )


def _about(target: KpiTarget) -> str:
    """What a target is for, and in which scenarios."""
    said = f"{target.slice}, {'floor' if target.is_floor else 'goal'}"
    return f"{said}; {', '.join(target.scenarios)}" if target.scenarios else said


def one_kpi(
    kpi: OrganizationMetricsConfig, models: Sequence[ModelLine], moved: Sequence[Mover], targets: Sequence[KpiTarget]
) -> Html:
    """A KPI: its models, the initiatives that move it, and the targets on it."""
    mine = [model for model in models if model.kpi == kpi.kpi_key]

    def listed(title: str, lines: Sequence[Html], nothing: str) -> Html:
        body = (
            html('<ul class="rw-plain">{lines}</ul>', lines=joined(lines))
            if lines
            else html('<p class="dim">{n}</p>', n=nothing)
        )
        return html("<section><h3>{title}</h3>{body}</section>", title=title, body=body)

    parts = [
        listed(
            "Models",
            [html("<li>{name} <small>{title}</small></li>", name=model.name, title=model.title) for model in mine],
            "No model aims at it.",
        ),
        listed(
            "Initiatives that move it",
            [
                html(
                    '<li class="line"><a href="{to}">{title}</a><b class="num">{value}</b></li>',
                    to=address_of("backlog", open=one.key),
                    title=one.title,
                    value=formats.amount(one.value, kpi.unit, change=True, short=True),
                )
                for one in moved
            ],
            "No initiative moves it.",
        ),
        listed(
            "Targets on it",
            [
                html(
                    '<li class="line"><span>{set} <small>{slice}</small></span><b class="num">{value}</b></li>',
                    set=one.set_name,
                    slice=_about(one),
                    value=formats.amount(one.value, kpi.unit, short=True),
                )
                for one in targets
            ],
            "No target is set on it.",
        ),
    ]
    better = "fewer" if kpi.direction == Direction.DECREASE else "more"
    about = html("<p>{text}</p>", text=kpi.description) if kpi.description else ""
    base = formats.amount(kpi.baseline_value, kpi.unit)
    return html(
        '{head}<p class="dim">{facts}</p>{about}<div class="rw-three">{parts}</div>',
        head=card_head(kpi.kpi_name, button("Close", "node-close", look="ghost", small=True)),
        facts=f"{sentence(kpi.kpi_level)} · {base} today · {better} is better",
        about=about,
        parts=joined(parts),
    )


def editing(rows: Sequence[Mapping[str, str]], faults: Mapping[int, str], marks: Sequence[str | None]) -> Html:
    """All KPIs as fields: what is typed is judged as a whole, and saved together or not at all."""
    lines = []
    for number, row in enumerate(rows):
        fault = faults.get(number, "")
        cells = joined(
            html("<td>{field}</td>", field=_field(name, row.get(name, ""), number, bad=bool(fault))) for name in FIELDS
        )
        mark = html(
            '<input type="hidden" name="mark"{v}>',
            v=attributes(value=(marks[number] if number < len(marks) else "") or ""),
        )
        lines.append(html("<tr>{cells}<td>{mark}</td></tr>", cells=cells, mark=mark))
        if fault:
            lines.append(html('<tr class="fault"><td colspan="9" role="alert">{fault}</td></tr>', fault=fault))
    heads: list[tuple[str, str] | str] = [
        *(_LABELS[name] for name in FIELDS),
        html('<span class="sr-only">Mark</span>'),
    ]
    content = html(
        '{table}<p class="dim">Everything is judged together: there has to be one north star in use, '
        "else nothing is saved.</p>"
        '<div class="rw-buttons">{save}</div>',
        table=table(heads, lines, label="Registry"),
        save=button("Save registry", submits=True, look="primary", test="registry-save"),
    )
    return form("registry", content, id_="form-registry", test="registry-form")


def _field(name: str, value: str, number: int, *, bad: bool) -> Html:
    label = f"{_LABELS[name]} of row {number + 1}"
    choices = {
        "kpi_level": [(str(one), words(one)) for one in KpiLevel],
        "direction": [(str(Direction.INCREASE), "more"), (str(Direction.DECREASE), "fewer")],
        "is_active": [("TRUE", "yes"), ("FALSE", "no")],
    }.get(name)
    attributed = attributes(
        class_="rw-input",
        name=name,
        id=f"registry-{name}-{number}",
        aria_label=label,
        aria_invalid="true" if bad else None,
    )
    if choices is None:
        return html("<input{a}{v}>", a=attributed, v=attributes(value=value))
    options = joined(
        html("<option{a}>{t}</option>", a=attributes(value=v, selected=v == value), t=t) for v, t in choices
    )
    return html("<select{a}>{options}</select>", a=attributed, options=options)


def none_yet() -> Html:
    """Where the registry is empty."""
    return empty("No KPI is there yet.", link("Home", "/"))

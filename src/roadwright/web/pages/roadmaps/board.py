"""The strip over a roadmap, and its board of lanes."""

from __future__ import annotations

from roadwright.domain.roadmaps import GateStatus, RoadmapStatus
from roadwright.grid.roadmaps import RoadmapView
from roadwright.services.roadmaps.board import BoardEntry, Lane, LaneName, lanes_of
from roadwright.services.roadmaps.content import known_sum
from roadwright.web import formats
from roadwright.web.kit import Html, attributes, button, chip, empty, html, icon, joined, link
from roadwright.web.page import address_of
from roadwright.web.words import words

_NAMES = {LaneName.NOW: "Now", LaneName.NEXT: "Next", LaneName.LATER: "Later", LaneName.UNPLANNED: "Not planned"}


def strip(view: RoadmapView) -> Html:
    """Where the roadmap stands."""
    order = list(RoadmapStatus)
    at = order.index(RoadmapStatus(view.status))
    path = joined(
        html(
            "<li{a}>{tick}{word}</li>",
            a=attributes(
                class_="done" if n < at else "now" if n == at else None, aria_current="step" if n == at else None
            ),
            tick=icon("ok") if n < at else "",
            word=words(status),
        )
        for n, status in enumerate(order)
    )
    version = view.value("version")
    figures = joined(
        html('<div class="fig"><span>{name}</span><b>{value}</b></div>', name=name, value=value)
        for name, value in (
            ("Entries", formats.number(len(view.standing))),
            ("Left out by gates", formats.number(len(view.blocked))),
            ("Tokens", formats.number(view.tokens)),
            ("Version", f"v{version}" if version else "none"),
        )
    )
    owner = str(view.value("owner") or "no owner")
    policy = str(view.value("gate_policy") or "default")
    said = (
        '<ol class="path" aria-label="Status">{path}</ol>{figures}<div class="state">{drift}<small>{who}</small></div>'
    )
    return html(said, path=path, figures=figures, drift=_drift(view), who=f"{owner} · policy {policy}")


def _drift(view: RoadmapView) -> Html:
    version = view.value("version")
    if view.drifted is None:
        return chip("idle", f"v{version} is not kept here" if version else "never published")
    if view.drifted == 0:
        return chip("ok", f"no drift since v{version}")
    address = address_of("roadmaps", view.name, tab="versions", **{"with": f"{view.name}@v{version}"})
    changes = formats.plural(view.drifted, "change")
    return html('<a href="{to}">{chip}</a>', to=address, chip=chip("warn", f"{changes} since v{version}"))


def board(view: RoadmapView, *, may_plan: bool) -> Html:
    """The lanes; what nobody judged yet stands on them as well."""
    if not view.entries:
        named = str(view.value("source_ref") or "")
        source = words(str(view.value("source") or "no source"))
        why = f"Nothing is on this roadmap yet. Its source: {source}{' · ' + named if named else ''}."
        return empty(why, button("Create entries", "create", look="primary", glyph="plus") if may_plan else "")
    lanes = lanes_of(view.entries, view.period, view.periods, view.years)
    return joined(_lane(view, lane, may_plan=may_plan) for lane in lanes)


def _lane(view: RoadmapView, lane: Lane, *, may_plan: bool) -> Html:
    gain = known_sum(entry.gain for entry in lane.entries)
    told = [
        formats.plural(len(lane.entries), "entry", "entries"),
        f"{formats.number(known_sum(entry.tokens for entry in lane.entries))} tokens",
        formats.amount(gain, view.unit, change=True, short=True),
    ]
    period = "" if lane.period is None else lane.period if len(lane.periods) == 1 else f"{lane.period} and after"
    nothing = html('<li class="none">Nothing here</li>')
    return html(
        '<section class="rw-road-lane"{label}><header><h2>{name}</h2><span class="dim">{period}</span>'
        "<p>{told}</p></header>"
        "<ol{drop}>{cards}</ol></section>",
        label=attributes(aria_label=_NAMES[lane.name], data_testid=f"lane-{lane.name}"),
        name=_NAMES[lane.name],
        period=period,
        told=" · ".join(told),
        drop=attributes(data_lane=lane.name if may_plan and (lane.period or lane.name is LaneName.UNPLANNED) else None),
        cards=joined(_card(lane, entry, may_plan=may_plan) for entry in lane.entries) or nothing,
    )


def _card(lane: Lane, entry: BoardEntry, *, may_plan: bool) -> Html:
    tags = []
    if entry.gate_status == GateStatus.WAIVED:
        tags.append(chip("conflict", "waived", "hand"))
    if entry.gate_status is None:
        tags.append(chip("idle", "not judged yet"))
    if entry.deadline is not None:
        tags.append(chip("idle", f"due {entry.deadline}", "flag"))
    if entry.gate_status == GateStatus.ADMITTED and entry.failing:
        tags.append(chip("warn", "gate warning"))
    if entry.is_locked:
        tags.append(chip("info", "locked", "lock"))
    if entry.selected is False:
        tags.append(chip("idle", "not chosen"))
    if lane.name is LaneName.LATER and len(lane.periods) > 1 and entry.planned_period:
        tags.append(chip("idle", entry.planned_period, "runs"))
    place = f"{entry.department or formats.NONE} · {(entry.country or 'all countries').strip()}"
    tokens = "no tokens" if entry.tokens is None else f"{formats.smart(entry.tokens)} tokens"
    said = (
        '<li class="rw-entry"{a}><div class="line"><a href="{to}">{title}</a>{plan}</div>'
        '<div class="line"><small class="cut">{place}</small><small class="num">{tokens}</small></div>{tags}</li>'
    )
    return html(
        said,
        a=attributes(
            id=f"r-{entry.key}",
            data_testid=f"entry-{entry.key}",
            data_key=entry.key,
            data_mark=entry.mark,
            draggable="true" if may_plan else None,
        ),
        to=address_of("backlog", open=entry.key),
        title=entry.title,
        plan=_plan(entry) if may_plan else "",
        place=place,
        tokens=tokens,
        tags=html('<div class="tags">{tags}</div>', tags=joined(tags)) if tags else "",
    )


def _plan(entry: BoardEntry) -> Html:
    """The handle: it opens what a drag can do, and more, for those who don't drag."""
    attributed = attributes(
        id=f"plan-{entry.key}",
        data_act="plan",
        data_key=entry.key,
        data_testid=f"plan-{entry.key}",
        aria_label=f"Plan {entry.title}",
        title="Period, order, lock",
    )
    return html(
        '<button type="button" class="rw-btn ghost icon small"{a}>{icon}</button>', a=attributed, icon=icon("more")
    )


def no_roadmap(*, may_plan: bool) -> Html:
    """What stands where there is no roadmap at all."""
    way = button("New roadmap", opens="new-roadmap", look="primary", glyph="plus", test="first-roadmap")
    return empty("There is no roadmap yet.", way if may_plan else link("Backlog", "/backlog"))

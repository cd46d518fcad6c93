"""The panel beside the grid: all that is known of one initiative, each part where there is something in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from roadwright import tabs
from roadwright.domain.initiatives import ContributionSource, Framework, Lifecycle
from roadwright.domain.messages import Level
from roadwright.grid.panel import Event, Kpi, Panel
from roadwright.grid.view import label_of, size_column
from roadwright.services.rows.notes import level_of
from roadwright.web.edits import said_of
from roadwright.web.formats import NONE, amount, moment, number, smart
from roadwright.web.kit import Html, banner, button, chip, html, icon, joined, link, status_chip
from roadwright.web.page import address_of
from roadwright.web.words import action_done, door_words, person, sentence, value_words, words

_FACTS = (
    *("risk_level", "deadline_date", "earliest_start_date", "candidate_period_key", "program_key", "initiative_type"),
    *("category", "customer_segment", "requesting_team", "requester_name", "dependencies_initiatives"),
    *("dependencies_others", "strategic_priority_coefficient", "duplicate_of", "external_id"),
)
_FRAMEWORKS = ((Framework.RICE, "RICE"), (Framework.WSJF, "WSJF"), (Framework.MATH_MODEL, "Math model"))
_FEW = 12
"""So many events are shown at once."""


def panel_html(panel: Panel, *, may_edit: bool, is_own: bool) -> Html:
    """The panel. ``may_edit`` is whether it has the controls of planners, ``is_own`` whether one's own idea is open."""
    values = panel.values
    parts = (
        _notes(panel, is_own=is_own, may_edit=may_edit),
        _part("What and why", _what(values)),
        _part("Facts", _facts(values)),
        _part("Scores, side by side", _scores(values, may_edit=may_edit)),
        _part("Contributions", _contributions(panel, may_edit=may_edit)),
        _part("Models and params", _models(panel)),
        _part("Gates", _gates(panel)),
        _part("Chosen in", _runs(panel)),
        _part("History", _history(panel)),
    )
    edits = button("Edit", "edit-open", glyph="edit", small=True, test="panel-edit", key=panel.key)
    return html(
        '{head}<div class="rw-panel-scroll" tabindex="0" role="region" aria-label="Details">{parts}</div>',
        head=_head(panel, edits if may_edit or is_own else Html()),
        parts=joined(parts),
    )


def _head(panel: Panel, edits: Html) -> Html:
    values = panel.values
    where = " · ".join(str(values[n]) for n in ("department", "country", "product_area") if values.get(n))
    return html(
        '<header><div class="line"><small class="rw-key">{key}</small><span class="rw-buttons">{edits}'
        '<button type="button" class="rw-btn ghost icon small" id="panel-close" data-act="open" data-key="" '
        'aria-label="Close" data-testid="panel-close">{cross}</button></span></div>'
        '<h2>{title}</h2><div class="line start">{status}<span class="dim cut">{where}</span></div></header>',
        key=panel.key,
        edits=edits,
        cross=icon("fail"),
        title=values["title"],
        status=status_chip(str(values["lifecycle_status"])),
        where=where,
    )


def _part(title: str, content: Html) -> Html:
    return html("<section><h3>{t}</h3>{c}</section>", t=title, c=content) if content else Html()


def _notes(panel: Panel, *, is_own: bool, may_edit: bool) -> Html:
    """What there is to do about it."""
    level = level_of(panel.run_status)
    way_out = link("Settle" if may_edit else "See", "/conflicts", small=True)
    kind = {"FAILED": "fail", "CONFLICT": "warn", "WARNING": "warn"}.get(str(level))
    said = Html()
    if kind is not None:
        text = said_of(panel.run_status)
        way = way_out if level is Level.CONFLICT else Html()
        told = html("<p>{t}</p>", t=text)
        said = banner("fail" if kind == "fail" else "warn", sentence(str(level).lower()), told, way)
    if panel.clashing:
        lines = joined(
            html("<p>{place}: {names}</p>", place=place, names=", ".join(map(label_of, names)))
            for place, names in panel.clashing.items()
        )
        said += banner("warn", "A sheet says something else", lines, way_out)
    if is_own and panel.values["lifecycle_status"] == Lifecycle.NEEDS_INFO:
        words_ = html("<p>Edit the idea to answer; it stays yours to edit until somebody reviews it.</p>")
        said += banner("info", "More information is asked for", words_, test="needs-info")
    return html('<div class="stack rw-panel-notes">{said}</div>', said=said) if said else Html()


def _what(values: Mapping[str, Any]) -> Html:
    texts = (("", "brief_description"), ("Problem: ", "problem_statement"), ("Hypothesis: ", "hypothesis"))
    return joined(
        html('<p><span class="dim">{lead}</span>{text}</p>', lead=lead, text=values[name])
        for lead, name in texts
        if values.get(name)
    )


def _facts(values: Mapping[str, Any]) -> Html:
    scope = values.get("scope_mode")
    tokens = values.get(size_column(scope))
    size = html("{n}{scope}", n=number(tokens), scope=f" ({words(str(scope))})" if scope else "")
    lines = [("Tokens", size if tokens is not None else Html())]
    if values.get("effort_engineering_days") is not None:
        lines.append(("Effort", html("{n} days", n=smart(values["effort_engineering_days"]))))
    for name in _FACTS:
        value = values.get(name)
        if value in (None, "", []) or (name == "strategic_priority_coefficient" and value == 1):
            continue
        lines.append((label_of(name), html("{v}", v=shown_value(name, value))))
    if values.get("is_optimization_candidate"):
        lines.append(("Candidate", html("yes")))
    if url := values.get("external_url"):
        is_web = str(url).startswith(("https://", "http://"))
        link = html('<a class="rw-link" rel="noreferrer" target="_blank" href="{u}">{u}</a>', u=url)
        lines.append(("Link", link if is_web else html("{u}", u=url)))
    lines += [
        (sentence(name[2:]), html("{v}", v=value)) for name, value in values.items() if name[:2] == "x." and value
    ]
    made = joined(html("<dt>{n}</dt><dd>{v}</dd>", n=name, v=value) for name, value in lines if value)
    return html("<dl>{made}</dl>", made=made) if made else Html()


def shown_value(name: str, value: object) -> str:
    """A stored value as people read it."""
    return value_words(tabs.BACKLOG.by_name.get(name), value)


def _scores(values: Mapping[str, Any], *, may_edit: bool) -> Html:
    current = {score["framework"]: score for score in values["scores"] if score["is_current"]}
    active = values.get("active_scoring_framework")
    if not current and active is None:
        return Html()
    return html(
        '<div class="rw-scores">{all}</div>',
        all=joined(_score(str(f), label, current.get(f), active, may_edit=may_edit) for f, label in _FRAMEWORKS),
    )


def _score(name: str, label: str, score: Mapping[str, Any] | None, active: object, *, may_edit: bool) -> Html:
    is_on = name == active
    more = html("no inputs")
    if score is not None:
        more = html("value {v}<br>effort {e}", v=smart(score["value"]), e=smart(score["effort"]))
    switch = Html()
    if may_edit and score is not None and not is_on:
        switch = button("Use", "framework", small=True, test=f"use-{name}", framework=name)
    return html(
        '<div class="rw-score{on}"><span>{label}{chip}</span><b>{overall}</b><small>{more}</small>{switch}</div>',
        on=" on" if is_on else "",
        label=label,
        chip=chip("info", "active", "ok") if is_on else "",
        overall=NONE if score is None else smart(score["overall"]),
        more=more,
        switch=switch,
    )


def _contributions(panel: Panel, *, may_edit: bool) -> Html:
    found = panel.values["contributions"]
    assert isinstance(found, dict)
    counts, computed = found["kpi_contribution_json"], found["kpi_contribution_computed_json"]
    is_typed = found["kpi_contribution_source"] == ContributionSource.PM_OVERRIDE
    lines = []
    for key in sorted({*counts, *(computed if is_typed else ())}):
        kpi = panel.kpis.get(key, Kpi(key, None))
        was = f"computed {amount(computed.get(key), kpi.unit, change=True)}" if is_typed and key in computed else ""
        lines.append(
            html(
                '<li><span>{name}<small>{was}</small></span><b class="num">{value}</b></li>',
                name=kpi.name,
                was=was,
                value=amount(counts.get(key), kpi.unit, change=True),
            )
        )
    if not lines:
        return Html()
    typed = Html()
    if is_typed:
        back = button("Back to computed", "computed", small=True, test="computed") if may_edit and computed else ""
        typed = html('<p class="line">{chip}{back}</p>', chip=chip("conflict", "typed over", "hand"), back=back)
    return html('<ul class="rw-contributions">{lines}</ul>{typed}', lines=joined(lines), typed=typed)


def _models(panel: Panel) -> Html:
    models = panel.values["models"]
    assert isinstance(models, list)
    return joined(_model(panel, model) for model in models)


def _model(panel: Panel, model: Mapping[str, Any]) -> Html:
    kpi = panel.kpis.get(model["target_kpi_key"], Kpi(model["target_kpi_key"], None))
    params = joined(
        html(
            '<tr><td>{name}</td><td class="num">{value}</td><td class="num dim">{range}</td><td>{approved}</td></tr>',
            name=words(param["param_name"]),
            value=smart(param["value"]),
            range=_range(param["min"], param["max"]),
            approved=chip("ok", "approved") if param["approved"] else chip("warn", "open"),
        )
        for param in model["params"]
    )
    table = html(
        "<table><thead><tr><th scope='col'>Param</th><th scope='col' class='num'>Value</th>"
        "<th scope='col' class='num'>Range</th><th scope='col'><span class='sr-only'>Approval</span></th></tr></thead>"
        "<tbody>{params}</tbody></table>",
        params=params,
    )
    return html(
        '<div class="rw-model"><div class="line"><b>{name}</b><b class="num">{score}</b></div>'
        '<p class="line"><small>moves {kpi}</small>{approved}</p><code>{formula}</code><p class="dim">{chain}</p>{t}'
        "</div>",
        name=model["model_name"],
        score=amount(model["computed_score"], kpi.unit, change=True, short=True),
        kpi=kpi.name,
        approved=chip("ok", "approved") if model["approved_by_user"] else chip("warn", "open"),
        formula=model["formula_text"],
        chain=model["metric_chain_text"],
        t=table if params else "",
    )


def _range(low: float | None, high: float | None) -> str:
    return "no range" if low is None and high is None else f"{smart(low)} … {smart(high)}"


def _gates(panel: Panel) -> Html:
    def line(one: Any) -> Html:
        failures = joined(html("<p>{f}</p>", f=failure) for failure in one.failures)
        waived = Html()
        if one.waived_by:
            waived = html("<p>Waived by {who}: {why}</p>", who=one.waived_by, why=one.waiver_reason)
        status = status_chip(one.status) if one.status else chip("idle", "not judged")
        return html(
            '<li><div class="line"><a class="rw-link" href="{to}">{name}</a>{status}</div>{failures}{waived}</li>',
            to=address_of("roadmaps", one.roadmap),
            name=one.roadmap,
            status=status,
            failures=failures,
            waived=waived,
        )

    made = joined(map(line, panel.gates))
    return html('<ul class="rw-judged">{made}</ul>', made=made) if made else Html()


def _runs(panel: Panel) -> Html:
    made = joined(
        html(
            "<li><span>{scenario} · {period}<small>{run}</small></span>"
            "<span>{tokens} tokens<small>{at}</small></span></li>",
            scenario=one.scenario,
            period=one.period,
            run=one.run_id,
            tokens=number(one.tokens),
            at=moment(one.at),
        )
        for one in panel.runs
    )
    return html('<ul class="rw-contributions">{made}</ul>', made=made) if made else Html()


def _history(panel: Panel) -> Html:
    lines = [_event(event) for event in panel.history]
    values = panel.values
    source = {"web": "in the control room", "api": "through the API", "backlog": "on the Backlog"}
    came = str(values.get("intake_source") or "")
    by = f" by {values['requester_name']}" if values.get("requester_name") else ""
    where = source.get(came, f"on {came}")
    lines.append(
        html(
            "<li><span>Submitted{by} {where}</span><time>{at}</time></li>",
            by=by,
            where=where,
            at=moment(panel.submitted_at),
        )
    )
    first = html('<ul class="rw-history">{lines}</ul>', lines=joined(lines[:_FEW]))
    if len(lines) <= _FEW:
        return first
    rest = html('<ul class="rw-history">{lines}</ul>', lines=joined(lines[_FEW:]))
    return html(
        "{first}<details><summary>{n} more</summary>{rest}</details>", first=first, n=len(lines) - _FEW, rest=rest
    )


def _event(event: Event) -> Html:
    changes = joined(
        html(
            '<span class="rw-change"><i>{name}</i> {before} → <b>{after}</b></span>',
            name=label_of(name),
            before=shown_value(name, before),
            after=shown_value(name, after),
        )
        for name, (before, after) in event.changes.items()
    )
    level = level_of(event.said)
    door = f", {via}" if (via := door_words(event.requested_by)) else ""
    said = Html() if level == "OK" or event.changes else html('<span class="rw-change">{s}</span>', s=event.said)
    return html(
        '<li><span><a href="{to}">{done}</a> <span class="dim">{who}</span>{changes}{said}</span>'
        "<time>{at}</time></li>",
        to=address_of("runs", event.run_id),
        done=action_done(event.action),
        who=f"· {person(event.requested_by)}{door}",
        changes=changes,
        said=said,
        at=moment(event.at),
    )

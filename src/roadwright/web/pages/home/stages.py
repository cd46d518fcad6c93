"""The pipeline: six stages from an idea to an answer, each a link to its page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from roadwright.domain.initiatives import Lifecycle
from roadwright.services.roadmaps.pipeline import Pipeline
from roadwright.web.formats import NONE, number, plural
from roadwright.web.kit import Html, attributes, html, icon, joined, meter, status_chip
from roadwright.web.words import sentence, words

_COLOURS: Mapping[str, str] = {
    Lifecycle.NEW: "c5",
    Lifecycle.NEEDS_INFO: "c2",
    Lifecycle.UNDER_REVIEW: "c1",
    Lifecycle.APPROVED_IN_PRINCIPLE: "c3",
    Lifecycle.IN_PROGRESS: "c6",
    Lifecycle.DONE: "c-rest",
    Lifecycle.REJECTED: "c4",
    Lifecycle.WITHDRAWN: "c-rest",
}
_MOST = 4
Line = tuple[str, str | int]


def stages(found: Pipeline, where: Mapping[str, str]) -> Html:
    """All six. ``where`` leads to a place by its name; a stage whose page there is not is no link."""
    return joined(
        [
            _stage(
                "intake", "plus", "Ideas in", number(found.total), _from(found), _sheets(found), where.get("backlog")
            ),
            _stage(
                "backlog",
                "backlog",
                "Backlog",
                number(found.total),
                "initiative" if found.total == 1 else "initiatives",
                _by_status(found),
                where.get("backlog"),
            ),
            _stage(
                "scored",
                "scoring",
                "Scored",
                number(found.scored),
                f"of {number(found.total)}",
                meter(found.scored, found.total)
                + _lines((words(name) if name else "no framework", count) for name, count in found.frameworks.items()),
                where.get("scoring"),
            ),
            _stage(
                "candidates",
                "workbench",
                "Candidates",
                number(found.candidates),
                "flagged",
                meter(found.candidates, found.total)
                + _lines((name or "no period", count) for name, count in found.periods.items()),
                where.get("workbench"),
            ),
            _stage(
                "roadmaps",
                "roadmaps",
                "Roadmaps",
                number(len(found.roadmaps)),
                "roadmap" if len(found.roadmaps) == 1 else "roadmaps",
                _lines((one.name, words(one.status) + _version(one.version)) for one in found.roadmaps),
                where.get("roadmaps"),
            ),
            _run(found, where.get("report")),
        ]
    )


def _version(number: int | None) -> str:
    return f" v{number}" if number else ""


def _stage(test: str, glyph: str, name: str, big: str, unit: str, content: Html, to: str | None) -> Html:  # noqa: PLR0917
    inside = html(
        '<h2>{icon}{name}</h2><p class="big">{big}<small>{unit}</small></p>{content}',
        icon=icon(glyph),
        name=name,
        big=big,
        unit=unit,
        content=content,
    )
    attributed = attributes(class_="rw-stage", href=to, data_testid=f"stage-{test}")
    template = "<a{a}>{inside}</a>" if to else "<div{a}>{inside}</div>"
    return html(template, a=attributed, inside=inside)


def _lines(pairs: Iterable[Line]) -> Html:
    """The first few, and how many more."""
    listed = list(pairs)
    shown = listed if len(listed) <= _MOST else listed[: _MOST - 1]
    rows = [
        html(
            '<li><span title="{name}">{name}</span><b>{value}</b></li>',
            name=name,
            value=number(value) if isinstance(value, int) else value,
        )
        for name, value in shown
    ]
    if len(listed) > len(shown):
        rows.append(html("<li><span>{n} more</span></li>", n=number(len(listed) - len(shown))))
    return html("<ul>{rows}</ul>", rows=joined(rows)) if rows else Html()


def _from(found: Pipeline) -> str:
    return f"from {plural(len(found.sheets), 'sheet')}" if found.sheets else "ideas"


def _sheets(found: Pipeline) -> Html:
    return _lines((_sheet(name), count) for name, count in found.sheets.items())


def _sheet(source: str) -> str:
    """``Intake_Growth.xlsx!Ideas`` as *Intake Growth*; of several tabs that say nothing else, the tab is left away."""
    workbook, _, tab = source.partition("!")
    name = workbook.removesuffix(".xlsx").replace("_", " ").strip()
    return sentence(name or tab or NONE)


def _by_status(found: Pipeline) -> Html:
    order = [status for status in Lifecycle if found.statuses.get(status)]
    bar = joined(
        html(
            '<i style="flex:{count};background:var(--{colour})"></i>',
            count=found.statuses[status],
            colour=_COLOURS.get(status, "c-rest"),
        )
        for status in order
    )
    listed = list(found.statuses.items())
    shown = listed if len(listed) <= _MOST else listed[:_MOST]
    legend = joined(
        html(
            '<li><i style="background:var(--{colour})"></i><span>{name}</span><b>{count}</b></li>',
            colour=_COLOURS.get(status, "c-rest"),
            name=words(status),
            count=number(count),
        )
        for status, count in shown
    )
    said = ", ".join(f"{words(status)} {number(found.statuses[status])}" for status in order)
    return html(
        '<div class="rw-stack" role="img" aria-label="Backlog by status: {said}">{bar}</div>'
        '<ul class="rw-legend">{legend}</ul>',
        said=said or "empty",
        bar=bar,
        legend=legend,
    )


def _run(found: Pipeline, to: str | None) -> Html:
    run = found.run
    if run is None:
        return _stage("run", "flag", "Latest run", "0", "runs", html("<p>Nothing was optimised yet.</p>"), None)
    big = NONE if run.selected is None else number(run.selected)
    unit = f"of {number(run.candidates)} chosen" if run.selected is not None else "no answer"
    lines: list[Line] = [("scenario", run.scenario)]
    if run.used is not None:
        lines.append(("tokens", f"{number(run.used)} of {number(run.capacity)}"))
    if run.targets_met:
        lines.append(("targets met", run.targets_met))
    return _stage("run", "flag", "Latest run", big, unit, status_chip(run.status) + _lines(lines), to)

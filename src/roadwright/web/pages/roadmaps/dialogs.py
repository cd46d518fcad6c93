"""What a roadmap's page asks in dialogs: a plan, a new roadmap, and which of two values stays."""

from __future__ import annotations

from collections.abc import Sequence

from roadwright.domain.shown import shown_value
from roadwright.grid.changes import RowChange
from roadwright.grid.listing import GridRow
from roadwright.services.roadmaps.board import BoardEntry
from roadwright.sheets.spec import TabSpec
from roadwright.web import formats
from roadwright.web.edits import said_of
from roadwright.web.kit import Html, attributes, button, choice, form, html, joined, text_field
from roadwright.web.words import sentence

_SOURCES = (
    ("filter", "A filter of the backlog"),
    ("run_id", "The portfolio of a run"),
    ("keys", "A list of initiatives"),
)


def planning(entry: BoardEntry, periods: Sequence[str]) -> Html:
    """When an entry is planned, its order, and whether an optimization must choose it."""
    known = joined(html("<option{a}></option>", a=attributes(value=period)) for period in periods)
    rank = shown_value(entry.rank)
    fields = html(
        '<div class="row-of">{period}{rank}</div>{lock}<datalist id="periods-known">{known}</datalist>'
        '<div class="rw-buttons">{save}</div>',
        period=text_field(
            "Planned period",
            "planned_period",
            value=entry.planned_period or "",
            hint="Blank: not planned",
            list="periods-known",
            id_=f"planned-{entry.key}",
        ),
        rank=text_field("Order", "priority_rank", value=rank, hint="Lower comes first", id_=f"rank-{entry.key}"),
        lock=choice(
            "Lock",
            "is_locked",
            [("FALSE", "An optimization may leave it out"), ("TRUE", "An optimization must choose it")],
            "TRUE" if entry.is_locked else "FALSE",
            id_=f"locked-{entry.key}",
        ),
        known=known,
        save=button("Save", submits=True, look="primary", test="plan-save"),
    )
    return form("planned", fields, id_=f"form-plan-{entry.key}", key=entry.key, mark=entry.mark)


def new_roadmap() -> Html:
    """The fields of a new roadmap."""
    fields = html(
        '{name}<div class="row-of">{period}{policy}</div>{source}{ref}<div class="rw-buttons">{save}</div>',
        name=text_field("Name", "roadmap_name", required=True, test="new-name"),
        period=text_field("Period", "period_key", hint="Such as 2026-Q3; of a run, the run's", test="new-period"),
        policy=text_field("Gate policy", "gate_policy", hint="Blank: the default", test="new-policy"),
        source=choice("Entries come from", "source", _SOURCES, "filter", test="new-source"),
        ref=text_field(
            "Which",
            "source_ref",
            required=True,
            hint="A filter, the key of a run, or the keys of initiatives",
            test="new-ref",
        ),
        save=button("Create", submits=True, look="primary", test="new-save"),
    )
    return form("new", fields, id_="form-new")


def created(period_key: str, source: str, source_ref: str, gate_policy: str) -> dict[str, object]:
    """The fields as options of the action that makes a roadmap."""
    named = source if source in dict(_SOURCES) else "filter"
    given = {"period_key": period_key, named: source_ref, "gate_policy": gate_policy}
    return {name: value.strip() for name, value in given.items() if value.strip()}


def conflict(spec: TabSpec, clashing: Sequence[tuple[RowChange, GridRow]]) -> Html:
    """Both values of each field, side by side."""
    rows = joined(
        html(
            '<tr><th scope="row">{name}</th><td>{mine}</td><td>{theirs}</td></tr>',
            name=sentence(name),
            mine=_shown(mine),
            theirs=_shown(told.values.get(name)),
        )
        for sent, told in clashing
        for name, mine in sent.changes.items()
        if name in spec.by_name
    )
    buttons = html(
        "{mine}{theirs}",
        mine=button("Keep mine", "keep-mine", look="primary"),
        theirs=button("Keep theirs", "keep-theirs"),
    )
    said = joined((html("<p>{said}</p>", said=said_of(told.run_status)) for _, told in clashing))
    return html(
        '<div class="stack">{said}<table class="rw-table"><thead><tr><th>Field</th><th>Yours</th><th>Theirs</th></tr>'
        '</thead><tbody>{rows}</tbody></table><div class="rw-buttons">{buttons}</div></div>',
        said=said,
        rows=rows,
        buttons=buttons,
    )


def _shown(value: object) -> str:
    return formats.NONE if value is None or value == "" else str(value)

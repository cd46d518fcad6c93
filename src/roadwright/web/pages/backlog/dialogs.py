"""The dialogs of the backlog: an idea to submit, many rows to edit, columns to choose, a conflict."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from roadwright import tabs
from roadwright.domain.shown import shown_value as cell_text
from roadwright.grid.cells import Preview
from roadwright.grid.view import TITLE, TOKENS, GridColumn, grid_columns, label_of
from roadwright.web.formats import number, plural
from roadwright.web.kit import Html, attributes, button, choice, dialog, form, html, joined, text_field
from roadwright.web.pages.backlog.panel import shown_value
from roadwright.web.told import sentence_of
from roadwright.web.words import words

LONG = ("brief_description", "problem_statement", "hypothesis")
EDITED = (
    *(TITLE, "brief_description", "problem_statement", "hypothesis", "lifecycle_status", "department", "country"),
    *("product_area", "risk_level", "scope_mode", "engineering_tokens", "engineering_tokens_mvp"),
    *("engineering_tokens_full", "deadline_date", "is_optimization_candidate", "candidate_period_key"),
)
"""The columns that are edited in the panel."""


def submit_dialog(offers: Mapping[str, Sequence[str]]) -> Html:
    """An idea in a few fields."""
    content = html(
        '<p class="dim">It enters the backlog at once, with status new. You can follow it under My ideas.</p>{title}'
        '<div id="similar" role="status" class="rw-similar"></div>{problem}<div class="row-of">{department}{country}'
        '{deadline}</div>{lists}<p class="fault" id="submit-fault" role="alert"></p><div class="rw-buttons">{go}</div>',
        title=text_field(
            "Title",
            "title",
            placeholder="What is it, in one line?",
            test="idea-title",
            required=True,
            act="similar",
            live=True,
            maxlength=300,
        ),
        problem=text_field(
            "Problem", "problem_statement", placeholder="Who has which problem today?", lines=3, test="idea-problem"
        ),
        department=text_field("Department", "department", test="idea-department", list="known-department"),
        country=text_field("Country", "country", test="idea-country", list="known-country"),
        deadline=text_field("Deadline", "deadline_date", kind="date", test="idea-deadline"),
        lists=joined(_known(name, values) for name, values in offers.items()),
        go=button("Submit", look="primary", submits=True, test="submit-idea"),
    )
    return dialog("submit", "Submit an idea", form("submit-idea", content, id_="submit-form"))


def _known(name: str, values: Sequence[str]) -> Html:
    options = joined(html("<option{a}></option>", a=attributes(value=value)) for value in values)
    return html("<datalist{a}>{options}</datalist>", a=attributes(id=f"known-{name}"), options=options)


def similar_html(found: Sequence[tuple[str, str]]) -> Html:
    """Ideas that a title looks like."""
    return joined(
        html(
            '<p>looks like <button type="button" class="rw-link" data-act="open-similar"{a}>{key}</button> {title}</p>',
            a=attributes(data_key=key),
            key=key,
            title=title,
        )
        for key, title in found
    )


def columns_dialog(shown: Collection[str]) -> Html:
    """Which columns somebody sees. Their order is that of the headers, which can be dragged."""
    order = [*(name for name in shown if name != TITLE), *(n for n in grid_columns() if n not in shown and n != TITLE)]
    boxes = joined(
        html(
            "<label{t}><input type='checkbox' name='names'{a}><span>{label}</span></label>",
            t=attributes(title=grid_columns()[name].help),
            a=attributes(value=name, checked=name in shown, id=f"column-{name}", data_testid=f"column-{name}"),
            label=label_of(name),
        )
        for name in order
    )
    content = html(
        '<p class="dim">The title is always shown. Drag a header in the grid to move its column, or press Shift and an '
        "arrow key on it.</p>"
        '<fieldset class="rw-columns">{boxes}</fieldset><div class="rw-buttons">{go}{back}</div>',
        boxes=boxes,
        go=button("Show these", look="primary", submits=True, test="columns-go"),
        back=button("Usual columns", "columns-usual", test="columns-usual"),
    )
    return dialog("columns-dialog", "Columns", form("columns-now", content, id_="columns-form"), wide=True)


# Many rows


def bulk_columns() -> list[GridColumn]:
    """The columns that many rows can be given one value in."""
    return [one for one in grid_columns().values() if one.is_typed and one.name not in (TITLE, TOKENS)]


def bulk_frame() -> Html:
    """The dialog, to be filled once it is known what is edited."""
    return dialog("bulk-dialog", "Bulk edit", html('<div id="bulk-form"></div>'))


def bulk_form(count: int, column: str, value: str, found: Preview | None) -> Html:
    """Which column gets which value, and what that would do."""
    fields = [(one.name, one.label) for one in bulk_columns()]
    picked = grid_columns()[column]
    given = html(
        "{column}{value}",
        column=choice("Field", "column", fields, column, act="bulk-column", test="bulk-column", id_="bulk-column"),
        value=value_control(picked, "value", "Value", value, id_="bulk-value", test="bulk-value"),
    )
    apply = Html()
    if found is not None and found.changes:
        apply = button(f"Apply to {number(found.changes)}", "bulk-apply", look="primary", test="bulk-apply")
    return html(
        '<p class="dim">{count}. {help}</p>{form}<div class="rw-buttons rw-apply">{apply}</div>',
        count=f"{plural(count, 'initiative')} selected",
        help=sentence_of(picked.help),
        form=form(
            "bulk-preview",
            html(
                '{given}<div class="rw-buttons">{preview}</div>{found}',
                given=given,
                preview=button("Preview", submits=True, test="bulk-preview", look="" if found else "primary"),
                found=_previewed(found),
            ),
            id_="bulk-values",
        ),
        apply=apply,
    )


def _previewed(found: Preview | None) -> Html:
    if found is None:
        return Html()
    why = joined(html("<li>{n} × {said}</li>", n=number(n), said=said) for said, n in list(found.why.items())[:3])
    return html(
        '<div class="rw-preview" role="status" data-testid="bulk-found"><p>Changes <b>{c}</b>, same <b>{s}</b>, '
        "refused <b>{r}</b>. Nothing is saved yet.</p><ul>{why}</ul></div>",
        c=number(found.changes),
        s=number(found.same),
        r=number(found.refused),
        why=why,
    )


def value_control(
    column: GridColumn, name: str, label: str, value: object, *, id_: str, test: str, fault: str = ""
) -> Html:
    """A field for a value of a column."""
    text = "" if value is None else str(value)
    if column.kind == "boolean":
        made = choice(label, name, [("", "blank"), ("TRUE", "yes"), ("FALSE", "no")], text.upper(), id_=id_, test=test)
    elif column.choices:
        options = [("", "blank"), *((one, words(one)) for one in column.choices)]
        made = choice(label, name, options, text, id_=id_, test=test)
    else:
        lines = 3 if column.name in LONG else 1
        return text_field(label, name, value=text, id_=id_, test=test, lines=lines, fault=fault)
    wrong = html('<p class="fault" role="alert">{f}</p>', f=fault) if fault else Html()
    return html("<div>{made}{wrong}</div>", made=made, wrong=wrong)


def edit_form(
    key: str, names: Sequence[str], values: Mapping[str, object], typed: Mapping[str, object], faults: Mapping[str, str]
) -> Html:
    """An initiative's fields, in the panel. What was refused stands there as it was typed, with why."""
    controls = joined(
        value_control(
            grid_columns()[name],
            name,
            label_of(name),
            typed.get(name, cell_text(values.get(name))),
            id_=f"edit-{key}-{name}",
            test=f"edit-{name}",
            fault=faults.get(name, ""),
        )
        for name in names
    )
    content = html(
        '<div class="rw-edit-fields">{controls}</div><div class="rw-buttons">{save}{cancel}</div>',
        controls=controls,
        save=button("Save", look="primary", submits=True, test="edit-save"),
        cancel=button("Cancel", "open", test="edit-cancel", key=key),
    )
    return html(
        '<header><div class="line"><small class="rw-key">{key}</small></div><h2>Edit {title}</h2></header>'
        '<div class="rw-panel-scroll">{form}</div>',
        key=key,
        title=values.get(TITLE),
        form=form("edit-save", content, id_=f"edit-form-{key}"),
    )


def conflict_dialog() -> Html:
    """The dialog, to be filled with what is in conflict."""
    return dialog("conflict-dialog", "Changed by somebody else", html('<div id="conflicts"></div>'))


def conflict_html(  # noqa: PLR0917 - what is told of one
    key: str, title: str, column: str, mine: object, theirs: object, who: str
) -> Html:
    """One field that was changed by two people: both values, and whose is to stand."""
    name = TOKENS if column.startswith("engineering_tokens") else column
    return html(
        '<section class="rw-conflict" data-testid="conflict-{key}"><h3>{title} <small>{key}</small></h3>'
        "<p>{label} was changed since you saw it{who}.</p>"
        '<div class="row-of"><div><small>Yours</small><p>{mine}</p>{m}</div>'
        "<div><small>Theirs</small><p>{theirs}</p>{t}</div></div></section>",
        key=key,
        title=title,
        label=label_of(name),
        who=who,
        mine=shown_value(column, mine),
        theirs=shown_value(column, theirs),
        m=button("Keep mine", "settle", key=key, column=column, keep="mine", test="keep-mine"),
        t=button("Keep theirs", "settle", key=key, column=column, keep="theirs", test="keep-theirs"),
    )


def is_column(name: str) -> bool:
    """Whether an act names a column that there is."""
    return name in grid_columns() and name in (*tabs.BACKLOG.by_name, TOKENS)

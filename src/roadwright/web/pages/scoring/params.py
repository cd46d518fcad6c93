"""Params that wait for approval, models with their chains, and scores that are not current."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from roadwright.domain.formulas import typed_lines
from roadwright.domain.messages import Message
from roadwright.domain.shown import shown_value
from roadwright.grid.listing import GridRow
from roadwright.grid.param_effects import ParamId, limits_of
from roadwright.grid.scoring import ModelLine, Stale
from roadwright.web import formats
from roadwright.web.kit import Html, attributes, button, card_head, chip, count, empty, html, joined, table
from roadwright.web.page import address_of
from roadwright.web.words import plain, sentence

COLUMNS = ("value", "min", "max", "source")
_WORD = re.compile(r"\w+|\W")


@dataclass(frozen=True)
class Typed:
    """What somebody typed that could not be saved: it stays, with its fault."""

    text: str
    fault: str


def waiting(
    rows: Mapping[ParamId, GridRow],
    titles: Mapping[str, str],
    effects: Mapping[ParamId, float | None],
    typed: Mapping[tuple[ParamId, str], Typed],
    *,
    unit: str | None,
    is_pricing: bool,
    may_plan: bool,
) -> Html:
    """The params, those first that move the best answer most."""
    head = card_head("Params to approve", count(len(rows)))
    if not rows:
        return html("{head}{none}", head=head, none=empty("Nobody waits for you: every param has been approved."))
    order = sorted(rows, key=lambda one: (-(effects.get(one) or -1.0), list(rows).index(one)))
    lines = []
    for one in order:
        row = rows[one]
        fields = joined(
            html(
                '<td class="{name}">{field}</td>',
                name=name,
                field=_field(one, row, name, typed.get((one, name))) if may_plan else _shown(row.values.get(name)),
            )
            for name in COLUMNS
        )
        key, model, param = one
        approve = button(
            "Approve", "approve", small=True, test=f"approve-{param}", key=key, model=model, param=param, mark=row.mark
        )
        lines.append(
            html(
                '<tr{a}><th scope="row">{name}<small>{model} · {title}</small></th>{fields}'
                '<td class="num">{effect}</td>'
                "<td>{do}</td></tr>",
                a=attributes(data_testid=f"param-{param}"),
                name=sentence(param),
                model=model,
                title=titles.get(key, key),
                fields=fields,
                effect=_effect(one, row, effects, unit, is_pricing=is_pricing),
                do=approve if may_plan else chip("warn", "open"),
            )
        )
        said = [found.fault for name in COLUMNS if (found := typed.get((one, name))) is not None and found.fault]
        if said:
            lines.append(html('<tr class="fault"><td colspan="7" role="alert">{said}</td></tr>', said="; ".join(said)))
    heads: list[tuple[str, str] | str] = [
        "Param",
        "Value",
        "Min",
        "Max",
        "Source",
        ("Effect", "num"),
        html('<span class="sr-only">Approval</span>'),
    ]
    return html("{head}{table}", head=head, table=table(heads, lines, label="Params to approve", test="params-table"))


def _effect(
    one: ParamId, row: GridRow, effects: Mapping[ParamId, float | None], unit: str | None, *, is_pricing: bool
) -> Html | str:
    if one in effects:
        found = effects[one]
        return "no answer" if found is None else f"by {formats.amount(found, unit, short=True)}"
    low, high, value = (_number(row.values.get(name)) for name in ("min", "max", "value"))
    if limits_of(value, low, high) is None:
        return html('<small class="dim">no value yet</small>')
    if is_pricing:
        return html('<small class="dim">pricing…</small>')
    return html(
        "<small{a}>nothing yet</small>",
        a=attributes(
            class_="dim", title="Its initiative is no candidate of the latest scenario, or its contribution was typed"
        ),
    )


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _shown(value: object) -> str:
    return (formats.smart(float(value)) if isinstance(value, int | float) else shown_value(value)) or formats.NONE


def _field(one: ParamId, row: GridRow, name: str, typed: Typed | None) -> Html:
    key, model, param = one
    attributed = attributes(
        class_="rw-input",
        id=f"param-{key}-{model}-{param}-{name}",
        aria_label=f"{sentence(name)} of {sentence(param)}",
        placeholder=name,
        value=typed.text if typed is not None else shown_value(row.values.get(name)),
        aria_invalid="true" if typed is not None and typed.fault else None,
        data_act="param",
        data_key=key,
        data_model=model,
        data_param=param,
        data_column=name,
        data_mark=row.mark,
        data_testid=f"{name}-{param}",
        autocomplete="off",
    )
    return html("<input{a}>", a=attributed)


def models(
    lines: Sequence[ModelLine], units: Mapping[str, str | None], names: Mapping[str, str], *, may_plan: bool
) -> Html:
    """Models: formula, chain, what they bring, whether somebody stands behind them."""
    head = card_head("Models and their chains", count(len(lines)))
    if not lines:
        return html("{head}{none}", head=head, none=empty("No initiative has a math model yet. MathModels holds them."))
    rows = []
    for number, one in enumerate(lines):
        chain = joined((names.get(node, sentence(node)) for node in one.chain), html(" <i>→</i> "))
        state = (
            chip("fail", "faulty") if one.fault else chip("ok", "approved") if one.is_approved else chip("warn", "open")
        )
        graph = _graph(one.chain, names)
        more = html(
            "<details{id}><summary>Formula and chain</summary>{formula}{graph}{edit}</details>",
            id=attributes(id=f"model-{number}"),
            formula=_formula(one),
            graph=graph,
            edit=button("Edit", "edit-model", small=True, key=one.key, model=one.name, test=f"edit-{number}")
            if may_plan
            else "",
        )
        warned = joined(html('<small class="warned">{w}</small>', w=plain(str(warning))) for warning in one.warnings)
        rows.append(
            html(
                '<tr><th scope="row">{name}<small>{title}{primary}</small>{more}{warned}</th>'
                '<td class="chain">{chain}</td>'
                '<td class="num">{brings}</td><td>{state}{do}</td></tr>',
                name=one.name,
                title=one.title,
                primary=" · primary" if one.is_primary else "",
                more=more,
                warned=warned,
                chain=chain,
                brings=formats.amount(one.brings, units.get(one.kpi), change=True, short=True),
                state=state,
                do=button(
                    "Approve", "approve-model", small=True, key=one.key, model=one.name, test=f"approve-model-{number}"
                )
                if may_plan and not one.is_approved and not one.fault and one.formula
                else "",
            )
        )
    heads: list[tuple[str, str] | str] = [
        "Model",
        "Chain",
        ("Brings", "num"),
        html('<span class="sr-only">State</span>'),
    ]
    return html("{head}{table}", head=head, table=table(heads, rows, label="Models and their chains"))


def _formula(one: ModelLine) -> Html:
    if not one.formula:
        return html('<p class="dim">No formula yet.</p>')
    fault = html('<p class="fault" role="alert">{fault}</p>', fault=str(one.fault)) if one.fault else ""
    return html("{lines}{fault}", lines=pointed(one.formula, one.fault), fault=fault)


def pointed(formula: str, fault: Message | None) -> Html:
    """A formula as it was typed, with a mark under what is wrong in it: from a character on, or a whole line."""
    bad, place = (fault.params.get("line"), fault.params.get("place")) if fault else (None, None)
    lines = joined(
        html("<code>{line}</code>", line=_marked(line, place if isinstance(place, int) else None))
        if number == bad
        else html("<code>{line}</code>", line=line)
        for number, line in enumerate(typed_lines(formula), start=1)
    )
    return html('<div class="rw-formula">{lines}</div>', lines=lines)


def _marked(line: str, place: int | None) -> Html:
    """A line whose word or sign at this place is marked; at its end that is a blank."""
    start, end = 0, len(line)
    if place is not None:
        word = _WORD.match(line, place)
        start, end = place, end if word is None else word.end()
    return html(
        '{before}<b class="bad"><span class="sr-only">wrong from here: </span>{piece}</b>{after}',
        before=line[:start],
        piece=line[start:end] or "\u00a0",
        after=line[end:],
    )


def _graph(chain: Sequence[str], names: Mapping[str, str]) -> Html:
    steps = joined(html("<li>{name}</li>", name=names.get(node, sentence(node))) for node in chain)
    return html('<ol class="rw-chain" aria-label="Chain">{steps}</ol>', steps=steps)


def stale(found: Sequence[Stale] | None) -> Html:
    """The initiatives whose score is not what their inputs give."""
    if found is None:
        return html('{head}<div class="rw-skeleton">looking…</div>', head=card_head("Scores to refresh"))
    head = card_head("Scores to refresh", count(len(found)))
    if not found:
        return html('{head}<p class="dim">Every active score is what its inputs give now.</p>', head=head)
    rows = (
        html(
            '<tr><th scope="row"><a href="{to}">{title}</a> <small>{number}</small></th><td>{why}</td></tr>',
            to=address_of("backlog", open=one.key),
            title=one.title,
            number=formats.short_key(one.key),
            why=plain(str(one.why)),
        )
        for one in found
    )
    return html("{head}{table}", head=head, table=table(["Initiative", "Why"], rows, label="Scores to refresh"))

"""Periods: what this one chooses, and what later ones would, team by team."""

from __future__ import annotations

from roadwright.web import formats
from roadwright.web.kit import Html, attributes, empty, html, joined, meter, skeleton
from roadwright.web.pages.workbench.desk import Desk

_ANY = ""


def periods(desk: Desk) -> Html:
    """Teams and periods as a table of cards, which can be put into another period."""
    names = desk.periods
    if desk.solution is None:
        return empty("There is no answer yet.")
    if len(names) == 1:
        return empty(f"No later periods are known for “{names[0]}”: it is no quarter, half, month or year.")
    first, *later = names
    chosen = {
        first: sorted(desk.chosen),
        **{name: list(desk.later[name].selected) for name in later if name in desk.later},
    }
    team_of = {key: _team(desk, key) for keys in chosen.values() for key in keys}
    teams = sorted(set(team_of.values()), key=lambda one: (not one, one.casefold()))
    heads = joined(_head(desk, name, chosen.get(name)) for name in names)
    body = joined(
        html(
            '<tr><th scope="row">{team}</th>{cells}</tr>',
            team=team or "No department",
            cells=joined(
                html(
                    '<td data-period="{name}">{cards}</td>',
                    name=name,
                    cards=joined(_card(desk, key, name) for key in chosen.get(name, ()) if team_of[key] == team),
                )
                for name in names
            ),
        )
        for team in teams
    )
    said = (
        f"{first} is the answer. Later periods are solved again over what is left, with what came before delivered; "
        "quotas and targets of this period are not carried over. Put a card into another period, and it stays there."
    )
    return html(
        '<p class="dim rw-lead">{said}</p><div class="rw-scroll" tabindex="0" role="region" aria-label="Periods">'
        '<table class="rw-lanes"><thead><tr><th scope="col">Team</th>{heads}</tr></thead><tbody>{body}</tbody>'
        "</table></div>",
        said=said,
        heads=heads,
        body=body,
    )


def _team(desk: Desk, key: str) -> str:
    fact = desk.bench.facts.get(key)
    return "" if fact is None or not fact.department else fact.department


def _head(desk: Desk, name: str, keys: list[str] | None) -> Html:
    capacity = desk.problem.capacity
    if keys is None:
        return html('<th scope="col" data-period="{name}">{name}{wait}</th>', name=name, wait=skeleton("solving…"))
    later = desk.later.get(name)
    if later is not None and not later.is_answered:
        return html('<th scope="col" data-period="{n}">{n}<small>the rules can’t be met</small></th>', n=name)
    tokens = {candidate.key: candidate.tokens or 0.0 for candidate in desk.problem.candidates}
    load = sum(tokens.get(key, 0.0) for key in keys)
    return html(
        '<th scope="col" data-period="{name}">{name}<small>{load} of {capacity} tokens</small>{meter}</th>',
        name=name,
        load=formats.number(load),
        capacity=formats.number(capacity),
        meter=meter(load, capacity),
    )


def _card(desk: Desk, key: str, period: str) -> Html:
    title = desk.bench.title(key)
    candidate = next((one for one in desk.problem.candidates if one.key == key), None)
    is_put = desk.changes.periods.get(key) == period or (period == desk.periods[0] and key in desk.changes.switches)
    choices = [(_ANY, "wherever it fits"), *((name, name) for name in desk.periods)]
    options = joined(
        html("<option{a}>{words}</option>", words=words, a=attributes(value=value, selected=is_put and value == period))
        for value, words in choices
    )
    return html(
        '<div{a}><b title="{title}">{title}</b><span>{tokens}</span><select{s}>{options}</select></div>',
        a=attributes(class_="rw-lane put" if is_put else "rw-lane", draggable="true", data_key=key, id=f"lane-{key}"),
        title=title,
        tokens=formats.number(None if candidate is None else candidate.tokens),
        s=attributes(
            aria_label=f"Period of {title}", data_act="put", data_key=key, data_testid=f"period-{key}", id=f"put-{key}"
        ),
        options=options,
    )

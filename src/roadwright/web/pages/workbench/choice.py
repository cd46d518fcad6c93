"""The choice: one row for each candidate, with its switch and its price. Rows are drawn once and moved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice

from roadwright.domain.text import folded
from roadwright.optimize import Explanation
from roadwright.services.portfolios.workbench.question import is_own
from roadwright.services.portfolios.workbench.sentences import in_words
from roadwright.web import formats
from roadwright.web.kit import Html, attributes, button, count, html, icon, joined, meter
from roadwright.web.page import address_of
from roadwright.web.pages.workbench.desk import Desk

DRAWN = 300
"""Rows that are drawn at first; of more candidates the closest calls, and further ones when they are asked for."""
MORE = 200
FEWEST = 60
"""Rows that are drawn of those that could be chosen, however many are."""
MOST_FOUND = 200
"""Rows that a search brings at once."""
WAYS = (("out", "Out"), ("auto", "Auto"), ("in", "In"))


def sides(desk: Desk) -> tuple[list[str], list[str]]:
    """The keys that are chosen, and those that could be: those that were dropped first, then the closest calls."""
    chosen = [] if desk.solution is None else list(desk.solution.selected)
    order = _closest(desk)
    taken, dropped = desk.chosen, desk.moved - desk.chosen
    rest = [key for key in order if key not in taken]

    def place(key: str) -> tuple[bool, float]:
        known = desk.prices.get(key)
        loss = known.loss if known is not None and not known.conflict and not desk.is_waiting_for_prices else None
        return key not in dropped, float("inf") if loss is None else loss

    rest.sort(key=place)
    room = DRAWN + desk.more
    pinned = {*desk.changes.switches, *dropped, *found(desk)}
    shown = [key for number, key in enumerate(rest) if number < max(room - len(chosen), FEWEST) or key in pinned]
    return chosen, shown


def _sized(desk: Desk) -> list[str]:
    return [candidate.key for candidate in desk.problem.candidates if candidate.tokens is not None]


def found(desk: Desk) -> list[str]:
    """The keys of what is searched for, by title, key, department or country; none where nothing is."""
    wanted = folded(desk.sought)
    if not wanted:
        return []
    all_found = (key for key in _sized(desk) if wanted in folded(f"{key} {desk.bench.title(key)} {facts(desk, key)}"))
    return list(islice(all_found, MOST_FOUND))


def search(desk: Desk) -> Html:
    """The field that finds rows among all candidates, where these are more than are drawn at first."""
    if len(_sized(desk)) <= DRAWN:
        return Html()
    field = attributes(
        type="search",
        class_="rw-input",
        id="choice-search",
        placeholder="Title, key, department or country",
        aria_label="Find a candidate",
        value=desk.sought,
        maxlength=200,
        data_act="search",
        data_live=True,
        data_testid="filter",
        autocomplete="off",
    )
    return html(
        '<div class="rw-search">{icon}<input{a}><span id="choice-found" class="dim" role="status">{told}</span></div>',
        icon=icon("search"),
        a=field,
        told=search_told(desk),
    )


def search_told(desk: Desk) -> str:
    """How many are found."""
    if not desk.sought.strip():
        return ""
    count_ = len(found(desk))
    first = "the first " if count_ == MOST_FOUND else ""
    return f"{first}{formats.number(count_)} of {formats.plural(len(_sized(desk)), 'candidate')}"


def _closest(desk: Desk) -> list[str]:
    if desk.shown is not None:
        return list(desk.shown.closest)
    return sorted(_sized(desk))


def hidden(desk: Desk) -> int:
    """How many that could be chosen are not drawn."""
    chosen, rest = sides(desk)
    return len(_sized(desk)) - len(chosen) - len(rest)


def table(desk: Desk) -> Html:
    """The whole list."""
    chosen, rest = sides(desk)
    desk.drawn = {*chosen, *rest}
    star = desk.bench.north_star
    return html(
        '{search}<table class="rw-bench-table"><thead><tr><th scope="col">Switch</th><th scope="col">Initiative</th>'
        '<th scope="col" class="num">Tokens</th><th scope="col" class="num" title="{star}">{short}</th>'
        '<th scope="col">Price</th><th scope="col" class="num firm" title="How often it is chosen when estimates are '
        'off">Firm</th></tr></thead>{inside}{outside}{bare}</table>{more}',
        search=search(desk),
        star=star.name,
        short=short_name(star.key, star.name),
        inside=_body("in", "ok", "Chosen", "if left out", rows(desk, chosen), number=len(chosen)),
        outside=_body("out", "idle", "Not chosen", "if forced in", rows(desk, rest), number=len(rest)),
        bare=_without_tokens(desk),
        more=more(desk),
    )


def short_name(key: str, name: str) -> str:
    """A KPI's name where there is little room: in capital letters where it is an abbreviation of its name."""
    letters = "".join(word[0] for word in name.split()).casefold()
    return key.upper() if key.casefold() == letters and len(key) <= 5 else name if len(name) <= 14 else "North star"


def more(desk: Desk) -> Html:
    """The way to rows that are not drawn."""
    left = hidden(desk)
    if not left:
        return html('<div id="choice-more"></div>')
    words = f"Show {formats.number(min(left, MORE))} more of {formats.number(left)}"
    return html('<div id="choice-more" class="rw-more">{b}</div>', b=button(words, "more", small=True))


def _body(side: str, glyph: str, words: str, price: str, lines: Html, *, number: int) -> Html:
    return html(
        '<tbody data-side="{side}"><tr class="group"><th colspan="4" scope="rowgroup">{icon}{words} {count}</th>'
        '<th scope="col">{price}</th><th class="firm" aria-hidden="true"></th></tr>{lines}</tbody>',
        side=side,
        icon=icon(glyph),
        words=words,
        count=count(number),
        price=price,
        lines=lines,
    )


def rows(desk: Desk, keys: Iterable[str]) -> Html:
    """Rows, each with its switch, what it is, its price and how firm it is."""
    known = {candidate.key: candidate for candidate in desk.problem.candidates}
    star, moved = desk.bench.north_star.key, desk.moved
    return joined(_row(desk, key, known[key].tokens, known[key].contributions.get(star), key in moved) for key in keys)


def _row(desk: Desk, key: str, tokens: float | None, gain: float | None, is_moved: bool) -> Html:
    title = desk.bench.title(key)
    return html(
        '<tr{a}><td>{switch}</td><th scope="row"><a href="{to}" title="{title}">{title}</a>'
        '<small>{facts}<span class="changed"> · changed</span></small></th><td class="num">{tokens}</td>'
        '<td class="num">{gain}</td><td class="p">{price}</td><td class="num firm">{firm}</td></tr>',
        a=attributes(id=f"r-{key}", class_="marked" if is_moved else None, data_key=key),
        switch=switch(desk, key, title),
        to=address_of("backlog", open=key),
        title=title,
        facts=facts(desk, key),
        tokens=formats.number(tokens),
        gain=desk.amount(star, gain, change=True) if (star := desk.bench.north_star.key) and gain else formats.NONE,
        price=price(desk, key),
        firm=firm(desk, key),
    )


def facts(desk: Desk, key: str) -> str:
    """The small line below a title."""
    fact = desk.bench.facts.get(key)
    parts = [formats.short_key(key)]
    parts.append(fact.department if fact is not None and fact.department else "no department")
    parts.append(fact.country if fact is not None and fact.country else "all countries")
    return " · ".join(parts)


def switch(desk: Desk, key: str, title: str) -> Html:
    """Out, auto or in."""
    known = desk.changes.switches.get(key)
    now = "auto" if known is None else known.way
    if key in desk.changes.periods:
        now = "out"
    buttons = joined(
        html(
            "<button{a}>{words}</button>",
            words=words,
            a=attributes(
                type="button",
                role="radio",
                aria_checked="true" if way == now else "false",
                tabindex="0" if way == now else "-1",
                id=f"sw-{key}-{way}",
                data_act="switch",
                data_key=key,
                data_way=way,
                data_testid=f"switch-{key}-{way}",
            ),
        )
        for way, words in WAYS
    )
    return html('<span class="rw-tri" role="radiogroup"{a}>{b}</span>', a=attributes(aria_label=title), b=buttons)


def price(desk: Desk, key: str) -> Html:
    """What leaving it out, or forcing it in, costs; or the rule that does not let it move."""
    known = desk.prices.get(key)
    if known is None or not known.computed:
        return html('<span class="dim">pricing…</span>') if desk.is_waiting_for_prices else html("{n}", n=formats.NONE)
    if known.conflict:
        return _locked(desk, known)
    if known.loss is None:
        return html("{n}", n=formats.NONE)
    inside = known.kind == "inside"
    others = [one for one in (known.added if inside else known.dropped) if one != key]
    words = ""
    if others:
        verb = "would bring in" if inside else "would drop"
        words = f"{verb} {desk.titles(others, 8)}"
    drops = "" if inside or not others else html(' <span class="dim">drops {n}</span>', n=len(others))
    if not known.loss:
        said: Html = html('<span class="dim">no cost</span>')
    else:
        said = html('<b class="price">{minus}{loss}</b>', minus=formats.MINUS, loss=desk.worth(known.loss, known.stage))
    return html("<span{a}>{said}{drops}</span>", a=_tip(words), said=said, drops=drops)


def _tip(words: str) -> Html:
    """Words on hover and on focus, and for those who listen."""
    if not words:
        return Html()
    return attributes(title=words, tabindex="0", aria_description=words, class_="rw-tip")


def _locked(desk: Desk, known: Explanation) -> Html:
    rows = desk.rows()
    rules = [rows[id] for id in known.conflict if id in rows]
    named = next((row for row in rules if getattr(row, "reason", None)), rules[0] if rules else None)
    if named is None:
        why, whole = "the rules", "the rules do not allow it"
    elif is_own(named.id):
        why, whole = "your switch", "your switch"
    else:
        whole = in_words(desk.sentence(named))
        why = getattr(named, "reason", None) or whole
    return html(
        '<span{a}>{icon}<span class="cut">{why}</span></span>', a=_lock_tip(why, whole), icon=icon("lock"), why=why
    )


def _lock_tip(why: str, whole: str) -> Html:
    words = why if why == whole else f"{whole}: {why}"
    return attributes(title=words, class_="rw-lock", tabindex="0", aria_description=words)


def prices(desk: Desk, keys: Iterable[str]) -> dict[str, str]:
    """The price cells of rows that are drawn."""
    return {key: str(price(desk, key)) for key in keys if key in desk.drawn}


def firm(desk: Desk, key: str) -> Html:
    """In which share of the trials it was chosen."""
    trials = desk.trials
    share = None if trials is None else trials.share(key)
    if trials is None or share is None:
        return Html()
    said = f"chosen in {trials.chosen.get(key, 0)} of {trials.answered} trials"
    if trials.answered < trials.done:
        said += f"; in {trials.done - trials.answered} the rules can’t be met"
    return html(
        '<span class="rw-firm" title="{said}">{bar}{share}</span>',
        said=said,
        bar=meter(share, 1),
        share=formats.percent(share),
    )


def firmness(desk: Desk) -> Mapping[str, str]:
    """The cells of all rows that are drawn."""
    return {key: str(firm(desk, key)) for key in desk.drawn}


def _without_tokens(desk: Desk) -> Html:
    bare = [candidate.key for candidate in desk.problem.candidates if candidate.tokens is None]
    if not bare:
        return Html()
    lines = joined(
        html(
            '<tr class="bare"><td colspan="5"><a href="{to}">{title}</a> has no tokens, so every run leaves it '
            'out.</td><td class="firm"></td></tr>',
            to=address_of("backlog", open=key),
            title=desk.bench.title(key),
        )
        for key in bare
    )
    return html(
        '<tbody><tr class="group"><th colspan="5" scope="rowgroup">{icon}Can’t be judged {count}</th>'
        '<th class="firm" aria-hidden="true"></th></tr>{lines}</tbody>',
        icon=icon("warn"),
        count=count(len(bare)),
        lines=lines,
    )

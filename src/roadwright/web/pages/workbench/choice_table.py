"""The choice as a table: one row for each candidate, with its switch and its price. Rows are drawn once and moved."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from roadwright.optimize.model.problem import Candidate
from roadwright.web import formats
from roadwright.web.kit import Html, Region, attributes, count, html, icon, joined, meter
from roadwright.web.page import Visit, address_of
from roadwright.web.pages.workbench import choice
from roadwright.web.pages.workbench.desk import Desk


class ChoiceTable:
    """The table on an open page."""

    def __init__(self, visit: Visit, desk: Desk, region: Region) -> None:
        self._visit, self._desk, self._region = visit, desk, region

    def show(self) -> None:
        """Move the rows that changed sides."""
        desk = self._desk
        chosen, rest = choice.sides(desk)
        bodies = {"in": chosen, "out": rest}
        self._visit.script("answer", {"table": ".rw-bench-table", "bodies": bodies, "marked": sorted(desk.moved)})
        if desk.is_waiting_for_prices:
            self._visit.script("waiting", ".p", choice.PRICING)
            self.show_prices([*desk.prices])
        else:
            self.show_prices([*chosen, *rest])

    def show_prices(self, keys: Collection[str]) -> None:
        """Fill the cells of these that are rows."""
        known = {*self._desk.sized}
        self._visit.script("cells", ".p", {key: str(_price(self._desk, key)) for key in keys if key in known})

    def end_prices(self) -> None:
        """Fill the cells of all that no price came for."""
        self.show_prices([key for key in self._desk.sized if key not in self._desk.prices])

    def show_firmness(self) -> None:
        """Fill the cells of all rows."""
        cells = {key: str(_firm(self._desk, key)) for key in self._desk.sized}
        self._visit.script("cells", ".firm", cells)

    def show_anew(self) -> None:
        """Draw the table again."""
        self._region.show(table(self._desk))


def table(desk: Desk) -> Html:
    """The whole list."""
    bodies = joined(
        _body(side, _rows(desk, keys), number=len(keys))
        for side, keys in zip(choice.SIDES, choice.sides(desk), strict=True)
    )
    star = desk.bench.north_star
    return html(
        '<table class="rw-bench-table"><thead><tr><th scope="col">Switch</th><th scope="col">Initiative</th>'
        '<th scope="col" class="num">Tokens</th><th scope="col" class="num" title="{star}">{short}</th>'
        '<th scope="col">Price</th><th scope="col" class="num firm" title="How often it is chosen when estimates are '
        'off">Firm</th></tr></thead>{bodies}{bare}</table>',
        star=star.name,
        short=choice.short_name(star.key, star.name),
        bodies=bodies,
        bare=_without_tokens(desk),
    )


def _body(side: tuple[str, str, str, str], lines: Html, *, number: int) -> Html:
    name, glyph, words, price = side
    return html(
        '<tbody data-side="{side}"><tr class="group"><th colspan="4" scope="rowgroup">{icon}{words} {count}</th>'
        '<th scope="col">{price}</th><th class="firm" aria-hidden="true"></th></tr>{lines}</tbody>',
        side=name,
        icon=icon(glyph),
        words=words,
        count=count(number),
        price=price,
        lines=lines,
    )


def _rows(desk: Desk, keys: Iterable[str]) -> Html:
    """Rows, each with its switch, what it is, its price and how firm it is."""
    known = {candidate.key: candidate for candidate in desk.problem.candidates}
    moved, ways = desk.moved, choice.ways(desk)
    return joined(_row(desk, known[key], ways.get(key, "auto"), key in moved) for key in keys)


def _row(desk: Desk, candidate: Candidate, way: str, is_moved: bool) -> Html:
    key = candidate.key
    title = desk.bench.title(key)
    return html(
        '<tr{a}><td>{switch}</td><th scope="row"><a href="{to}" title="{title}">{title}</a>'
        '<small>{facts}<span class="changed"> · {changed}</span></small></th><td class="num">{tokens}</td>'
        '<td class="num">{gain}</td><td class="p">{price}</td><td class="num firm">{firm}</td></tr>',
        a=attributes(id=f"r-{key}", class_="marked" if is_moved else None, data_key=key),
        switch=_switch(key, title, way),
        to=address_of("backlog", open=key),
        title=title,
        facts=choice.facts(desk, key),
        changed=choice.CHANGED,
        tokens=formats.number(candidate.tokens),
        gain=choice.gain(desk, candidate.contributions.get(desk.bench.north_star.key)),
        price=_price(desk, key),
        firm=_firm(desk, key),
    )


def _switch(key: str, title: str, now: str) -> Html:
    """Out, auto or in."""
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
        for way, words in choice.WAYS
    )
    return html('<span class="rw-tri" role="radiogroup"{a}>{b}</span>', a=attributes(aria_label=title), b=buttons)


def _price(desk: Desk, key: str) -> Html:
    price = choice.price(desk, key)
    if price.kind == "none":
        return html("{n}", n=price.words)
    if price.kind == "waits":
        return html('<span class="dim">{n}</span>', n=price.words)
    if price.kind == "locked":
        return html(
            '<span{a}>{icon}<span class="cut">{why}</span></span>',
            a=_tip(price.tip, "rw-lock"),
            icon=icon("lock"),
            why=price.words,
        )
    dear = price.kind == "costs"
    return html(
        "<span{a}>{said}{drops}</span>",
        a=_tip(price.tip, "rw-tip"),
        said=html('<b class="price">{n}</b>' if dear else '<span class="dim">{n}</span>', n=price.words),
        drops=html(' <span class="dim">drops {n}</span>', n=price.drops) if price.drops else "",
    )


def _tip(words: str, classes: str) -> Html:
    """Words on hover and on focus, and for those who listen."""
    if not words:
        return Html()
    return attributes(title=words, tabindex="0", aria_description=words, class_=classes)


def _firm(desk: Desk, key: str) -> Html:
    """In which share of the trials it was chosen."""
    firm = choice.firm(desk, key)
    if firm is None:
        return Html()
    return html(
        '<span class="rw-firm" title="{said}">{bar}{share}</span>',
        said=firm.tip,
        bar=meter(firm.share, 1),
        share=firm.words,
    )


def _without_tokens(desk: Desk) -> Html:
    keys = choice.bare(desk)
    if not keys:
        return Html()
    glyph, words, why = choice.BARE
    lines = joined(
        html(
            '<tr class="bare"><td colspan="5"><a href="{to}">{title}</a> {why}</td><td class="firm"></td></tr>',
            to=address_of("backlog", open=key),
            title=desk.bench.title(key),
            why=why,
        )
        for key in keys
    )
    return html(
        '<tbody><tr class="group"><th colspan="5" scope="rowgroup">{icon}{words} {count}</th>'
        '<th class="firm" aria-hidden="true"></th></tr>{lines}</tbody>',
        icon=icon(glyph),
        words=words,
        count=count(len(keys)),
        lines=lines,
    )

"""Larger pieces: cards, tables, banners, dialogs, progress, what is shown where nothing is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from roadwright.web.kit.html import Html, attributes, html, joined
from roadwright.web.kit.icons import icon

ACTS = html('<span class="sr-only">What can be done</span>')
"""The head of a table's column of buttons."""


def card_head(title: str, right: str | Html = "") -> Html:
    """The head of a card: its title, and what can be done with all of it."""
    return html('<div class="rw-card-head"><h2>{title}</h2>{right}</div>', title=title, right=right)


def card(title: str, content: str | Html, right: str | Html = "", *, test: str = "") -> Html:
    """A card with its head."""
    said = '<section class="rw-card"{a}>{head}{content}</section>'
    return html(said, a=attributes(data_testid=test or None), head=card_head(title, right), content=content)


def table(
    heads: Sequence[tuple[str, str] | str],
    rows: Iterable[str | Html],
    *,
    label: str,
    test: str = "",
    stacks: bool = False,
) -> Html:
    """A table that scrolls sideways where it must. A head is its words, or its words and its class (``num``).

    One that stacks shows all of a row on a phone, without heads: its page's style lays out the cells there.
    """
    made = [(one, "") if isinstance(one, str) else one for one in heads]
    head = joined(
        html('<th scope="col"{a}>{text}</th>', a=attributes(class_=kind or None), text=text) for text, kind in made
    )
    return html(
        '<div class="rw-scroll" tabindex="0" role="region"{label}><table{a}>'
        "<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>",
        label=attributes(aria_label=label),
        a=attributes(class_="rw-table stacks" if stacks else "rw-table", data_testid=test or None),
        head=head,
        rows=joined(rows),
    )


def empty(why: str, way_out: str | Html = "") -> Html:
    """Nothing is there: one sentence why, one button that ends it."""
    return html('<div class="rw-empty"><p>{why}</p>{way}</div>', why=why, way=way_out)


def skeleton(words: str = "", height: int = 0) -> Html:
    """The place of what is still computed, in its final size."""
    style = f"height:{height}px" if height else None
    return html('<div class="rw-skeleton"{a}>{words}</div>', a=attributes(style=style), words=words)


def banner(
    kind: Literal["fail", "warn", "info"],
    title: str,
    content: str | Html = "",
    right: str | Html = "",
    *,
    test: str = "",
) -> Html:
    """What everybody on the page has to know: what failed, what still holds, the way out."""
    attributed = attributes(
        class_=f"rw-banner {kind}", role="alert" if kind == "fail" else "status", data_testid=test or None
    )
    return html(
        "<div{a}>{icon}<div><h2>{title}</h2>{content}</div><div>{right}</div></div>",
        a=attributed,
        icon=icon("note" if kind == "info" else kind),
        title=title,
        content=content,
        right=right,
    )


def progress(label: str, share: float | None = None, state: Literal["", "ok", "fail"] = "") -> Html:
    """How far something is, of 0 to 1; None where nobody knows."""
    percent = None if share is None else round(min(max(share, 0), 1) * 100)
    attributed = attributes(
        class_=f"rw-progress {state}".strip(),
        role="progressbar",
        aria_label=label,
        aria_valuemin=0,
        aria_valuemax=100,
        aria_valuenow=100 if state else percent,
    )
    return html(
        "<div{a}><b{w}></b></div>", a=attributed, w=attributes(style=None if percent is None else f"width:{percent}%")
    )


def dialog(id_: str, title: str, content: str | Html, *, wide: bool = False) -> Html:
    """A dialog, closed at first: ``button(…, opens=id)`` or ``Visit.script("open", id)`` opens it, Esc and its cross
    close it.
    """
    attributed = attributes(
        class_="rw-dialog wide" if wide else "rw-dialog", id=id_, aria_labelledby=f"{id_}-title", data_testid=id_
    )
    return html("<dialog{a}>{inside}</dialog>", a=attributed, inside=dialog_inside(id_, title, content))


def dialog_inside(id_: str, title: str, content: str | Html) -> Html:
    """What stands in a dialog: its title, the cross that closes it, and the content."""
    return html(
        '<header><h2{t}>{title}</h2><button type="button" class="rw-btn ghost icon small" data-closes="" '
        'aria-label="Close">{cross}</button></header><div>{content}</div>',
        t=attributes(id=f"{id_}-title"),
        title=title,
        cross=icon("fail"),
        content=content,
    )

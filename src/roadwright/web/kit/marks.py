"""Marks that show a state or a figure: chips, counts, meters, bullets."""

from __future__ import annotations

from typing import Literal

from roadwright.web.kit.html import Html, html, joined
from roadwright.web.kit.icons import icon
from roadwright.web.words import glyph_of, kind_of, words

Kind = Literal["ok", "warn", "fail", "conflict", "info", "idle"]


def chip(kind: Kind, text: str | Html, glyph: str | None = None) -> Html:
    """A state: its colour, its glyph and its word, never one of them alone."""
    return html('<span class="rw-chip {kind}">{icon}{text}</span>', kind=kind, icon=icon(glyph or kind), text=text)


def status_chip(status: str) -> Html:
    """The chip of a status that is stored: of an initiative, a run, a roadmap, an entry or an answer."""
    return chip(kind_of(status), words(status), glyph_of(status))


def glyph(kind: Kind, name: str | None = None) -> Html:
    """A glyph on a ground of its colour; the words stand beside it."""
    return html('<span class="rw-glyph {kind}">{icon}</span>', kind=kind, icon=icon(name or kind))


def count(number: int) -> Html:
    """How many there are of what stands before it."""
    return html('<span class="rw-count">{number}</span>', number=f"{number:,}")


def _percent(part: float, whole: float) -> str:
    return f"{min(max(part / whole, 0), 1) * 100:.1f}%"


def meter(used: float, total: float, *, low: float | None = None, high: float | None = None) -> Html:
    """A bar on a track, with a floor (dotted) and a cap (solid). Hidden from listeners: the words stand beside it."""
    whole = max(total, used, low or 0, high or 0) or 1
    marks = joined(
        html('<i class="{kind}" style="left:{at}"></i>', kind=kind, at=_percent(value, whole))
        for kind, value in (("low", low), ("high", high))
        if value is not None
    )
    said = '<span class="rw-meter" aria-hidden="true"><b style="width:{width}"></b>{marks}</span>'
    return html(said, width=_percent(used, whole), marks=marks)


def bullet(base: float, reached: float, target: float, *, decreases: bool = False) -> Html:
    """From the baseline to what is reached as a bar, the target upright; right is better, whatever the direction."""
    low, high = min(base, reached, target), max(base, reached, target)
    span = (high - low) or 1

    def place(value: float) -> float:
        return 4 + 90 * ((high - value) if decreases else (value - low)) / span

    start, end, goal = place(base), place(reached), place(target)
    is_met = reached <= target if decreases else reached >= target
    return html(
        '<svg class="rw-bullet {state}" viewBox="0 0 100 16" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="track" x="0" y="5" width="100" height="6"/>'
        '<rect class="fill" x="{x}" y="5" width="{w}" height="6"/>'
        '<rect class="base" x="{b}" y="3" width=".7" height="10"/>'
        '<rect class="goal" x="{g}" y="1" width="1.2" height="14"/></svg>',
        state="met" if is_met else "miss",
        x=f"{min(start, end):.1f}",
        w=f"{max(abs(end - start), 0.8):.1f}",
        b=f"{start - 0.3:.1f}",
        g=f"{goal - 0.6:.1f}",
    )

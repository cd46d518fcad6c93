"""Small pieces of HTML, each made once: whatever a page shows is put together from these.

All return ``Markup``; a plain text that is given to them is escaped. Pages write no tags of their own where a piece is
there, and where they must, they use `html`, which escapes what it fills in.
"""

from roadwright.web.kit.blocks import (
    ACTS,
    banner,
    card,
    card_head,
    dialog,
    dialog_inside,
    empty,
    progress,
    skeleton,
    table,
)
from roadwright.web.kit.controls import (
    button,
    choice,
    field,
    form,
    link,
    segments,
    switch,
    tabs,
    text_field,
)
from roadwright.web.kit.html import Html, attributes, html, joined
from roadwright.web.kit.icons import icon
from roadwright.web.kit.marks import bullet, chip, count, glyph, meter, status_chip
from roadwright.web.kit.regions import Region, region

__all__ = [
    "ACTS",
    "Html",
    "Region",
    "attributes",
    "banner",
    "bullet",
    "button",
    "card",
    "card_head",
    "chip",
    "choice",
    "count",
    "dialog",
    "dialog_inside",
    "empty",
    "field",
    "form",
    "glyph",
    "html",
    "icon",
    "joined",
    "link",
    "meter",
    "progress",
    "region",
    "segments",
    "skeleton",
    "status_chip",
    "switch",
    "table",
    "tabs",
    "text_field",
]

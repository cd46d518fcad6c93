"""Icons: own strokes on 16 by 16 pixels. No font, no file."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from roadwright.web.kit.html import Html, html

PATHS: Mapping[str, str] = MappingProxyType(
    {
        "home": "M2.5 7.5 8 3l5.5 4.5M4 6.5V13h8V6.5M6.5 13V9.5h3V13",
        "backlog": "M2.5 4h11M2.5 8h11M2.5 12h7",
        "scoring": "M3 13V8M8 13V3M13 13v-7",
        "workbench": "M3 4.5h10M3 11.5h10M6 2.5v4M10.5 9.5v4",
        "roadmaps": "M6 2.5 3 13.5M10 2.5l3 11M8 3v2M8 7.5v2M8 12v1.5",
        "report": "M4 2.5h5.5L12.5 5.5V13.5H4zM6.5 8h4M6.5 10.5h4",
        "runs": "M8 4.5V8l2.5 1.5M8 2.5a5.5 5.5 0 1 1-5.2 3.7M2.5 3v3.3h3.3",
        "settings": (
            "M8 5.8a2.2 2.2 0 1 1 0 4.4 2.2 2.2 0 0 1 0-4.4ZM8 2v1.6M8 12.4V14M2 8h1.6M12.4 8H14M3.8 3.8l1.1 1.1"
            "M11.1 11.1l1.1 1.1M3.8 12.2l1.1-1.1M11.1 4.9l1.1-1.1"
        ),
        "ok": "M3.5 8.5 6.5 11.5 12.5 5",
        "warn": "M8 3 2.5 12.8h11zM8 6.8v2.7M8 11.3v.2",
        "fail": "M4.5 4.5l7 7M11.5 4.5l-7 7",
        "conflict": "M3 5h8.5L9.5 3M13 11H4.5l2 2",
        "idle": "M4 8h8",
        "info": "M5 3.5 12 8l-7 4.5z",
        "note": "M8 7.5v4M8 4.6v.3",
        "plus": "M8 3.5v9M3.5 8h9",
        "play": "M5 3.5 12 8l-7 4.5z",
        "sync": ("M12.8 6.5A5 5 0 0 0 3.6 5.4M3.2 9.5a5 5 0 0 0 9.2 1.1M3.4 2.8v2.8h2.8M12.6 13.2v-2.8H9.8"),
        "back": "M6.5 4 3 7.5 6.5 11M3 7.5h6.5a3.5 3.5 0 0 1 0 7H8",
        "next": "M6 3.5 10.5 8 6 12.5",
        "lock": "M4.5 7.5h7v5.5h-7zM5.8 7.5V5.6a2.2 2.2 0 0 1 4.4 0v1.9",
        "print": "M4.5 6V2.5h7V6M4.5 11.5h-2V6h11v5.5h-2M4.5 9.5h7v4h-7z",
        "moon": "M12.8 9.6A5.3 5.3 0 0 1 6.4 3.2a5.3 5.3 0 1 0 6.4 6.4Z",
        "flag": "M4 13.5v-11h7.5L10 5.3l1.5 2.7H4",
        "up": "M8 12.5v-9M4.5 7 8 3.5 11.5 7",
        "down": "M8 3.5v9M4.5 9 8 12.5 11.5 9",
        "search": "M7 3a4 4 0 1 1 0 8 4 4 0 0 1 0-8ZM10 10l3.5 3.5",
        "hand": "M3 9.5 5.5 12h5l2-4.5M5.5 8V4M8 7.5V3M10.5 7.5V4.5",
        "edit": "M3 13l.7-2.9L10.5 3.3l2.2 2.2-6.8 6.8zM9.2 4.6l2.2 2.2",
        "copy": "M5.5 5.5h7v8h-7zM5.5 10.5h-2v-8h7v3",
        "link": "M6.5 9.5l3-3M7 5l1.6-1.6a2.7 2.7 0 0 1 3.9 3.9L10.9 9M9 11l-1.6 1.6a2.7 2.7 0 0 1-3.9-3.9L5.1 7",
        "out": "M9.5 3H3.5v10h6M7 8h6M10.8 5.5 13.3 8l-2.5 2.5",
        "person": "M8 2.5a2.7 2.7 0 1 1 0 5.4 2.7 2.7 0 0 1 0-5.4ZM3 13.5c.3-2.6 2.3-4 5-4s4.7 1.4 5 4",
        "key": "M6 7a3 3 0 1 1 0 6 3 3 0 0 1 0-6ZM8.2 7.8 13 3M11 5l1.7 1.7",
        "file": "M4 2.5h5.5L12.5 5.5V13.5H4z",
        "more": "M4 8h.1M8 8h.1M12 8h.1",
    }
)


def icon(name: str, label: str = "") -> Html:
    """An icon; without a label it is decoration, and hidden from those who listen to the page."""
    if not label:
        return html('<svg class="i" viewBox="0 0 16 16" aria-hidden="true"><path d="{d}"/></svg>', d=PATHS[name])
    said = '<svg class="i" viewBox="0 0 16 16" role="img" aria-label="{label}"><path d="{d}"/></svg>'
    return html(said, label=label, d=PATHS[name])

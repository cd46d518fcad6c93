"""Regions: parts of a page that are replaced as a whole."""

from __future__ import annotations

from nicegui import ui

from roadwright.web.kit.html import Html


class Region:
    """A part of a page. `show` replaces what it shows; the same content again is not sent."""

    def __init__(self, element: ui.html, content: Html) -> None:
        self._element = element
        self._content = content

    def show(self, content: Html) -> None:
        """Show this instead."""
        if content != self._content:
            self._content = content
            self._element.set_content(content)


def region(
    content: Html | None = None, classes: str = "", *, test: str = "", tag: str = "div", label: str = "", id_: str = ""
) -> Region:
    """A part of the page, shown where it is called. A few small ones are redrawn sooner than a large one."""
    shown = Html() if content is None else content
    element = ui.html(str(shown), sanitize=False, tag=tag).classes(classes)  # Html is escaped already
    for name, value in (("data-testid", test), ("aria-label", label), ("id", id_)):
        if value:
            element.props[name] = value
    return Region(element, shown)

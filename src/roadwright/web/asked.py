"""A dialog that all questions of a page share: filled with one, and opened."""

from __future__ import annotations

from nicegui import ui

from roadwright.web.kit import Html, dialog_inside, region
from roadwright.web.page import Visit

_ID = "asked"


class Asked:
    """The dialog of a page; made where it is to stand."""

    def __init__(self, visit: Visit, *, wide: bool = False) -> None:
        self._visit = visit
        look = "rw-dialog wide" if wide else "rw-dialog"
        with ui.element("dialog").classes(look).props(f"id={_ID} aria-labelledby={_ID}-title data-testid={_ID}"):
            self._inside = region(Html(), "rw-asked")

    def show(self, title: str, content: Html) -> None:
        """Fill it with a question."""
        self._inside.show(dialog_inside(_ID, title, content))

    def ask(self, title: str, content: Html) -> None:
        """Fill it and open it."""
        self.show(title, content)
        self._visit.script("open", _ID)

    def close(self) -> None:
        """Close it."""
        self._visit.script("close", _ID)

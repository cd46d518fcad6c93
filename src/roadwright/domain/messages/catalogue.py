"""The words of every message, by code. A text is worded here and nowhere else.

Each says what is wrong: the value and what is accepted, and the way out. See `Message` for how parameters are filled
in, and ``tests/domain/test_messages.py`` for what holds of all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from types import MappingProxyType

from roadwright.domain.messages import (
    actions,
    cells,
    commands,
    database,
    doctor,
    filters,
    formulas,
    google,
    imports,
    optimizer,
    portfolios,
    roadmaps,
    rounds,
    rows,
    scoring,
    server,
    sync,
    workbooks,
    workspace,
)

AREAS: tuple[Mapping[str, str], ...] = (
    actions.TEXTS,
    cells.TEXTS,
    commands.TEXTS,
    database.TEXTS,
    doctor.TEXTS,
    filters.TEXTS,
    formulas.TEXTS,
    google.TEXTS,
    imports.TEXTS,
    optimizer.TEXTS,
    portfolios.TEXTS,
    roadmaps.TEXTS,
    rounds.TEXTS,
    rows.TEXTS,
    scoring.TEXTS,
    server.TEXTS,
    sync.TEXTS,
    workbooks.TEXTS,
    workspace.TEXTS,
)
TEXTS: dict[str, str] = dict(chain.from_iterable(area.items() for area in AREAS))
"""By code, the text with its parameters in braces."""
HINTS: Mapping[str, str] = MappingProxyType(rows.HINTS)
"""By code, the way out for a person at a sheet or a command line, where the text does not say it."""


def add_texts(texts: Mapping[str, str]) -> None:
    """Further texts, for what is added to this program. Raises ValueError for a code that has another text already."""
    for code, text in texts.items():
        if TEXTS.setdefault(code, text) != text:
            raise ValueError(f"the code {code} has another text already")

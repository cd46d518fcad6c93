"""What the backend writes beside each row of a sheet: run_status, updated_source and updated_at, told from other text.

Nobody types such texts by chance. So it can be told whether a cell of these columns holds what was written there, or
something that a person put in its place.
"""

from __future__ import annotations

import re

from roadwright.domain.messages import Level

REBUILD = "rebuild"
"""The updated_source of a rebuild. All others are names of actions."""


_ROW_VERSION = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)
_SOURCE = re.compile(rf"pm\.\w+|{REBUILD}", re.ASCII)
_STATUS = re.compile(rf"\s*(?:{'|'.join(Level)})(?!\w)")


def is_row_version(text: str) -> bool:
    """Whether a text is written as the versions of sheet rows are; nobody types microseconds."""
    return _ROW_VERSION.fullmatch(text) is not None


def is_source(text: str) -> bool:
    """Whether a text is written as updated_source is."""
    return _SOURCE.fullmatch(text) is not None


def is_status(text: str) -> bool:
    """Whether a text is written as run_status is."""
    return _STATUS.match(text) is not None

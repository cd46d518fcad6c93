"""The highest numbers of keys that stand anywhere on the tabs and in published files, whatever the text around them."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

from roadwright.domain.keys import ACTION_RUN, INITIATIVE, OPTIMIZATION_RUN
from roadwright.sheets.read import Table
from roadwright.workspace.contents import LARGEST_NUMBER
from roadwright.workspace.workspace import Workspace

_KEY = re.compile(rf"\b({INITIATIVE}|{OPTIMIZATION_RUN}|{ACTION_RUN})-(\d{{6,12}})(?!\d)".encode())
_VERSION = re.compile(r"(.+)-v(\d{1,6})(?: \(\d+\))?")
_PIECE = 1 << 20
_OVERLAP = 32
"""Bytes read again with the next piece: more than a key has."""


def highest_numbers(workspace: Workspace, tables: Iterable[Table]) -> dict[str, int]:
    """By prefix of the keys: in any column of these tabs that Roadwright knows, and in the published files."""
    highest: dict[str, int] = {}

    def note(found: Iterable[tuple[str, int]]) -> None:
        for prefix, number in found:
            highest[prefix] = max(number, highest.get(prefix, 0))

    for table in tables:
        for row in table.rows:
            for cell in row.raw.values():
                if isinstance(cell, str) and "-" in cell:
                    note(_numbers(cell.encode()))
    for file in workspace.published.rglob("*"):
        if file.is_file():
            with suppress(OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError):  # it holds none
                note(_numbers_in(file))
    return highest


def published_versions(workspace: Workspace) -> dict[str, int]:
    """The highest version among the published files, by the beginning of their names."""
    highest: dict[str, int] = {}
    for file in workspace.published.glob("*"):
        found = _VERSION.fullmatch(file.stem)
        if found is not None:
            highest[found[1]] = max(int(found[2]), highest.get(found[1], 0))
    return highest


def _numbers_in(file: Path) -> Iterator[tuple[str, int]]:
    if not zipfile.is_zipfile(file):
        with file.open("rb") as stream:
            yield from _numbers_of(stream)
        return
    with zipfile.ZipFile(file) as archive:
        for part in archive.infolist():
            if part.filename.endswith(".xml"):
                with archive.open(part) as stream:
                    yield from _numbers_of(stream)


def _numbers_of(stream: IO[bytes]) -> Iterator[tuple[str, int]]:
    rest = b""
    while piece := stream.read(_PIECE):
        text = rest + piece
        yield from _numbers(text)
        rest = text[-_OVERLAP:]


def _numbers(text: bytes) -> Iterator[tuple[str, int]]:
    for prefix, digits in _KEY.findall(text):
        if int(digits) <= LARGEST_NUMBER:
            yield prefix.decode(), int(digits)

"""The highest numbers of keys that stand anywhere in the workbooks and published files, whatever holds them."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from roadwright.domain.keys import ACTION_RUN, INITIATIVE, OPTIMIZATION_RUN
from roadwright.workspace.held import LARGEST_NUMBER
from roadwright.workspace.workspace import Workspace

_KEY = re.compile(rf"\b({INITIATIVE}|{OPTIMIZATION_RUN}|{ACTION_RUN})-(\d{{6,12}})(?!\d)".encode())
_VERSION = re.compile(r"(.+)-v(\d{1,6})(?: \(\d+\))?")
_PIECE = 1 << 20
_OVERLAP = 32
"""Bytes read again with the next piece: more than a key has."""


def highest_numbers(workspace: Workspace) -> dict[str, int]:
    """By prefix of the keys. Files that can't be read hold none."""
    files = {place.workbook for place in workspace.places()}
    files |= set(workspace.published.rglob("*"))
    highest: dict[str, int] = {}
    for file in files:
        if not file.is_file():
            continue
        try:
            for prefix, number in _numbers_in(file):
                highest[prefix] = max(number, highest.get(prefix, 0))
        except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError):
            continue
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
            yield from _numbers(stream)
        return
    with zipfile.ZipFile(file) as archive:
        for part in archive.infolist():
            if part.filename.endswith(".xml"):
                with archive.open(part) as stream:
                    yield from _numbers(stream)


def _numbers(stream: IO[bytes]) -> Iterator[tuple[str, int]]:
    rest = b""
    while piece := stream.read(_PIECE):
        text = rest + piece
        for prefix, digits in _KEY.findall(text):
            if int(digits) <= LARGEST_NUMBER:
                yield prefix.decode(), int(digits)
        rest = text[-_OVERLAP:]

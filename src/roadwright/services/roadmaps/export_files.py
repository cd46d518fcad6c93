"""The files of a published version: their names, and how they are written beside what is there already."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from roadwright.services.roadmaps.content import Edition
from roadwright.services.roadmaps.export_csv import csv_text
from roadwright.services.roadmaps.export_markdown import markdown_text
from roadwright.services.roadmaps.export_workbook import workbook_bytes
from roadwright.sheets.files import clean_leftovers, place_file

EXPORTS: Mapping[str, Callable[[Edition], bytes]] = {
    "xlsx": workbook_bytes,
    "md": lambda edition: markdown_text(edition).encode(),
    "csv": lambda edition: csv_text(edition).encode(),
}
_UNSAFE = re.compile(r"[^\w\-]+")
_LONGEST = 80
"""Bytes of a name in UTF-8; with version, ending and a temporary's prefix it stays below any system's limit."""
_NAMELESS = "roadmap"


def file_stems(names: Iterable[str]) -> dict[str, str]:
    """The beginning of each roadmap's file names: the name itself as far as every system takes it.

    Letters and digits of all scripts, ``-`` and ``_`` stay, everything else becomes ``-``. Names that come out alike
    (also without case) are numbered in the order given, so an order of age keeps what was given before.
    """
    stems: dict[str, str] = {}
    taken: set[str] = set()
    for name in names:
        plain = _stem(name)
        stem, number = plain, 1
        while stem.casefold() in taken:
            number += 1
            stem = f"{plain}-{number}"
        taken.add(stem.casefold())
        stems[name] = stem
    return stems


def _stem(name: str) -> str:
    text = _UNSAFE.sub("-", unicodedata.normalize("NFC", name)).strip("-_")
    short = text.encode()[:_LONGEST].decode(errors="ignore").strip("-_")
    return short or _NAMELESS


def write_exports(folder: Path, stem: str, edition: Edition, *, only_missing: bool) -> list[Path]:
    """Write ``STEM-vN`` as workbook, Markdown and CSV. Returns the files that were written.

    With ``only_missing`` the files that are there stay as they are. Without it they are not this version's, because it
    is new: they are set aside under a name of their own. Raises SheetError.
    """
    clean_leftovers(folder)
    written = []
    for ending, export in EXPORTS.items():
        path = folder / f"{stem}-v{edition.number}.{ending}"
        if path.exists():
            if only_missing:
                continue
            path.rename(_free_name(path))
        place_file(path, export(edition))
        written.append(path)
    return written


def _free_name(path: Path) -> Path:
    """``growth-v2 (1).xlsx``, or the next number that is free."""
    number = 1
    while (free := path.with_name(f"{path.stem} ({number}){path.suffix}")).exists():
        number += 1
    return free

"""How the parts of a workbook name each other: relationships (ECMA-376 part 2, 9.3) and the content types."""

from __future__ import annotations

import posixpath
from typing import NamedTuple

from roadwright.sheets.backends.xlsx.container import Package
from roadwright.sheets.backends.xlsx.markup import Splice
from roadwright.sheets.backends.xlsx.tree import RELATION_TYPES, Attributes, Path, cut_elements, walk

CONTENT_TYPES = "[Content_Types].xml"


_RELATION, _OVERRIDE = ("rel:Relationships", "rel:Relationship"), ("ct:Types", "ct:Override")


class Relation(NamedTuple):
    """One link from a part to another. ``kind`` is its type, in short (``worksheet``) for those of the standard."""

    id: str
    kind: str
    target: str


def _kind(attributes: Attributes) -> str:
    base, _, word = (full := attributes.get("Type", "")).rpartition("/")
    return word if base in RELATION_TYPES else full


def relations_part(part: str) -> str:
    """The part that holds the relationships of ``part`` (of the package itself for ``""``)."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def relations(package: Package, part: str) -> list[Relation]:
    """The part's links to other parts of the workbook; links to places outside are left out."""
    source = relations_part(part)
    if not package.has(source):
        return []
    folder = posixpath.dirname(part)
    found: list[Relation] = []

    def start(path: Path, attributes: Attributes, _: int) -> None:
        if path != _RELATION or attributes.get("TargetMode") == "External":
            return
        target = attributes.get("Target", "")
        place = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
        found.append(Relation(attributes.get("Id", ""), _kind(attributes), place))

    walk(package.read(source), package.where(source), start)
    return found


def parts_of_types(package: Package, endings: tuple[str, ...]) -> list[str]:
    """The parts of the workbook whose content type ends so, as the content types list them."""
    found: list[str] = []

    def start(path: Path, attributes: Attributes, _: int) -> None:
        part = attributes.get("PartName", "").lstrip("/")
        if path == _OVERRIDE and attributes.get("ContentType", "").endswith(endings) and package.has(part):
            found.append(part)

    walk(package.read(CONTENT_TYPES), package.where(CONTENT_TYPES), start)
    return found


def without_override(raw: bytes, where: str, part: str) -> list[Splice]:
    """Changes that take a part's own entry out of the content types."""
    name = f"/{part}".lower()
    return cut_elements(raw, where, lambda path, its: path == _OVERRIDE and its.get("PartName", "").lower() == name)


def without_kind(raw: bytes, where: str, kind: str) -> list[Splice]:
    """Changes that take the links of one kind out of a relationships part."""
    return cut_elements(raw, where, lambda path, its: path == _RELATION and _kind(its) == kind)

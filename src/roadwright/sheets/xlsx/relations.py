"""How the parts of a workbook name each other: relationships (ECMA-376 part 2, 9.3) and the content types."""

from __future__ import annotations

import posixpath
from typing import NamedTuple

from roadwright.sheets.xlsx.container import Package
from roadwright.sheets.xlsx.markup import Splice, cut_elements, local_name, parse_xml

CONTENT_TYPES = "[Content_Types].xml"


class Relation(NamedTuple):
    """One link from a part to another. ``kind`` is the last word of its type, such as ``worksheet``."""

    id: str
    kind: str
    target: str


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

    def start(tag: str, attributes: dict[str, str]) -> None:
        if local_name(tag) != "Relationship" or attributes.get("TargetMode") == "External":
            return
        target = attributes.get("Target", "")
        path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
        found.append(Relation(attributes.get("Id", ""), attributes.get("Type", "").rpartition("/")[2], path))

    parse_xml(package.read(source), package.where(source), start)
    return found


def parts_of_types(package: Package, endings: tuple[str, ...]) -> list[str]:
    """The parts of the workbook whose content type ends so, as the content types list them."""
    found: list[str] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        part = attributes.get("PartName", "").lstrip("/")
        if local_name(tag) == "Override" and attributes.get("ContentType", "").endswith(endings) and package.has(part):
            found.append(part)

    parse_xml(package.read(CONTENT_TYPES), package.where(CONTENT_TYPES), start)
    return found


def without_override(raw: bytes, where: str, part: str) -> list[Splice]:
    """Changes that take a part's own entry out of the content types."""
    name = f"/{part}".lower()
    return cut_elements(raw, where, lambda tag, at: tag == "Override" and at.get("PartName", "").lower() == name)


def without_kind(raw: bytes, where: str, kind: str) -> list[Splice]:
    """Changes that take the links of one kind out of a relationships part."""
    ending = f"/{kind}"
    return cut_elements(raw, where, lambda tag, at: tag == "Relationship" and at.get("Type", "").endswith(ending))

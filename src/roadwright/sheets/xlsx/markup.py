"""XML as bytes: parsed by expat, changed in place by byte offsets, so that what isn't changed keeps its bytes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from roadwright.sheets.backend import WorkbookUnreadable

StartHandler = Callable[[str, dict[str, str]], None]
EndHandler = Callable[[str], None]
TextHandler = Callable[[str], None]

_MAIN_NAMESPACE = re.compile(rb"""xmlns(?::([^\s=]+))?\s*=\s*["'][^"']*/spreadsheetml/(?:2006/)?main["']""")
_REST_OF_TAG = rb"""[^>"']*(?:"[^"]*"[^>"']*|'[^']*'[^>"']*)*>"""
_TAG = re.compile(b"<" + _REST_OF_TAG)
SHEET_DATA = re.compile(rb"<((?:[^\s<>/:]+:)?)sheetData(?=[\s/>])" + _REST_OF_TAG)
_NOT_MARKUP = re.compile(rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>", re.DOTALL)
_DECLARED_ENCODING = re.compile(rb"""^\s*<\?xml\b[^>]*?\bencoding\s*=\s*["']([^"']+)["']""")


class Splice(NamedTuple):
    """A change of some bytes: those from ``start`` to ``end`` become ``new``; an insertion where the two are equal."""

    start: int
    end: int
    new: bytes


def apply_splices(raw: bytes, splices: Iterable[Splice]) -> bytes:
    """The bytes with all changes made. Changes must not overlap; those at one place keep their order."""
    pieces: list[bytes] = []
    position = 0
    for splice in sorted(splices, key=lambda one: (one.start, one.end)):
        if splice.start < position:
            raise ValueError(f"changes overlap at byte {splice.start}")
        pieces.append(raw[position : splice.start])
        pieces.append(splice.new)
        position = splice.end
    pieces.append(raw[position:])
    return b"".join(pieces)


def new_parser(where: str) -> expat.XMLParserType:
    """A parser that refuses document types, whose entities could blow up a small file."""
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def refuse(*_: object) -> None:
        raise WorkbookUnreadable(f"{where} has a document type (DTD), which no spreadsheet program writes; refused.")

    parser.StartDoctypeDeclHandler = refuse
    return parser


def damaged(where: str, error: Exception) -> WorkbookUnreadable:
    """What is said of a part that can't be parsed."""
    return WorkbookUnreadable(
        f"{where} is damaged ({error}). "
        "Open the workbook in a spreadsheet program, let it repair the file, and save it."
    )


def run_parser(parser: expat.XMLParserType, raw: bytes, where: str) -> None:
    """Parse everything. Raises WorkbookUnreadable when it isn't well-formed XML; ``where`` names file and part."""
    try:
        parser.Parse(raw, True)
    except (expat.ExpatError, KeyError, ValueError, IndexError) as error:
        # Beside broken XML: well-formed tags that lack an attribute they must have, or hold nonsense in it.
        raise damaged(where, error) from error
    finally:
        # The handlers hold the parser and it holds them; without this, big buffers wait for the garbage collector.
        parser.StartElementHandler = parser.EndElementHandler = parser.CharacterDataHandler = None


def parse_xml(
    raw: bytes,
    where: str,
    start: StartHandler | None = None,
    end: EndHandler | None = None,
    text: TextHandler | None = None,
) -> None:
    """Parse everything with these handlers, or only check that it is well-formed."""
    parser = new_parser(where)
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    run_parser(parser, raw, where)


def blanked(raw: bytes) -> bytes:
    """The bytes with everything blanked that isn't markup but could look like it; every offset stays."""
    if b"<!" not in raw and raw.find(b"<?", 2) < 0:
        return raw
    return _NOT_MARKUP.sub(lambda match: b" " * len(match[0]), raw)


def as_utf8(raw: bytes, where: str) -> bytes:
    """The part in UTF-8, so that offsets and inserted text agree; almost every part is UTF-8 already."""
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encoding = "utf-16"
    else:
        declared = _DECLARED_ENCODING.match(raw[:200])
        encoding = declared[1].decode("ascii", "replace") if declared else "utf-8"
    if encoding.casefold() in ("utf-8", "utf8", "us-ascii", "ascii"):
        return raw
    try:
        text = raw.decode(encoding)
    except (LookupError, UnicodeDecodeError) as error:
        raise WorkbookUnreadable(f"{where} is damaged: it is not in its declared encoding {encoding}.") from error
    return re.sub(r"""(\bencoding\s*=\s*)(?:"[^"]*"|'[^']*')""", r'\1"UTF-8"', text, count=1).encode("utf-8")


def local_name(tag: str) -> str:
    """The name of an element without its prefix."""
    return tag.rpartition(":")[2]


def main_prefixes(raw: bytes) -> tuple[str, ...]:
    """The prefixes (with colon, ``""`` for none) that stand for the spreadsheet namespace in this part.

    Nearly always one; some writers bind the namespace twice and mix ``<x:c>`` and ``<c>``.
    """
    found = {match[1] or b"" for match in _MAIN_NAMESPACE.finditer(raw)}
    return tuple(sorted(name.decode("utf-8") + ":" if name else "" for name in found))


def start_tags(raw: bytes, name: str) -> re.Pattern[bytes]:
    """A pattern for the start tags of one spreadsheet element, under the prefixes that this part uses."""
    prefixes = [re.escape(prefix.encode()) for prefix in main_prefixes(raw)]
    # Where there is one prefix the pattern begins with a literal, which is searched five times faster.
    prefix = prefixes[0] if len(prefixes) == 1 else b"(?:" + b"|".join(prefixes) + b")"
    return re.compile(b"<" + prefix + name.encode() + rb"(?=[\s/>])" + _REST_OF_TAG)


def tag_end(raw: bytes, start: int) -> int:
    """The offset just past the start tag at ``start``; a ``>`` inside a quoted attribute isn't its end."""
    match = _TAG.match(raw, start)
    if match is None:
        raise ValueError(f"no tag at byte {start}")
    return match.end()


def element_end(raw: bytes, start: int, end_event: int) -> int:
    """The offset past an element, given where its start tag begins and where expat reported its end.

    For ``<c/>`` the report may lie past the tag already, so the tag itself decides.
    """
    end = tag_end(raw, start)
    return end if raw[end - 2 : end] == b"/>" else raw.index(b">", end_event) + 1


def set_attribute(tag: bytes, name: str, value: str | None) -> bytes:
    """The start tag with one attribute set, or taken out (None). The other attributes keep their bytes."""
    pattern = re.compile(rb"\s" + re.escape(name).encode() + rb"\s*=\s*(?:\"[^\"]*\"|'[^']*')")
    new = b"" if value is None else f" {name}={quoteattr(value)}".encode()
    tag, found = pattern.subn(lambda _: new, tag, count=1)
    if not found and new:
        close = -2 if tag.endswith(b"/>") else -1
        tag = tag[:close] + new + tag[close:]
    return tag


def retag(
    raw: bytes, where: str, pick: Callable[[list[str], dict[str, str]], dict[str, str | None] | None]
) -> list[Splice]:
    """Changes of attributes. ``pick(path, attributes)`` gives the new ones of an element, or None to leave it.

    ``path`` holds the local names from the root to the element.
    """
    parser = new_parser(where)
    path: list[str] = []
    splices: list[Splice] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        path.append(local_name(tag))
        if new := pick(path, attributes):
            at = parser.CurrentByteIndex
            end = tag_end(raw, at)
            changed = raw[at:end]
            for name, value in new.items():
                changed = set_attribute(changed, name, value)
            splices.append(Splice(at, end, changed))

    def end(_: str) -> None:
        path.pop()

    parser.StartElementHandler, parser.EndElementHandler = start, end
    run_parser(parser, raw, where)
    return splices


def retext(
    raw: bytes,
    where: str,
    pick: Callable[[list[str], dict[str, str]], bool],
    change: Callable[[str], str],
) -> list[Splice]:
    """Changes of texts. ``change`` gives the new text of each element without children for which ``pick`` says so.

    ``pick(path, attributes)`` gets the local names from the root to the element.
    """
    parser = new_parser(where)
    path: list[str] = []
    pieces: list[str] = []
    splices: list[Splice] = []
    text_start: int | None = None

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal text_start
        path.append(local_name(tag))
        pieces.clear()
        text_start = tag_end(raw, parser.CurrentByteIndex) if pick(path, attributes) else None

    def end(_: str) -> None:
        nonlocal text_start
        path.pop()
        if text_start is not None and (old := "".join(pieces)) and (new := change(old)) != old:
            splices.append(Splice(text_start, parser.CurrentByteIndex, escape(new).encode()))
        text_start = None

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, pieces.append
    run_parser(parser, raw, where)
    return splices


def cut_elements(raw: bytes, where: str, pick: Callable[[str, dict[str, str]], bool]) -> list[Splice]:
    """Changes that take out whole elements: those for which ``pick(local name, attributes)`` says so."""
    parser = new_parser(where)
    splices: list[Splice] = []
    depth = 0
    cutting: tuple[int, int] | None = None

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth, cutting
        depth += 1
        if cutting is None and pick(local_name(tag), attributes):
            cutting = depth, parser.CurrentByteIndex

    def end(_: str) -> None:
        nonlocal depth, cutting
        if cutting is not None and cutting[0] == depth:
            splices.append(Splice(cutting[1], element_end(raw, cutting[1], parser.CurrentByteIndex), b""))
            cutting = None
        depth -= 1

    parser.StartElementHandler, parser.EndElementHandler = start, end
    run_parser(parser, raw, where)
    return splices

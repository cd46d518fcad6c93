"""XML as bytes: changed in place by offsets, so that what isn't changed keeps its bytes, and parsed as trees.

Parts are trees of elements that are known by namespace and place, whatever their prefixes.

Element names are told in short: those of the spreadsheet namespace by their own name (``sheetData``), those of other
known namespaces with a fixed prefix (``x14:table``, ``c:f``), in the transitional and the strict form of the standard
alike. The names of the elements from the root to one make its path, so that what has the same name somewhere else (in
an extension list, in another namespace) is never taken for it.

Of alternatives (``mc:AlternateContent``, ECMA-376 part 3, 7.5) the branch counts that a current spreadsheet program
takes; the elements around the branches do not appear in paths.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from roadwright.sheets.backend import WorkbookUnreadable

_REST_OF_TAG = rb"""[^>"']*(?:"[^"]*"[^>"']*|'[^']*'[^>"']*)*>"""
_TAG = re.compile(b"<" + _REST_OF_TAG)
_ATTRIBUTE = re.compile(rb"""\s+([^\s=<>/"']+)\s*=\s*(?:"[^"]*"|'[^']*')""")
_NAME = re.compile(rb"<([^\s<>/]+)")
_NOT_MARKUP = re.compile(rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>", re.DOTALL)
_DECLARED_ENCODING = re.compile(rb"""(?:\xef\xbb\xbf)?<\?xml\b[^>]*?\bencoding\s*=\s*["']([^"']+)["']""")
_ENCODING = re.compile(r"""(^<\?xml\b[^>]*?\bencoding\s*=\s*)(?:"[^"]*"|'[^']*')""")
_UTF_8 = ("utf-8", "utf8", "us-ascii", "ascii")
_UTF_16 = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"<\0": "utf-16-le", b"\0<": "utf-16-be"}
"""By the first bytes of a part: a byte order mark, or a tag without one."""


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


def blanked(raw: bytes) -> bytes:
    """The bytes with everything blanked that isn't markup but could look like it; every offset stays."""
    if b"<!" not in raw and raw.find(b"<?", 2) < 0:
        return raw
    return _NOT_MARKUP.sub(lambda match: b" " * len(match[0]), raw)


def as_utf8(raw: bytes, where: str) -> bytes:
    """The part in UTF-8, so that offsets and inserted text agree; almost every part is UTF-8 already.

    A part that is changed is written so. The format allows UTF-8 and UTF-16 (ECMA-376 part 2, 9.1.6).
    """
    encoding = next((name for start, name in _UTF_16.items() if raw.startswith(start)), None)
    if encoding is None:
        declared = _DECLARED_ENCODING.match(raw[:300])
        encoding = declared[1].decode("ascii", "replace").casefold() if declared else "utf-8"
        if encoding in _UTF_8 or encoding.startswith(("utf-16", "utf16")):
            # A declaration that could be read as it is was not written in UTF-16, whatever it says.
            return raw if encoding in _UTF_8 else _declared_as_utf8(raw.decode("utf-8", "surrogateescape"))
    try:
        text = raw.decode(encoding)
    except (LookupError, UnicodeDecodeError) as error:
        raise WorkbookUnreadable("wrong_encoding", where=where, encoding=encoding) from error
    return _declared_as_utf8(text.removeprefix("\ufeff"))


def _declared_as_utf8(text: str) -> bytes:
    return _ENCODING.sub(r'\1"UTF-8"', text, count=1).encode("utf-8", "surrogateescape")


def raw_name(raw: bytes, start: int) -> bytes:
    """The name, with its prefix, in the start tag at ``start``."""
    match = _NAME.match(raw, start)
    if match is None:
        raise ValueError(f"no tag at byte {start}")
    return match[1]


def raw_prefix(raw: bytes, start: int) -> str:
    """The prefix, with its colon, of the element whose start tag is at ``start``; empty for none."""
    prefix, colon, _ = raw_name(raw, start).rpartition(b":")
    return (prefix + colon).decode("utf-8")


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
    new = b"" if value is None else f" {name}={quoteattr(value)}".encode()
    for match in _ATTRIBUTE.finditer(tag):
        if match[1] == name.encode():
            return tag[: match.start()] + new + tag[match.end() :]
    close = -2 if tag.endswith(b"/>") else -1
    return tag[:close] + new + tag[close:]


_MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_MICROSOFT = "http://schemas.microsoft.com/office/"

MAIN_NAMESPACES = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
RELATION_TYPES = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "http://purl.oclc.org/ooxml/officeDocument/relationships",
)
_PREFIXES = (
    dict.fromkeys(MAIN_NAMESPACES, "")
    | dict.fromkeys(RELATION_TYPES, "r:")
    | {
        "http://schemas.openxmlformats.org/drawingml/2006/chart": "c:",
        "http://purl.oclc.org/ooxml/drawingml/chart": "c:",
        f"{_MICROSOFT}drawing/2012/chart": "c15:",
        f"{_MICROSOFT}drawing/2014/chartex": "cx:",
        f"{_MICROSOFT}spreadsheetml/2009/9/main": "x14:",
        f"{_MICROSOFT}excel/2006/main": "xm:",
        "http://schemas.openxmlformats.org/package/2006/relationships": "rel:",
        "http://schemas.openxmlformats.org/package/2006/content-types": "ct:",
    }
)
_SEPARATOR = "\x1f"
"""Between namespace and name where the parser reports them; no XML document can hold it."""

ElementPath = tuple[str, ...]
Attributes = Mapping[str, str]
StartHandler = Callable[[str, dict[str, str]], None]
EndHandler = Callable[[str], None]
TextHandler = Callable[[str], None]


class _Names(dict[str, str]):
    """Short names by the names that the parser reports."""

    def __init__(self, without_namespace: str) -> None:
        super().__init__()
        self._without = without_namespace

    def __missing__(self, reported: str) -> str:
        namespace, separator, name = reported.rpartition(_SEPARATOR)
        if not separator:
            short = self._without + name
        else:
            prefix = _PREFIXES.get(namespace)
            short = f"{{{namespace}}}{name}" if prefix is None else prefix + name
        if len(self) < 10_000:
            self[reported] = short
        return short


_ELEMENTS = _Names(":")
"""An element without a namespace is none of the spreadsheet namespace."""
_ATTRIBUTES = _Names("")


REPORTED = tuple(namespace + _SEPARATOR for namespace in MAIN_NAMESPACES)
"""What stands before the names of elements of the spreadsheet namespace, as a parser reports them."""


def reported(name: str) -> tuple[str, ...]:
    """The names that the parser reports for one element of the spreadsheet namespace."""
    return tuple(before + name for before in REPORTED)


def new_parser(where: str, *, namespaces: bool = True) -> expat.XMLParserType:
    """A parser that refuses document types, whose entities could blow up a small file.

    Without ``namespaces`` it reports names as they are written, and is faster.
    """
    parser = expat.ParserCreate(namespace_separator=_SEPARATOR) if namespaces else expat.ParserCreate()
    parser.buffer_text = True

    def refuse(*_: object) -> None:
        raise WorkbookUnreadable("document_type", where=where)

    parser.StartDoctypeDeclHandler = refuse
    return parser


def damaged(where: str, error: Exception) -> WorkbookUnreadable:
    """What is said of a part that can't be parsed."""
    return WorkbookUnreadable("markup_damaged", where=where, why=str(error))


def run_parser(parser: expat.XMLParserType, raw: bytes, where: str) -> None:
    """Parse everything. Raises WorkbookUnreadable when it isn't well-formed XML; ``where`` names file and part."""
    try:
        parser.Parse(raw, True)
    except (expat.ExpatError, KeyError, ValueError, IndexError) as error:
        # Beside broken XML: well-formed tags that lack an attribute they must have, or hold nonsense in it.
        raise damaged(where, error) from error
    finally:
        release(parser)


def release(parser: expat.XMLParserType) -> None:
    """Take the handlers off: they hold the parser and it holds them, and big buffers would wait for the collector."""
    parser.StartElementHandler = parser.EndElementHandler = parser.CharacterDataHandler = None
    parser.StartNamespaceDeclHandler = parser.EndNamespaceDeclHandler = None


def check_well_formed(raw: bytes, where: str) -> None:
    """Raises WorkbookUnreadable where the bytes are no XML."""
    run_parser(new_parser(where, namespaces=False), raw, where)


class _Branches:
    """Passes the events of a parser on without the elements of alternatives, and without the branches not taken."""

    def __init__(
        self, parser: expat.XMLParserType, start: StartHandler, end: EndHandler, text: TextHandler, every: bool
    ) -> None:
        self._start, self._end, self._text, self._every = start, end, text, every
        self._namespaces: dict[str, list[str]] = {}
        self._taken: list[bool] = []
        """For each open alternative whether one of its branches was taken."""
        self._skipped = 0
        """How deep the parser is in a branch that is not taken."""
        parser.StartElementHandler, parser.EndElementHandler = self._on_start, self._on_end
        parser.CharacterDataHandler = self._on_text
        parser.StartNamespaceDeclHandler = self._declare
        parser.EndNamespaceDeclHandler = self._forget

    def _declare(self, prefix: str | None, namespace: str | None) -> None:
        self._namespaces.setdefault(prefix or "", []).append(namespace or "")

    def _forget(self, prefix: str | None) -> None:
        self._namespaces[prefix or ""].pop()

    def _on_start(self, tag: str, attributes: dict[str, str]) -> None:
        if self._skipped:
            self._skipped += 1
        elif tag == _ALTERNATIVE:
            self._taken.append(False)
        elif tag in _BRANCHES and self._taken:
            if self._every or (not self._taken[-1] and self._is_understood(tag, attributes)):
                self._taken[-1] = True
            else:
                self._skipped = 1
        else:
            self._start(tag, attributes)

    def _on_end(self, tag: str) -> None:
        if self._skipped:
            self._skipped -= 1
        elif tag == _ALTERNATIVE:
            self._taken.pop()
        elif not (tag in _BRANCHES and self._taken):
            self._end(tag)

    def _on_text(self, piece: str) -> None:
        if not self._skipped:
            self._text(piece)

    def _is_understood(self, tag: str, attributes: Attributes) -> bool:
        if tag == _FALLBACK:
            return True
        spaces = [(self._namespaces.get(prefix) or [""])[-1] for prefix in attributes.get("Requires", "").split()]
        return all(space in _PREFIXES or space.startswith(_MICROSOFT) for space in spaces)


_ALTERNATIVE, _CHOICE, _FALLBACK = (_MC + _SEPARATOR + name for name in ("AlternateContent", "Choice", "Fallback"))
_BRANCHES = (_CHOICE, _FALLBACK)


def pass_one_branch(parser: expat.XMLParserType, start: StartHandler, end: EndHandler, text: TextHandler) -> None:
    """Let these handlers, which get the names that the parser reports, see one branch of each alternative."""
    _Branches(parser, start, end, text, every=False)


def has_one_meaning(raw: bytes) -> bool:
    """Whether no namespace is declared in these bytes and no alternatives are given: each prefix means one thing."""
    return b"xmlns" not in raw and b"AlternateContent" not in raw


def walk(
    raw: bytes,
    where: str,
    start: Callable[[ElementPath, Attributes, int], None] | None = None,
    end: Callable[[ElementPath, int], None] | None = None,
    text: Callable[[ElementPath, str], None] | None = None,
    *,
    every_branch: bool = False,
) -> None:
    """Go through a part. The handlers get the path of each element, its attributes (by short name), and the offset of
    its start or end tag.

    ``every_branch`` visits all branches of alternatives: what changes in one has to change in the others.
    """
    parser = new_parser(where)
    paths: list[ElementPath] = [()]

    def on_start(tag: str, attributes: dict[str, str]) -> None:
        path = (*paths[-1], _ELEMENTS[tag])
        paths.append(path)
        if start is not None:
            if any(_SEPARATOR in name for name in attributes):
                attributes = {_ATTRIBUTES[name]: value for name, value in attributes.items()}
            start(path, attributes, parser.CurrentByteIndex)

    def on_end(_: str) -> None:
        path = paths.pop()
        if end is not None:
            end(path, parser.CurrentByteIndex)

    def on_text(piece: str) -> None:
        if text is not None:
            text(paths[-1], piece)

    _Branches(parser, on_start, on_end, on_text, every_branch)
    run_parser(parser, raw, where)


class Head(NamedTuple):
    """The beginning of a part up to one of its elements.

    ``start`` and ``end`` are the offsets of the element's start tag, ``prefixes`` (with colon, ``""`` for none) those
    that mean the spreadsheet namespace inside it, ``opening`` and ``closing`` what a fragment of its content needs
    around it to be a document.
    """

    start: int
    end: int
    prefixes: tuple[str, ...]
    opening: bytes
    closing: bytes


def head_of(raw: bytes, start: int, path: ElementPath) -> Head | None:
    """The beginning of a part up to the tag at ``start``, or None where that is not the element with this path, or the
    part is not well-formed before it."""
    parser = new_parser("")
    tags: list[tuple[str, int]] = []
    declared: list[tuple[str, str]] = []

    def on_start(tag: str, _: dict[str, str]) -> None:
        tags.append((_ELEMENTS[tag], parser.CurrentByteIndex))

    def on_end(_: str) -> None:
        if tags[-1][1] != start:
            tags.pop()

    def on_declared(prefix: str | None, namespace: str | None) -> None:
        declared.append((prefix or "", namespace or ""))

    def on_forgotten(_: str | None) -> None:
        if tags[-1][1] != start:
            declared.pop()

    parser.StartElementHandler, parser.EndElementHandler = on_start, on_end
    parser.StartNamespaceDeclHandler, parser.EndNamespaceDeclHandler = on_declared, on_forgotten
    try:
        end = tag_end(raw, start)
        parser.Parse(raw[:end], False)
    except (expat.ExpatError, ValueError):
        return None
    finally:
        release(parser)
    if tuple(name for name, _ in tags) != path or tags[-1][1] != start:
        return None
    main = {prefix for prefix, namespace in dict(declared).items() if namespace in MAIN_NAMESPACES}
    opened = [raw[at : tag_end(raw, at)] for _, at in tags]
    opening = b"".join(tag[:-2] + b">" if tag.endswith(b"/>") else tag for tag in opened)
    closing = b"".join(b"</" + raw_name(raw, at) + b">" for _, at in reversed(tags))
    return Head(start, end, tuple(sorted(f"{prefix}:" if prefix else "" for prefix in main)), opening, closing)


def retag(
    raw: bytes, where: str, pick: Callable[[ElementPath, Attributes], Mapping[str, str | None] | None]
) -> list[Splice]:
    """Changes of attributes, in every branch. ``pick`` gives the new ones of an element, or None to leave it."""
    splices: list[Splice] = []

    def start(path: ElementPath, attributes: Attributes, at: int) -> None:
        if new := pick(path, attributes):
            end = tag_end(raw, at)
            changed = raw[at:end]
            for name, value in new.items():
                changed = set_attribute(changed, name, value)
            splices.append(Splice(at, end, changed))

    walk(raw, where, start, every_branch=True)
    return splices


def retext(
    raw: bytes, where: str, pick: Callable[[ElementPath, Attributes], bool], change: Callable[[str], str]
) -> list[Splice]:
    """Changes of texts, in every branch. ``change`` gives the new text of each element for which ``pick`` says so."""
    splices: list[Splice] = []
    pieces: list[str] = []
    picked: tuple[ElementPath, int] | None = None

    def start(path: ElementPath, attributes: Attributes, at: int) -> None:
        nonlocal picked
        pieces.clear()
        picked = (path, tag_end(raw, at)) if pick(path, attributes) else None

    def end(path: ElementPath, at: int) -> None:
        nonlocal picked
        if picked is not None and picked[0] == path and (old := "".join(pieces)) and (new := change(old)) != old:
            splices.append(Splice(picked[1], at, escape(new).encode()))
        picked = None

    def text(_: ElementPath, piece: str) -> None:
        if picked is not None:
            pieces.append(piece)

    walk(raw, where, start, end, text, every_branch=True)
    return splices


def cut_elements(raw: bytes, where: str, pick: Callable[[ElementPath, Attributes], bool]) -> list[Splice]:
    """Changes that take out whole elements, which must not lie in one another."""
    splices: list[Splice] = []
    cutting: tuple[ElementPath, int] | None = None

    def start(path: ElementPath, attributes: Attributes, at: int) -> None:
        nonlocal cutting
        if cutting is None and pick(path, attributes):
            cutting = path, at

    def end(path: ElementPath, at: int) -> None:
        nonlocal cutting
        if cutting is not None and cutting[0] == path:
            splices.append(Splice(cutting[1], element_end(raw, cutting[1], at), b""))
            cutting = None

    walk(raw, where, start, end, every_branch=True)
    return splices

"""XML as bytes, changed in place by offsets, so that what isn't changed keeps its bytes. See ``tree`` for parsing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple
from xml.sax.saxutils import quoteattr

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

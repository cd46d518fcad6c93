"""The texts that cells share, by their number."""

from __future__ import annotations

import re
from xml.parsers import expat

from roadwright.sheets.backends.xlsx.text import decode_text
from roadwright.sheets.backends.xlsx.tree import (
    Head,
    head_of,
    new_parser,
    pass_one_branch,
    release,
    reported,
    run_parser,
)
from roadwright.sheets.backends.xlsx.usual_rows import PLAIN_TEXT

_LIST = re.compile(rb"<sst[\s>]")
_USUAL_ITEM = re.compile(f'<si><t(?: xml:space="preserve")?>({PLAIN_TEXT})</t></si>')
_ITEM, _RUN, _TEXT = map(reported, ("si", "r", "t"))


class _Texts:
    """The texts that were read so far, and the state of the parser."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.depth = 0
        self._pieces: list[str] = []
        self._in_run = self._in_text = False

    def start(self, tag: str, _: dict[str, str]) -> None:
        if self.depth == 1:
            self._pieces.clear()
        elif self.depth == 2:
            self._in_run, self._in_text = tag in _RUN, tag in _TEXT
        elif self.depth == 3:
            self._in_text = self._in_run and tag in _TEXT
        self.depth += 1

    def end(self, tag: str) -> None:
        self.depth -= 1
        self._in_text = False
        if self.depth == 1 and tag in _ITEM:
            self.texts.append(decode_text("".join(self._pieces)))

    def text(self, piece: str) -> None:
        if self._in_text:
            self._pieces.append(piece)


def read_shared_strings(raw: bytes, where: str) -> list[str]:
    """All shared texts; rich text joined, phonetic hints (``rPh``) left out.

    Usual ones are read by their pattern, as the cells of usual rows are; the parser reads all others.
    """
    first = _LIST.search(raw)
    head = head_of(raw, first.start(), ("sst",)) if first is not None and b"<!" not in raw else None
    if head is not None and "" in head.prefixes and (texts := _by_pattern(raw, head)) is not None:
        return texts
    result = _Texts()
    parser = new_parser(where)
    pass_one_branch(parser, result.start, result.end, result.text)
    run_parser(parser, raw, where)
    return result.texts


def _by_pattern(raw: bytes, head: Head) -> list[str] | None:
    """The texts, or None where only the parser can tell them, or what is wrong with them."""
    try:
        pieces = _USUAL_ITEM.split(raw[head.end :].decode("utf-8"))
    except UnicodeDecodeError:
        return None
    result = _Texts()
    texts = result.texts
    parser = new_parser("")
    parser.StartElementHandler, parser.EndElementHandler = result.start, result.end
    parser.CharacterDataHandler = result.text
    try:
        parser.Parse(head.opening, False)
        for number, piece in enumerate(pieces):
            if number % 2:
                texts.append(decode_text(piece))
            elif piece and not piece.isspace():
                if "AlternateContent" in piece:
                    return None
                parser.Parse(piece.rstrip().encode("utf-8"), number == len(pieces) - 1)
                if result.depth > 1:
                    return None
    except expat.ExpatError:
        return None
    finally:
        release(parser)
    return texts if result.depth == 0 else None

"""The texts that cells share, by their number."""

from __future__ import annotations

from roadwright.sheets.xlsx.markup import local_name, parse_xml
from roadwright.sheets.xlsx.text import decode_text


def read_shared_strings(raw: bytes, where: str) -> list[str]:
    """All shared texts; rich text joined, phonetic hints (``rPh``) left out."""
    texts: list[str] = []
    pieces: list[str] = []
    in_text = in_hint = False

    def start(tag: str, _: dict[str, str]) -> None:
        nonlocal in_text, in_hint
        name = local_name(tag)
        if name == "si":
            pieces.clear()
        elif name == "t":
            in_text = not in_hint
        elif name == "rPh":
            in_hint = True

    def end(tag: str) -> None:
        nonlocal in_text, in_hint
        name = local_name(tag)
        if name == "si":
            texts.append(decode_text("".join(pieces)))
        elif name == "t":
            in_text = False
        elif name == "rPh":
            in_hint = False

    def text(piece: str) -> None:
        if in_text:
            pieces.append(piece)

    parse_xml(raw, where, start, end, text)
    return texts

"""Texts of one cell that hold several things: ``Name <mail>``, ``A\\B\\C``, ``Bug (red), Growth (green)``."""

from __future__ import annotations

import re

_PERSON = re.compile(r'\s*"?(?P<name>[^<>"]*?)"?\s*<(?P<mail>[^<>\s@]+@[^<>\s@]+)>\s*')
_MAIL = re.compile(r"[^<>\s@,;]+@[^<>\s@,;]+\.[^<>\s@,;]+")
_PEOPLE_BREAKS = re.compile(r"[;,](?=[^<>]*<)")
_COLOURS = "green|yellow|orange|red|purple|blue|sky|lime|pink|black|gr[ae]y|white|teal|brown|turquoise|violet|cyan"
_COLOUR = re.compile(rf"\s*\((?:(?:light|dark)[ _-])?(?:{_COLOURS})(?:[ _-](?:light|dark))?\)", re.IGNORECASE)
_PATH = re.compile(r"[^\\\n:]+(?:\\[^\\\n]+)+")


def person_of(text: str) -> tuple[str, str] | None:
    """The name and the mail of ``Name <mail>``; of several people all names and all mails. None of anything else."""
    found = [_PERSON.fullmatch(part) for part in _PEOPLE_BREAKS.split(text)]
    people = [one for one in found if one is not None]
    if not people or len(people) != len(found):
        return None
    names = ", ".join(one["name"].strip() or one["mail"] for one in people)
    return names, ", ".join(one["mail"] for one in people)


def mail_of(text: str) -> str | None:
    """The text where it is a mail address and nothing else."""
    return text if _MAIL.fullmatch(text.strip()) else None


def parts_of(text: str) -> str:
    """The entries of a list as people write one here, ``A, B, C``: paths parted, colours of labels left out."""
    if "(" in text:
        text = _COLOUR.sub("", text)
    if "\\" in text and _PATH.fullmatch(text):
        text = ", ".join(part for one in text.split("\\") if (part := one.strip()))
    return text

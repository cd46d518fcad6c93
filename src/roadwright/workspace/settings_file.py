"""Changing single values in the text of roadwright.toml, comments and order kept."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping

from roadwright.domain.errors import OperationError

_KEY = re.compile(r"^[ \t]*database_url[ \t]*=[^\n]*", re.MULTILINE)
_EXAMPLE = re.compile(r"^[ \t]*#[ \t]*database_url[ \t]*=[^\n]*", re.MULTILINE)
_STRING = re.compile(r'"(?:[^"\\\n]|\\.)*"|' + r"'[^'\n]*'")


class SettingsChange(OperationError):
    """The settings can't be changed by program; the message says what to type into the file."""


def with_database_url(text: str, url: str) -> str:
    """The settings with this database. Raises SettingsChange."""
    line = f"database_url = {_quoted(url)}"
    for pattern in (_KEY, _EXAMPLE):
        changed = pattern.sub(lambda _: line, text, count=1)
        if changed != text and _reads(changed, url):
            return changed
    changed = f"{line}\n{text}"
    if _reads(text, url):
        return text
    if not _reads(changed, url):
        raise SettingsChange("settings_unchangeable", line=line)
    return changed


def with_paths(text: str, moved: Mapping[str, str]) -> str:
    """The settings with other paths instead of these, wherever a text says exactly one of them."""

    def renamed(found: re.Match[str]) -> str:
        try:
            said = tomllib.loads(f"x = {found[0]}")["x"]
        except tomllib.TOMLDecodeError:
            return found[0]
        return _quoted(moved[said]) if said in moved else found[0]

    return _STRING.sub(renamed, text)


def _reads(text: str, url: str) -> bool:
    try:
        return tomllib.loads(text.removeprefix("\ufeff")).get("database_url") == url
    except tomllib.TOMLDecodeError:
        return False


def _quoted(text: str) -> str:
    """A TOML string; JSON writes them alike."""
    return json.dumps(text, ensure_ascii=False)

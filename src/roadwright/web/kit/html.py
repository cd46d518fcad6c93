"""HTML that can't hold what a person typed as tags: what is filled in is escaped, unless it is HTML already."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from string import Formatter

from markupsafe import Markup, escape

Html = Markup


def html(template: str, /, **values: object) -> Html:
    """The template with its ``{names}`` filled in, each escaped unless it is `Html`; None is nothing."""
    parts: list[str] = []
    for text, name in _pieces(template):
        parts.append(text)
        if name is not None and (value := values[name]) is not None:
            parts.append(escape(value))
    return Markup("".join(parts))


@lru_cache(maxsize=4_096)
def _pieces(template: str) -> tuple[tuple[str, str | None], ...]:
    """Texts of a template, and the name after each. A page has some thousand templates to fill in: they are read once.

    `Markup.format` reads each again, which was half of a page's time.
    """
    found = []
    for text, name, spec, conversion in Formatter().parse(template):
        if spec or conversion or (name is not None and not name.isidentifier()):
            raise ValueError(f"a template takes plain names, not {{{name}!{conversion}:{spec}}}")
        found.append((text, name))
    return tuple(found)


def joined(parts: Iterable[str | Html], between: str | Html = "") -> Html:
    """The parts, one after the other."""
    return escape(between).join(parts)


def attributes(**values: object) -> Html:
    """Attributes of a tag, with a blank before each: ``data_act="open"`` is ``data-act="open"``.

    None and False leave one out, True gives it without a value. An underscore at the end is left away: ``class_``.
    """
    parts = []
    for name, value in values.items():
        if value is None or value is False:
            continue
        written = name.rstrip("_").replace("_", "-")
        parts.append(f" {written}" if value is True else f' {written}="{escape(value)}"')
    return Markup("".join(parts))

"""HTML that can't hold what a person typed as tags: what is filled in is escaped, unless it is HTML already."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup, escape

Html = Markup


def html(template: str, /, **values: object) -> Html:
    """The template with its ``{names}`` filled in, each escaped unless it is `Html`."""
    return Markup(template).format(**{name: "" if value is None else value for name, value in values.items()})


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
        parts.append(html(" {name}", name=written) if value is True else html(' {n}="{v}"', n=written, v=value))
    return joined(parts)

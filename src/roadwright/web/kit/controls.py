"""What people press and type into. A control names its act, and the values that go with it, in ``data`` attributes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from roadwright.web.kit.html import Html, attributes, html, joined
from roadwright.web.kit.icons import icon

Look = Literal["", "primary", "ghost"]


def _face(text: str, glyph: str, *, hides_text: bool) -> Html:
    drawn = icon(glyph) if glyph else ""
    return html("{icon}<span{hidden}>{text}</span>", icon=drawn, text=text, hidden=_only_read(hides_text))


def _only_read(is_hidden: bool) -> Html:
    return attributes(class_="sr-only" if is_hidden else None)


def _classes(look: Look, *, small: bool, only_icon: bool) -> str:
    return " ".join(filter(None, ["rw-btn", look, "small" if small else "", "icon" if only_icon else ""]))


def button(
    text: str,
    act: str = "",
    *,
    look: Look = "",
    glyph: str = "",
    test: str = "",
    small: bool = False,
    only_icon: bool = False,
    opens: str = "",
    because: str = "",
    submits: bool = False,
    **values: object,
) -> Html:
    """A button that sends an act with values, opens a dialog, or submits its form.

    ``because`` is why it can't be used in the state that things are in: then it is disabled, and says so. What a role
    may not do has no button at all.
    """
    given = {f"data_{name}": value for name, value in values.items()}
    attributed = attributes(
        type="submit" if submits else "button",
        class_=_classes(look, small=small, only_icon=only_icon),
        data_act=act or None,
        data_opens=opens or None,
        data_testid=test or act or None,
        disabled=bool(because),
        title=because or (text if only_icon else None),
        **given,
    )
    return html("<button{a}>{face}</button>", a=attributed, face=_face(text, glyph, hides_text=only_icon))


def link(text: str, address: str, *, look: Look = "", glyph: str = "", test: str = "", small: bool = False) -> Html:
    """A link that looks like a button."""
    attributed = attributes(href=address, class_=_classes(look, small=small, only_icon=False), data_testid=test or None)
    return html("<a{a}>{face}</a>", a=attributed, face=_face(text, glyph, hides_text=False))


def segments(label: str, choices: Iterable[tuple[str, str]], chosen: str, act: str, *, test: str = "") -> Html:
    """One of a few, each a value and its words; the act gets ``value``. Arrows go from one to the next."""
    made = [
        html(
            "<button{a}>{text}</button>",
            text=text,
            a=attributes(
                type="button",
                role="radio",
                aria_checked="true" if value == chosen else "false",
                tabindex="0" if value == chosen else "-1",
                data_act=act,
                data_value=value,
                data_testid=f"{test or act}-{value}",
            ),
        )
        for value, text in choices
    ]
    return html(
        '<span class="rw-segs" role="radiogroup"{a}>{all}</span>', a=attributes(aria_label=label), all=joined(made)
    )


def switch(label: str, act: str, *, on: bool, test: str = "", **values: object) -> Html:
    """On or off; the act gets ``on``."""
    attributed = attributes(
        type="button",
        role="switch",
        class_="rw-switch",
        aria_checked="true" if on else "false",
        aria_label=label,
        data_act=act,
        data_testid=test or act,
        **{f"data_{name}": value for name, value in values.items()},
    )
    return html("<button{a}></button>", a=attributed)


def tabs(name: str, label: str, choices: Iterable[tuple[str, str]], chosen: str, act: str = "") -> Html:
    """Tabs, each a value and its words. A tab shows the element ``{name}-{value}`` and hides the others.

    With an act, the server hears of it as well, as ``tab``: to fill the tab, or to change the address.
    """
    made = [
        html(
            "<button{a}>{text}</button>",
            text=text,
            a=attributes(
                type="button",
                role="tab",
                id=f"tab-{name}-{value}",
                aria_selected="true" if value == chosen else "false",
                aria_controls=f"{name}-{value}",
                tabindex="0" if value == chosen else "-1",
                data_act=act or None,
                data_local="tab",
                data_tab=value,
                data_testid=f"tab-{value}",
            ),
        )
        for value, text in choices
    ]
    said = '<div class="rw-tabs" role="tablist"{a}>{all}</div>'
    return html(said, a=attributes(id=f"tabs-{name}", aria_label=label), all=joined(made))


def field(label: str, control: Html, *, hint: str = "", fault: str = "") -> Html:
    """A control with its label above it, and what was wrong with its value below it."""
    more = html("<small>{hint}</small>", hint=hint) if hint else Html()
    wrong = html('<span class="fault" role="alert">{fault}</span>', fault=fault) if fault else Html()
    return html(
        '<label class="rw-field"><span>{label}</span>{control}{more}{wrong}</label>',
        label=label,
        control=control,
        more=more,
        wrong=wrong,
    )


def text_field(
    label: str,
    name: str,
    *,
    value: object = "",
    hint: str = "",
    placeholder: str = "",
    fault: str = "",
    lines: int = 1,
    kind: str = "text",
    required: bool = False,
    act: str = "",
    live: bool = False,
    test: str = "",
    id_: str = "",
    **more: object,
) -> Html:
    """A text field of a form, which is kept while the page is open: by ``id_``, else by its name.

    With an act of its own it is sent as it changes; ``live`` sends it while it is typed.
    """
    attributed = attributes(
        class_="rw-input",
        id=id_ or f"field-{name}",
        name=name,
        placeholder=placeholder or None,
        required=required,
        aria_invalid="true" if fault else None,
        data_act=act or None,
        data_live=live,
        data_testid=test or name,
        **more,
    )
    if lines > 1:
        control = html("<textarea{a}{rows}>{value}</textarea>", a=attributed, rows=attributes(rows=lines), value=value)
    else:
        control = html("<input{a}{more}>", a=attributed, more=attributes(type=kind, value=str(value)))
    return field(label, control, hint=hint, fault=fault)


def choice(
    label: str,
    name: str,
    choices: Sequence[tuple[str, str]],
    chosen: str = "",
    *,
    hint: str = "",
    act: str = "",
    test: str = "",
    id_: str = "",
    **values: object,
) -> Html:
    """One of many, each a value and its words, as a list that opens."""
    options = joined(
        html("<option{a}>{text}</option>", a=attributes(value=value, selected=value == chosen), text=text)
        for value, text in choices
    )
    attributed = attributes(
        class_="rw-input",
        id=id_ or f"field-{name}",
        name=name,
        data_act=act or None,
        data_testid=test or name,
        **{f"data_{key}": value for key, value in values.items()},
    )
    return field(label, html("<select{a}>{options}</select>", a=attributed, options=options), hint=hint)


def form(act: str, content: str | Html, *, id_: str = "", test: str = "", **values: object) -> Html:
    """A form that sends an act with the values of its fields. What is typed is kept until ``Visit.saved``."""
    attributed = attributes(
        class_="rw-form",
        id=id_ or f"form-{act}",
        data_act=act,
        data_testid=test or None,
        autocomplete="off",
        **{f"data_{name}": value for name, value in values.items()},
    )
    return html("<form{a}>{content}</form>", a=attributed, content=content)

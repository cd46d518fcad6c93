"""The dialogs: saving as a run, and a new rule built as a sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from roadwright.domain.text import folded
from roadwright.services.portfolios.workbench.changes import WrongChanges
from roadwright.services.portfolios.workbench.sentences import (
    FormField,
    RuleForm,
    dimension_words,
    rule_forms,
    slice_words,
    slices_of,
)
from roadwright.web.kit import Html, attributes, button, choice, field, form, html, joined, text_field
from roadwright.web.pages.workbench.desk import Desk
from roadwright.web.pages.workbench.levers import changes_in_words, kpi_form, switched_in_words

SAVE, ADD = "save-dialog", "add-dialog"

Sent = str | list[str]
"""A field of a form, or several of one name."""


def listed(sent: Sent) -> list[str]:
    return [sent] if isinstance(sent, str) else sent


def save(desk: Desk, fault: str = "") -> Html:
    """What is saved, under which name, and why each switch."""
    lines = changes_in_words(desk)
    switches = desk.changes.switches
    said = (
        html("<ul class='rw-changes'>{lines}</ul>", lines=joined(html("<li>{l}</li>", l=line) for line in lines))
        if lines
        else html(
            "<p class='dim'>{text}</p>",
            text="" if switches else "Nothing is changed: the run is made with the data as they are.",
        )
    )
    reasons = joined(
        html(
            '<input type="hidden" name="key" value="{key}">{field}',
            key=key,
            field=text_field(
                f"Why: {switched_in_words(desk, key)}",
                "reason",
                value=switch.reason,
                placeholder="The reason becomes the rule’s",
                required=True,
                test=f"reason-{key}",
                id_=f"reason-{key}",
                maxlength=500,
            ),
        )
        for key, switch in sorted(switches.items())
    )
    return form(
        "save",
        html(
            "{name}{said}{reasons}{fault}<div class='rw-buttons'>{send}</div>",
            name=text_field(
                "Scenario",
                "name",
                value=desk.bench.scenario_name,
                hint="Its own name changes it; another name makes a new scenario beside it.",
                required=True,
                id_="save-name",
                test="save-name",
                maxlength=200,
            ),
            said=said,
            reasons=reasons,
            fault=_fault(fault),
            send=button("Save and run", look="primary", glyph="flag", submits=True, test="save-send"),
        ),
        id_="save-form",
    )


def _fault(words: str) -> Html:
    return html('<p class="fault" role="alert">{words}</p>', words=words) if words else Html()


# A new rule


def add(desk: Desk, kind: str = "", fault: str = "", sent: Mapping[str, Sent] | None = None) -> Html:
    """The kinds to choose from, and the gaps of the chosen kind's sentence."""
    forms = {one.type: one for one in rule_forms()}
    chosen = forms.get(kind) or next(iter(forms.values()))
    picker = choice(
        "What it demands",
        "kind",
        [(one.type, one.label) for one in forms.values()],
        chosen.type,
        act="kind",
        test="rule-kind",
        id_="rule-kind",
    )
    fields = joined(_field(desk, chosen, one, sent or {}) for one in chosen.fields)
    return picker + form(
        "add_rule",
        html(
            '<input type="hidden" name="kind" value="{kind}">{fields}{fault}<div class="rw-buttons">{send}</div>',
            kind=chosen.type,
            fields=fields,
            fault=_fault(fault),
            send=button("Add the rule", look="primary", glyph="plus", submits=True, test="rule-send"),
        ),
        id_="rule-form",
    )


_LABELS = {
    "min_tokens": "At least, in tokens",
    "max_tokens": "At most, in tokens",
    "min_count": "At least so many",
    "max_count": "At most so many",
    "bonus_value": "What it adds",
    "kpi_key": "KPI",
    "members": "Initiatives",
    "reason": "Why",
}


def _field(desk: Desk, of: RuleForm, one: FormField, sent: Mapping[str, Sent]) -> Html:
    label = _LABELS.get(one.name) or {"initiative": "Initiative", "slice": "For", "name": "Name of the group"}.get(
        one.asks, one.name
    )
    id, now = f"rule-{of.type}-{one.name}", sent.get(one.name, "")
    if one.asks in ("initiative", "initiatives"):
        several = one.asks == "initiatives" and one.most != 1
        options = joined(
            html("<option{a}>{t}</option>", a=attributes(value=key, selected=key in listed(now)), t=title)
            for key, title in _initiatives(desk)
        )
        control = html(
            "<select{a}>{options}</select>",
            a=attributes(
                class_="rw-input",
                id=id,
                name=one.name,
                multiple=several,
                size=8 if several else None,
                data_testid=f"rule-{one.name}",
            ),
            options=options,
        )
        hint = f"{one.least} or more; Ctrl or ⌘ adds one" if several else ""
        return field("The other one" if one.most == 1 and one.asks == "initiatives" else label, control, hint=hint)
    if one.asks == "slice":
        return choice(label, one.name, _slices(desk), listed(now)[0] if now else "", test=f"rule-{one.name}", id_=id)
    if one.asks == "kpi":
        kpis = [(key, f"{kpi.name} ({kpi_words(kpi.unit)})") for key, kpi in desk.bench.kpis.items()]
        return choice(label, one.name, kpis, listed(now)[0] if now else "", test=f"rule-{one.name}", id_=id)
    is_number = one.asks in ("number", "count", "amount")
    return text_field(
        label,
        one.name,
        value=now if isinstance(now, str) else "",
        kind="number" if is_number else "text",
        required=one.is_required,
        test=f"rule-{one.name}",
        id_=id,
        **({"step": "1" if one.asks == "count" else "any"} if is_number else {"maxlength": 300}),
    )


def kpi_words(unit: str | None) -> str:
    """In what a KPI's amounts are typed."""
    _, before, after = kpi_form(unit)
    return (before or after).strip() or unit or "number"


def _initiatives(desk: Desk) -> Sequence[tuple[str, str]]:
    sized = [one.key for one in desk.bench.problem.candidates if one.tokens is not None]
    return sorted(((key, desk.bench.title(key)) for key in sized), key=lambda pair: folded(pair[1]))


def _slices(desk: Desk) -> Sequence[tuple[str, str]]:
    found = []
    for dimension, values in slices_of(desk.bench.problem).items():
        for value in values:
            name = slice_words(dimension, value)
            shown = name if dimension == "all" else f"{dimension_words(dimension).capitalize()}: {value}"
            found.append((f"{dimension}|{value}", shown))
    return found


def built_rule(desk: Desk, kind: str, sent: Mapping[str, Sent]) -> dict[str, object]:
    """The rule that a form asks for, in the optimizer's fields. Raises WrongChanges where a number is none."""
    chosen = next((one for one in rule_forms() if one.type == kind), None)
    if chosen is None:
        raise WrongChanges("changes_unreadable", place="kind", why=kind)
    rule: dict[str, object] = {"type": kind}
    for one in chosen.fields:
        values = [value.strip() for value in listed(sent.get(one.name, "")) if value.strip()]
        if not values:
            continue
        if one.asks == "initiatives":
            rule[one.name] = values
        elif one.asks == "slice":
            rule["dimension"], _, rule["dimension_key"] = values[0].partition("|")
        elif one.asks in ("number", "count", "amount"):
            rule[one.name] = _number(one, values[0])
        else:
            rule[one.name] = values[0]
    kpi = rule.get("kpi_key")
    if isinstance(kpi, str):
        scale, _, _ = kpi_form(desk.kpi(kpi).unit)
        rule |= {
            one.name: float(str(rule[one.name])) / scale
            for one in chosen.fields
            if one.asks == "amount" and one.name in rule
        }
    if "dimension_key" not in rule:
        rule.setdefault("dimension_key", " + ".join(desk.bench.title(str(key)) for key in _members(rule))[:200])
    return rule


def _members(rule: Mapping[str, object]) -> Sequence[object]:
    members = rule.get("members")
    return members if isinstance(members, list) else []


def _number(one: FormField, text: str) -> float | int:
    try:
        value = float(text)
    except ValueError as wrong:
        raise WrongChanges("changes_unreadable", place=one.name.replace("_", " "), why=text) from wrong
    return int(value) if one.asks == "count" and value.is_integer() else value

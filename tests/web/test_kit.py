"""What pages are made of, without a browser: nothing that was typed becomes a tag, and figures have one form."""

from __future__ import annotations

import datetime as dt
import re
from itertools import product

import pytest
from pydantic import ValidationError

from roadwright.actions.registry import ACTIONS
from roadwright.domain.actions import ActionStatus
from roadwright.domain.roles import Role
from roadwright.jobs.following import FOLLOWER
from roadwright.services.portfolios.workbench.changes import WrongChanges
from roadwright.store.models import ActionRun
from roadwright.web import formats, kit, told, words
from roadwright.web.acts import Act
from roadwright.web.assets import FOLDER, load_assets
from roadwright.web.pages.workbench.levers import typed
from roadwright.web.pages.workbench.page import read_number

TYPED = "<b onclick='x'>\"&</b>{0}"
_ESCAPED = "&lt;b onclick=&#39;x&#39;&gt;&#34;&amp;&lt;/b&gt;{0}"


@pytest.mark.parametrize(
    "made",
    [
        kit.html("{x}", x=TYPED),
        kit.html('<p title="{x}">', x=TYPED),
        kit.joined([TYPED]),
        kit.chip("ok", TYPED),
        kit.button(TYPED, "act", key=TYPED),
        kit.link(TYPED, TYPED),
        kit.switch(TYPED, "act", on=True),
        kit.segments(TYPED, [(TYPED, TYPED)], TYPED, "act"),
        kit.tabs("name", TYPED, [("a", TYPED)], "a"),
        kit.text_field(TYPED, "name", value=TYPED, hint=TYPED, fault=TYPED),
        kit.text_field(TYPED, "name", value=TYPED, lines=3),
        kit.choice(TYPED, "name", [(TYPED, TYPED)]),
        kit.card(TYPED, TYPED, TYPED),
        kit.table([TYPED], [TYPED], label=TYPED),
        kit.banner("fail", TYPED, TYPED, TYPED),
        kit.dialog("id", TYPED, TYPED),
        kit.empty(TYPED, TYPED),
        kit.skeleton(TYPED),
        kit.progress(TYPED),
        kit.icon("ok", TYPED),
    ],
)
def test_what_was_typed_is_escaped(made: kit.Html) -> None:
    assert _ESCAPED in made
    assert "<b onclick" not in made


@pytest.mark.parametrize(
    ("value", "unit", "more", "shown"),
    [
        (1_556_000, "GBP", {"short": True}, "£1.56M"),
        (35_000, "GBP", {}, "£35,000"),
        (-30_400, "GBP", {"short": True}, "−£30k"),
        (245_000, "EUR", {"change": True, "short": True}, "+€245k"),
        (12.5, "USD", {}, "$12.50"),
        (0.324, "share of buyers", {}, "32.4 %"),
        (0.014, "share of buyers", {"change": True}, "+1.4 pp"),
        (-0.014, "share of buyers", {"change": True}, "−1.4 pp"),
        (32.4, "%", {}, "32.4 %"),
        (6.7, "contacts per 100 orders", {}, "6.7"),
        (61_600, "sellers", {"change": True}, "+61,600"),
        (0, "GBP", {"change": True}, "±£0"),
        (None, "GBP", {}, "–"),
    ],
)
def test_a_figure_has_its_unit_and_sign(value: float | None, unit: str, more: dict[str, bool], shown: str) -> None:
    assert formats.amount(value, unit, **more) == shown


def test_numbers_and_moments() -> None:
    assert [formats.number(n) for n in (1100, -3, -0.2, None)] == ["1,100", "−3", "0", "–"]
    assert [formats.smart(n) for n in (61600, 5.7, 0.025, 0.00002)] == ["61,600", "5.7", "0.025", "0.00002"]
    now = dt.datetime(2026, 11, 30, 18, tzinfo=dt.UTC)
    stored = ("2026-11-30T15:14:09.000000Z", "2026-11-29T15:14:09.000000Z", "2025-01-02T15:14:09.000000Z", None)
    assert [formats.moment(one, now=now) for one in stored] == ["15:14", "29 Nov", "2 Jan 2025", "–"]
    assert formats.short_key("INIT-000017") == "17"
    assert formats.listed(["A", "B", "C"]) == "A · B and 1 more"


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("WARNING: engineering_tokens: is blank", "WARNING: Engineering tokens: is blank"),
        (
            "FAILED: kpi_key: is empty; country: is long · OK: title: x",
            "FAILED: KPI key: is empty; Country: is long · OK: Title: x",
        ),
        ("max_risk_level: risk_level is high", "max risk level: risk level is high"),
        (
            "note: country is computed; Backlog!5 INIT-000004 x_1",
            "note: country is computed; Backlog!5 INIT-000004 x_1",
        ),
    ],
)
def test_a_message_names_columns_as_their_headers_do(said: str, shown: str) -> None:
    assert words.plain(said) == shown


def test_every_action_has_words() -> None:
    assert {action.name for action in ACTIONS} <= set(words._ACTIONS)
    assert words.initials("anna.maria@example.com") == "AM"
    assert words.person("web:anna@example.com") == "anna@example.com"
    assert words.person("watch") == "saved workbook"
    assert words.person(FOLLOWER) == "follow-up"


@pytest.mark.parametrize(
    ("action", "asked", "summary", "said"),
    [
        ("rows.save", {"tab": "Scenario_Config"}, {"saved": 0, "created": 4}, ("Edited: Scenario Config", "4 added")),
        ("rows.save", {"tab": "Backlog"}, {"saved": 2, "created": 0}, ("Edited: Backlog", "2 saved")),
        ("ideas.submit", {"source": "web"}, {"created": 1}, ("Submitted an idea", "1 added")),
        ("pm.backlog_sync", {}, {"selected": 11, "saved": 11, "created": 11}, ("Synced the backlog", "11 saved")),
        ("pm.backlog_sync", {}, {"selected": 11}, ("Synced the backlog", "11 rows looked at, nothing new")),
    ],
)
def test_what_came_of_a_run(action: str, asked: dict[str, str], summary: dict[str, int], said: tuple[str, str]) -> None:
    run = ActionRun(action=action, request_json=asked, summary_json=summary, status=str(ActionStatus.SUCCESS))
    assert (told.headline(run), told.outcome(run)) == said


@pytest.mark.parametrize("value", [20_200_000.0, -1_234.5, 31.5, 0.008, 200.0, 1e30])
def test_a_number_is_read_as_it_is_shown_in_a_field(value: float) -> None:
    assert read_number(typed(value)) == value


def test_thousands_are_separated_in_fields() -> None:
    assert [typed(one) for one in (20_200_000.0, -1_234.5, 8.2)] == ["20,200,000", "-1,234.5", "8.2"]
    for text in ("", "1,5", "12,34,567", "many"):
        with pytest.raises(WrongChanges):
            read_number(text)


def test_values_of_an_act_are_read_by_its_parameters() -> None:
    async def do(key: str, capacity: float, on: bool = False) -> None:
        """Nothing."""

    act = Act("do", Role.VIEWER, do)
    assert act.read({"key": "INIT-1", "capacity": "12.5", "on": "true"}) == {
        "key": "INIT-1",
        "capacity": 12.5,
        "on": True,
    }
    for wrong in ({}, {"key": "a", "capacity": "much"}, {"key": "a", "capacity": 1, "x": 1}, {"key": ["a"]}):
        with pytest.raises(ValidationError):
            act.read(wrong)


def test_files_name_no_other_place_and_no_colour() -> None:
    assets = load_assets()
    assert assets.version in assets.address("rw.css")
    style = assets.files["rw.css"].plain.decode()
    assert style.index("--ground") < style.index(".rw-btn")
    for file in sorted((*FOLDER.glob("css/*.css"), *FOLDER.glob("js/*.js"))):
        text = file.read_text("utf-8")
        assert not re.search(r"https?://|//[a-z]+\.", text), file.name
        if file.suffix == ".css" and file.name != "tokens.css":
            assert not re.search(r"#[0-9a-f]{3,8}\b", text), f"{file.name} names a colour"


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _tokens(theme: str) -> dict[str, str]:
    light, _, dark = (FOLDER / "css/tokens.css").read_text("utf-8").partition("@media screen")
    named = dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})", light))
    return named if theme == "light" else {**named, **dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})", dark))}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_text_can_be_read_and_every_mark_seen(theme: str) -> None:
    token = _tokens(theme)
    inks = ("ink", "ink-2", "ink-3", "accent", "accent-strong", "price", "ok", "warn", "fail")
    read = [*product(inks, ("ground", "panel", "sunken", "hover"))]
    read += [(state, f"{state}-soft") for state in ("ok", "warn", "fail", "conflict", "info", "idle")]
    read += [("ink-on", "accent"), ("ink-on", "accent-strong"), ("accent-strong", "accent-soft"), ("ink", "fail-soft")]
    seen = [(mark, "panel") for mark in ("c1", "c2", "c3", "c4", "c5", "c6", "c-rest", "line-strong", "focus")]
    faults = [pair for pair in read if _contrast(token[pair[0]], token[pair[1]]) < 4.5]
    assert faults + [pair for pair in seen if _contrast(token[pair[0]], token[pair[1]]) < 3] == []


def test_an_act_takes_its_values_and_no_others_unless_its_form_may_have_any() -> None:
    async def strict(place: int) -> None:
        """One value."""

    async def open_(kind: str, **sent: str | list[str]) -> None:
        """Whatever fields the form has."""

    assert Act("strict", Role.VIEWER, strict).read({"place": "3"}) == {"place": 3}
    with pytest.raises(ValidationError):
        Act("strict", Role.VIEWER, strict).read({"place": "3", "more": "x"})
    act = Act("open", Role.VIEWER, open_)
    assert act.read({"kind": "cap", "members": ["A", "B"]}) == {"kind": "cap", "members": ["A", "B"]}
    with pytest.raises(ValidationError):
        act.read({"kind": "cap", "members": {"A": 1}})

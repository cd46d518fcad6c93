"""The steering report: one sheet, whoever prints it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from roadwright.cli.main import app
from tests.web.conftest import Room


def pages(content: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page[^s]", content))


def printed(page: Any) -> bytes:
    content: bytes = page.pdf(prefer_css_page_size=True, print_background=True)
    return content


@pytest.mark.parametrize("name", ["Growth%20first", pytest.param("opt-1", marks=pytest.mark.thorough)])
def test_the_decision_stands_on_one_sheet(room: Room, name: str) -> None:
    page = room.open(f"/report/{name}", "viewer")
    said = page.inner_text("[data-testid=paper]")
    for part in (
        "Build 12 of 24 candidates:",
        "What would move the answer",
        "Decision asked for",
        "the answer is proved",
        "Strong customer authentication wave 2",
        "proved optimal, gap 0",
    ):
        assert part in said
    assert "INIT-" not in said
    assert page.is_visible("[data-testid=print]")
    assert room.checked(page) == []
    assert pages(printed(page)) == 1
    room.close(page)


@pytest.mark.thorough
def test_on_a_phone_and_of_nothing(room: Room) -> None:
    page = room.open("/report/balanced", "contributor", phone=True, dark=True)
    assert room.checked(page) == []
    room.goto(page, "/report/Growth%20fist")
    assert "Growth first" in page.inner_text("main")
    room.close(page)


def test_the_command_prints_it_with_the_browser_that_there_is(
    room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = ["report", "Growth first", "-w", str(room.root), "-o", str(tmp_path / "decision.pdf")]
    told = CliRunner().invoke(app, command)
    assert told.exit_code == 0, told.output
    content = (tmp_path / "decision.pdf").read_bytes()
    assert (content[:5], pages(content)) == (b"%PDF-", 1)
    monkeypatch.setenv("PATH", "")
    refused = CliRunner().invoke(app, command)
    assert refused.exit_code != 0

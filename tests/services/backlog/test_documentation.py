"""What docs/filters.md shows is true: its filters are read, and its errors are those that are printed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from roadwright.domain.filters import FilterError, parse_filter
from roadwright.services.backlog import filter_fields

TEXT = (Path(__file__).parents[3] / "docs" / "filters.md").read_text(encoding="utf-8")
SHOWN = re.findall(r"^\| `([^`]*)` \|", TEXT, re.MULTILINE) + re.findall(r'--filter "([^"]*)" ', TEXT)
MISTAKES = re.findall(r'^    roadwright backlog .*--filter "([^"]*)"\n((?:    .*\n)+?)    +\^\n', TEXT, re.MULTILINE)
GROUPING = "(a or b) and not c"


def test_the_page_is_read_as_meant() -> None:
    assert len(SHOWN) > 12
    assert GROUPING in SHOWN
    assert len(MISTAKES) == 3


@pytest.mark.parametrize("text", [text for text in SHOWN if text != GROUPING])
def test_a_filter_on_the_page_is_read(text: str) -> None:
    parse_filter(text, filter_fields())


@pytest.mark.parametrize("text", [text for text, _ in MISTAKES])
def test_an_error_on_the_page_is_the_one_that_is_printed(text: str) -> None:
    with pytest.raises(FilterError) as caught:
        parse_filter(text, filter_fields())
    assert "".join(f"    {line}\n" for line in str(caught.value).splitlines()) in TEXT

"""The reference pages say what the declarations say."""

from __future__ import annotations

import pytest
from scripts.make_reference import DOCS, PAGES


@pytest.mark.parametrize("name", PAGES)
def test_reference_pages_are_current(name: str) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == PAGES[name](), "run `make docs` and commit the pages"

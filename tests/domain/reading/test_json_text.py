"""JSON as people paste it into cells."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadwright.domain.reading.json_text import BadJson, strict_json


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"a": 1, "a": 2}', "names a twice"),
        ('{"a": NaN}', "holds NaN, which is no number"),
        ('{"a": -Infinity}', "holds -Infinity, which is no number"),
        ('{"a": 1e999}', "holds 1e999, which is too large a number"),
        ('{"a": ' + "9" * 400 + "}", "too large a number"),
        ('{"a": ' + "9" * 5000 + "}", "too large a number"),
        ('{"a": 1', "is not valid JSON (Expecting ',' delimiter at character 8)"),
        ("[" * 100_000, "nested too deeply"),
        ("[" * 30 + "]" * 30, "nested too deeply"),
        ('{"\\ud800": 1}', "can't be stored (code 55296)"),
        ('{"a": ["b\\u0000"]}', "can't be stored (code 0)"),
    ],
)
def test_json_that_could_mislead_is_refused_in_words(text: str, words: str) -> None:
    with pytest.raises(BadJson) as caught:
        strict_json(text)
    assert words in str(caught.value)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**300), 10**300) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8),
    lambda parts: st.lists(parts, max_size=3) | st.dictionaries(st.text("abc", max_size=3), parts, max_size=3),
    max_leaves=8,
)  # fmt: skip


@given(_JSON)
def test_other_json_is_read_as_it_is(value: object) -> None:
    assert strict_json(json.dumps(value)) == value
    assert strict_json(json.dumps(value, ensure_ascii=False)) == value

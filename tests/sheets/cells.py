"""Whatever a spreadsheet's cell can hold, for property tests."""

from __future__ import annotations

from hypothesis import strategies as st

from roadwright.sheets.values import CellError, CellValue, NotCalculated

BLANKS = ("", " ", "\t", "\n", "\u00a0", "\u2007", "\u202f", "\u3000", "\u200b", "\ufeff")
ERRORS = ("#DIV/0!", "#N/A", "#REF!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!")

_NEAR_MISSES = st.sampled_from(
    (
        *("yes", "TRUE", " no ", "✓", "0", "1", "2", "-0", "1,234.5", "1.234,5", "0,123", "12 %", "%", "1e999", "١٢"),
        *("nan", "Infinity", "0x10", "1_000", "2026-05-31", "2026-02-30", "2026-Q2", "31/05/2026", "0000-01-01"),
        *("a, b; c", ",;", ":", "gmv:", ": 1", "gmv: 1; gmv: 2", "gmv: 0.6; retention: 40 %", "a > b", ">", "a >> b"),
        *("{", "{}", "[]", "[[]]", "null", '{"a": null}', '{"a": true}', '{"a": 1e999}', '{"a": NaN}', '{"": 1}'),
        *('{"a": 1, "a": 2}', '{"a ": 1, "a": 2}', '["a", {"kpi": "b", "tolerance": -1}]', '[{"kpi": 1}]', "[1]"),
        *('{"\\ud800": 1}', '["\\u0000"]', "[" * 3000, "[" * 500 + "]" * 500, '{"a": ' + "9" * 5000 + "}"),
    )
)


def texts() -> st.SearchStrategy[str]:
    """Texts, among them those with characters that no file and no database takes."""
    return st.one_of(st.text(max_size=40), st.text(st.characters(), max_size=20), _NEAR_MISSES)


def cell_values() -> st.SearchStrategy[CellValue]:
    """Any value that a reader can hand over."""
    return st.one_of(
        texts(),
        st.booleans(),
        st.integers(),
        st.sampled_from((10**400, -(10**309), 2**63)),
        st.floats(),
        st.datetimes(),
        st.dates(),
        st.times(),
        st.timedeltas(),
        st.sampled_from(ERRORS).map(CellError),
        st.sampled_from(("A1+B1", "TODAY()", "x" * 300)).map(NotCalculated),
    )

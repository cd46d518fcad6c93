"""The three-way merge of one row."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadwright.sheets.merge import NO_EDITS, OnConflict, RowMerge, Winners, merge_row, plain

A, B, C = "a", "b", "c"


def merged(base: object, sheet: object, stored: object, how: OnConflict = OnConflict.ASK) -> RowMerge:
    return merge_row(["x"], base={"x": base}, sheet={"x": sheet}, stored={"x": stored}, on_conflict=Winners(how))


@pytest.mark.parametrize(
    ("base", "sheet", "stored", "changes", "conflicts"),
    [
        (A, A, A, {}, {}),
        (A, A, B, {}, {}),  # the database moved on; an untouched cell follows
        (A, B, A, {"x": B}, {}),  # the person's edit
        (A, B, B, {}, {}),  # both came to the same
        (A, B, C, {}, {"x": (B, C)}),
        (A, None, A, {"x": None}, {}),  # clearing is an edit
        (A, None, B, {}, {"x": (None, B)}),
        (A, B, None, {}, {"x": (B, None)}),
        (None, B, None, {"x": B}, {}),
        (None, None, B, {}, {}),
    ],
)
def test_three_ways(
    base: object, sheet: object, stored: object, changes: dict[str, object], conflicts: dict[str, object]
) -> None:
    result = merged(base, sheet, stored)
    assert result.changes == changes
    assert result.conflicts == conflicts
    assert result.edited == ({"x"} if sheet not in (base, stored) else set())


def test_a_conflict_can_be_settled_either_way() -> None:
    assert merged(A, B, C, OnConflict.SHEET).changes == {"x": B}
    assert merged(A, B, C, OnConflict.SHEET).conflicts == {}
    for_database = merged(A, B, C, OnConflict.DATABASE)
    assert (for_database.changes, for_database.conflicts) == ({}, {})
    assert for_database.gave_way == {"x": (B, C)}


def test_each_field_can_be_settled_by_itself() -> None:
    base, sheet, stored = ({name: f"{name}{n}" for name in "xyz"} for n in range(3))
    how = Winners(columns={"x": OnConflict.SHEET, "y": OnConflict.DATABASE})
    result = merge_row("xyz", base=base, sheet=sheet, stored=stored, on_conflict=how)
    assert (result.changes, result.gave_way, result.conflicts) == (
        *({"x": "x1"}, {"y": ("y1", "y2")}),
        {"z": ("z1", "z2")},
    )


@pytest.mark.parametrize("how", list(OnConflict))
def test_settling_touches_conflicts_only(how: OnConflict) -> None:
    assert merged(A, B, A, how).changes == {"x": B}
    assert merged(A, A, B, how).changes == {}


def test_two_people_on_different_fields_both_keep_their_edits() -> None:
    result = merge_row(
        ["x", "y"], base={"x": A, "y": A}, sheet={"x": B, "y": A}, stored={"x": A, "y": C}, on_conflict=Winners()
    )
    assert result == RowMerge({"x": B}, {}, frozenset("x"))


def test_what_the_sheet_does_not_say_stays_as_stored() -> None:
    result = merge_row(["x", "y"], base={"x": A, "y": A}, sheet={"y": B}, stored={"x": C, "y": A})
    assert result == RowMerge({"y": B}, {}, frozenset("y"))


def test_only_named_columns_are_merged() -> None:
    assert merge_row([], base={"x": A}, sheet={"x": B}, stored={"x": A}) == NO_EDITS


@pytest.mark.parametrize("base", [None, {}])
def test_without_a_base_what_was_typed_is_an_edit_and_a_blank_is_none(base: dict[str, object] | None) -> None:
    result = merge_row(["x", "y", "z"], base=base, sheet={"x": B, "y": None, "z": C}, stored={"y": A, "z": A})
    assert result.changes == {"x": B}
    assert result.conflicts == {"z": (C, A)}
    assert result.edited == {"x", "z"}


def test_without_a_base_a_blank_is_what_a_blank_means() -> None:
    sheet = {"x": True, "y": False}
    result = merge_row(
        ["x", "y"], base=None, sheet=sheet, stored={"x": False, "y": True}, blanks={"x": True, "y": True}
    )
    assert result.edited == {"y"}
    assert result.changes == {"y": False}


def test_a_known_base_outweighs_what_a_blank_means() -> None:
    result = merge_row(["x"], base={"x": False}, sheet={"x": True}, stored={"x": False}, blanks={"x": True})
    assert result.changes == {"x": True}


def test_a_computed_value_gives_way_to_what_is_typed() -> None:
    result = merge_row(["x"], base={"x": A}, sheet={"x": B}, stored={"x": C}, yielding={"x"})
    assert result == RowMerge({"x": B}, {}, frozenset("x"))
    untouched = merge_row(["x"], base={"x": A}, sheet={"x": A}, stored={"x": C}, yielding={"x"})
    assert untouched == NO_EDITS


_VALUE = st.sampled_from((None, "a", "b", 1, 0, True, ("a",)))
_ROW = st.dictionaries(st.sampled_from("xyz"), _VALUE)


@given(base=st.none() | _ROW, sheet=_ROW, stored=_ROW, how=st.sampled_from(OnConflict))
def test_whatever_the_three_say(
    base: dict[str, object] | None, sheet: dict[str, object], stored: dict[str, object], how: OnConflict
) -> None:
    result = merge_row("xyz", base=base, sheet=sheet, stored=stored, on_conflict=Winners(how))
    assert not result.changes.keys() & result.conflicts.keys()
    assert result.changes.keys() | result.conflicts.keys() <= result.edited <= sheet.keys()
    assert all(sheet[column] == value for column, value in result.changes.items())
    assert how is OnConflict.ASK or not result.conflicts
    # once stored and shown again, nothing is left to merge
    after = {**stored, **result.changes}
    shown = {
        column: result.conflicts[column][0] if column in result.conflicts else after.get(column) for column in sheet
    }
    again = merge_row("xyz", base={**(base or {}), **{c: shown[c] for c in shown if c not in result.conflicts}},
                      sheet=shown, stored=after, on_conflict=Winners(how))  # fmt: skip
    assert again.changes == {}
    assert again.conflicts == result.conflicts


CAFE, CAFE_DECOMPOSED = "Caf\u00e9", "Cafe\u0301"


def test_the_two_forms_of_an_accent_are_one_text() -> None:
    said = str(plain(CAFE_DECOMPOSED))
    assert merged(A, said, CAFE) == NO_EDITS
    assert merged(A, said, CAFE_DECOMPOSED) == NO_EDITS
    assert merged(CAFE_DECOMPOSED, said, B) == NO_EDITS, "a copy that remembers the other form was not edited"
    assert plain([{"x": CAFE_DECOMPOSED}]) == [{"x": CAFE}]


def test_two_edits_that_differ_in_blanks_only_are_no_conflict() -> None:
    assert merged(A, "two  words", "two\u00a0words") == RowMerge({"x": "two  words"}, {}, frozenset({"x"}))
    said, kept = "two Words", "two words"
    result = merge_row(["x"], base={"x": A}, sheet={"x": said}, stored={"x": kept}, prose={"x"})
    assert result.conflicts == {"x": (said, kept)}


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("uk", "UK"),
        ("init-1", "INIT-000001"),
        ("Q2 2026", "2026-Q2"),
        (["b", "A"], ["a", "b"]),
        (["init-2"], ["INIT-000002"]),
        ({"arr": 5, "nrr": 1}, {"NRR": 1, "ARR": 5}),
        ([{"kpi": "arr", "tolerance": 0.1}], [{"kpi": "ARR", "tolerance": 0.1}]),
    ],
)
def test_a_spelling_of_ones_own_is_no_conflict(said: object, kept: object) -> None:
    """Nor is it an edit that stands against what another person changed."""
    assert merged(A, said, kept).changes == {"x": said}
    assert merged(kept, C, said).changes == {"x": C}
    assert merged(kept, said, kept).changes == {"x": said}
    assert merged(kept, said, C) == NO_EDITS


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("net_arr", "netarr"),
        ({"arr": 5}, {"arr": 6}),
        ({"arr": 5}, ["arr"]),
        ([{"kpi": "b"}, {"kpi": "a"}], [{"kpi": "a"}, {"kpi": "b"}]),
        (["a"], ["a", "a2"]),
    ],
)
def test_what_means_something_else_is_a_conflict(said: object, kept: object) -> None:
    assert merged(A, said, kept).conflicts == {"x": (said, kept)}


def test_an_edit_of_blanks_is_an_edit() -> None:
    assert merged("one line", "one\nline", "one line").changes == {"x": "one\nline"}

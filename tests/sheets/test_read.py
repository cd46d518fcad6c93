"""Reading a tab by its declaration: the header, the rows, and what is wrong with them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadwright.domain.text import normalised
from roadwright.sheets.backend import Area, Grid
from roadwright.sheets.kinds import BOOLEAN, DATE, KEY, LIST, NUMBER, TEXT, choice, within
from roadwright.sheets.read import HeaderProblem, Row, Table, read_table
from roadwright.sheets.spec import Column, Layout, Owner, TabSpec
from roadwright.sheets.values import CellError, CellValue, NotCalculated
from tests.sheets.cells import BLANKS, cell_values

SYSTEM = (
    Column("run_status", Owner.SYSTEM, TEXT, ""),
    Column("updated_source", Owner.SYSTEM, TEXT, ""),
    Column("updated_at", Owner.SYSTEM, TEXT, ""),
)
SPEC = TabSpec(
    name="Ideas",
    workbook="Box",
    help="",
    identity=("idea_key",),
    columns=(
        Column("idea_key", Owner.SYSTEM, KEY, ""),
        Column("title", Owner.INPUT, TEXT, "", required=True),
        Column("country", Owner.INPUT, TEXT, "", aliases=("market", "sales region")),
        Column("size", Owner.INPUT, NUMBER, "", check=within(0)),
        Column("is_active", Owner.INPUT, BOOLEAN, "", blank_means=True),
        Column("state", Owner.INPUT, choice(("new", "done")), "", blank_means="new"),
        Column("due_date", Owner.INPUT, DATE, ""),
        Column("tags", Owner.INPUT, LIST, ""),
        Column("score", Owner.DERIVED, NUMBER, ""),
        *SYSTEM,
    ),
)
NAMES = [column.name for column in SPEC.columns]
LENIENT = TabSpec(
    "Ideas",
    "Box",
    "",
    (*(replace(column, required=False) for column in SPEC.columns), Column("name", Owner.INPUT, TEXT, "")),
    ("idea_key",),
)
"""The same tab with one column more and nothing required."""
ANSWERS = TabSpec(
    name="Answers",
    workbook="Box",
    help="",
    identity=("message",),
    layout=Layout.MIRROR,
    columns=(
        Column("message", Owner.DERIVED, TEXT, ""),
        Column("gap", Owner.DERIVED, NUMBER, ""),
        Column("notes", Owner.SHEET_ONLY, TEXT, ""),
        *SYSTEM,
    ),
)


def said(row: Row) -> dict[str, str]:
    """What is wrong with a row's cells, in words."""
    return {name: str(problem) for name, problem in row.problems.items()}


def grid(*rows: list[CellValue | None], first: int = 1) -> Grid:
    """A grid with these rows, one below the other; None is an empty cell."""
    return Grid(
        rows={
            number: cells
            for number, row in enumerate(rows, start=first)
            if (cells := {column: value for column, value in enumerate(row, start=1) if value is not None})
        }
    )


def read(*rows: list[CellValue | None], spec: TabSpec = SPEC) -> Table:
    return read_table(grid(*rows), spec, tab=spec.name)


def row(**cells: CellValue) -> Row:
    """The one row of a tab that has every column and holds these cells."""
    (found,) = read([*NAMES], [cells.get(name) for name in NAMES]).rows
    return found


class TestHeader:
    @pytest.mark.parametrize("header", ["KPI Key", "kpi_key", "Kpi-Key", " KPI\u00a0KEY\n", "kpi‑key", "k p i k e y"])
    def test_case_spaces_hyphens_and_underscores_do_not_matter(self, header: str) -> None:
        assert normalised(header) == "kpikey"

    @given(
        name=st.sampled_from([*NAMES, "market", "sales region"]),
        data=st.data(),
    )
    def test_a_column_is_found_under_any_writing_of_its_name_or_alias(self, name: str, data: st.DataObject) -> None:
        filler = st.sampled_from(["", " ", "_", "-", "\u00a0", "\n"])
        header = "".join(
            data.draw(filler) + (letter.upper() if data.draw(st.booleans()) else letter) + data.draw(filler)
            for letter in name.replace(" ", "")
        )
        other = "name" if name == "title" else "title"
        table = read_table(grid(["anything", header, other]), LENIENT, tab="Ideas")
        declared = "country" if name in ("market", "sales region") else name
        assert table.columns[declared] == 2

    def test_any_order_and_columns_of_the_users_own(self) -> None:
        table = read(["My remarks", "Size", "Title"], ["first", 3, "Faster checkout"])
        assert table.columns == {"size": 2, "title": 3}
        assert table.last_header_column == 3
        assert table.rows[0].values == {"size": 3, "title": "Faster checkout"}

    def test_missing_system_columns_are_named_missing_optional_ones_are_not(self) -> None:
        table = read(["title", "updated_at"])
        assert table.missing_system == ("idea_key", "run_status", "updated_source")

    def test_new_columns_stand_right_of_the_header_and_on_nobodys_remarks(self) -> None:
        remarks: dict[int, dict[int, CellValue]] = {2: {1: "Faster checkout", 3: "ask Ann"}, 3: {5: "", 6: 7}}
        table = read_table(Grid(rows={1: {1: "title"}, **remarks}, merged=[Area(9, 7, 10, 8)]), SPEC, tab="Ideas")
        assert table.new_columns == {"idea_key": 2, "run_status": 4, "updated_source": 5, "updated_at": 9}

    def test_what_stands_above_the_header_is_in_no_ones_way(self) -> None:
        table = read_table(Grid(rows={1: {3: "Our ideas"}, 2: {1: "title"}}), SPEC, tab="Ideas", header_row=2)
        assert list(table.new_columns.values()) == [2, 3, 4, 5]

    def test_a_missing_required_column_refuses_the_tab(self) -> None:
        with pytest.raises(HeaderProblem, match=r"Ideas: the column title is missing in row 1\. It has: Titel, Size\."):
            read(["Titel", "Size"])

    @pytest.mark.parametrize(
        ("one", "other"), [("title", "Title"), ("country", "Market"), ("market", "Sales-Region"), ("size", "SIZE ")]
    )
    def test_two_columns_for_one_field_refuse_the_tab_and_are_both_named(self, one: str, other: str) -> None:
        header: list[CellValue | None] = [one, "x", other]
        if "title" not in header:
            header.append("title")
        with pytest.raises(HeaderProblem) as caught:
            read(header)
        assert f"A ({one}) and C ({other})" in str(caught.value)

    def test_two_foreign_columns_of_one_name_are_the_users_business(self) -> None:
        assert read(["title", "mine", "mine"]).columns == {"title": 1}

    def test_an_empty_header_row_is_refused_with_the_way_out(self) -> None:
        with pytest.raises(HeaderProblem, match=r"row 1 should hold the header, but it is empty.*title.*header_row"):
            read([None], ["title"])

    def test_the_header_may_stand_further_down(self) -> None:
        table = read_table(grid(["Ideas of 2026"], [None], ["title"], ["A"]), SPEC, tab="Ideas", header_row=3)
        assert [(found.number, found.values["title"]) for found in table.rows] == [(4, "A")]

    def test_merged_cells_that_hide_columns_refuse_the_tab_and_name_all_of_them(self) -> None:
        merged = grid(["Ideas", "title", "size", "Week", "tags"], ["x", "A", 1])
        merged.merged += [Area(1, 1, 1, 3), Area(1, 4, 2, 5)]
        said = r"A1:C1 hides title \(B1\) and size \(C1\); D1:E2 hides tags \(E1\)\. Unmerge them"
        with pytest.raises(HeaderProblem, match=said):
            read_table(merged, SPEC, tab="Ideas")

    def test_other_merged_cells_in_the_header_do_no_harm(self) -> None:
        merged = grid(["title", "Week 1", None, "size"], ["A", 1, 2, 3])
        merged.merged += [Area(1, 2, 1, 3), Area(1, 4, 1, 6)]
        table = read_table(merged, SPEC, tab="Ideas")
        assert table.columns == {"title": 1, "size": 4}
        assert min(table.new_columns.values()) == 7

    def test_a_name_that_is_merged_down_into_the_header_counts(self) -> None:
        merged = grid(["title", "Q1", None], [None, "size", "w"], ["A", 1])
        merged.merged += [Area(1, 1, 2, 1), Area(1, 2, 1, 3)]
        table = read_table(merged, SPEC, tab="Ideas", header_row=2)
        assert [(row.number, row.values["title"]) for row in table.rows] == [(3, "A")]

    def test_new_columns_go_where_no_value_and_no_formula_stands(self) -> None:
        taken = grid(["title"], ["A"], [None, None, None, "below"])
        taken.rows[2][3] = ""
        taken.formulas.add((2, 3))
        taken.arrays.append(Area(5, 6, 9, 7))
        taken.tables.append(Area(20, 8, 30, 8))
        taken.merged += [Area(40, 1, 40, 16_384), Area(1, 10, 1, 10)]
        table = read_table(taken, SPEC, tab="Ideas")
        free = [column for column in range(2, 99) if column not in (3, 4, 6, 7, 8, 10)]
        assert list(table.new_columns.values()) == free[: len(table.missing_system)]

    def test_a_tab_without_room_for_new_columns_says_so(self) -> None:
        full = grid(["title"], ["A"])
        full.rows[1][16_383] = "last"
        said = r"no room for the columns .*run_status.* the last header, XFC1, 1 column can be had"
        with pytest.raises(HeaderProblem, match=said):
            read_table(full, SPEC, tab="Ideas")

    def test_a_merged_title_above_the_header_does_no_harm(self) -> None:
        merged = grid(["All our ideas"], ["title"], ["A"])
        merged.merged.append(Area(1, 1, 1, 5))
        assert len(read_table(merged, SPEC, tab="Ideas", header_row=2).rows) == 1

    def test_headers_that_are_no_text_are_the_users_own(self) -> None:
        assert read([2026, "title", CellError("#REF!"), dt.datetime(2026, 1, 1), True]).columns == {"title": 2}


class TestRows:
    def test_blank_rows_are_skipped_and_data_goes_on_below_them(self) -> None:
        table = read(["title"], ["A"], [None], ["  "], ["B"], ["\u00a0\u200b"])
        assert [found.number for found in table.rows] == [2, 5]
        assert table.last_data_row == 5

    def test_cells_in_foreign_columns_make_no_row(self) -> None:
        table = read(["title", "mine"], ["A", None], [None, "a remark"])
        assert [found.number for found in table.rows] == [2]
        assert table.last_data_row == 2

    def test_rows_above_the_header_are_no_data(self) -> None:
        table = read_table(grid(["a title"], ["title"]), SPEC, tab="Ideas", header_row=2)
        assert (table.rows, table.last_data_row) == ([], 2)

    def test_totals_rows_are_no_data(self) -> None:
        with_totals = grid(["title", "size"], ["A", 1], ["Total", 1], ["B", 2])
        with_totals.totals_rows.add(3)
        assert [found.number for found in read_table(with_totals, SPEC, tab="Ideas").rows] == [2, 4]

    def test_what_only_the_backend_wrote_is_left_over(self) -> None:
        table = read(["title", "score", "run_status", "updated_at"], ["A", 1, "OK", "t"], [None, 5, "OK", "t"])
        assert [found.number for found in table.rows] == [2]
        assert [found.number for found in table.leftovers] == [3]
        assert table.last_data_row == 3

    def test_a_column_of_unticked_boxes_makes_no_rows(self) -> None:
        table = read(["title", "is_active"], ["A", True], [None, False], [None, True])
        assert [found.number for found in table.rows] == [2, 4]

    def test_a_key_alone_makes_a_row(self) -> None:
        assert len(read(["idea_key", "title"], ["I-1", None]).rows) == 1

    def test_on_a_tab_that_the_backend_writes_its_rows_are_rows(self) -> None:
        table = read(["message", "gap", "notes"], ["late", 5, None], [None, None, "mine"], spec=ANSWERS)
        assert [found.number for found in table.rows] == [2, 3]

    def test_places_are_named_as_people_say_them(self) -> None:
        table = read(["idea_key", "title"], ["I-1", "A"])
        assert table.place(2, "title") == "Ideas!B2"
        assert table.place(2) == "Ideas row 2"
        assert table.place(2, "size") == "Ideas row 2"

    def test_stale_values_are_passed_on(self) -> None:
        old = grid(["title"])
        old.stale = True
        assert read_table(old, SPEC, tab="Ideas").stale


class TestCells:
    def test_are_read_by_their_kind(self) -> None:
        found = row(
            title=" A ", country="UK", size="1,200", is_active="no", state="DONE", due_date="2026-05-31", tags="a; b"
        )
        assert found.problems == {}
        assert found.values == {
            "idea_key": None,
            "title": "A",
            "country": "UK",
            "size": 1200,
            "is_active": False,
            "state": "done",
            "due_date": dt.date(2026, 5, 31),
            "tags": ["a", "b"],
            "score": None,
            "run_status": None,
            "updated_source": None,
            "updated_at": None,
        }
        assert found.raw["title"] == " A "
        assert found.text("title") == "A"
        assert found.text("score") == ""

    @pytest.mark.parametrize("blank", BLANKS)
    def test_a_blank_cell_has_the_declared_meaning(self, blank: str) -> None:
        found = row(title="A", is_active=blank, state=blank, size=blank)
        assert found.values["is_active"] is True
        assert found.values["state"] == "new"
        assert found.values["size"] is None
        assert "size" not in found.raw

    def test_a_list_of_nothing_is_blank(self) -> None:
        assert row(title="A", tags=" , ; ").values["tags"] is None

    @pytest.mark.parametrize("blank", [None, "", "\u00a0"])
    def test_a_blank_required_cell_is_a_problem(self, blank: str | None) -> None:
        (found,) = read(["title", "size"], [blank, 5]).rows
        assert said(found) == {"title": "title: is empty, but needed"}
        assert found.values == {"size": 5}

    def test_a_column_that_the_sheet_lacks_has_no_value_at_all(self) -> None:
        (found,) = read(["title"], ["A"]).rows
        assert found.values == {"title": "A"}

    def test_what_cant_be_read_is_a_problem_that_names_column_and_value_and_the_rest_is_read(self) -> None:
        found = row(title="A", size="much", due_date="soon", is_active=5, state="old", country="UK")
        assert set(found.problems) == {"size", "due_date", "is_active", "state"}
        assert str(found.problems["size"]).startswith('size: "much" is not a number; expected')
        assert str(found.problems["state"]) == 'state: "old" is not known; accepted: new, done'
        assert "size" not in found.values
        assert found.values["country"] == "UK"

    def test_a_value_out_of_range_is_a_problem(self) -> None:
        found = row(title="A", size=-1)
        assert said(found) == {"size": "size: -1 is out of range; expected a number of 0 or more"}

    @pytest.mark.parametrize("value", [CellError("#N/A"), NotCalculated("A1")])
    def test_an_error_in_a_required_cell_is_never_a_blank(self, value: CellValue) -> None:
        found = row(title=value)
        assert "title" in found.problems
        assert found.problems["title"].code != "empty"

    def test_nonsense_in_a_column_of_the_backends_own_is_overwritten_not_refused(self) -> None:
        found = row(title="A", score="nonsense")
        assert found.problems == {}
        assert found.overtyped == {"score"}
        assert "score" not in found.values

    def test_nonsense_in_a_key_is_a_problem(self) -> None:
        assert set(row(title="A", idea_key=CellError("#REF!")).problems) == {"idea_key"}

    def test_a_merged_cell_concerns_its_own_row(self) -> None:
        merged = grid(["title", "size", "score"], ["A", 1, 5], ["B", None, None], ["C", 3, 6])
        merged.merged.append(Area(2, 2, 3, 3))
        first, second, third = read_table(merged, SPEC, tab="Ideas").rows
        assert first.values == {"title": "A", "size": 1}
        assert said(second) == {"size": "size: the cell is merged into B2; unmerge it and type its value"}
        assert second.values == {"title": "B"}
        assert third.problems == {}

    @given(st.lists(cell_values() | st.none(), min_size=len(NAMES), max_size=len(NAMES)))
    def test_no_row_of_cells_stops_the_others(self, cells: list[CellValue | None]) -> None:
        good: list[CellValue | None] = ["good" if name == "title" else None for name in NAMES]
        table = read([*NAMES], cells, good)
        assert table.rows[-1].values["title"] == "good"
        for found in [*table.rows, *table.leftovers]:
            # every column has a value, or says why not
            assert {*found.values, *found.problems, *found.overtyped} == set(NAMES)
            assert not found.values.keys() & found.problems.keys()


@pytest.mark.parametrize("header", ["Coun\u00adtry", "\u200eMarket\u200f", "sales\u200b\u2060 region", "country\ufe0f"])
def test_a_header_is_found_whatever_is_invisible_in_it(header: str) -> None:
    table = read_table(Grid({1: {1: "title", 2: header}, 2: {1: "Search", 2: "UK"}}), SPEC, tab="Ideas")
    assert table.columns["country"] == 2
    assert table.rows[0].values["country"] == "UK"

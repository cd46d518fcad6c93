"""New rows that are written where rows were empty, and were not any more."""

from __future__ import annotations

from roadwright.sheets.backends.google.content import Cells
from roadwright.sheets.backends.google.landing import Plan

HEADER: Cells = {1: "key", 2: "title", 3: "tick", 4: "note"}


def _row(number: int, *, tick: bool | None = False, **more: str) -> Cells:
    cells: Cells = {1: f"K{number}", 2: f"idea {number}"}
    if tick is not None:
        cells[3] = tick
    return {**cells, **({4: more["note"]} if more else {})}


def _sheet(*rows: Cells, ticks_until: int = 12) -> dict[int, Cells]:
    """The header, these rows, and empty ones with ticks that are not set."""
    found: dict[int, Cells] = {n: {3: False} for n in range(len(rows) + 2, ticks_until)}
    found |= {n: cells for n, cells in enumerate(rows, 2) if cells}
    return found | {1: HEADER}


def _plan(rows: dict[int, Cells], new: dict[int, Cells]) -> Plan:
    plan = Plan(rows, new, (1,), 1)
    plan.to_send()
    return plan


def _after(plan: Plan) -> dict[int, Cells]:
    """What the rows hold once what the plan wants now is written."""
    rows = {n: {**line.held, **line.to_send()} for n, line in plan.lines.items()}
    full: dict[int, Cells] = {
        n: {c: v for c, v in cells.items() if v is not None and v is not False} for n, cells in rows.items()
    }
    return {n: cells for n, cells in full.items() if cells and n > 1}


NEW: dict[int, Cells] = {n: {1: f"N{n}", 2: f"new {n}"} for n in (5, 6, 7)}


def test_a_row_that_was_written_over_gets_its_place_back() -> None:
    plan = _plan(_sheet(_row(1), _row(2), _row(3)), NEW)
    landed: list[Cells] = [{**cells, 3: False} for cells in NEW.values()]
    # a row was inserted at 4, so that the third stood at 5
    assert plan.see(_sheet(_row(1), _row(2), {}, *landed), header_was_seen=True)
    found = _after(plan)
    assert {n: cells[1] for n, cells in found.items() if str(cells[1]).startswith("K")} == {2: "K1", 3: "K2", 5: "K3"}
    assert sorted(str(cells[1]) for cells in found.values()) == ["K1", "K2", "K3", "N5", "N6", "N7"]
    assert found[5] == {1: "K3", 2: "idea 3"}
    assert (plan.gone, plan.blind) == ([], [])


def test_a_row_that_was_typed_into_and_written_over_gets_its_place_back() -> None:
    plan = _plan(_sheet(_row(1), _row(2), _row(3)), {5: NEW[5]})
    assert plan.see(_sheet(_row(1), {}, _row(2), {**NEW[5], 4: "typed"}), header_was_seen=True)
    assert _after(plan)[5] == {1: "K3", 2: "idea 3", 4: "typed"}
    assert "N5" in {cells[1] for cells in _after(plan).values()}


def test_a_row_whose_place_was_taken_after_a_sort_gets_it_back() -> None:
    plan = _plan(_sheet(_row(1, note="mine"), _row(2), _row(3)), {5: NEW[5]})
    sorted_rows: tuple[Cells, ...] = (_row(3), {}, _row(2), {**NEW[5], 3: False, 4: "mine"})
    assert plan.see(_sheet(*sorted_rows), header_was_seen=True)
    assert _after(plan)[5] == {1: "K1", 2: "idea 1", 4: "mine"}
    assert "N5" in {cells[1] for cells in _after(plan).values()}


def test_a_new_row_may_stand_on_any_row_that_was_empty() -> None:
    plan = _plan(_sheet(_row(1), _row(2), _row(3)), {5: NEW[5], 6: NEW[6]})
    rows = _sheet(_row(1), {}, _row(2), _row(3), {**NEW[6]})
    rows[5], rows[6] = _row(3), {**NEW[6]}  # without a tick: a row that was inserted
    plan.sent = {6: NEW[6]}
    plan.lines[5].wanted = {}
    assert plan.see(rows, header_was_seen=True)
    assert _after(plan)[6] == NEW[6]
    assert plan.is_done
    assert (plan.gone, plan.blind) == ([], [])


def test_a_row_that_was_deleted_does_not_take_the_place_of_an_empty_one() -> None:
    plan = _plan(_sheet(_row(1), _row(2), _row(3)), {2: {4: "seen"}})
    assert plan.see(_sheet({**_row(2), 4: "seen"}, _row(3)), header_was_seen=True)
    assert {cells[1] for cells in _after(plan).values()} == {"K2", "K3"}

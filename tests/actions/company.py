"""A small company for tests: what its people type into the workbooks, and the actions that bring it in."""

from __future__ import annotations

from collections.abc import Mapping

from roadwright.sheets.backend import TabEdit
from roadwright.sheets.read import read_table
from roadwright.sheets.values import CellValue
from roadwright.store.models import Initiative
from tests.house import Cells, House

Typed = dict[str, CellValue | None]

PERIOD = "2026-Q2"

KPIS: tuple[Cells, ...] = (
    {"kpi_key": "gmv", "kpi_name": "GMV", "kpi_level": "north_star", "unit": "GBP"},
    {"kpi_key": "retention", "kpi_name": "Retention", "kpi_level": "strategic", "baseline_value": 0.4},
    {
        "kpi_key": "latency",
        "kpi_name": "Latency",
        "kpi_level": "strategic",
        "unit": "ms",
        "direction": "decrease",
        "baseline_value": 1000,
    },
    {"kpi_key": "visits", "kpi_name": "Visits", "kpi_level": "supporting"},
    {"kpi_key": "old_kpi", "kpi_name": "Old", "kpi_level": "strategic", "is_active": False},
)


def add_initiatives(house: House, *rows: Cells) -> list[str]:
    """Type initiatives on the Backlog and sync them. Returns their keys, in order."""
    before = len(house.rows("Backlog"))
    house.type_new("Backlog", *({"title": f"Idea {before + n}", **row} for n, row in enumerate(rows, start=1)))
    house.done("pm.backlog_sync")
    return [row.text("initiative_key") for row in house.rows("Backlog")[before:]]


def add_kpis(house: House, *rows: Cells) -> None:
    """Type KPIs on Metrics_Config and save them; without rows, the company's own."""
    house.type_new("Metrics_Config", *(rows or KPIS))
    house.done("pm.save_selected", tab="Metrics_Config")


def add_candidates(house: House, *rows: Cells) -> list[str]:
    """Initiatives flagged for PERIOD; ``contributions`` of a row goes to KPI_Contributions, the rest to the Backlog."""
    flagged: Typed = {"is_optimization_candidate": True, "candidate_period_key": PERIOD}
    keys = add_initiatives(house, *({**flagged, **_without_contributions(row)} for row in rows))
    contribute(
        house, {k: str(row["contributions"]) for k, row in zip(keys, rows, strict=True) if "contributions" in row}
    )
    return keys


def _without_contributions(row: Cells) -> Cells:
    return {name: value for name, value in row.items() if name != "contributions"}


def contribute(house: House, contributions: dict[str, str]) -> None:
    """Type contributions on KPI_Contributions and save them."""
    house.done("pm.populate_initiatives")
    type_by_key(
        house, "KPI_Contributions", {key: {"kpi_contribution_json": text} for key, text in contributions.items()}
    )
    house.done("pm.save_selected", tab="KPI_Contributions")


def type_by_key(house: House, tab: str, cells: Mapping[str, Cells]) -> None:
    """Type into the rows of these initiatives, in one go."""
    place = house.place(tab)
    workbook = house.workspace.open(place)
    table = read_table(workbook.read(place.tab), place.spec, tab=place.tab)
    edits = {
        (row.number, table.columns[name]): value
        for row in table.rows
        for name, value in cells.get(row.text("initiative_key"), {}).items()
    }
    workbook.write([TabEdit(place.tab, place.header_row, edits)])


def add_scenario(
    house: House, name: str = "Plan", capacity: float = 100, cells: Cells | None = None, **more: CellValue | None
) -> None:
    """Type a scenario. It is not saved; the runs do that."""
    row: Typed = {
        "scenario_name": name,
        "period_key": PERIOD,
        "capacity_total_tokens": capacity,
        "objective_mode": "north_star",
        **(cells or {}),
        **more,
    }
    house.type_new("Scenario_Config", row)


def constrain(
    house: House, kind: str, key: str | None = None, members: str | None = None, **more: CellValue | None
) -> None:
    """Type a row of the set ``base`` of the scenario ``Plan`` on Constraints. It is not saved."""
    row: Typed = {
        "scenario_name": "Plan",
        "constraint_set_name": "base",
        "constraint_type": kind,
        "dimension_key": key,
        "member_keys": members,
        **more,
    }
    house.type_new("Constraints", {name: value for name, value in row.items() if value is not None})


def aim(house: House, kpi: str, value: float, kind: str, **more: CellValue | None) -> None:
    """Type a row of the set ``base`` of the scenario ``Plan`` on Targets. It is not saved."""
    row: Typed = {
        "scenario_name": "Plan",
        "constraint_set_name": "base",
        "dimension": "all",
        "dimension_key": "all",
        "kpi_key": kpi,
        "target_value": value,
        "floor_or_goal": kind,
        **more,
    }
    house.type_new("Targets", row)


def chosen(house: House, scenario: str = "Plan") -> list[str]:
    """The initiatives that Results shows as selected, in rank order."""
    return [
        row.text("initiative_key")
        for row in house.rows("Results")
        if row.text("scenario_name") == scenario and row.values["selected"] is True
    ]


def stored(house: House, key: str) -> Initiative:
    """An initiative as the database has it."""
    with house.workspace.store.transaction() as session:
        found = session.query(Initiative).filter_by(initiative_key=key).one()
        session.expunge(found)
    return found

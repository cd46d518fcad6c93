"""A KPI that is in use is renamed or deactivated only with force."""

from __future__ import annotations

from sqlalchemy import select

from roadwright.store.models import OrganizationMetricsConfig
from tests.house import House


def in_use(house: House) -> None:
    house.type_new("Intake", {"title": "Faster search"})
    house.done("pm.backlog_sync")
    house.type_new(
        "Metrics_Config",
        {"kpi_key": "gmv", "kpi_name": "GMV", "kpi_level": "north_star"},
        {"kpi_key": "retention", "kpi_name": "Retention", "kpi_level": "strategic"},
        {"kpi_key": "visits", "kpi_name": "Visits", "kpi_level": "supporting"},
    )
    house.done("pm.save_selected", tab="Metrics_Config")
    house.done("pm.populate_initiatives")
    house.type_into("KPI_Contributions", 2, {"kpi_contribution_json": "retention: 0.01"})
    house.done("pm.save_selected", tab="KPI_Contributions")


def keys(house: House) -> list[str]:
    with house.workspace.store.transaction() as session:
        return list(session.scalars(select(OrganizationMetricsConfig.kpi_key).order_by(OrganizationMetricsConfig.id)))


def test_deactivating_lists_the_uses_and_needs_force(house: House) -> None:
    in_use(house)
    house.type_into("Metrics_Config", 3, {"is_active": False})
    house.type_into("Metrics_Config", 4, {"kpi_name": "All visits"})
    house.run("pm.save_selected", tab="Metrics_Config")
    status = house.status("Metrics_Config", "retention")
    assert status.startswith(
        "FAILED: is_active: deactivating retention, which is used by contributions of INIT-000001; "
    )
    assert "--option force=true" in status
    assert house.status("Metrics_Config", "visits") == "OK"
    house.done("pm.save_selected", tab="Metrics_Config", options=["force=true"])
    assert house.status("Metrics_Config", "retention").startswith("WARNING: is_active: deactivating retention")


def test_renaming_keeps_one_kpi_and_needs_force_where_it_is_used(house: House) -> None:
    in_use(house)
    house.type_into("Metrics_Config", 3, {"kpi_key": "repeat_rate"})
    house.type_into("Metrics_Config", 4, {"kpi_key": "sessions"})
    house.run("pm.save_selected", tab="Metrics_Config")
    assert house.status("Metrics_Config", "repeat_rate").startswith("FAILED: kpi_key: renaming retention")
    assert house.status("Metrics_Config", "sessions") == "OK"
    assert keys(house) == ["gmv", "retention", "sessions"]
    house.done("pm.save_selected", tab="Metrics_Config", options=["force=true"])
    assert keys(house) == ["gmv", "repeat_rate", "sessions"]


def test_the_north_star_can_be_renamed(house: House) -> None:
    in_use(house)
    house.type_into("Metrics_Config", 2, {"kpi_key": "gross_value"})
    house.done("pm.save_selected", tab="Metrics_Config")
    assert keys(house) == ["gross_value", "retention", "visits"]
    before = house.bytes()
    house.done("pm.save_selected", tab="Metrics_Config")
    assert house.bytes() == before

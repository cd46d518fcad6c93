"""Roadmaps put into the store for tests, judged by the real gates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from roadwright.domain.kpis import Direction, KpiLevel
from roadwright.services.bindings.initiatives import new_initiative
from roadwright.services.roadmaps.judge import judge_roadmap
from roadwright.store.clock import now
from roadwright.store.models import GatePolicy, Initiative, OrganizationMetricsConfig, Roadmap, RoadmapEntry
from roadwright.store.roadmaps import find_roadmap
from tests.house import House

SOURCE = "test"


def put_initiatives(house: House, *rows: Mapping[str, Any]) -> list[str]:
    """Initiatives with these attributes, as if they had been synced and scored. Returns their keys."""
    keys = [f"INIT-{number:06d}" for number in range(1, len(rows) + 1)]
    with house.workspace.store.transaction() as session:
        for key, row in zip(keys, rows, strict=True):
            initiative = new_initiative(key, "", row_version=now(), source=SOURCE)
            for name, value in row.items():
                setattr(initiative, name, value)
            session.add(initiative)
    return keys


def put_kpis(house: House) -> None:
    """The north star gmv in GBP, and the strategic KPI retention without a unit."""
    with house.workspace.store.transaction() as session:
        for key, name, level, unit in (
            ("gmv", "GMV", KpiLevel.NORTH_STAR, "GBP"),
            ("retention", "Retention", KpiLevel.STRATEGIC, None),
        ):
            session.add(
                OrganizationMetricsConfig(
                    kpi_key=key,
                    kpi_name=name,
                    kpi_level=str(level),
                    unit=unit,
                    direction=str(Direction.INCREASE),
                    is_active=True,
                    created_at=now(),
                    updated_at=now(),
                    updated_source=SOURCE,
                )
            )


def put_roadmap(house: House, name: str, keys: Iterable[str], **fields: Any) -> None:
    """A roadmap with these initiatives on it, approved for 2026-Q3 unless said otherwise, judged."""
    with house.workspace.store.transaction() as session:
        roadmap = Roadmap(
            **{"period_key": "2026-Q3", "source": "list", "status": "approved", **fields},
            roadmap_name=name,
            created_at=now(),
            updated_at=now(),
            updated_source=SOURCE,
        )
        session.add(roadmap)
        session.flush()
        for key in keys:
            put_entry(session, roadmap, key)
        judge_roadmap(session, roadmap, SOURCE)


def put_entry(session: Session, roadmap: Roadmap, key: str, **fields: Any) -> None:
    entry = RoadmapEntry(
        **{"is_locked": False, **fields},
        initiative_key=key,
        created_at=now(),
        updated_at=now(),
        updated_source=SOURCE,
    )
    roadmap.entry_rows.append(entry)


def put_gate(house: House, policy: str, gate: str, severity: str = "block", parameter: str | None = None) -> None:
    with house.workspace.store.transaction() as session:
        session.add(
            GatePolicy(
                gate_policy=policy,
                gate=gate,
                severity=severity,
                parameter=parameter,
                created_at=now(),
                updated_at=now(),
                updated_source=SOURCE,
            )
        )


def change_initiative(house: House, key: str, **fields: Any) -> None:
    """What scoring or a save of the backlog does to an initiative."""
    with house.workspace.store.transaction() as session:
        initiative = session.scalars(select(Initiative).where(Initiative.initiative_key == key)).one()
        for name, value in fields.items():
            setattr(initiative, name, value)


def change_entry(house: House, roadmap_name: str, key: str, **fields: Any) -> None:
    with house.workspace.store.transaction() as session:
        for name, value in fields.items():
            setattr(entries(session, roadmap_name)[key], name, value)


def change_roadmap(house: House, name: str, **fields: Any) -> None:
    with house.workspace.store.transaction() as session:
        for field, value in fields.items():
            setattr(roadmap_named(session, name), field, value)


def judge(house: House, name: str) -> None:
    with house.workspace.store.transaction() as session:
        judge_roadmap(session, roadmap_named(session, name), SOURCE)


def roadmap_named(session: Session, name: str) -> Roadmap:
    found = find_roadmap(session, name)
    assert found is not None
    return found


def entries(session: Session, name: str) -> Mapping[str, RoadmapEntry]:
    return {entry.initiative_key: entry for entry in roadmap_named(session, name).entry_rows}

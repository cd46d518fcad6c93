"""Drift: everything in which a roadmap differs from a version of it, and nothing else."""

from __future__ import annotations

import datetime as dt
import json
import sys

from hypothesis import given
from hypothesis import strategies as st

from roadwright.domain.kpis import Direction
from roadwright.domain.roadmaps import GateSeverity, GateStatus
from roadwright.services.roadmaps.content import (
    Content,
    Entry,
    GateContent,
    KpiTotal,
    LeftOut,
    RoadmapFacts,
    Totals,
    Verdict,
    Waiver,
    chosen_of,
    content_hash,
    known_sum,
)
from roadwright.services.roadmaps.drift import Drift, Drifted, DriftedValue, KpiDrift, changes_since, kpi_drift
from roadwright.services.roadmaps.judge import judge_roadmap
from roadwright.services.roadmaps.standing import drift_judged_now, standing_warnings
from roadwright.services.roadmaps.versions import newest_version, publish
from roadwright.store.models import RoadmapEntry
from tests.house import House
from tests.services.roadmaps.curated import (
    change_entry,
    change_initiative,
    change_roadmap,
    entries,
    put_entry,
    put_gate,
    put_initiatives,
    put_kpis,
    put_roadmap,
    roadmap_named,
)


def entry(key: str = "INIT-000001", **fields: object) -> Entry:
    body: dict[str, object] = {
        "initiative_key": key,
        "title": "Reorder",
        "lifecycle_status": "under_review",
        "gate_status": "admitted",
        **fields,
    }
    return Entry.model_validate(body)


def content(*of: Entry, left_out: tuple[LeftOut, ...] = (), **facts: object) -> Content:
    chosen = chosen_of(of)
    kpis = tuple(
        KpiTotal(kpi_key=key, unit="GBP", total=known_sum(one.kpi_contributions.get(key) for one in chosen))
        for key in sorted({key for one in chosen for key in one.kpi_contributions})
    )
    return Content(
        roadmap=RoadmapFacts.model_validate({"roadmap_name": "growth", "period_key": "2026-Q3", **facts}),
        entries=of,
        left_out=left_out,
        totals=Totals(entries=len(of), chosen=len(chosen), kpis=kpis),
    )


def words(then: Content, now: Content) -> list[str]:
    return [str(change.message) for change in changes_since(then, now)]


def test_fields_of_an_entry_in_words() -> None:
    then = entry(tokens=60, overall_score=3.5, kpi_contributions={"gmv": 1000.0}, planned_period="2026-Q3")
    now = entry(
        tokens=80, overall_score=None, kpi_contributions={"retention": 0.01}, lifecycle_status="done", is_locked=True
    )
    assert words(content(then), content(now)) == [
        "INIT-000001 (Reorder) lifecycle_status: under_review → done",
        "INIT-000001 (Reorder) tokens: 60 → 80",
        "INIT-000001 (Reorder) overall_score: 3.5 → nothing",
        "INIT-000001 (Reorder) planned_period: 2026-Q3 → nothing",
        "INIT-000001 (Reorder) is_locked: no → yes",
        "INIT-000001 (Reorder) contributions.gmv: 1,000 → nothing",
        "INIT-000001 (Reorder) contributions.retention: nothing → 0.01",
    ]


def test_gates_then_and_now() -> None:
    passed = Verdict(gate="tokens_present", severity=GateSeverity.WARN, passed=True)
    failed = Verdict(
        gate="tokens_present", severity=GateSeverity.WARN, passed=False, message="engineering_tokens is blank"
    )
    then, now = (
        entry(gate_results=(passed,)),
        entry(gate_results=(failed,), gate_failures=("tokens_present (warn): …",)),
    )
    assert words(content(then), content(now)) == [
        "INIT-000001 (Reorder) gate tokens_present: passed, fails now: engineering_tokens is blank"
    ]
    assert words(content(now), content(then)) == ["INIT-000001 (Reorder) gate tokens_present: failed, passes now"]
    assert words(content(then), content(entry())) == [
        "INIT-000001 (Reorder) gate tokens_present: passed, is not asked now"
    ]


def test_entries_come_go_and_are_blocked() -> None:
    out = LeftOut(initiative_key="INIT-000001", title="Reorder", reasons=("tokens_present: is blank",))
    other = LeftOut(initiative_key="INIT-000002", title="Search", reasons=("max_risk_level: high",))
    cases = [
        (content(), content(entry()), Drifted.ENTERED, "is new on the roadmap"),
        (
            content(left_out=(out,)),
            content(entry()),
            Drifted.ENTERED,
            "was left out (tokens_present: is blank), and is ",
        ),
        (content(entry()), content(), Drifted.REMOVED, "is no longer on the roadmap"),
        (content(entry()), content(left_out=(out,)), Drifted.BLOCKED, "is left out now: tokens_present: is blank"),
        (content(), content(left_out=(other,)), Drifted.LEFT_OUT, "is new, and left out: max_risk_level: high"),
        (content(left_out=(other,)), content(), Drifted.LEFT_OUT, "was left out, and is no longer on the roadmap"),
    ]
    for then, now, kind, said in cases:
        [change] = changes_since(then, now)
        assert (change.kind, said in str(change.message)) == (kind, True), change.message


def test_the_roadmap_itself() -> None:
    then, now = content(entry()), content(entry(), period_key="2026-Q4", owner="Anna")
    assert words(then, now) == [
        "period_key of the roadmap: 2026-Q3 → 2026-Q4",
        "owner of the roadmap: nothing → Anna",
    ]
    strict = GateContent(gate="min_overall_score", severity=GateSeverity.BLOCK, parameter="3")
    assert words(then, content(entry(), gates=[strict.model_dump()])) == [
        "the gates of the policy: none → block min_overall_score 3"
    ]


def test_sums_then_and_now() -> None:
    then = content(entry("A", kpi_contributions={"gmv": 10.0}), entry("B", kpi_contributions={"gmv": 5.0, "nps": 1.0}))
    now = content(entry("A", kpi_contributions={"gmv": 12.0}))
    assert kpi_drift(then, now) == (KpiDrift("gmv", "GBP", 15, 12), KpiDrift("nps", "GBP", 1, 0))


TEXT = st.none() | st.sampled_from(["a", "b"])
NUMBER = st.none() | st.sampled_from([0.0, 1.0, 2.5])
VERDICTS = st.lists(
    st.builds(
        Verdict,
        gate=st.sampled_from(["g1", "g2"]),
        severity=st.sampled_from(GateSeverity),
        passed=st.booleans(),
        message=TEXT,
    ),
    max_size=2,
    unique_by=lambda verdict: verdict.gate,
).map(lambda found: tuple(sorted(found, key=lambda verdict: verdict.gate)))
ENTRIES = st.builds(
    Entry,
    initiative_key=st.sampled_from(["I1", "I2", "I3"]),
    title=st.sampled_from(["t", "u"]),
    lifecycle_status=st.sampled_from(["new", "done"]),
    department=TEXT,
    tokens=NUMBER,
    deadline_date=st.none() | st.just(dt.date(2026, 9, 1)),
    overall_score=NUMBER,
    kpi_contributions=st.dictionaries(st.sampled_from(["gmv", "nps"]), st.sampled_from([1.0, -2.0])),
    gate_status=st.sampled_from([GateStatus.ADMITTED, GateStatus.WAIVED]),
    gate_results=VERDICTS,
    gate_failures=st.lists(st.sampled_from(["x", "y"]), max_size=2).map(tuple),
    waiver=st.none() | st.just(Waiver(waived_by="Anna", reason="why")),
    priority_rank=NUMBER,
    planned_period=TEXT,
    is_locked=st.booleans(),
    selected=st.none() | st.booleans(),
)
LEFT_OUTS = st.builds(
    LeftOut,
    initiative_key=st.sampled_from(["I4", "I5"]),
    title=st.just("t"),
    reasons=st.lists(st.sampled_from(["x", "y"]), max_size=2).map(tuple),
)


@st.composite
def contents(draw: st.DrawFn) -> Content:
    of = draw(st.lists(ENTRIES, max_size=3, unique_by=lambda one: one.initiative_key))
    out = draw(st.lists(LEFT_OUTS, max_size=2, unique_by=lambda one: one.initiative_key))
    of.sort(key=lambda one: one.initiative_key)
    out.sort(key=lambda one: one.initiative_key)
    made = content(*of, left_out=tuple(out), owner=draw(TEXT))
    direction = draw(st.sampled_from(Direction))
    kpis = tuple(kpi.model_copy(update={"direction": direction}) for kpi in made.totals.kpis)
    return made.model_copy(update={"totals": made.totals.model_copy(update={"kpis": kpis})})


@given(contents(), contents())
def test_nothing_has_drifted_exactly_when_the_hash_is_equal(then: Content, now: Content) -> None:
    changes = changes_since(then, now)
    assert (not changes) == (content_hash(then) == content_hash(now))
    assert all(str(change.message) for change in changes)
    json.dumps(Drift("growth", 1, "Anna", "2026", changes, 0, 0, kpi_drift(then, now)).to_json())


@given(contents())
def test_content_survives_its_json(made: Content) -> None:
    back = Content.model_validate(json.loads(json.dumps(made.model_dump(mode="json"))))
    assert back == made
    assert content_hash(back) == content_hash(made)
    assert changes_since(made, back) == ()


# In the store


def published(house: House, name: str = "growth") -> None:
    with house.workspace.store.transaction() as session:
        publish(session, roadmap_named(session, name), "Anna", "test")


def drifted(house: House, name: str = "growth") -> tuple[DriftedValue, ...]:
    with house.workspace.store.transaction() as session:
        roadmap = roadmap_named(session, name)
        version = newest_version(roadmap)
        assert version is not None
        return drift_judged_now(session, roadmap, version).changes


def test_the_backlog_drifts_and_the_gates_judge_anew(house: House) -> None:
    put_kpis(house)
    keys = put_initiatives(
        house,
        {"title": "Reorder", "engineering_tokens": 60, "kpi_contribution_json": {"gmv": 100.0}},
        {"title": "Search", "engineering_tokens": 20},
        {"title": "Gifts", "engineering_tokens": 5},
    )
    put_gate(house, "strict", "tokens_present")
    put_roadmap(house, "growth", keys, gate_policy="strict")
    published(house)
    assert drifted(house) == ()
    change_initiative(house, keys[0], engineering_tokens=80.0, overall_score=2.0, kpi_contribution_json={"gmv": 90.0})
    change_initiative(house, keys[1], engineering_tokens=None)
    with house.workspace.store.transaction() as session:
        before = {key: (row.gate_status, row.updated_at) for key, row in entries(session, "growth").items()}
    assert [str(change.message) for change in drifted(house)] == [
        f"{keys[0]} (Reorder) tokens: 60 → 80",
        f"{keys[0]} (Reorder) overall_score: nothing → 2",
        f"{keys[0]} (Reorder) contributions.gmv: 100 → 90",
        f"{keys[1]} (Search) is left out now: tokens_present: engineering_tokens is blank",
    ]
    with house.workspace.store.transaction() as session:  # nothing of that judgement was kept
        after = {key: (row.gate_status, row.updated_at) for key, row in entries(session, "growth").items()}
    assert after == before


def test_the_row_of_a_published_roadmap_warns_of_drift(house: House) -> None:
    keys = put_initiatives(house, {"title": "Reorder", "engineering_tokens": 60}, {"title": "Search"})
    put_roadmap(house, "growth", keys[:1])
    published(house)
    with house.workspace.store.transaction() as session:
        roadmap = roadmap_named(session, "growth")
        assert standing_warnings(session) == {}
        put_entry(session, roadmap, keys[1], planned_period="2026-Q4")
        session.flush()
        judge_roadmap(session, roadmap, "test")
        [warning] = standing_warnings(session)["growth"]
    assert str(warning) == (
        f"drifted since growth@1 was published: {keys[1]} (Search) is new on the roadmap; roadwright drift shows all, "
        "pm.roadmap_publish makes version 2"
    )
    published(house)
    change_entry(house, "growth", keys[1], planned_period="2026-Q3")
    change_roadmap(house, "growth", owner="Ben")
    assert [str(change.message).split(") ")[-1] for change in drifted(house)] == [
        "planned_period: 2026-Q4 → 2026-Q3",
        "owner of the roadmap: nothing → Ben",
    ]


def test_an_entry_that_was_taken_off(house: House) -> None:
    keys = put_initiatives(house, {"title": "Reorder"})
    put_roadmap(house, "growth", keys)
    published(house)
    with house.workspace.store.transaction() as session:
        session.query(RoadmapEntry).delete()
    assert [change.kind for change in drifted(house)] == [Drifted.REMOVED]


def test_sums_beyond_all_numbers_stay_numbers() -> None:
    most = known_sum((1.7e308, 1.7e308))
    assert most == sys.float_info.max
    assert known_sum((most, -most)) == 0

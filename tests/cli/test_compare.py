"""`roadwright compare` and `roadwright drift`."""

from __future__ import annotations

import json
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from roadwright.cli.main import app
from tests.house import House
from tests.services.roadmaps.curated import change_entry, change_initiative, judge, put_roadmap

KEYS = ("INIT-000001", "INIT-000002", "INIT-000003")


def roadwright(house: House, *arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments, "-w", str(house.root)], env={"COLUMNS": "200"})


def told(house: House, *arguments: str) -> Any:
    result = roadwright(house, *arguments, "--json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def publish(house: House, name: str = "growth") -> None:
    house.done("pm.roadmap_publish", options=[f"roadmap_name={name}", "by=anna"])


def test_a_roadmap_a_version_and_a_run(house: House) -> None:
    put_roadmap(house, "growth", KEYS[:2])
    publish(house)
    put_roadmap(house, "core", KEYS[1:], period_key="2026-Q4")
    body = told(house, "compare", "growth", "CORE")
    assert [(one["key"], one["elsewhere"]) for one in body["in"]] == [(KEYS[2], "not on growth")]
    assert [one["key"] for one in body["out"]] == [KEYS[0]]
    assert body["tokens"] == {"a": 110, "b": 100, "change": -10}
    assert body["kpis"] == [{"kpi_key": "gmv", "unit": "GBP", "a": 115, "b": 107, "change": -8}]
    assert body["words"][0] == "core against growth: 1 came in, 1 went out, 0 changed, 1 stayed the same."
    change_initiative(house, KEYS[0], engineering_tokens=75.0)
    change_entry(house, "growth", KEYS[1], planned_period="2026-Q4")
    moved = told(house, "compare", "growth@1", "growth")["moved"]
    assert [(one["key"], [change["field"] for change in one["changes"]]) for one in moved] == [
        (KEYS[0], ["tokens"]),
        (KEYS[1], ["planned_period"]),
    ]
    body = told(house, "compare", "opt-1", "growth@v1")  # the run chose the second and third
    assert [(one["key"], one["elsewhere"]) for one in body["in"]] == [
        (KEYS[0], "a candidate of OPT-000001, but not selected")
    ]
    assert [(body[side]["kind"], body[side]["label"]) for side in "ab"] == [
        ("run", "OPT-000001"),
        ("version", "growth@1"),
    ]
    assert body["moved"] == []
    assert told(house, "compare", "OPT-000001", "OPT-000001")["equal"] is True


def test_in_words_and_tables(house: House) -> None:
    put_roadmap(house, "growth [1]", KEYS[:2])
    put_roadmap(house, "core", KEYS[1:])
    result = roadwright(house, "compare", "growth [1]", "core")
    lines = [line.split() for line in result.stdout.splitlines()]
    assert result.stdout.startswith("core against growth [1]: 1 came in, 1 went out, 0 changed, 1 stayed the same.\n")
    assert ["Came", "in"] in lines
    assert ["(none)", "2", "→", "2", "110", "→", "100", "-10"] in lines


def test_what_counts_as_in(house: House) -> None:
    put_roadmap(house, "growth", KEYS, source="filter", source_ref="title is not empty")
    put_roadmap(house, "core", KEYS)
    assert told(house, "compare", "growth", "core")["equal"] is True  # nothing was chosen yet, so all are in
    change_entry(house, "growth", KEYS[0], selected=True)
    change_entry(house, "growth", KEYS[1], selected=False)
    body = told(house, "compare", "growth", "core")
    assert [(one["key"], one["elsewhere"]) for one in body["in"]] == [
        (KEYS[1], "on growth, but not selected"),
        (KEYS[2], "on growth, but not selected"),
    ]
    change_entry(house, "core", KEYS[2], gate_status="blocked", gate_failures=["max_risk_level: high"])
    change_entry(house, "core", KEYS[1], gate_status=None)
    body = told(house, "compare", "core", "growth")
    assert (body["in"], body["out"], body["a"]["looked_at"], body["a"]["chosen"]) == ([], [], 3, 1)


def test_names_with_an_at(house: House) -> None:
    put_roadmap(house, "team@home", KEYS[:1])
    put_roadmap(house, "team@home@1", KEYS[1:2])
    publish(house, "team@home")
    change_initiative(house, KEYS[0], engineering_tokens=1.0)
    kinds = [told(house, "compare", name, name)["a"] for name in ("team@home", "team@home@1", "team@home@v1")]
    assert [(one["kind"], one["label"]) for one in kinds] == [
        ("roadmap", "team@home"),
        ("roadmap", "team@home@1"),
        ("version", "team@home@1"),
    ]


def test_what_there_is_not_is_exit_2(house: House) -> None:
    assert "there are no roadmaps yet" in roadwright(house, "compare", "growth", "core").stderr
    put_roadmap(house, "growth", KEYS)
    publish(house)
    put_roadmap(house, "core", KEYS, status="draft")
    for name, said in {
        "grwoth": 'there is no roadmap "grwoth" (did you mean growth?); the roadmaps are growth, core',
        "grwoth@1": 'there is no roadmap "grwoth" (did you mean growth?)',
        "growth@7": 'there is no version "growth@7" (did you mean growth@1?); the versions are growth@1',
        "core@1": 'there is no version "core@1"; it was never published',
        "OPT-000099": "there is no run OPT-000099; the runs are OPT-000001",
        "core@": 'there is no roadmap "core@" (did you mean core?)',
    }.items():
        result = roadwright(house, "compare", "growth", name)
        assert (result.exit_code, result.stdout) == (2, ""), name
        assert said in result.stderr
    for name, said in {"grwoth": "did you mean growth?", "core": "was never published", "growth@2": "growth@1"}.items():
        result = roadwright(house, "drift", name)
        assert (result.exit_code, result.stdout) == (2, ""), name
        assert said in result.stderr


def test_drift_of_the_newest_and_of_an_older_version(house: House) -> None:
    put_roadmap(house, "growth", KEYS)
    publish(house)
    assert "growth@1, published" in roadwright(house, "drift", "growth").stdout
    assert "nothing has drifted." in roadwright(house, "drift", "growth").stdout
    change_initiative(house, KEYS[0], engineering_tokens=75.0)
    publish(house)
    change_initiative(house, KEYS[1], lifecycle_status="done")
    newest, oldest = told(house, "drift", "growth"), told(house, "drift", "growth@1")
    assert [(one["version"], [change["field"] for change in one["changes"]]) for one in (newest, oldest)] == [
        (2, ["lifecycle_status"]),
        (1, ["tokens", "lifecycle_status"]),
    ]
    assert oldest["tokens"] == {"then": 160, "now": 175, "change": 15}
    assert (oldest["drifted"], oldest["published_by"]) == (True, "anna")
    shown = roadwright(house, "drift", "growth@1").stdout
    assert "2 changes since." in shown
    assert "Tokens of what is chosen: 160 → 175 (+15)" in shown
    assert f"{KEYS[0]} (Idea 0) tokens: 60 → 75" in shown or f"{KEYS[0]} (Idea 1) tokens: 60 → 75" in shown


def test_drift_where_the_policy_is_gone_is_exit_1(house: House) -> None:
    put_roadmap(house, "growth", KEYS)
    publish(house)
    judge(house, "growth")
    with house.workspace.store.transaction() as session:
        from tests.services.roadmaps.curated import roadmap_named

        roadmap_named(session, "growth").gate_policy = "gone"
    result = roadwright(house, "drift", "growth")
    assert result.exit_code == 1
    assert 'there is no policy "gone"' in result.stderr


def test_doctor_lists_capacity_that_is_promised_twice(house: House) -> None:
    assert "roadmaps" not in roadwright(house, "doctor").stdout
    put_roadmap(house, "growth", KEYS[:1])
    assert "roadmaps: 1, no capacity is promised twice" in roadwright(house, "doctor").stdout
    put_roadmap(house, "core", KEYS[:1])
    result = roadwright(house, "doctor")
    assert result.exit_code == 0
    assert "roadmaps: 2, with capacity that is promised twice: INIT-000001" in result.stdout
    assert 'is selected on both "growth" and "core" in 2026-Q3' in result.stdout.replace("\n", " ")


@pytest.mark.parametrize("width", [60, 80, 110])
def test_many_reasons_are_told_briefly_and_whole_in_json(house: House, width: int) -> None:
    put_roadmap(house, "growth", KEYS)
    put_roadmap(house, "core", KEYS)
    reasons = [f"max_risk_level: reason {number} with words" for number in range(1, 7)]
    change_entry(house, "core", KEYS[1], gate_status="blocked", gate_failures=reasons)
    command = ["compare", "growth", "core", "-w", str(house.root)]
    shown = CliRunner().invoke(app, command, env={"COLUMNS": str(width)}).stdout
    told_there = " ".join(shown.split("Went out")[1].split("By department")[0].split())
    assert "reason 1 with words (and 5 more)" in told_there
    assert "reason 2" not in told_there
    assert KEYS[1] in told_there
    assert all(len(line) <= width for line in shown.splitlines())
    [out] = told(house, "compare", "growth", "core")["out"]
    assert out["elsewhere"] == f"left out of core: {'; '.join(reasons)}"

"""How actions end: status, exit code, and the first line, which says the worst thing first."""

from __future__ import annotations

import json

import pytest

from roadwright.actions import ledger
from roadwright.actions.contract import Answer
from roadwright.cli.endings import ending
from roadwright.domain.exit_codes import ExitCode
from roadwright.domain.messages import Message
from roadwright.services.rows.notes import level_of
from roadwright.sync.reports import RowReport, TabReport
from tests.actions.company import constrain
from tests.cli.test_actions import as_json, roadwright, run
from tests.house import House


def answer_of(house: House, *statuses: str, saved: int = 0) -> Answer:
    place = house.place("Backlog")
    rows = [RowReport("Backlog", n, "", text, level_of(text)) for n, text in enumerate(statuses, 2)]
    return Answer(tabs=[TabReport(place, rows, saved=saved)])


def test_some_rows_failed_is_partial_and_exit_0_or_4(house: House) -> None:
    house.type_new("Backlog", {"country": "UK"})
    result = run(house, "pm.save_selected", "--tab", "Backlog")
    assert result.exit_code == 0
    first, *_ = result.stdout.splitlines()
    assert first == "partial: 1 of 4 rows FAILED, nothing was saved  pm.save_selected  ACT-000006"
    strict = run(house, "pm.save_selected", "--tab", "Backlog", "--strict", "--json")
    assert (strict.exit_code, as_json(strict)["status"]) == (4, "partial")
    assert [one.status for one in ledger.runs(house.workspace.store, 2)] == ["partial", "partial"]


def test_without_failed_rows_strict_changes_nothing(house: House) -> None:
    result = run(house, "pm.save_selected", "--tab", "Backlog", "--strict")
    assert result.exit_code == 0
    assert result.stdout.startswith("success  pm.save_selected")


@pytest.mark.parametrize("more", [(), ("--strict",)])
def test_every_row_failed_and_nothing_saved_is_failed_and_exit_1(house: House, more: tuple[str, ...]) -> None:
    house.type_new("Backlog", {"country": "UK"}, {"country": "FR", "risk_level": "some"})
    result = run(house, "pm.save_selected", "--tab", "Backlog", "--select", "5,6", *more)
    assert result.exit_code == 1
    assert result.stdout.startswith("failed: 2 of 2 rows FAILED, nothing was saved  pm.save_selected")
    [stored] = ledger.runs(house.workspace.store, 1)
    assert (stored.status, (stored.summary_json or {})["failed"]) == ("failed", 2)


def test_what_counts_as_saved(house: House) -> None:
    bad = "FAILED: title: is empty"
    assert ledger.status_of(answer_of(house, bad, bad)) == "failed"
    assert ledger.status_of(answer_of(house, bad, bad, saved=1)) == "partial"
    assert ledger.status_of(answer_of(house, bad, "SKIPPED: deleted")) == "partial"
    assert ledger.status_of(answer_of(house, "CONFLICT: title", "OK")) == "success"
    assert ledger.status_of(answer_of(house)) == "success"
    pending = answer_of(house, "OK")
    pending.problems.append(Message("space_not_given_back", params={"why": "it is full"}))
    assert ledger.status_of(pending) == "failed"


def test_an_answered_question_stays_a_success(house: House) -> None:
    answer = answer_of(house, "FAILED: unit: is empty")
    answer.exit_code = ExitCode.INFEASIBLE
    assert ledger.status_of(answer) == "success"


def test_an_infeasible_run_is_shown_as_infeasible_everywhere(house: House) -> None:
    for key in ("INIT-000001", "INIT-000002"):
        constrain(house, "mandatory", key, reason="law")
    result = run(house, "pm.optimize_run_all_candidates")
    assert result.exit_code == 3
    assert result.stdout.startswith("infeasible  pm.optimize_run_all_candidates  ACT-000006  OPT-000002")
    assert "success" not in result.stdout
    [stored] = ledger.runs(house.workspace.store, 1)
    assert stored.status == "success"
    listed = roadwright("runs", "-w", str(house.root), "-n", "1")
    assert "infeasible" in listed.stdout
    assert "success" not in listed.stdout
    facts = roadwright("runs", "ACT-000006", "-w", str(house.root))
    assert "status: infeasible" in facts.stdout
    told = json.loads(roadwright("runs", "ACT-000006", "-w", str(house.root), "--json").stdout)
    assert told["status"] == "success"


@pytest.mark.parametrize(
    ("status", "summary", "text"),
    [
        ("success", {"selected": 3, "failed": 0, "conflicts": 0}, "success"),
        ("success", {"selected": 1200, "conflicts": 2, "saved": 5}, "conflict: 2 of 1,200 rows in CONFLICT"),
        ("partial", {"selected": 45, "failed": 41}, "partial: 41 of 45 rows FAILED, nothing was saved"),
        (
            "partial",
            {"selected": 4, "failed": 1, "conflicts": 2, "saved": 1},
            "partial: 1 of 4 rows FAILED, 2 in CONFLICT",
        ),
        ("failed", {"selected": 1, "failed": 1}, "failed: 1 of 1 row FAILED, nothing was saved"),
        ("failed", {}, "failed"),
        ("cancelled", {"selected": 4, "failed": 1}, "cancelled"),
        ("success", {"optimization_status": "infeasible"}, "infeasible"),
        ("success", {"optimization_status": "optimal"}, "success"),
        ("failed", {"optimization_status": "invalid", "selected": 5, "failed": 1}, "failed"),
    ],
)
def test_the_worst_is_said_first(status: str, summary: dict[str, object], text: str) -> None:
    assert ending(status, summary).text == text

"""Activation in batches: each batch is one commit, and stopping half-way loses nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from roadwright.actions.runner import run_action
from roadwright.actions.submit import ActionRequest
from roadwright.services.scoring.activate import activate_in_batches, active_scores
from roadwright.store.models import InitiativeScore
from roadwright.workspace.workspace import open_workspace
from tests.actions.company import add_initiatives, stored, type_by_key
from tests.house import Cells, House, make_house

INPUTS: Cells = {
    "rice_reach": 10,
    "rice_impact": 1,
    "rice_confidence": 1,
    "rice_effort": 2,
    "wsjf_business_value": 3,
    "wsjf_time_criticality": 0,
    "wsjf_risk_reduction": 0,
    "wsjf_job_size": 1,
    "active_scoring_framework": "RICE",
}


def scored(house: House, count: int) -> list[str]:
    keys = add_initiatives(house, *({} for _ in range(count)))
    house.done("pm.populate_initiatives")
    type_by_key(house, "Scoring_Inputs", dict.fromkeys(keys, INPUTS))
    house.done("pm.score_selected")
    type_by_key(house, "Scoring_Inputs", {key: {"active_scoring_framework": "WSJF"} for key in keys})
    return keys


def steps(house: House, *options: str) -> list[tuple[int | None, int | None]]:
    """How far a switch says it is, batch after batch."""
    told: list[tuple[int | None, int | None]] = []

    def report(message: str, done: int | None = None, total: int | None = None) -> None:
        if message.startswith("activating"):
            told.append((done, total))

    outcome = run_action(
        house.workspace, ActionRequest("pm.switch_framework", options=options), requested_by="test", report=report
    )
    assert outcome.exit_code == 0
    return told


def overall(house: House, keys: list[str]) -> list[float | None]:
    return [stored(house, key).overall_score for key in keys]


@pytest.fixture
def small_batches(tmp_path: Path) -> Iterator[House]:
    """A workspace whose settings ask for batches of three."""
    root = tmp_path / "workspace"
    made = make_house(root, f"sqlite:///{tmp_path / 'test.db'}")
    made.workspace.close()
    settings = root / "roadwright.toml"
    settings.write_text("activating_batch = 3\n" + settings.read_text(encoding="utf-8"), encoding="utf-8")
    reopened = House(open_workspace(root))
    yield reopened
    reopened.workspace.close()


def test_the_setting_says_how_many_go_into_a_batch_and_the_option_wins(small_batches: House) -> None:
    keys = scored(small_batches, 7)
    assert overall(small_batches, keys) == [5.0] * 7
    assert steps(small_batches) == [(3, 7), (6, 7), (7, 7)]
    assert overall(small_batches, keys) == [3.0] * 7
    assert steps(small_batches, "activating_batch=5") == [(5, 7), (7, 7)]


def test_what_was_committed_before_a_stop_stays_and_the_next_run_completes_it(house: House) -> None:
    keys = scored(house, 5)
    house.done("pm.save_selected", tab="Scoring_Inputs")

    def stop_after_two(done: int, total: int) -> None:
        if done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        activate_in_batches(house.workspace.store, keys, 2, "test", stop_after_two)
    assert overall(house, keys) == [3.0, 3.0, 3.0, 3.0, 5.0]
    marks = [stored(house, key).updated_at for key in keys[:4]]
    assert activate_in_batches(house.workspace.store, [*reversed(keys), keys[0]], 2, "test", lambda *_: None) == {}
    assert overall(house, keys) == [3.0] * 5
    assert [stored(house, key).updated_at for key in keys[:4]] == marks, "what was right already is not touched"


def test_initiatives_without_a_score_are_named(house: House) -> None:
    keys = scored(house, 2)
    [bare] = add_initiatives(house, {"active_scoring_framework": "RICE"})
    warnings = activate_in_batches(house.workspace.store, [*keys, bare], 100, "test", lambda *_: None)
    assert list(warnings) == [bare]
    assert (warnings[bare].code, warnings[bare].params["framework"]) == ("no_score_to_activate", "RICE")


@pytest.mark.parametrize(
    ("overall", "coefficient", "active"),
    [(0.7, 3, 2.1), (0.1, 1.1, 0.11), (1 / 3, 3, 1.0), (2 / 3, 1.5, 1.0), (0.7 + 0.1, 1, 0.8), (1e308, 10, None)],
)
def test_the_active_score_is_rounded_and_what_it_is_made_of_is_not(
    overall: float, coefficient: float, active: float | None
) -> None:
    assert active_scores(InitiativeScore(value=overall, effort=1.0, overall=overall), coefficient)[2] == active

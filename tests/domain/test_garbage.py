"""Python's collector of garbage is paused while very much is made, and goes on as before."""

from __future__ import annotations

import gc

import pytest

from roadwright.domain import garbage
from roadwright.domain.garbage import keep_loaded, paused_collections


@pytest.fixture(autouse=True)
def _collecting() -> None:
    gc.enable()


def test_nothing_is_collected_inside_and_afterwards_it_goes_on() -> None:
    with paused_collections():
        assert not gc.isenabled()
        made = [[place] for place in range(100_000)]
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0
    assert len(gc.get_objects(generation=0)) < len(made) // 2  # what was made counts as old


def test_what_was_off_stays_off() -> None:
    gc.disable()
    with paused_collections():
        pass
    assert not gc.isenabled()


def test_what_a_server_keeps_is_never_looked_through_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(garbage, "_kept", False)
    keep_loaded()
    try:
        with paused_collections():
            pass
        assert gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()

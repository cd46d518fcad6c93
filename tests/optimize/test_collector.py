"""Python's collector of garbage is paused while a large problem is read and built, and goes on as before."""

from __future__ import annotations

import gc

import pytest

from roadwright.domain.garbage import paused_collections


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


def test_what_was_off_stays_off_and_what_is_frozen_stays_frozen() -> None:
    gc.disable()
    with paused_collections():
        pass
    assert not gc.isenabled()
    gc.enable()
    gc.freeze()
    try:
        with paused_collections():
            pass
        assert gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()

"""The optimizer: speed as ratios against named peers, and known answers."""

from __future__ import annotations

from benchmarks import building, conflicts, known_answers, main_solve, what_if


def main() -> None:
    for part in (main_solve, building, what_if, conflicts, known_answers):
        part.main()

"""run_status: what an action says of a row, in the user's words."""

from __future__ import annotations

from dataclasses import dataclass, field

from roadwright.domain.provenance import Level

__all__ = ["Level", "Notes", "level_of"]

_LONGEST = 8_000
"""Characters of a run_status: more than anyone reads, and fewer than a cell holds, whatever the row's cells held."""


@dataclass
class Notes:
    """What there is to say of one row. ``notices`` leave the row OK; they go into the run's answer only."""

    failed: list[str] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    def _worst_first(self) -> tuple[tuple[Level, list[str]], ...]:
        return (
            (Level.FAILED, self.failed),
            (Level.CONFLICT, self.conflicts),
            (Level.WARNING, self.warnings),
            (Level.SKIPPED, self.skipped),
        )

    @property
    def _is_ok(self) -> bool:
        return not (self.failed or self.conflicts or self.warnings or self.skipped)

    @property
    def level(self) -> Level:
        if self._is_ok:  # most rows, asked several times each
            return Level.OK
        return next((level for level, found in self._worst_first() if found), Level.OK)

    @property
    def text(self) -> str:
        """The row's run_status: the worst first, e.g. ``FAILED: rice_impact: 5 is out of range; …``."""
        if self._is_ok:
            return str(Level.OK)
        parts = [f"{level}: {'; '.join(dict.fromkeys(found))}" for level, found in self._worst_first() if found]
        text = " · ".join(parts)
        return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"

    @property
    def reason(self) -> str:
        """The same to be told as the reason of something else: without FAILED at its beginning."""
        return self.text.removeprefix(f"{Level.FAILED}: ")

    def add(self, other: Notes) -> None:
        """Say everything of ``other`` too."""
        for mine, theirs in (
            (self.failed, other.failed),
            (self.conflicts, other.conflicts),
            (self.warnings, other.warnings),
            (self.skipped, other.skipped),
            (self.notices, other.notices),
        ):
            mine.extend(message for message in theirs if message not in mine)


def level_of(run_status: str) -> Level:
    """The level that a run_status begins with."""
    return next((level for level in Level if run_status.startswith(level)), Level.OK)

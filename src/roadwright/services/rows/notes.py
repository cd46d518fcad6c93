"""What an action says of a row: its messages, and the run_status that they make."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from roadwright.domain.messages import Level, Message

_LONGEST = 8_000
"""Characters of a run_status: more than anyone reads, and fewer than a cell holds, whatever the row's cells held."""
_JOINT = " · "
_WORST_FIRST = (Level.FAILED, Level.CONFLICT, Level.WARNING, Level.SKIPPED)


@dataclass
class Notes:
    """What there is to say of one row. Messages that are OK are notices: they go into the run's answer only."""

    messages: list[Message] = field(default_factory=list)
    of_cells: list[Message] = field(default_factory=list)
    """Those that fail a cell and leave the rest of the row as it is."""
    rest: Message | None = None
    """Of a row with a failed cell, what became of its other cells."""
    readings: list[Message] = field(default_factory=list)
    """How cells were read that were typed in another form than their value's own: said behind all else."""

    def understand(self, column: str, said: Message | None) -> None:
        """Say how a cell was read, where there is anything to say of it."""
        if said is not None and (message := said.about(column)) not in self.readings:
            self.readings.append(message)

    def add(self, *messages: Message) -> None:
        """Say these too, each once."""
        self.messages.extend(message for message in messages if message not in self.messages)

    def say(self, severity: Level, code: str, column: str | None = None, **params: object) -> None:
        self.add(Message(code, severity, column, params))

    def fail(self, code: str, column: str | None = None, **params: object) -> None:
        self.say(Level.FAILED, code, column, **params)

    def fail_cell(self, *messages: Message) -> None:
        """Say of cells that what stands there can't be saved, whatever becomes of the rest of the row."""
        self.of_cells.extend(messages)
        self.add(*messages)

    def warn(self, code: str, column: str | None = None, **params: object) -> None:
        self.say(Level.WARNING, code, column, **params)

    def skip(self, code: str, column: str | None = None, **params: object) -> None:
        self.say(Level.SKIPPED, code, column, **params)

    def notice(self, code: str, column: str | None = None, **params: object) -> None:
        self.say(Level.OK, code, column, **params)

    def of(self, severity: Level) -> list[Message]:
        """The messages of this severity."""
        return [message for message in self.messages if message.severity is severity]

    def take_back(self, code: str) -> None:
        """Leave out what is said under this code."""
        self.messages = [message for message in self.messages if message.code != code]

    @property
    def has_failed(self) -> bool:
        return self.level is Level.FAILED

    @property
    def level(self) -> Level:
        if not self.messages:  # most rows, asked several times each
            return Level.OK
        said = {message.severity for message in self.messages}
        return next((level for level in _WORST_FIRST if level in said), Level.OK)

    @property
    def notices(self) -> list[str]:
        return [str(message) for message in self.of(Level.OK)]

    @property
    def text(self) -> str:
        """The row's run_status: the worst first, e.g. ``FAILED: rice_impact: 5 is out of range; …``."""
        text = self._told(str)
        return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"

    @property
    def words(self) -> str:
        """The same, whole and without the hints for people at a sheet."""
        return self._told(lambda message: message.words)

    def _told(self, words_of: Callable[[Message], str]) -> str:
        if not self.messages and not self.readings:  # most rows, asked several times each
            return str(Level.OK)

        def joined(messages: Iterable[Message]) -> str:
            return "; ".join(dict.fromkeys(map(words_of, messages)))

        parts = [f"{level}: {joined(found)}" for level in _WORST_FIRST if (found := self.of(level))]
        if self.rest is not None and self.has_failed:
            parts[0] = f"{parts[0]} ({self.rest})"
        if self.readings:
            parts.append(f"{Level.OK}: {joined(self.readings)}")
        return _JOINT.join(parts) or str(Level.OK)

    @property
    def reason(self) -> str:
        """The same to be told as the reason of something else: without FAILED at its beginning."""
        return self.text.removeprefix(f"{Level.FAILED}: ")


def says_before(run_status: str, text: str) -> bool:
    """Whether a row's status says this and, behind it, how its cells were read when somebody typed them."""
    if text == Level.OK:
        return run_status.startswith(f"{Level.OK}: ")
    return run_status.startswith(f"{text}{_JOINT}{Level.OK}: ")


def with_readings_of(run_status: str, text: str) -> str:
    """The text, and behind it what a row's status says of how its cells were read."""
    told = f"{Level.OK}: "
    if run_status.startswith(told):
        readings = run_status.removeprefix(told)
    else:
        _, found, readings = run_status.rpartition(f"{_JOINT}{told}")
        if not found:
            return text
    joined = f"{told}{readings}" if text == Level.OK else f"{text}{_JOINT}{told}{readings}"
    return joined if len(joined) <= _LONGEST else text


def level_of(run_status: str) -> Level:
    """The level that a run_status begins with."""
    return next((level for level in Level if run_status.startswith(level)), Level.OK)

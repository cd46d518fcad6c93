"""What can come next in a filter: at any place of its text, from the grammar that reads it.

``slot_at`` tells what stands at the caret: a field, an operator, a value of a field, a word that joins. `completions`
lists what would fit there, given the values that a field has; a caller fetches these only where they are asked for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from lark import Token, Tree
from lark.exceptions import UnexpectedInput

from roadwright.domain.filters.fields import Field, FieldKind, find_field
from roadwright.domain.filters.grammar import parser
from roadwright.domain.filters.parse import accepted_operators
from roadwright.domain.filters.tree import value_text
from roadwright.domain.text import folded, normalised

MOST = 8
"""So many completions are offered at once."""
_OPENED = re.compile("""'(?:[^']|'')*$|"(?:[^"]|"")*$""")
_QUOTED = re.compile("""'(?:[^']|'')*'|"(?:[^"]|"")*\"""")
_WORD_END = re.compile(r"""[^\s()=!<>,'"]+$""")
_END = "$END"
_SIGN_END = re.compile("[=!<>]+$")


class Expected(StrEnum):
    """What can stand at a place of a filter."""

    FIELD = "field"
    OPERATOR = "operator"
    VALUE = "value"
    JOINT = "joint"
    """``and``, ``or``, a comma, a closing bracket."""


@dataclass(frozen=True)
class Slot:
    """What is expected at the caret, and what is typed of it already."""

    expected: Expected
    start: int
    """Where what is typed begins: a completion replaces the text from here to the caret."""
    typed: str
    field: Field | None = None
    """The one that is compared, where an operator or a value is expected."""
    words: tuple[str, ...] = ()
    """The language's own words and signs that can stand there."""
    gap: str = ""
    """What has to stand before a completion: a blank behind a word that ends at the caret."""
    then: Slot | None = None
    """What is expected behind the typed piece, where it may be whole and the text can't end with it."""


@dataclass(frozen=True)
class Completion:
    """Something that fits: what is shown, and what replaces the text from ``start`` to the caret."""

    shown: str
    text: str
    start: int
    is_field: bool = False


def slot_at(text: str, caret: int, fields: Mapping[str, Field]) -> Slot | None:
    """What is expected at the caret; None where the text before it can't be gone on with."""
    before = text[:caret]
    start = _start_of_piece(before)
    head, piece = before[:start], before[start:]
    allowed, stack = _parsed(head)
    if allowed is None:
        return None
    slot = _slot(allowed, stack, start, piece, fields)
    if slot is None or not (slot.expected is Expected.VALUE or folded(piece) in slot.words):
        return slot
    return replace(slot, then=_slot_behind(before, piece, fields))


def _slot_behind(before: str, piece: str, fields: Mapping[str, Field]) -> Slot | None:
    """What is expected behind a piece that ends at the caret; None where the text may end there."""
    if not piece:
        return None
    allowed, stack = _parsed(before)
    if allowed is None or _END in allowed:
        return None
    slot = _slot(allowed, stack, len(before), "", fields)
    return None if slot is None else replace(slot, gap=" ")


def _start_of_piece(before: str) -> int:
    """Where the piece begins that the caret stands at the end of: a word, a sign, or a text whose quote is open."""
    place = 0
    while (quoted := _QUOTED.search(before, place)) is not None:
        place = quoted.end()
    opened = _OPENED.search(before, place)
    if opened is not None:
        return opened.start()
    found = _WORD_END.search(before) or _SIGN_END.search(before)
    return found.start() if found is not None else len(before)


def _parsed(head: str) -> tuple[set[str] | None, Sequence[object]]:
    """What the grammar allows behind this text, and what it has read."""
    reading = parser().parse_interactive(head)
    try:
        reading.exhaust_lexer()
    except UnexpectedInput:
        return None, ()
    accepted = reading.accepts()  # type: ignore[no-untyped-call]
    return set(accepted), list(reading.parser_state.value_stack)


def _slot(  # noqa: PLR0911 - one for each kind of place
    allowed: set[str], stack: Sequence[object], start: int, piece: str, fields: Mapping[str, Field]
) -> Slot | None:
    if "OPERATOR" in allowed:  # a field was named
        field = find_field(fields, " ".join(_names_at_end(stack)))
        if field is None:
            return None
        operators = (*accepted_operators(field), "in (", "not in (", "is empty", "is not empty")
        return Slot(Expected.OPERATOR, start, piece, field, operators)
    if "NOT" in allowed and "WORD" in allowed:
        return Slot(Expected.FIELD, start, piece, words=("not",))
    if "WORD" in allowed:
        field = _field_compared(stack, fields)
        return None if field is None else Slot(Expected.VALUE, start, piece, field)
    if "_EMPTY" in allowed:
        return Slot(Expected.OPERATOR, start, piece, words=("empty", "not empty") if "NOT" in allowed else ("empty",))
    if allowed <= {"IN", "_LEFT"}:
        return Slot(Expected.OPERATOR, start, piece, words=("in (" if "IN" in allowed else "(",))
    joints = {"_AND": "and", "_OR": "or", "_COMMA": ",", "_RIGHT": ")"}
    return Slot(Expected.JOINT, start, piece, words=tuple(word for name, word in joints.items() if name in allowed))


def _names_at_end(stack: Sequence[object]) -> list[str]:
    """The words of the field that ends what was read."""
    names: list[str] = []
    for one in reversed(stack):
        if isinstance(one, Token) and one.type in ("WORD", "QUOTED"):
            names.append(_bare(str(one)))
        elif isinstance(one, Tree) and str(one.data).startswith("__field"):
            names += [_bare(str(part)) for part in reversed(one.children)]
        else:
            break
    return names[::-1]


def _field_compared(stack: Sequence[object], fields: Mapping[str, Field]) -> Field | None:
    trees = [one for one in stack if isinstance(one, Tree) and one.data == "field"]
    return find_field(fields, " ".join(_bare(str(part)) for part in trees[-1].children)) if trees else None


def _bare(piece: str) -> str:
    """A piece without its quotes, also where the last one is still to be typed."""
    if piece[:1] not in ("'", '"'):
        return piece
    quote = piece[0]
    inner = piece[1:-1] if len(piece) > 1 and piece.endswith(quote) else piece[1:]
    return inner.replace(quote * 2, quote)


def values_needed(slot: Slot | None) -> Field | None:
    """The field whose values in use are to be found, where they are not said by its kind."""
    if slot is not None and slot.then is not None and slot.expected is Expected.OPERATOR:
        return values_needed(slot.then)
    if slot is None or slot.expected is not Expected.VALUE or slot.field is None:
        return None
    return None if slot.field.kind in (FieldKind.CHOICE, FieldKind.BOOLEAN) else slot.field


def completions(slot: Slot | None, fields: Mapping[str, Field], in_use: Sequence[str] = ()) -> list[Completion]:
    """What fits, what begins with the typed text first. ``in_use`` are the values of the field that is compared."""
    if slot is None:
        return []
    if slot.expected is Expected.FIELD:
        return _of_fields(slot, fields)
    found = _of_values(slot, in_use) if slot.expected is Expected.VALUE else _of_words(slot)
    if slot.then is not None and (not found or slot.expected is Expected.OPERATOR):  # > is whole, and begins >=
        found += completions(slot.then, fields, in_use)
    return found


def _of_words(slot: Slot) -> list[Completion]:
    typed = folded(slot.typed)
    fitting = [word for word in slot.words if word.startswith(typed) and word != typed]
    return [
        Completion(word, f"{slot.gap if word.isalpha() else ''}{word}{'' if word.endswith('(') else ' '}", slot.start)
        for word in fitting
    ][:12]


def _of_fields(slot: Slot, fields: Mapping[str, Field]) -> list[Completion]:
    wanted = normalised(slot.typed)
    ranked = []
    for place, field in enumerate(fields.values()):
        names = [normalised(name) for name in (field.name, *field.aliases)]
        if any(wanted in name for name in names):
            ranked.append((not any(name.startswith(wanted) for name in names), place, field.name))
    found = [
        Completion(name, f"{slot.gap}{value_text(name)} ", slot.start, is_field=True) for _, _, name in sorted(ranked)
    ]
    words = [Completion(word, f"{word} ", slot.start) for word in slot.words if slot.typed and word.startswith(wanted)]
    return [*found[:MOST], *words]


def _of_values(slot: Slot, in_use: Sequence[str]) -> list[Completion]:
    assert slot.field is not None
    wanted = folded(_bare(slot.typed))
    values = slot.field.choices if slot.field.kind is FieldKind.CHOICE else in_use
    if slot.field.kind is FieldKind.BOOLEAN:
        values = ("TRUE", "FALSE")
    ranked = [
        (not folded(value).startswith(wanted), place, value)
        for place, value in enumerate(values)
        if wanted in folded(value)
    ]
    is_quoted = slot.typed.startswith(("'", '"'))
    if len(ranked) == 1 and folded(ranked[0][2]) == wanted and not is_quoted:
        return []  # it is typed already
    if not ranked and is_quoted and wanted:  # no value in use: what is left to type is the quote
        ranked = [(True, 0, _bare(slot.typed))]
    return [Completion(value, f"{slot.gap}{value_text(value)} ", slot.start) for _, _, value in sorted(ranked)[:MOST]]

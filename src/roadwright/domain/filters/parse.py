"""Reading a filter: text to tree, with every field and value checked, and what makes no sense for a field refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from lark import Token, Tree, UnexpectedInput

from roadwright.domain.filters.errors import (
    OPERATORS,
    TYPOGRAPHIC,
    FilterError,
    complaint,
    cut,
    straight_quotes,
    unknown_field,
)
from roadwright.domain.filters.fields import LISTS, Field, FieldKind, find_field
from roadwright.domain.filters.grammar import KEYWORDS, parser
from roadwright.domain.filters.tree import (
    ORDERING,
    Comparison,
    Emptiness,
    Every,
    Filter,
    Membership,
    Not,
    Operator,
    Some,
    Value,
)
from roadwright.domain.messages import Message, MessageError
from roadwright.domain.periods import days_of
from roadwright.domain.shown import UNSTORABLE

MAX_CHARACTERS = 30_000
"""Nearly as many as a cell holds."""
MAX_DEPTH = 30
"""How deep not, and, or may be nested; brackets around brackets do not count."""
MAX_COMPARISONS = 200
"""No database compares more than some hundreds of things in one question."""

_MEANT = {"==": "=", "===": "=", "<>": "!=", "!==": "!=", "=>": ">=", "=<": "<=", "!": "!=", "><": "!="}

_Node = Tree[Token]


def parse_filter(text: str, fields: Mapping[str, Field]) -> Filter:
    """Read a filter of rows with these fields. Raises FilterError."""
    _refuse_unreadable(text)
    try:
        tree: _Node = parser().parse(text)
    except UnexpectedInput as error:
        raise complaint(error, text, fields) from None
    _refuse_endless(tree, text)
    return _Reader(text, fields).read(tree)


def _refuse_unreadable(text: str) -> None:
    if len(text) > MAX_CHARACTERS:
        raise FilterError(text, MAX_CHARACTERS, "filter_too_long", characters=len(text), most=MAX_CHARACTERS)
    if (bad := UNSTORABLE.search(text)) is not None:
        raise FilterError(text, bad.start(), "filter_character", character=ord(bad[0]))


def _refuse_endless(tree: _Node, text: str) -> None:
    """Refuse what is nested too deeply or compares too much. In a loop, because it may be very deep."""
    comparisons = 0
    ahead: list[tuple[_Node, int]] = [(tree, 1)]
    while ahead:
        node, depth = ahead.pop()
        if depth > MAX_DEPTH:
            raise FilterError(text, _first(node), "filter_too_deep", most=MAX_DEPTH)
        if node.data not in ("either", "both", "negation"):
            comparisons += 1
            if comparisons > MAX_COMPARISONS:
                raise FilterError(text, 0, "filter_too_many", most=MAX_COMPARISONS)
            continue
        ahead.extend((part, depth + 1) for part in reversed(node.children) if isinstance(part, Tree))


def _first(node: _Node) -> int:
    """Where a part of the tree begins in the text."""
    while isinstance(part := node.children[0], Tree):
        node = part
    return part.start_pos or 0


class _Reader:
    """Turns the parser's tree into a filter; knows the text, to show the places in it."""

    def __init__(self, text: str, fields: Mapping[str, Field]) -> None:
        self._text = text
        self._fields = fields

    def read(self, node: _Node) -> Filter:
        parts = [part for part in node.children if isinstance(part, Tree)]
        match node.data:
            case "either":
                return Some(tuple(self.read(part) for part in parts))
            case "both":
                return Every(tuple(self.read(part) for part in parts))
            case "negation":
                return Not(self.read(parts[0]))
            case "emptiness" | "no_emptiness":
                return Emptiness(self._field(parts[0]), node.data == "no_emptiness")
            case "membership" | "no_membership":
                field, members = self._field(parts[0]), cast("list[_Node]", parts[1].children)
                values = (self._value(field, Operator.EQUAL, member) for member in members)
                return Membership(field, tuple(dict.fromkeys(values)), node.data == "no_membership")
            case _:
                field = self._field(parts[0])
                operator = self._operator(field, cast("Token", node.children[1]))
                return Comparison(field, operator, self._value(field, operator, parts[1]))

    def _wrong(self, message: Message, token: Token) -> FilterError:
        return FilterError.of(self._text, token.start_pos or 0, message)

    def _field(self, node: _Node) -> Field:
        tokens = cast("list[Token]", node.children)
        typed = " ".join(map(_unquoted, tokens))
        field = find_field(self._fields, typed)
        if field is None and tokens[0].type == "WORD" and tokens[0].casefold() in KEYWORDS:
            raise self._wrong(Message("keyword_for_field", params={"word": cut(tokens[0])}), tokens[0])
        if field is None:
            raise unknown_field(typed, self._text, tokens[0].start_pos or 0, self._fields)
        return field

    def _operator(self, field: Field, token: Token) -> Operator:
        word = str(token).casefold()
        if word not in set(Operator):
            if word in _MEANT:
                said = Message("no_comparison_but", params={"sign": cut(token), "meant": _MEANT[word]})
            else:
                said = Message("no_comparison", params={"sign": cut(token), "operators": OPERATORS})
            raise self._wrong(said, token)
        operator = Operator(word)
        problem = operator_problem(field, operator)
        if problem is not None:
            raise self._wrong(problem, token)
        return operator

    def _value(self, field: Field, operator: Operator, node: _Node) -> Value:
        token = cast("Token", node.children[0])
        if token.type == "WORD":
            self._refuse_mistaken_word(field, token)
        try:
            return read_value(field, operator, _unquoted(token))
        except MessageError as problem:
            raise self._wrong(problem.message, token) from problem

    def _refuse_mistaken_word(self, field: Field, token: Token) -> None:
        word = token.casefold()
        if word == "empty":
            raise self._wrong(Message("write_is_empty", params={"field": field.name, "word": str(token)}), token)
        if word in KEYWORDS:
            raise self._wrong(Message("keyword_for_value", params={"word": str(token)}), token)
        if token[0] in TYPOGRAPHIC:
            raise self._wrong(straight_quotes(token[0]), token)


def _unquoted(token: Token) -> str:
    if token.type != "QUOTED":
        return str(token)
    quote = token[0]
    return token[1:-1].replace(quote * 2, quote)


_WITHOUT_ORDER = LISTS | {FieldKind.BOOLEAN}
_WITHOUT_PARTS = frozenset({FieldKind.NUMBER, FieldKind.BOOLEAN, FieldKind.DATE, FieldKind.MOMENT})
_KINDS = {FieldKind.NUMBER: "kind_number", FieldKind.BOOLEAN: "kind_boolean", FieldKind.DATE: "kind_date"}


def operator_problem(field: Field, operator: Operator) -> Message | None:
    """Why this comparison makes no sense for the field, with those that do; None where it does."""
    if operator is Operator.CONTAINS and field.kind in _WITHOUT_PARTS:
        code = "field_without_parts"
    elif operator in ORDERING and field.kind in _WITHOUT_ORDER:
        code = "field_without_order"
    else:
        return None
    kind = Message(_KINDS.get(field.kind, "kind_other"), params={"kind": str(field.kind)})
    return Message(code, params={"field": field.name, "kind": kind, "operators": accepted_operators(field)})


def accepted_operators(field: Field) -> list[str]:
    """The operators that make sense for a field."""
    return [
        str(operator)
        for operator in Operator
        if not (operator in ORDERING and field.kind in _WITHOUT_ORDER)
        and not (operator is Operator.CONTAINS and field.kind in _WITHOUT_PARTS)
    ]


def read_value(field: Field, operator: Operator, text: str) -> Value:
    """The value that a text means for this field. Raises MessageError for one that it can't be."""
    if not text:
        raise MessageError("empty_filter_value", field=field.name)
    if operator is Operator.CONTAINS and field.kind not in LISTS:
        return text
    try:
        value = field.read(text)
    except MessageError as problem:
        raise MessageError("field_value", field=field.name, why=problem.message) from problem
    if value is None:
        raise MessageError("blank_filter_value", field=field.name)
    if operator in ORDERING and field.kind is FieldKind.PERIOD and days_of(str(value)) is None:
        raise MessageError("period_without_days", field=field.name, value=value)
    return cast("Value", value)

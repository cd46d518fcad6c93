"""Messages are data; the words stand in one catalogue, which holds every code and no other."""

from __future__ import annotations

import ast
import pickle
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest

import roadwright
from roadwright.domain.errors import InputError
from roadwright.domain.messages import Level, Message, MessageError, catalogue, notice
from roadwright.domain.messages.message import fields_of

ROOT = Path(roadwright.__file__).parent
WORDS = ROOT / "domain" / "messages"


def test_the_words_of_a_message_are_filled_in() -> None:
    message = Message("not_a_number", column="size", params={"value": 1.0, "expected": "a number"})
    assert str(message) == 'size: "1" is not a number; expected a number'
    assert str(Message("at_line", params={"line": 2, "what": Message("is_no_number")})) == "line 2: is not a number"


def test_a_number_chooses_between_two_words_and_sequences_are_joined(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "{count:,} {count:row|rows} of {names}: {why}"
    monkeypatch.setattr(catalogue, "TEXTS", {**catalogue.TEXTS, "counted": text})
    why = [Message("is_no_number"), Message("number_too_large"), Message("is_no_number")]
    said = [str(Message("counted", params={"count": n, "names": ["a", "b"], "why": why})) for n in (1, 1200)]
    assert said == [
        "1 row of a, b: is not a number; is too large a number",
        "1,200 rows of a, b: is not a number; is too large a number",
    ]


def test_a_hint_is_for_people_at_a_sheet_or_a_command_line() -> None:
    params = {"said": "A", "kept": "B", "tab": "Backlog"}
    message = Message("conflict_with_database", Level.CONFLICT, "title", params)
    assert message.words == 'title: the sheet has "A", the database has "B"'
    assert str(message).startswith(f"{message.words}; settle it with pm.save_selected --tab Backlog")
    assert message.to_json() == {
        "code": "conflict_with_database",
        "severity": "CONFLICT",
        "column": "title",
        "params": params,
        "text": message.words,
    }


def test_an_error_carries_its_message_to_another_process() -> None:
    error = InputError("out_of_range", value=5, low=0.0, high=1.0)
    arrived = pickle.loads(pickle.dumps(error))
    assert (type(arrived), arrived.message) == (InputError, error.message)
    assert str(arrived) == "5 is out of range; expected a number from 0 to 1"


def test_an_error_of_a_column_keeps_it_in_another_process() -> None:
    error = InputError("is_no_number").about("size")
    assert str(error) == str(pickle.loads(pickle.dumps(error))) == "size: is not a number"


def test_every_text_can_be_filled_in_and_is_one_sentence_or_more() -> None:
    for code, text in catalogue.TEXTS.items():
        assert re.fullmatch(r"[a-z][a-z0-9_]*", code)
        assert text in (text.strip(), f" {text.strip()}"), f"{code}: a blank begins only what another text appends"
        assert not re.search(r"  |\.\.|;\s*$", text), code
        fields = fields_of(text) | fields_of(catalogue.HINTS.get(code, ""))
        filled = str(Message(code, params=dict.fromkeys(fields, 1)))
        assert "{" not in filled.replace("{", "", text.count("{{")), code


def test_no_code_stands_in_two_areas() -> None:
    assert sum(len(area) for area in catalogue.AREAS) == len(catalogue.TEXTS)
    assert catalogue.HINTS.keys() <= catalogue.TEXTS.keys()


def _strings_of_the_code() -> Iterator[str]:
    """All text literals outside the catalogue."""
    for module in ROOT.rglob("*.py"):
        if module.parent != WORDS:
            for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield node.value


def test_every_text_of_the_catalogue_is_used() -> None:
    used = set(_strings_of_the_code())
    assert [code for code in catalogue.TEXTS if code not in used] == []


def _raised() -> Iterator[tuple[str, int, ast.Call]]:
    """Every call that makes a message of a code that stands there as a literal."""
    makers = {
        "Message",
        "fail",
        "failure",
        "warn",
        "warning",
        "skip",
        "notice",
        *(kind.__name__ for kind in _kinds(MessageError)),
    }
    for module in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args:
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if name in makers:
                    yield str(module.relative_to(ROOT)), node.lineno, node


def _kinds(kind: type[MessageError]) -> list[type[MessageError]]:
    return [kind, *chain.from_iterable(map(_kinds, kind.__subclasses__()))]


def test_every_message_that_is_made_has_its_words_and_their_parameters() -> None:
    wrong = []
    for module, line, call in _raised():
        literals = [str(a.value) for a in call.args[:3] if isinstance(a, ast.Constant)]
        codes = [literal for literal in literals if literal in catalogue.TEXTS]
        keywords = {k.arg for k in call.keywords}
        is_plain = isinstance(call.func, ast.Name) and call.func.id != "Message"  # then all keywords are parameters
        given = keywords if is_plain else keywords - {"column", "severity", "params"}
        for keyword in call.keywords:
            if keyword.arg == "params" and isinstance(keyword.value, ast.Dict):
                given |= {str(key.value) for key in keyword.value.keys if isinstance(key, ast.Constant)}
        if None in keywords or ("params" in keywords and not given):
            continue  # they are passed on
        needed = set().union(*(fields_of(catalogue.TEXTS[code]) for code in codes)) if codes else set()
        if codes and not needed <= given:
            wrong.append(f"{module}:{line} {codes[0]} lacks {needed - given}")
    assert wrong == []


def test_a_field_that_stands_in_front_is_not_named_again() -> None:
    missing = notice("field_missing", field="max_tokens")
    assert str(missing) == "max_tokens is missing"
    assert str(missing.about("max_tokens")) == "max_tokens: is missing"
    assert str(missing.about("dimension")) == "dimension: max_tokens is missing"

"""A backlog of odd initiatives, and filters that ask for what stands in it: for comparing databases with Python."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from random import Random

from sqlalchemy.orm import Session

from roadwright.domain.filters import (
    Comparison,
    Emptiness,
    Every,
    Field,
    FieldKind,
    Filter,
    Membership,
    Not,
    Operator,
    Some,
)
from roadwright.domain.filters.fields import LISTS
from roadwright.domain.filters.tree import ORDERING, Value
from roadwright.domain.roadmaps import GateStatus
from roadwright.services.backlog import backlog_fields, filter_fields
from roadwright.services.bindings.initiatives import new_initiative
from roadwright.store.models import Initiative, InitiativeMathModel, LastRunPrice, Roadmap, RoadmapEntry

TEXTS = (
    "Growth", "growth", "GROWTH TEAM", "Straße", "STRASSE", "strasse", "ẞ", "ß", "ss", "S", "ſ", "İstanbul", "istanbul",
    "i̇stanbul", "Iğdır", "ΣΊΣΥΦΟΣ", "σίσυφος", "σίσυφοσ", "ᾼδης", "ᾳδησ", "ﬁnance", "Finance", "ﬀ", "ŉ", "ʼn", "Ǆ", "ǆ",
    "ÉCOLE", "école", "e\u0301cole", "K", "k", "Å", "å", "100 %", "100%", "a_b", "a\\b", "a\\_b", "%", "_", "it's",
    'say "so"', "''", "a\u00a0b", "a b", "a,b;c", "(x)", "and", "NOT", "empty", "2026-05-31", "0", "-1.5", "TRUE",
    "😀", "👩‍🚀 crew", "Ω", "ω", "\U00010400", "\U00010428", "z", "Z", "~", "\u007f", "é", "\uffff", "\U0010ffff",
    "ꭰ", "Ꭰ", "日本", "\u212a", "\u212b", "line\nbreak", "tab\there", "&&", "=", "<b>",
    "x@y.example", "$1", ":name", "{}", "[1]", "Perú", "Peru\u0301", "PERU\u0301 sales", "\u1e96", "H\u0331",
    "\u0331", "Depart\u00adment", "department", "  a \u2003\t b ", "\u00a0", "\u200ba b\ufeff", "α\u0345\u0301",
    "\u1fb4", "\u0345", "\uac00", "\u1100\u1161", "a\u0327\u0301", "a\u0301\u0327", "کتاب\u200cخانه", "کتابخانه",
    "\u2126 lab", "\x1fa\x1cb",
)  # fmt: skip
NUMBERS = (
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.1,
    0.1 + 0.2,
    0.3,
    1e-9,
    3.0,
    12345.678,
    -2.5,
    1e15,
    1e22,
    2.0**53,
    1 / 3,
    0.7 + 0.1,
    0.8,
)
DATES = (dt.date(2026, 3, 31), dt.date(2026, 4, 1), dt.date(2026, 6, 30), dt.date(1999, 12, 31), dt.date(9999, 12, 31))
MOMENTS = (
    "2026-05-31T00:00:00.000000Z", "2026-05-30T23:59:59.999999Z", "2026-05-31T10:30:00.000000Z",
    "2026-05-31T10:30:59.999999Z", "2026-06-01T00:00:00.000000Z",
)  # fmt: skip
TIMES = (
    "2026-05-31", "2026-05-30", "2026-05-31T10:30", "2026-05-31T10:30:00Z", "2026-05-31T12:30+02:00",
    "2026-05-31T10:30:59.999999",
)  # fmt: skip
PERIODS = (
    "2026-Q2",
    "Q2 2026",
    "q2_2026",
    "2026-04",
    "2026-H1",
    "2026",
    "2027-Q1",
    "spring",
    "Spring ",
    "2026-Q9",
    "ß",
)
KEYS = (
    "INIT-000001",
    "init-1",
    "\u00a0INIT-1\u200b",
    "INIT-2",
    "INIT-000000003",
    "INIT-40",
    " init-000005",
    "INIT-1000000",
    "a team",
    "ß",
)
SOURCES = ("a -> gmv", "Straße → ß", "%_\\", "x\ny")
KPIS = ("gmv", "GMV2", "retention", "ß_rate", "İ", "a'b", "ΣΣ", "\u00e9lan", "e\u0301lan_2")
ROADMAPS = ("Q2 Plan", "q3 plan 😀", "Straße", "100%_\\", "Idées  2026", "Ide\u0301es\u00a0Q1")


def add_backlog(session: Session, count: int, seed: int) -> None:
    """Add initiatives with values of these kinds, and roadmaps that some of them are on."""
    random = Random(seed)
    initiatives = [_initiative(random, number) for number in range(1, count + 1)]
    session.add_all(initiatives)
    session.flush()
    for initiative in initiatives:
        if random.random() < 0.7:
            session.add(_primary_model(random, initiative))
    session.add_all(
        LastRunPrice(initiative_key=one.initiative_key, run_number=1, price=random.choice((None, *NUMBERS)))
        for one in initiatives
        if random.random() < 0.7
    )
    for name in ROADMAPS:
        adopted = random.choice((None, "OPT-000001"))
        roadmap = Roadmap(roadmap_name=name, period_key="2026-Q2", status="draft", adopted_run=adopted, **_written())
        session.add(roadmap)
        roadmap.entry_rows = [
            RoadmapEntry(
                initiative_key=initiative.initiative_key,
                is_locked=False,
                gate_status=random.choice((None, *GateStatus)),
                selected=random.choice((None, True, False)),
                **_written(),
            )
            for initiative in initiatives
            if random.random() < 0.3
        ]


def _written() -> dict[str, str]:
    return {"created_at": MOMENTS[0], "updated_at": MOMENTS[0], "updated_source": "test"}


def _primary_model(random: Random, initiative: Initiative) -> InitiativeMathModel:
    """It says which KPI a MATH_MODEL score is in, in any spelling."""
    return InitiativeMathModel(
        initiative_id=initiative.id,
        model_name="m",
        target_kpi_key=random.choice(("gmv", "GMV", "retention")),
        is_primary=True,
        approved_by_user=True,
        **_written(),
    )


def _initiative(random: Random, number: int) -> Initiative:
    made = new_initiative(f"INIT-{number:06d}", random.choice(TEXTS), row_version=random.choice(MOMENTS), source="test")
    for field in backlog_fields().values():
        if field.name in _VALUES and random.random() < 0.7:
            setattr(made, *_VALUES[field.name](random))
        elif field.name not in (*_VALUES, *_NEVER_EMPTY) and random.random() < 0.7:
            setattr(made, field.name, _STORED[field.kind](random, field))
    return made


_NEVER_EMPTY = ("initiative_key", "title", "roadmaps", "score_percentile", "updated_at", "updated_source")
_VALUES: dict[str, Callable[[Random], tuple[str, object]]] = {
    "metric_chain": lambda random: ("metric_chain_json", {"nodes": [], "edges": [], "source": random.choice(SOURCES)}),
    "kpi_contributions": lambda random: (
        "kpi_contribution_json",
        {kpi: random.choice(NUMBERS) for kpi in random.sample(KPIS, random.randint(0, 3))},
    ),
    "dependencies_initiatives": lambda random: (
        "dependencies_initiatives",
        random.sample(KEYS, random.randint(0, 3)),
    ),
    "duplicate_of": lambda random: ("duplicate_of", random.choice((None, None, None, "INIT-000001", "INIT-000040"))),
}
_STORED: dict[FieldKind, Callable[[Random, Field], object]] = {
    FieldKind.TEXT: lambda random, _: random.choice((*TEXTS, "")),
    FieldKind.NUMBER: lambda random, _: random.choice(NUMBERS),
    FieldKind.BOOLEAN: lambda random, _: random.random() < 0.5,
    FieldKind.DATE: lambda random, _: random.choice(DATES),
    FieldKind.CHOICE: lambda random, field: random.choice(field.choices),
    FieldKind.PERIOD: lambda random, _: random.choice(PERIODS),
}

_ASKED: dict[FieldKind, Callable[[Random, Field], str]] = {
    FieldKind.TEXT: lambda random, _: _turned(random, random.choice(TEXTS)),
    FieldKind.NUMBER: lambda random, _: repr(random.choice(NUMBERS)),
    FieldKind.BOOLEAN: lambda random, _: random.choice(("TRUE", "no", "1", "✓")),
    FieldKind.DATE: lambda random, _: random.choice(DATES).isoformat(),
    FieldKind.MOMENT: lambda random, _: random.choice(TIMES),
    FieldKind.CHOICE: lambda random, field: random.choice(field.choices).swapcase(),
    FieldKind.KEY: lambda random, _: f"init-{random.randint(1, 70)}",
    FieldKind.KEY_LIST: lambda random, _: random.choice(("INIT-1", "init-000002", "INIT-3", "Init-40", "INIT-1000000")),
    FieldKind.PERIOD: lambda random, _: random.choice(PERIODS),
}


def _turned(random: Random, text: str) -> str:
    """The text in another case, which may make it another text, or only a part of it."""
    turned = random.choice((str.upper, str.lower, str.casefold, str.swapcase, str.title, str))(text)
    if random.random() < 0.3 and len(turned) > 1:
        start = random.randrange(len(turned))
        return turned[start : start + random.randint(1, 3)]
    return turned


def a_filter(random: Random, depth: int = 3) -> Filter:
    """A filter of some field's comparisons; about every second one is joined of several."""
    chance = random.random() if depth else 1.0
    if chance < 0.15:
        return Not(a_filter(random, depth - 1))
    if chance < 0.5:
        parts = tuple(a_filter(random, depth - 1) for _ in range(random.randint(2, 3)))
        return Every(parts) if chance < 0.33 else Some(parts)
    field = random.choice(list(filter_fields().values()))
    chance = random.random()
    if chance < 0.12:
        return Emptiness(field, random.random() < 0.5)
    if chance < 0.3:
        values = [_value(random, field, Operator.EQUAL) for _ in range(random.randint(1, 4))]
        return Membership(field, tuple(dict.fromkeys(values)), random.random() < 0.5)
    operator = random.choice([operator for operator in Operator if _makes_sense(field, operator)])
    return Comparison(field, operator, _value(random, field, operator))


def _makes_sense(field: Field, operator: Operator) -> bool:
    if operator is Operator.CONTAINS:
        return field.kind not in (FieldKind.NUMBER, FieldKind.BOOLEAN, FieldKind.DATE, FieldKind.MOMENT)
    return not (operator in ORDERING and (field.kind in LISTS or field.kind is FieldKind.BOOLEAN))


def _value(random: Random, field: Field, operator: Operator) -> Value:
    if operator is Operator.CONTAINS and field.kind not in LISTS:
        return _part(random, field)
    while True:
        if field.name == "score_percentile" and random.random() < 0.8:
            return random.choice((50.0, 100.0, 75.0, 25.0, 100 / 3, 200 / 3, 20.0, 40.0))
        asked = _ASKED[field.kind](random, field) if field.kind is not FieldKind.LIST else _element(random, field)
        value = field.read(asked)
        if value is not None and not (operator in ORDERING and value in ("spring", "Spring", "2026-Q9", "ß")):
            return value  # type: ignore[return-value]


def _element(random: Random, field: Field) -> str:
    return _turned(random, random.choice(KPIS if field.name == "kpi_contributions" else ROADMAPS))


def _part(random: Random, field: Field) -> str:
    of_kind = {FieldKind.CHOICE: field.choices, FieldKind.PERIOD: PERIODS, FieldKind.KEY: ("INIT-000012", "00", "T-")}
    if field.name == "metric_chain":
        return _turned(random, random.choice(SOURCES))
    return _turned(random, random.choice(of_kind.get(field.kind, TEXTS)))

"""Cells as people type them, kind by kind: the page that shows them reads each one as a sheet's cell is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from roadwright.domain.periods import FiscalYear
from roadwright.domain.reading.rules import ReadingRules
from roadwright.sheets import kinds
from roadwright.sheets.scope import Scope
from roadwright.sheets.spec import CellProblem, Kind, ReadAs

_TITLES = {"INIT-000012": "Faster search", "INIT-000031": "New wallet"}
_KEYS = {"fastersearch": "INIT-000012", "newwallet": "INIT-000031"}
_KPIS = {"gmv": ("gmv", "k€"), "retention": ("retention", "%"), "nps": ("nps", None)}


def _scope(rules: ReadingRules | None = None, **row: str) -> Scope:
    return Scope(rules or ReadingRules(), _KPIS, _TITLES.get, _KEYS.get, row=row)


@dataclass(frozen=True)
class Section:
    """One kind of cell with what can be typed there."""

    title: str
    about: str
    kind: Kind
    typed: Sequence[str]
    scope: Scope = field(default_factory=Scope)

    def lines(self) -> list[tuple[str, str]]:
        """Each text, and what becomes of it."""
        return [(f"`{text}`", self._outcome(text)) for text in self.typed]

    def _outcome(self, text: str) -> str:
        try:
            found = self.kind.reader(text, self.scope)
        except CellProblem as problem:
            return f"refused: {problem}"
        if isinstance(found, ReadAs):
            if found.said is not None:
                return str(found.said)
            return f"rewritten as `{self.kind.shown(found.value, self.scope)}`"
        return "as it is" if found is not None else "a blank"


_COMMA = ReadingRules(decimal=",", dates="dmy", fiscal_year=FiscalYear(4), sizes={"xl": 60.0})

SECTIONS = (
    Section(
        "Amounts",
        "Tokens, days, counts. Tokens, days, job size and effort may also be one of the words under `[sizes]`.",
        kinds.TOKEN_SIZE,
        (
            *("1,500", "1 500", "1'500", "1.5", "1,5", "1.200,5", "1,200.5", "12k", "1.5M", "1.5 mio", "2bn"),
            *("€ 40,000", "USD 40k", "~120", "ca. 120", "approx 120", "3 tokens"),
            *("4.000", "12m", "80-100", "12 %", "XL"),
        ),
    ),
    Section("Days", "`effort_engineering_days`.", kinds.DAY_SIZE, ("12 days", "3 d", "2 weeks")),
    Section(
        "Shares",
        "From 0 to 1: `rice_confidence`.",
        kinds.RATIO,
        ("0.8", "80 %", "80%", "80", "5", "180"),
    ),
    Section(
        "Numbers of a KPI in k€",
        "Targets, baselines and bonuses are in the unit of the KPI that stands in the row.",
        kinds.KPI_AMOUNT,
        ("12 k€", "€12k", "1.2 M€", "12", "12k", "USD 12", "8 %"),
        _scope(kpi_key="gmv"),
    ),
    Section(
        "Numbers of a KPI in %",
        "They are held in percent: 8 % is 8. A cell of 0.08 with a percent format is 8, too.",
        kinds.KPI_AMOUNT,
        ("8 %", "8", "7.7%"),
        _scope(kpi_key="retention"),
    ),
    Section(
        "Params",
        "A param keeps its own number, whatever its unit: 8 % is 0.08.",
        kinds.PARAM,
        ("8 %", "12 days"),
        _scope(unit="days"),
    ),
    Section(
        "Dates",
        "A deadline that names a month, quarter, half or year is its last day, a start its first. Years of two digits "
        "are 20xx.",
        kinds.DATE,
        (
            *("2026-12-01", "2026-12-01T10:00:00Z", "2026/12/01", "31/05/2026", "05/31/2026", "30.09.2026"),
            *("1 Oct 2026", "Oct 1, 2026", "12/Mar/24", "30.09.2026 14:00", "Oct 2026", "2026-10", "Q3 2026"),
            *("09/10/2026", "3.21", "2026-02-30"),
        ),
    ),
    Section(
        "With settings",
        'The same with `decimal = ","` for numbers.',
        kinds.TOKEN_SIZE,
        ("4.000", "1,500", "XL"),
        _scope(_COMMA),
    ),
    Section(
        "Periods",
        "Kept as typed; two are equal when they name the same days: `2026-Q3`, `Q3/2026`, `Q3 26`, `3Q26`, `2026 Q3`, "
        "`H2 2026`, `Oct 2026`, `2026-10`, `2026`. Here fiscal years start in April. A period that names no days, and "
        "that no scenario or roadmap has, is a WARNING.",
        kinds.PERIOD,
        ("Q3 2026", "FY26 Q3"),
        _scope(_COMMA),
    ),
    Section(
        "Initiatives",
        "A key, perhaps with its title.",
        kinds.INITIATIVE,
        ("init-12", "INIT-000012 Faster search", "INIT-000012 New wallet", "INIT-000012 Something else"),
        _scope(),
    ),
    Section(
        "Contributions",
        "Pairs with `:`, `=` or a blank, by line, `;` or, where no reading is doubtful, `,`; or JSON. Each number is "
        "in its KPI's unit.",
        kinds.CONTRIBUTIONS,
        ("gmv: 120 k€; retention: +0.5 %", "GMV = 120, nps 3", '{"gmv": 120}', "gmv: 4.000"),
        _scope(),
    ),
    Section(
        "Weights and orders",
        "What an objective weighs, or in which order.",
        kinds.OBJECTIVE,
        ("gmv 60%, retention 40%", "retention > gmv", '{"gmv": 0.6, "retention": 0.4}'),
        _scope(),
    ),
)

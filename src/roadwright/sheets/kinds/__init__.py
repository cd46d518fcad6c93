"""The kinds of cell content: how a cell's value is read as what a person means, and how a value is shown in a cell.

A kind reads anything a spreadsheet can hold, and refuses with CellProblem what it can't read; it never guesses and
never turns an unreadable cell into a blank one. What was typed in another form than the value's own is a ``ReadAs``.
How texts are read stands in ``roadwright.domain.reading``.
"""

from roadwright.domain.reading.names import split_list
from roadwright.sheets.kinds.checks import Check, at_most, within
from roadwright.sheets.kinds.choices import BOOLEAN, CHOSEN, DIMENSION, choice
from roadwright.sheets.kinds.dates import DATE, PERIOD, START_DATE
from roadwright.sheets.kinds.keys import (
    INITIATIVE,
    INITIATIVE_LIST,
    KPI_KEY,
    KPI_LIST,
    LIST,
    POLICY_NAME,
    ROADMAP_NAME,
    SCENARIO_NAME,
    SET_NAME,
    SLICE,
)
from roadwright.sheets.kinds.numbers import (
    AMOUNT,
    COUNT,
    DAY_SIZE,
    KPI_AMOUNT,
    NUMBER,
    OWN_UNIT_AMOUNT,
    PARAM,
    PERCENTILE,
    RATIO,
    SCORE,
    SHOWN_NUMBERS,
    SIZE,
    TOKEN_AMOUNT,
    TOKEN_SIZE,
)
from roadwright.sheets.kinds.pairs import CONTRIBUTIONS, CONTRIBUTIONS_JSON, JSON, OBJECTIVE
from roadwright.sheets.kinds.texts import (
    ADDRESS,
    KEY,
    LONG_TEXT,
    MESSAGE,
    MINUTE,
    TEXT,
    TIMESTAMP,
    TITLE,
    WORD,
    is_blank,
)

__all__ = [
    "ADDRESS",
    "AMOUNT",
    "BOOLEAN",
    "CHOSEN",
    "CONTRIBUTIONS",
    "CONTRIBUTIONS_JSON",
    "COUNT",
    "DATE",
    "DAY_SIZE",
    "DIMENSION",
    "INITIATIVE",
    "INITIATIVE_LIST",
    "JSON",
    "KEY",
    "KPI_AMOUNT",
    "KPI_KEY",
    "KPI_LIST",
    "LIST",
    "LONG_TEXT",
    "MESSAGE",
    "MINUTE",
    "NUMBER",
    "OBJECTIVE",
    "OWN_UNIT_AMOUNT",
    "PARAM",
    "PERCENTILE",
    "PERIOD",
    "POLICY_NAME",
    "RATIO",
    "ROADMAP_NAME",
    "SCENARIO_NAME",
    "SCORE",
    "SET_NAME",
    "SHOWN_NUMBERS",
    "SIZE",
    "SLICE",
    "START_DATE",
    "TEXT",
    "TIMESTAMP",
    "TITLE",
    "TOKEN_AMOUNT",
    "TOKEN_SIZE",
    "WORD",
    "Check",
    "at_most",
    "choice",
    "is_blank",
    "split_list",
    "within",
]

"""A comparison as a file for people who were not there: Markdown, CSV or a workbook, all of the same rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType

from xlsxwriter import Workbook

from roadwright.domain.sentences import shown
from roadwright.domain.shown import harmless
from roadwright.services.roadmaps.compare import DecisionComparison, Figures, sentences
from roadwright.services.roadmaps.export_markdown import escaped

HEAD = ("change", "initiative_key", "title", "tokens", "department", "country", "what")
Line = tuple[str, str, str, float | None, str, str, str]


def lines_of(comparison: DecisionComparison) -> Iterator[Line]:
    """What came in, went out and changed, a line each; then how much goes where."""
    for word, moved in (("came in", comparison.came_in), ("went out", comparison.went_out)):
        for one in moved:
            yield word, one.key, one.title, one.tokens, one.department or "", one.country or "", str(one.briefly)
    for changed in comparison.changed:
        said = "; ".join(f"{part.field}: {shown(part.a)} → {shown(part.b)}" for part in changed.changes)
        yield "changed", changed.key, changed.title, None, "", "", said
    for place, (what, slices) in enumerate(
        (("department", comparison.by_department), ("country", comparison.by_country))
    ):
        for part in slices:
            name = part.name or "(none)"
            said = f"initiatives {_pair(part.count)}, tokens {_pair(part.tokens)}"
            yield f"by {what}", "", "", None, name if place == 0 else "", name if place == 1 else "", said


def _pair(figures: Figures) -> str:
    return f"{shown(figures.a)} → {shown(figures.b)}"


def comparison_markdown(comparison: DecisionComparison) -> bytes:
    """Sentences, and a table."""
    parts = [f"{escaped(str(sentence))}\n" for sentence in sentences(comparison)]
    table = [f"| {' | '.join(HEAD)} |", f"|{' --- |' * len(HEAD)}"]
    table += [f"| {' | '.join(escaped(_text(value)) for value in line)} |" for line in lines_of(comparison)]
    return "\n".join([*parts, *table, ""]).encode()


def comparison_csv(comparison: DecisionComparison) -> bytes:
    """One line each; no cell of it is taken for a formula."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEAD)
    writer.writerows([harmless(_text(value)) for value in line] for line in lines_of(comparison))
    return text.getvalue().encode("utf-8-sig")


def comparison_workbook(comparison: DecisionComparison) -> bytes:
    """One sheet: the sentences, and below them the table."""
    data = io.BytesIO()
    with Workbook(data, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet, bold = book.add_worksheet("Comparison"), book.add_format({"bold": True})
        row = 0
        for sentence in sentences(comparison):
            sheet.write_string(row, 0, str(sentence))
            row += 1
        row += 1
        for place, name in enumerate(HEAD):
            sheet.write_string(row, place, name, bold)
        for line in lines_of(comparison):
            row += 1
            _write_line(sheet, row, line)
        sheet.set_column(0, 1, 14)
        sheet.set_column(2, 2, 36)
        sheet.set_column(6, 6, 60)
    return data.getvalue()


def _write_line(sheet: object, row: int, line: Sequence[object]) -> None:
    for place, value in enumerate(line):
        if isinstance(value, int | float):
            sheet.write_number(row, place, value)  # type: ignore[attr-defined]
        elif value:
            sheet.write_string(row, place, str(value))  # type: ignore[attr-defined]


def _text(value: object) -> str:
    return "" if value is None else str(shown(value)) if isinstance(value, int | float) else str(value)


COMPARISONS: Mapping[str, Callable[[DecisionComparison], bytes]] = MappingProxyType(
    {"xlsx": comparison_workbook, "md": comparison_markdown, "csv": comparison_csv}
)
"""By the ending of the file."""

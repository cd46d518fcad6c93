"""The report as a workbook: one page a sheet, native charts, every text written as a text.

Equal reports give equal bytes.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from roadwright.domain.optimization import Severity
from roadwright.services.roadmaps.export_workbook import fitting, lines_of, number_format
from roadwright.services.roadmaps.report import charts
from roadwright.services.roadmaps.report.canvas import BLUE, EDGE, INK, LINE, PALE, QUIET, Canvas, Column
from roadwright.services.roadmaps.report.content import Alternative, Conflict, Report, SliceLine
from roadwright.sheets.spec import Tone
from roadwright.sheets.styles import TONES

_ONE_PAGE = 60
"""Rows that one page still shows legibly."""
_WIDTH = 12
"""Columns of the first page, each of `_COLUMN` characters."""
_COLUMN = 11.5

DECISION, INITIATIVES, CAPACITY, TARGETS = "Decision", "In and out", "Capacity", "KPIs and targets"
VALUE, ALTERNATIVES, CONFLICTS = "Value and tokens", "Alternatives", "Conflicts"


def report_bytes(report: Report) -> bytes:
    """The report as the bytes of an xlsx file."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        moment = dt.datetime.fromisoformat(report.moment).replace(tzinfo=None)
        book.set_properties({"title": report.name[:255], "author": "Roadwright", "created": moment})
        pages = _Pages(book, report)
        pages.decision()
        if report.lines:
            pages.initiatives()
        if report.slices:
            pages.capacity()
        if report.targets or report.kpis:
            pages.targets()
        if any(line.tokens is not None and line.value is not None for line in report.lines):
            pages.value()
        if report.alternatives:
            pages.alternatives()
        if report.conflicts:
            pages.conflicts()
        pages.draw_on_first()
    return buffer.getvalue()


class _Pages(Canvas):
    def __init__(self, book: Workbook, report: Report) -> None:
        super().__init__(book, f"{report.name} · {report.subtitle}")
        self.report = report
        self.first: Worksheet = None
        self._row = 0
        self._places: dict[str, tuple[int, int]] = {}
        """By page the first and last row of its chart's data."""
        self._points: dict[bool, list[str]] = {}
        """What the points of the scatter are called: those that are in, and those that are out."""

    def decision(self) -> None:
        """The decision in a sentence, its figures, and below them what the other pages show in full."""
        report = self.report
        sheet = self.first = self.page(DECISION, report.name, [_COLUMN] * _WIDTH)
        sheet.write_string(1, 0, fitting(report.subtitle), self.styles.get(font_color=QUIET))
        row = 3
        for number, sentence in enumerate(report.sentences):
            style = self.styles.get(
                text_wrap=True,
                font_size=14 if number == 0 else 11,
                font_color=INK if number == 0 else "#404040",
                bold=number == 0,
                valign="vcenter",
            )
            sheet.merge_range(row, 0, row, _WIDTH - 1, "", style)
            sheet.write_string(row, 0, fitting(sentence), style)
            per_line = _WIDTH * _COLUMN * (0.72 if number == 0 else 0.92)
            sheet.set_row(row, (20 if number == 0 else 15.5) * lines_of(sentence, per_line) + 4)
            row += 1
        row += 1
        if report.figures:
            row = self._figures(sheet, row)
        if not report.slices and report.conflicts:
            self.heading(sheet, row, "What can't be met together, and the way out")
            row = self._messages(sheet, row + 1, report.conflicts[:12])
        self._row = row

    def _figures(self, sheet: Worksheet, row: int) -> int:
        """Large figures side by side, each over an equal share of the page."""
        share = _WIDTH // len(self.report.figures)
        for place, (label, value, below) in enumerate(self.report.figures):
            left, right = place * share, (place + 1) * share - 1
            parts: tuple[tuple[str | float, dict[str, object]], ...] = (
                (label, {"font_color": QUIET, "font_size": 10, "top": 2, "top_color": BLUE}),
                (value, {"font_color": INK, "font_size": 22, "bold": True}),
                (below, {"font_color": QUIET, "font_size": 9, "valign": "top"}),
            )
            for offset, (content, more) in enumerate(parts):
                look = {"bg_color": PALE, "align": "left", "indent": 1, "valign": "vcenter", **more}
                if isinstance(content, str):
                    style = self.styles.get(**look)
                    sheet.merge_range(row + offset, left, row + offset, right, "", style)
                    sheet.write_string(row + offset, left, fitting(content), style)
                else:
                    style = self.styles.get(**look, num_format=number_format(content))
                    sheet.merge_range(row + offset, left, row + offset, right, "", style)
                    sheet.write_number(row + offset, left, content, style)
        for offset, height in enumerate((20, 32, 18)):
            sheet.set_row(row + offset, height)
        return row + 4

    def _messages(self, sheet: Worksheet, row: int, conflicts: Sequence[Conflict]) -> int:
        for one in conflicts:
            said = one.message + (f" → {one.recommendation}" if one.recommendation else "")
            fill, ink = TONES[Tone.BAD if one.severity == Severity.CRITICAL else Tone.LOOK]
            style = self.styles.get(
                text_wrap=True,
                bg_color=fill,
                font_color=ink,
                indent=1,
                valign="vcenter",
                bottom=1,
                bottom_color="#FFFFFF",
            )
            sheet.merge_range(row, 0, row, _WIDTH - 1, "", style)
            sheet.write_string(row, 0, fitting(said), style)
            sheet.set_row(row, LINE * lines_of(said, _WIDTH * _COLUMN * 0.95) + 5)
            row += 1
        return row + 1

    def draw_on_first(self) -> None:
        """The charts of other pages that belong beside the decision."""
        made = [
            draw
            for name, draw in (
                (CAPACITY, self._capacity_chart),
                (TARGETS, self._targets_chart),
                (VALUE, self._value_chart),
            )
            if name in self._places
        ][:2]
        for place, draw in enumerate(made):
            drawn = draw()
            drawn.set_size({"width": 500, "height": 370})
            self.first.insert_chart(self._row, place * (_WIDTH // 2), drawn, {"x_offset": 2, "object_position": 1})
        self._facts_at(self._row + (20 if made else 0))

    def _facts_at(self, row: int) -> None:
        said = " · ".join(f"{label}: {value}" for label, value in self.report.facts if value)
        style = self.styles.get(font_color=QUIET, font_size=9, text_wrap=True, valign="top")
        self.first.merge_range(row, 0, row, _WIDTH - 1, "", style)
        self.first.write_string(row, 0, fitting(said), style)
        self.first.set_row(row, 12 * lines_of(said, _WIDTH * _COLUMN) + 4)

    def initiatives(self) -> None:
        """Everything that is in, then what is out, each with why and what changing that costs."""
        report = self.report
        price = f" ({report.price_label})" if report.price_label else ""

        def columns(what: str) -> list[Column]:
            return [
                Column("Initiative", 14, lambda line: line.key),
                Column("Title", 40, lambda line: line.title),
                Column("Department", 18, lambda line: line.department),
                Column("Tokens", 10, lambda line: line.tokens, is_number=True),
                Column(report.value_label or "Value", 15, lambda line: line.value, is_number=True),
                *(
                    [Column(f"{what}{price}", 19, lambda line: line.price, is_number=True)]
                    if report.price_label
                    else []
                ),
                Column("Why", 76, lambda line: line.reason),
            ]

        first = columns("Leaving it out costs")
        sheet = self.page(INITIATIVES, f"In: {len(report.chosen)}, out: {len(report.left)}", [c.width for c in first])
        row = 3
        if report.chosen:
            self.heading(sheet, row, "In")
            row = self.table(sheet, row + 1, first, report.chosen) + 1
        if report.left:
            self.heading(sheet, row, "Out")
            row = self.table(
                sheet, row + 1, columns("Forcing it in costs"), report.left, look=lambda _: {"font_color": "#595959"}
            )
        if len(report.lines) > _ONE_PAGE:
            sheet.fit_to_pages(1, 0)
            sheet.repeat_rows(0, 1)

    def capacity(self) -> None:
        """Tokens by department: what is in, and what would have liked to be."""
        report = self.report
        columns = [
            Column("Department", 24, lambda one: one.name),
            Column("Initiatives", 12, lambda one: float(one.count), is_number=True),
            Column("Tokens in", 12, lambda one: one.tokens, is_number=True),
            Column(
                "Share of what is spent",
                14,
                lambda one: one.tokens / spent if spent else 0.0,
                is_number=True,
                form="0 %",
            ),
            Column("Tokens left out", 14, lambda one: one.out_tokens, is_number=True),
        ]
        spent = sum(one.tokens for one in report.slices)
        sheet = self.page(CAPACITY, "Capacity by department", [column.width for column in columns])
        end = self.table(sheet, 3, columns, report.slices)
        self._places[CAPACITY] = (4, end - 1)
        total = SliceLine("All", sum(o.count for o in report.slices), spent, sum(o.out_tokens for o in report.slices))
        self.total(sheet, end, columns, total)
        if report.capacity is not None:
            said = f"Capacity: {number_text(report.capacity)} tokens"
            sheet.write_string(end + 1, 0, said, self.styles.get(font_color=QUIET))
        drawn = self._capacity_chart()
        drawn.set_size({"width": 640, "height": max(420, min(760, 90 + 40 * len(report.slices)))})
        sheet.insert_chart(3, len(columns), drawn, {"x_offset": 24, "object_position": 1})

    def _capacity_chart(self) -> Any:
        return charts.stacked_bars(
            self.book,
            "Engineering tokens by department",
            sheet=CAPACITY,
            rows=self._places[CAPACITY],
            names=0,
            series=((2, "in", charts.PART), (4, "left out", charts.WHOLE)),
            unit="engineering tokens",
        )

    def targets(self) -> None:
        """Targets with what is reached of them, then what the decision adds to every KPI."""
        report = self.report
        columns = [
            Column("Target", 34, lambda one: one.label),
            Column("Kind", 9, lambda one: one.kind),
            Column("Unit", 16, lambda one: one.unit or ""),
            Column("Baseline", 14, lambda one: one.baseline, is_number=True),
            Column("Asked for", 14, lambda one: one.target, is_number=True),
            Column("Reached", 14, lambda one: one.achieved, is_number=True),
            Column("Missing", 13, lambda one: one.gap or None, is_number=True),
            Column("Reached of what is asked", 14, lambda one: one.share, is_number=True, form="0 %"),
            Column("", 10, lambda one: "met" if one.is_met else "missed"),
        ]
        sheet = self.page(TARGETS, "KPIs and targets", [column.width for column in columns])
        row = 3
        if report.targets:
            end = self.table(sheet, row, columns, report.targets)
            self._places[TARGETS] = (row + 1, end - 1)
            for number, one in enumerate(report.targets, start=row + 1):
                fill, ink = TONES[Tone.GOOD if one.is_met else Tone.LOOK]
                style = self.styles.get(
                    bottom=1, bottom_color=EDGE, valign="vcenter", bg_color=fill, font_color=ink, indent=1, align="left"
                )
                sheet.write_string(number, len(columns) - 1, "met" if one.is_met else "missed", style)
            row = end + 1
            drawn = self._targets_chart()
            height = max(220, min(520, 90 + 34 * len(report.targets)))
            drawn.set_size({"width": 960, "height": height})
            sheet.insert_chart(row, 0, drawn, {"object_position": 1})
            row += height // 20 + 2
        else:
            sheet.write_string(row, 0, "No targets were set.", self.styles.get(italic=True, font_color=QUIET))
            row += 2
        if report.kpis:
            self.heading(sheet, row, "What the decision adds to the KPIs")
            kpis = [
                Column("KPI", 34, lambda one: one[0]),
                Column("", 9, lambda _: None),
                Column("Unit", 16, lambda one: one[1] or ""),
                Column("Change", 14, lambda one: one[2], is_number=True),
            ]
            self.table(sheet, row + 1, kpis, report.kpis)

    def _targets_chart(self) -> Any:
        return charts.shares(
            self.book,
            "Reached of what each target asks for",
            sheet=TARGETS,
            rows=self._places[TARGETS],
            names=0,
            column=7,
        )

    def value(self) -> None:
        """Each initiative by its tokens and its value; the numbers stand beside the chart."""
        report = self.report
        known = [line for line in report.lines if line.tokens is not None and line.value is not None]
        lines = sorted(known, key=lambda line: not line.is_in)
        columns = [
            Column("Initiative", 14, lambda line: line.key),
            Column("Title", 40, lambda line: line.title),
            Column("", 7, lambda line: "in" if line.is_in else "out"),
            Column("Tokens", 10, lambda line: line.tokens, is_number=True),
            Column(report.value_label or "Value", 15, lambda line: line.value, is_number=True),
        ]
        sheet = self.page(VALUE, "Value and tokens of each initiative", [column.width for column in columns])
        end = self.table(sheet, 3, columns, lines)
        self._places[VALUE] = (4, end - 1)
        self._points = {is_in: [_short(line.key) for line in lines if line.is_in is is_in] for is_in in (True, False)}
        drawn = self._value_chart()
        drawn.set_size({"width": 820, "height": 560})
        sheet.insert_chart(3, len(columns), drawn, {"x_offset": 24, "object_position": 1})
        if len(lines) > _ONE_PAGE:
            sheet.fit_to_pages(1, 0)

    def _value_chart(self) -> Any:
        first, last = self._places[VALUE]
        middle = first + len(self._points[True])
        return charts.scatter(
            self.book,
            "Value against tokens",
            sheet=VALUE,
            points=(
                charts.Points((first, middle - 1), "in", charts.PART, self._points[True]),
                charts.Points((middle, last), "out", charts.POINT_OUT, self._points[False]),
            ),
            places=(3, 4),
            units=("engineering tokens", self.report.value_label or "value"),
        )

    def alternatives(self) -> None:
        """This answer and the latest one of every other scenario."""
        report = self.report

        def name(one: Alternative) -> str:
            return one.answer.scenario_name + (" (this decision)" if one.is_this else "")

        columns = [
            Column("Answer", 34, name),
            Column("Run", 13, lambda one: one.answer.run_id),
            Column("Status", 12, lambda one: one.answer.status),
            Column("Maximised", 15, lambda one: str(one.answer.objective_mode or "").replace("_", " ")),
            Column(
                f"Adds to {report.north_star}" if report.north_star else "North star",
                17,
                lambda one: one.answer.north_star_gain,
                is_number=True,
            ),
            Column("Tokens used", 11, lambda one: one.answer.capacity_used, is_number=True),
            Column("Capacity", 11, lambda one: one.answer.capacity_total, is_number=True),
            Column("Chosen", 9, lambda one: _count(one.answer.selected_count), is_number=True),
            Column("Of them in this one, too", 12, lambda one: _count(one.shared), is_number=True),
            Column("Targets met", 12, lambda one: one.answer.targets_met),
        ]
        sheet = self.page(ALTERNATIVES, "Alternatives side by side", [column.width for column in columns])
        end = self.table(
            sheet,
            3,
            columns,
            report.alternatives,
            look=lambda one: {"bold": True, "bg_color": PALE} if one.is_this else {},
        )
        if len(report.alternatives) == 1:
            sheet.write_string(
                end, 0, "There is no other answer to compare with.", self.styles.get(italic=True, font_color=QUIET)
            )
        for place, (column, title, unit) in enumerate(
            (
                (4, "What each adds to the north star", report.north_star),
                (5, "Tokens that each uses", "engineering tokens"),
            )
        ):
            values = [columns[column].value(one) for one in report.alternatives]
            drawn = charts.columns(
                self.book,
                title,
                sheet=ALTERNATIVES,
                rows=(4, end - 1),
                names=0,
                column=column,
                unit=unit,
                from_zero=all(value is None or (isinstance(value, int | float) and value >= 0) for value in values),
            )
            drawn.set_size({"width": 510, "height": 340})
            sheet.insert_chart(end + 2, 0, drawn, {"x_offset": place * 530, "object_position": 1})

    def conflicts(self) -> None:
        """What stands against the decision, and what helps."""
        columns = [
            Column("How bad", 11, lambda one: one.severity),
            Column("What", 80, lambda one: one.message),
            Column("What helps", 60, lambda one: one.recommendation),
        ]
        sheet = self.page(CONFLICTS, "Conflicts and open points", [column.width for column in columns])
        order = sorted(self.report.conflicts, key=lambda one: one.severity != Severity.CRITICAL)
        self.table(sheet, 3, columns, order)
        for number, one in enumerate(order, start=4):
            fill, ink = TONES[Tone.BAD if one.severity == Severity.CRITICAL else Tone.LOOK]
            style = self.styles.get(
                bottom=1, bottom_color=EDGE, valign="vcenter", bg_color=fill, font_color=ink, indent=1, align="left"
            )
            sheet.write_string(number, 0, one.severity, style)
        if len(order) > _ONE_PAGE:
            sheet.fit_to_pages(1, 0)
            sheet.repeat_rows(3)


def number_text(value: float) -> str:
    return f"{value:,.10g}"


def _short(key: str) -> str:
    """An initiative's key in the short form that is understood as well: ``INIT-6``."""
    prefix, _, number = key.partition("-")
    return f"{prefix}-{number.lstrip('0') or '0'}"


def _count(value: int | None) -> float | None:
    return None if value is None else float(value)

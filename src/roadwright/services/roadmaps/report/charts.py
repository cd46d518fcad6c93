"""The native charts of a report. Data stand on the sheets: rows count from 0, a range is its first and last row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from xlsxwriter.workbook import Workbook

PART, WHOLE, POINT_OUT = "#2F6DAB", "#C9D3DF", "#B9862F"
_INK, _LINE = "#404040", "#E6E6E6"
_FONT: dict[str, object] = {"name": "Calibri", "size": 10, "color": _INK, "bold": False}
_TITLE: dict[str, object] = {**_FONT, "size": 13, "bold": True, "color": "#1F3864"}
_FROM_ZERO: dict[str, object] = {"min": 0}
_MOST_LABELS = 40
"""Points of a scatter that are named; more would lie on each other."""

Rows = tuple[int, int]


def _cells(sheet: str, rows: Rows, column: int) -> list[object]:
    return [sheet, rows[0], column, rows[1], column]


def _dressed(chart: Any, title: str) -> Any:
    chart.set_title({"name": title, "name_font": _TITLE, "overlay": False})
    chart.set_chartarea({"border": {"none": True}})
    chart.set_plotarea({"border": {"none": True}})
    return chart


def _number_axis(unit: str, form: str = "#,##0", /, **more: object) -> dict[str, object]:
    return {
        "name": unit,
        "name_font": _FONT,
        "num_font": _FONT,
        "num_format": form,
        "major_gridlines": {"visible": True, "line": {"color": _LINE}},
        "line": {"none": True},
        **more,
    }


_NAMES_AXIS: dict[str, object] = {
    "reverse": True,
    "crossing": "max",  # the numbers stay below, though the names begin on top
    "num_font": _FONT,
    "line": {"color": "#BFBFBF"},
    "major_tick_mark": "none",
}


def stacked_bars(
    book: Workbook,
    title: str,
    *,
    sheet: str,
    rows: Rows,
    names: int,
    series: Sequence[tuple[int, str, str]],
    unit: str,
) -> Any:
    """A bar for each row, the first on top, made of the series."""
    chart = book.add_chart({"type": "bar", "subtype": "stacked"})
    for column, name, colour in series:
        ink = "#FFFFFF" if colour == PART else _INK
        chart.add_series(
            {
                "name": name,
                "categories": _cells(sheet, rows, names),
                "values": _cells(sheet, rows, column),
                "fill": {"color": colour},
                "gap": 45,
                "data_labels": {
                    "value": True,
                    "num_format": "#,##0;-#,##0;",
                    "font": {**_FONT, "size": 9, "color": ink},
                },
            }
        )
    chart.set_y_axis({**_NAMES_AXIS})
    chart.set_x_axis(_number_axis(unit))
    chart.set_legend({"position": "top", "font": _FONT})
    return _dressed(chart, title)


def shares(book: Workbook, title: str, *, sheet: str, rows: Rows, names: int, column: int) -> Any:
    """A bar for each row, in percent of what was asked for."""
    chart = book.add_chart({"type": "bar"})
    chart.add_series(
        {
            "categories": _cells(sheet, rows, names),
            "values": _cells(sheet, rows, column),
            "fill": {"color": PART},
            "gap": 45,
            "data_labels": {"value": True, "num_format": "0 %", "font": _FONT},
        }
    )
    chart.set_y_axis({**_NAMES_AXIS})
    chart.set_x_axis(_number_axis("of the change that the target asks for", "0 %", min=0))
    chart.set_legend({"none": True})
    return _dressed(chart, title)


def columns(
    book: Workbook, title: str, *, sheet: str, rows: Rows, names: int, column: int, unit: str, from_zero: bool
) -> Any:
    """A column for each row."""
    chart = book.add_chart({"type": "column"})
    chart.add_series(
        {
            "categories": _cells(sheet, rows, names),
            "values": _cells(sheet, rows, column),
            "fill": {"color": PART},
            "gap": 80,
            "data_labels": {"value": True, "num_format": "#,##0.######", "font": _FONT},
        }
    )
    chart.set_x_axis(
        {"num_font": _FONT, "line": {"color": "#BFBFBF"}, "major_tick_mark": "none", "label_position": "low"}
    )
    chart.set_y_axis(_number_axis(unit, **(_FROM_ZERO if from_zero else {})))
    chart.set_legend({"none": True})
    return _dressed(chart, title)


@dataclass(frozen=True)
class Points:
    """Points of one colour: their rows, what the legend calls them, and the text beside each."""

    rows: Rows
    name: str
    colour: str
    labels: Sequence[str]


def scatter(
    book: Workbook, title: str, *, sheet: str, points: Sequence[Points], places: Rows, units: tuple[str, str]
) -> Any:
    """A point for each row; ``places`` are the columns of x and y."""
    chart = book.add_chart({"type": "scatter"})
    are_named = sum(len(one.labels) for one in points) <= _MOST_LABELS
    for one in points:
        if not one.labels:
            continue
        point: dict[str, object] = {
            "name": one.name,
            "categories": _cells(sheet, one.rows, places[0]),
            "values": _cells(sheet, one.rows, places[1]),
            "marker": {"type": "circle", "size": 8, "fill": {"color": one.colour}, "border": {"color": "#FFFFFF"}},
        }
        if are_named:
            labels = [{"value": label, "font": {**_FONT, "size": 8}} for label in one.labels]
            point["data_labels"] = {"custom": labels, "value": True, "position": "right", "font": {**_FONT, "size": 8}}
        chart.add_series(point)
    chart.set_x_axis(_number_axis(units[0], min=0, label_position="low"))
    chart.set_y_axis(_number_axis(units[1], label_position="low"))
    chart.set_legend({"position": "top", "font": _FONT})
    return _dressed(chart, title)

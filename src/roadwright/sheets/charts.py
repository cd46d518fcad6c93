"""The charts that a template draws beside the rows of a tab. They show the first rows, whatever stands in them."""

from __future__ import annotations

from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from roadwright.sheets.rules import LAST_ROW
from roadwright.sheets.spec import Chart, TabSpec

_WIDTH, _HEIGHT, _GAP = 440, 290, 16
"""In pixels."""
_WHOLE, _PART, _INK, _LINE = "#D6DEE8", "#2F6DAB", "#404040", "#E3E3E3"
_FONT = {"name": "Calibri", "size": 9, "color": _INK}


_SHORT = '[>=1000000]0.0,,"M";[<=-1000000]-0.0,,"M";#,##0'
"""Numbers of an axis: there is no room for many digits."""


def add_charts(book: Workbook, sheet: Worksheet, spec: TabSpec) -> None:
    """Draw the tab's charts to the right of its columns, one below the other, and a line below each row."""
    if spec.charts:
        line = book.add_format({"bottom": 1, "bottom_color": "#D9D9D9"})
        rule = {"type": "formula", "criteria": '=$A2<>""', "format": line}
        sheet.conditional_format(1, 0, LAST_ROW - 1, len(spec.columns) - 1, rule)
    for number, chart in enumerate(spec.charts):
        drawn = _bars(book, spec, chart)
        place = {"y_offset": number * (_HEIGHT + _GAP), "object_position": 3}
        sheet.insert_chart(1, len(spec.columns) + 1, drawn, place)


def _bars(book: Workbook, spec: TabSpec, chart: Chart) -> object:
    """Bars from left to right, the first row on top."""
    drawn = book.add_chart({"type": "bar"})
    names = [column.name for column in spec.columns]

    def cells(column: str) -> list[object]:
        place = names.index(column)
        return [spec.name, 1, place, chart.rows, place]

    is_part = len(chart.series) > 1
    label = {"position": "inside_end", "font": {**_FONT, "color": "#FFFFFF"}} if is_part else {"font": _FONT}
    for (column, name), fill in zip(chart.series, (_WHOLE, _PART) if is_part else (_PART,), strict=True):
        labels = {"value": True, "num_format": "#,##0;-#,##0;;", **label}
        drawn.add_series(
            {
                "name": name,
                "categories": cells(chart.labels),
                "values": cells(column),
                "fill": {"color": fill},
                "gap": 60,
                "overlap": 100,
                **({"data_labels": labels} if fill == _PART else {}),
            }
        )
    drawn.set_title({"name": chart.title, "name_font": {**_FONT, "size": 12, "bold": True}, "overlay": False})
    drawn.set_x_axis(
        {
            "num_font": _FONT,
            "name": chart.unit,
            "name_font": {**_FONT, "bold": False},
            "num_format": _SHORT,
            "major_gridlines": {"visible": True, "line": {"color": _LINE}},
            "line": {"none": True},
            **({"min": 0} if is_part else {}),
        }
    )
    drawn.set_y_axis(
        {
            "reverse": True,
            "crossing": "max",  # the numbers stay below, though the names begin on top
            "label_position": "low",
            "num_font": _FONT,
            "line": {"color": "#BFBFBF"},
            "major_tick_mark": "none",
        }
    )
    if is_part:
        drawn.set_legend({"position": "bottom", "font": _FONT})
    else:
        drawn.set_legend({"none": True})
    drawn.set_chartarea({"border": {"color": "#D0D0D0"}})
    drawn.set_size({"width": _WIDTH, "height": _HEIGHT})
    drawn.show_hidden_data()  # the labels stand in a column that is folded away
    return drawn

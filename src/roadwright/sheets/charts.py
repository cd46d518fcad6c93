"""The charts that a template draws beside the rows of a tab. They show the first rows, whatever stands in them."""

from __future__ import annotations

from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from roadwright.sheets.spec import Chart, TabSpec

_WIDTH, _HEIGHT, _GAP = 520, 300, 16
"""In pixels."""
_WHOLE, _PART, _INK, _LINE = "#D6DEE8", "#2F6DAB", "#404040", "#E3E3E3"
_FONT = {"name": "Calibri", "size": 9, "color": _INK}


def add_charts(book: Workbook, sheet: Worksheet, spec: TabSpec) -> None:
    """Draw the tab's charts to the right of its columns, one below the other."""
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

    fills = (_WHOLE, _PART) if len(chart.series) > 1 else (_PART,)
    for (column, name), fill in zip(chart.series, fills, strict=False):
        labels = {"value": True, "font": _FONT, "num_format": "#,##0;-#,##0;;"} if fill is _PART else None
        drawn.add_series(
            {
                "name": name,
                "categories": cells(chart.labels),
                "values": cells(column),
                "fill": {"color": fill},
                "gap": 60,
                "overlap": 100,
                **(
                    {"data_labels": {**labels, "position": "inside_base" if len(fills) > 1 else "outside_end"}}
                    if labels
                    else {}
                ),
            }
        )
    drawn.set_title({"name": chart.title, "name_font": {**_FONT, "size": 12, "bold": True}, "overlay": False})
    # A bar chart's first axis is the upright one.
    drawn.set_x_axis(
        {
            "num_font": _FONT,
            "name": chart.unit,
            "name_font": {**_FONT, "bold": False},
            "num_format": "#,##0",
            "major_gridlines": {"visible": True, "line": {"color": _LINE}},
            "line": {"none": True},
        }
    )
    drawn.set_y_axis(
        {"reverse": True, "crossing": "max", "num_font": _FONT, "line": {"color": "#BFBFBF"}, "major_tick_mark": "none"}
    )
    if len(chart.series) > 1:
        drawn.set_legend({"position": "bottom", "font": _FONT})
    else:
        drawn.set_legend({"none": True})
    drawn.set_chartarea({"border": {"color": "#D0D0D0"}})
    drawn.set_size({"width": _WIDTH, "height": _HEIGHT})
    drawn.show_hidden_data()  # the labels stand in a column that is folded away
    return drawn

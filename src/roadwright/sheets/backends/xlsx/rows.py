"""The cells of one row in its bytes: where they stand, and the row with some of them changed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from roadwright.sheets.backends.xlsx.markup import (
    REPORTED,
    Head,
    Splice,
    apply_splices,
    blanked,
    element_end,
    has_one_meaning,
    new_parser,
    pass_one_branch,
    raw_name,
    raw_prefix,
    run_parser,
    set_attribute,
    tag_end,
)
from roadwright.sheets.backends.xlsx.usual_rows import RowPlaces, places_in, places_of
from roadwright.sheets.values import column_letters, column_number

_TRUE = ("1", "true")


@dataclass
class RowCells:
    """Where a row's cells stand, as offsets into the row's bytes.

    ``styles`` maps each column that has a cell to the cell's style, in the order of the cells; ``ends`` only holds
    the columns that were asked for. ``with_formula`` are those of them that hold a formula.
    """

    attributes: dict[str, str] = field(default_factory=dict)
    prefix: str = ""
    styles: dict[int, str | None] = field(default_factory=dict)
    starts: dict[int, int] = field(default_factory=dict)
    ends: dict[int, int] = field(default_factory=dict)
    with_formula: set[int] = field(default_factory=set)
    close: int = 0
    """Where the row's end tag begins; 0 for a row without one."""
    has_all: bool = True
    """Whether all cells of the row are among them."""

    @property
    def own_style(self) -> str | None:
        """The format that the person gave the whole row."""
        return self.attributes.get("s") if self.attributes.get("customFormat") in _TRUE else None

    @property
    def has_set_height(self) -> bool:
        """A person has set the row's height."""
        return self.attributes.get("customHeight") in _TRUE


def locate_cells(row: bytes, where: str, head: Head, wanted: Collection[int] = ()) -> RowCells:
    """Find the cells of a row; ends and formulas of the wanted columns only, which is much faster.

    ``head`` is what stands before the rows in their part: it declares the namespaces.
    """
    usual = places_in(row) if "" in head.prefixes else None
    if usual is not None:
        return _usual_cells(usual, wanted)
    found = RowCells(prefix=raw_prefix(row, 0))
    by_prefix = has_one_meaning(row)
    parser = new_parser(where, namespaces=not by_prefix)
    cell_tags, formula_tags = (
        tuple(before + name for before in (head.prefixes if by_prefix else REPORTED)) for name in ("c", "f")
    )
    opening, closing = (b"", b"") if by_prefix else (head.opening, head.closing)
    before, in_row = len(opening), 1 if by_prefix else 3
    depth = column = 0
    is_wanted = False

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth, column, is_wanted
        if depth == in_row and tag in cell_tags:
            reference = attributes.get("r")
            column = column_number(reference.rstrip("0123456789")) if reference else column + 1
            found.styles[column] = attributes.get("s")
            found.starts[column] = parser.CurrentByteIndex - before
            is_wanted = column in wanted
        elif depth == in_row + 1:
            if is_wanted and tag in formula_tags:
                found.with_formula.add(column)
        elif depth == in_row - 1:
            found.attributes = attributes
        depth += 1

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        if depth == in_row and is_wanted and tag in cell_tags:
            found.ends[column] = element_end(row, found.starts[column], parser.CurrentByteIndex - before)

    if by_prefix:
        parser.StartElementHandler, parser.EndElementHandler = start, end
    else:
        pass_one_branch(parser, start, end, lambda _: None)
    run_parser(parser, opening + row + closing, where)
    if row[(end_of_tag := tag_end(row, 0)) - 2 : end_of_tag] != b"/>":
        found.close = blanked(row).rindex(b"</" + raw_name(row, 0))
    return found


def locate_wanted(row: bytes, wanted: Collection[int]) -> RowCells | None:
    """Find no more than the wanted cells of a row that was read as a usual one; None where one is not there."""
    places = places_of(row, [column_letters(column) for column in sorted(wanted)])
    return None if places is None else replace(_usual_cells(places, wanted), has_all=False)


def _usual_cells(places: RowPlaces, wanted: Collection[int]) -> RowCells:
    columns = [column_number(letters) for letters in places.letters]
    return RowCells(
        places.attributes,
        styles={column: style or None for column, style in zip(columns, places.styles, strict=True)},
        starts=dict(zip(columns, places.begins, strict=True)),
        ends={column: end for column, end in zip(columns, places.ends, strict=True) if column in wanted},
        close=places.close or 0,
    )


def changed_row(
    row: bytes, cells: RowCells, new: Mapping[int, bytes], attributes: Mapping[str, str | None] | None = None
) -> bytes:
    """The row with the cells of some columns replaced or put in between; ``cells`` must have been asked for them.

    ``attributes`` of the row itself are set, or taken out (None).
    """
    splices = [_changed_tag(row, cells, new, attributes or {})]
    columns = list(cells.starts)
    position = 0
    inserted: dict[int, list[bytes]] = {}
    for column in sorted(new):
        if column in cells.ends:
            splices.append(Splice(cells.starts[column], cells.ends[column], new[column]))
            continue
        while position < len(columns) and columns[position] < column:
            position += 1
        at = cells.starts[columns[position]] if position < len(columns) else cells.close
        inserted.setdefault(at, []).append(new[column])
    if not cells.close:
        tag = splices[0]
        closing = f"</{cells.prefix}row>".encode()
        body = b"".join(b"".join(pieces) for pieces in inserted.values())
        opened = tag.new[:-2].rstrip() + b">" + body + closing if body else tag.new
        return opened + row[tag.end :]
    splices += [Splice(at, at, b"".join(pieces)) for at, pieces in inserted.items()]
    return apply_splices(row, splices)


def _changed_tag(row: bytes, cells: RowCells, new: Mapping[int, bytes], attributes: Mapping[str, str | None]) -> Splice:
    """The row's start tag, without its ``spans`` hint where that would be wrong now; a wrong one is worse than none."""
    end = tag_end(row, 0)
    tag = row[:end]
    spans = cells.attributes.get("spans", "").replace(":", " ").split()
    if spans and (min(new) < int(spans[0]) or max(new) > int(spans[-1])):
        tag = set_attribute(tag, "spans", None)
    for name, value in attributes.items():
        tag = set_attribute(tag, name, value)
    return Splice(0, end, tag)

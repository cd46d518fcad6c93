"""What is wrong with workbooks: they can't be read, a tab can't be used, or cells can't be written."""

from __future__ import annotations

TEXTS = {
    "area_hides": "{area} hides {names}",
    "below_table": "stands below table {table}",
    "binary_workbook": "{workbook} is a binary workbook (.xlsb). Save it as .xlsx.",
    "cell_day_too_early": "{day}, because it is before the days that spreadsheets count",
    "cell_in_array_formula": (
        "{cell} belongs to the array formula in {area}; replace it by plain values, or move it to a column of "
        "your own, because this one is written by the program"
    ),
    "cell_in_totals_row": "{cell} belongs to the totals row of table {table}; switch that off or move it",
    "cell_is_table_header": "{cell} is a header of table {table}; rename it in a spreadsheet program",
    "cell_merged": "{cell} is merged into {master}; unmerge {area}",
    "cell_not_formatted": (
        "{tab}!{cell} is not formatted for {value}, and {why}. Format the column as a date or as a number, "
        "whatever it holds, and run again."
    ),
    "cell_number_too_large": "a number too large for a cell",
    "cell_protected": "{cell} is protected; let Roadwright edit it, or lift the protection",
    "cell_text_too_long": "a text of {length:,} characters, but a cell holds {most:,}",
    "cell_time_zone": "{moment}, because it has a time zone",
    "cell_with_formula": (
        "{cell} holds a formula; replace it by a plain value, or move it to a column of your own, because this "
        "one is written by the program"
    ),
    "column_twice": (
        "{tab}: two columns stand for {name}: {first} ({first_name}) and {second} ({second_name}). Rename or "
        "remove one of them."
    ),
    "columns_missing": (
        "{tab}: the {names:column|columns} {names} {names:is|are} missing in row {row}. It has: {found}."
    ),
    "disk_lost_writing": "The disk did not keep what was written to {path}; the old file is untouched.",
    "document_type": "{where} has a document type (DTD), which no spreadsheet program writes; refused.",
    "file_empty": "{workbook} is empty (0 bytes). Put a workbook there, or remove the file.",
    "file_exists": "{path} is already there; move it away or choose another name. It was left as it is.",
    "file_forbidden": "{path} can't be read: permission denied.",
    "file_read_only": "{path} is read-only. Allow writing to the file and run again.",
    "file_unreadable": "{path} can't be read: {why}.",
    "file_unreadable_now": "{path} can't be read any more: {why}.",
    "file_unwritable": "{path} can't be written: {why}.",
    "file_unwritable_in": "{workbook} can't be written in {folder}: {why}.",
    "formula_without_value": "the formula ={formula} has no value that could be written",
    "header_empty": (
        "{tab}: row {row} should hold the header, but it is empty. Put the column names there ({needed}), or say "
        "in roadwright.toml in which row the header stands (header_row)."
    ),
    "header_merged": "{tab}: merged cells cover columns of the header: {areas}. Unmerge them and run again.",
    "header_protected": "{tab}: the header can't be written: {why}.",
    "holds_something": "holds something already",
    "in_merged_cells": "belongs to merged cells",
    "in_other_table": "belongs to table {table}",
    "in_workbook": "{workbook}: {why}",
    "is_protected": "is protected",
    "looks_like_markup": "a web page or an XML file",
    "looks_like_other": "a file of another kind",
    "looks_like_pdf": "a PDF document",
    "looks_like_text": "a text file, such as CSV",
    "markup_damaged": (
        "{where} is damaged ({why}). Open the workbook in a spreadsheet program, let it repair the file, and save it."
    ),
    "merged_below_table": "belongs to merged cells below table {table}",
    "new_file_damaged": "The new {workbook} came out damaged in {part}; the old one is untouched.",
    "new_rows_blocked": (
        "{tab}!{cell} {why}, just where new rows have to go. Move it to the right of the data or to another tab, "
        "and run again."
    ),
    "no_backend": "{workbook} can't be opened: nothing here opens addresses that begin with {scheme}://.",
    "no_book": "There is no workbook at {address}.",
    "no_cell_formats": "the workbook has no cell formats to take one from",
    "no_cell_number": "{number}, which is no number that a cell can hold",
    "no_file": "There is no file {path}.",
    "no_file_any_more": "{path} is {kind} since it was read; nothing was written.",
    "no_free_column": (
        "{tab}: there is no room for the {names:column|columns} {names}. To the right of the last header, {last}, "
        "no columns can be had from the header down. Remove what stands there, or type these names as headers "
        "into free columns."
    ),
    "no_free_columns": (
        "{tab}: there is no room for the {names:column|columns} {names}. To the right of the last header, {last}, "
        "{room} {room:column|columns} can be had from the header down. Remove what stands there, or type these "
        "names as headers into free columns."
    ),
    "no_rows_left": "{tab}: {count:,} new rows don't fit below row {last:,}; a tab has {most:,} rows.",
    "no_tab": "{workbook} has no tab {tab}. It has: {tabs}.",
    "no_tab_no_tabs": "{workbook} has no tab {tab}. It has: no tabs with cells.",
    "no_value_of_its_type": (
        "{where} is damaged: {place} holds {value}, which is no value of its type. Open the workbook in a "
        "spreadsheet program, type the cell again, and save."
    ),
    "no_workbook": "{workbook} is no workbook. Open it in a spreadsheet program and save it as .xlsx.",
    "not_a_file": "{path} is {kind}, not a workbook.",
    "old_office_file": "{workbook} is an old Office file, such as .xls. Save it as .xlsx.",
    "opendocument_file": "{workbook} is an OpenDocument file. Save it as .xlsx.",
    "other_file": (
        "{workbook} is no .xlsx workbook but {kind}, whatever its name says. Open it in a spreadsheet program and "
        "save it as .xlsx."
    ),
    "out_of_order": (
        "{place} stands below or beside a later one in the file: its rows and cells are not in order. Open the "
        "workbook in a spreadsheet program and save it, which puts them in order."
    ),
    "part_checksum": "{workbook} is damaged: the checksum of its part {part} is wrong.",
    "part_cut_off": "{workbook} is damaged: its part {part} is cut off.",
    "part_damaged": "{workbook} is damaged in its part {part} ({why}).",
    "part_encrypted": "{workbook} is encrypted. Save it without a password.",
    "part_misplaced": "{workbook} is damaged: its part {part} is not where it should be.",
    "part_missing": (
        "{workbook} is damaged: its part {part} is missing. Get the file again, or let a spreadsheet program "
        "repair it and save it."
    ),
    "part_twice": "{workbook} is damaged: it holds a part twice. Save it again in a spreadsheet program.",
    "part_without_tab": "{where} is damaged: it holds no tab.",
    "part_without_table": "{where} is damaged: it holds no table. Save it again in a spreadsheet program.",
    "rows_not_written": "{tab}: {rows}",
    "rows_out_of_order": (
        "{where}: row {row} stands below row {below} in the file. Open the workbook in a spreadsheet program and "
        "save it, which puts the rows in order."
    ),
    "several_file_systems": "{path} can't be replaced; its folder is on more than one file system.",
    "too_many_areas": (
        "{tab} has merged cells or array formulas over more than {most:,} rows in all. Unmerge the cells, or "
        "replace the formulas by plain values."
    ),
    "too_many_cell_formats": "the workbook has too many cell formats to add one",
    "too_many_parts": "{workbook} has {count:,} parts; at most {most:,} are accepted.",
    "too_many_tags": (
        "{where} holds more than {most:,} tags, far more than a tab needs. Delete the rows and columns that hold "
        "nothing but formats, or split the tab over several workbooks."
    ),
    "totals_row_in_the_way": (
        "{tab}: the totals row of table {table} (row {row}) stands where new rows have to go. Switch the totals "
        "row off (Table Design > Total Row), or insert empty rows above it, and run again."
    ),
    "unknown_packing": "{workbook} is packed in a way that no spreadsheet program uses. Save it again.",
    "unpacks_too_large": (
        "{workbook} would unpack to more than a workbook can need (part {part}: {size:,} bytes from {packed:,}); "
        "refused."
    ),
    "unwritable_value": "{tab}!{cell} can't hold {why}.",
    "workbook_changed": "{workbook} was changed by someone else since it was read; nothing was written. Run again.",
    "workbook_gone": "{workbook} was moved or deleted since it was read; nothing was written.",
    "workbook_held": "{workbook} is held by {owner}; nothing was written. Run again when it is free.",
    "workbook_in_use": (
        "{workbook} is open in another program, or its folder is read-only. Close it there and run again."
    ),
    "workbook_open": (
        "{workbook} is open in {program}. Save and close it there and run again. If nobody has it open any more, "
        "delete the left-over lock file {lock}."
    ),
    "workbook_open_by": (
        "{workbook} is open in {program} by {owner}. Save and close it there and run again. If nobody has it open "
        "any more, delete the left-over lock file {lock}."
    ),
    "workbook_password": "{workbook} is protected by a password. Save it without one (File > Info).",
    "workbook_too_large": "{workbook} would grow beyond 4 GB; nothing was written.",
    "wrong_encoding": "{where} is damaged: it is not in its encoding {encoding}.",
    "zip_damaged": (
        "{workbook} is only a part of a workbook, or damaged ({why}). Get the file again, or let a spreadsheet "
        "program repair it and save it as .xlsx."
    ),
}

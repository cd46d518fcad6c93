"""What there is to say of tabs and files that others made, and of bringing them in."""

from __future__ import annotations

TEXTS = {
    "computed_not_taken": "column {header}: {name} is computed, so it is not taken from intake",
    "fill_down_offered": (
        "{name} is merged over several rows, and only the first of them has it; fill_down = [{name!q}] under "
        "[intake.rows] in roadwright.toml gives it to all"
    ),
    "header_not_found": (
        "{tab}: no row holds two names of columns that are known. Name their columns in roadwright.toml "
        "([intake.columns], for {needed} at least), or say in which row the header stands (header_row)."
    ),
    "known_twice_not_taken": (
        "columns {columns} are all called {name}, so none of them is taken; say under [intake.columns] which one is"
    ),
    "mapped_column_missing": "{name} should come from {missing}, which the header does not have",
    "no_carried_name": (
        "{name!q} can't be the name of a carried column; expected small letters, digits and _, beginning with a letter"
    ),
    "no_intake_column": "{name!q} is no column of intake{hint}; known: {known}",
    "no_header_row": "should be a row from 1 to {last:,}, or \"auto\" to have it found",
    "no_such_word": "{name}: {theirs!q} is to mean {ours!q}, which is not known; accepted: {known}",
    "text_overflows": (
        "has {length:,} characters: all of it stands in {into}, and its first {kept:,} here"
    ),
}

"""What there is to say of tabs and files that others made, and of bringing them in."""

from __future__ import annotations

TEXTS = {
    "computed_not_taken": "column {header}: {name} is computed, so it is not taken from intake",
    "fill_down_offered": (
        "{name} is merged over several rows, and only the first of them has it; fill_down = [{name!q}] under "
        "[intake.rows] in roadwright.toml gives it to all"
    ),
    "guessed_by_close_name": "close to a name that we know for {name}",
    "guessed_by_name": "a name that we know for it",
    "guessed_by_preset": "{preset} calls it so",
    "guessed_by_word": "its header says {word}",
    "guessed_dates": "the only column of dates",
    "guessed_links": "each cell is another link",
    "guessed_longest_texts": "the column of the longest texts",
    "guessed_mails": "its cells are mail addresses",
    "guessed_only_texts": "the only column of unique short texts",
    "guessed_shortest_texts": "of the columns of unique short texts, the one with most words",
    "guessed_states": "its cells are states of work",
    "header_not_found": (
        "No row of the tab holds two names of columns that are known. Name their columns in roadwright.toml "
        "([intake.columns], for {needed} at least), or say in which row the header stands (header_row)."
    ),
    "import_file_there": (
        "{file} is in the folder already, and no intake workbook of the settings; name another one with --into, or "
        "move it away"
    ),
    "import_no_rows": "{file}: there is no row below the header in row {row}, so there is nothing to bring in",
    "import_no_tab": "{file} has no tab {tab}; it has: {tabs}",
    "import_no_titles": (
        "{file}: no column could be told to hold the titles of ideas (tabs: {tabs}); write the mapping into "
        "roadwright.toml: [[intake]], workbook, tabs, and under [intake.columns] title = the name of their column"
    ),
    "known_twice_not_taken": (
        "columns {columns} are all called {name}, so none of them is taken; say under [intake.columns] which one is"
    ),
    "mapped_column_missing": "{name} should come from {missing}, which the header does not have",
    "mapping_proposed": (
        "{place} can be read with this in roadwright.toml, in the place of its [[intake]] (or run roadwright import):\n"
        "{toml}Why: {reasons}"
    ),
    "no_carried_name": (
        "{name!q} can't be the name of a carried column; expected small letters, digits and _, beginning with a letter"
    ),
    "no_intake_column": "{name!q} is no column of intake{hint}; known: {known}",
    "no_header_row": 'should be a row from 1 to {last:,}, or "auto" to have it found',
    "no_such_word": "{name}: {theirs!q} is to mean {ours!q}, which is not known; accepted: {known}",
    "unknown_format": "{path} can't be brought in: its ending is none of {known}",
    "unknown_preset": "{name!q} is no tracker whose exports are known{hint}; known: {known}",
    "text_overflows": ("has {length:,} characters: all of it stands in {into}, and its first {kept:,} here"),
}

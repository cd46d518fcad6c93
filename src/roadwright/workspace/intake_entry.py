"""Writing an intake workbook with its mapping into roadwright.toml; what people wrote there stays, comments too."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, Table

from roadwright import tabs
from roadwright.domain.text import folded
from roadwright.workspace.settings_file import SettingsChange


@dataclass(frozen=True)
class IntakeEntry:
    """An intake tab as the settings are to name it, with the mapping of its columns and rows."""

    workbook: str
    tab: str
    header_row: int | str = 1
    source: str = ""
    columns: dict[str, list[str]] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    carry: dict[str, str] = field(default_factory=dict)
    skip: list[str] = field(default_factory=list)
    fill_down: list[str] = field(default_factory=list)

    def to_toml(self) -> str:
        """The entry as it can be pasted into roadwright.toml."""
        found = tomlkit.document()
        entries = tomlkit.aot()
        entries.append(self.as_table())
        found.append("intake", entries)
        return tomlkit.dumps(found).strip() + "\n"

    def as_table(self) -> Table:
        table = tomlkit.table()
        table["workbook"] = self.workbook
        table["tabs"] = [self.tab]
        if self.header_row != 1:
            table["header_row"] = self.header_row
        self.fill(table)
        return table

    def fill(self, table: Any) -> None:
        """Put the mapping into a table of the settings."""
        if self.source:
            table["source"] = self.source
        if self.columns:
            columns = tomlkit.table()
            for ours, theirs in self.columns.items():
                columns[ours] = theirs[0] if len(theirs) == 1 else theirs
            table["columns"] = columns
        if self.values:
            values = tomlkit.table(is_super_table=True)
            for name, words in self.values.items():
                inner = tomlkit.table()
                for word, meant in words.items():
                    inner[word] = meant
                values[name] = inner
            table["values"] = values
        for name, content in (("units", self.units), ("carry", self.carry)):
            if content:
                inner = tomlkit.table()
                inner.update(content)
                table[name] = inner
        if self.skip or self.fill_down:
            rows = tomlkit.table()
            if self.skip:
                rows["skip"] = self.skip
            if self.fill_down:
                rows["fill_down"] = self.fill_down
            table["rows"] = rows


def with_intake(text: str, entry: IntakeEntry) -> str:
    """The settings with this intake tab. One that is there without a mapping gets it. Raises SettingsChange."""
    try:
        document: Any = tomlkit.parse(text)
    except TOMLKitError as error:
        raise SettingsChange("settings_unchangeable", line=entry.to_toml()) from error
    entries = document.get("intake")
    if entries is None:
        entries = tomlkit.aot()
        first = tomlkit.table()
        first["workbook"] = f"{tabs.INTAKE.workbook}.xlsx"
        first["tabs"] = [tabs.INTAKE.name]
        entries.append(first)
        document["intake"] = entries
        entries = document["intake"]
    elif not isinstance(entries, AoT):  # a list in one line, which can't be continued
        said = entries.unwrap()
        document.remove("intake")
        entries = tomlkit.aot()
        for one in said:
            entries.append(tomlkit.item(one))
        document.append("intake", entries)
    for known in entries:
        names = list(known.get("tabs", [tabs.INTAKE.name]))
        here = [name for name in names if folded(str(name)) == folded(entry.tab)]
        if folded(str(known.get("workbook", ""))) != folded(entry.workbook) or not here:
            continue
        if len(names) == 1:
            if entry.header_row != 1:
                known["header_row"] = entry.header_row
            entry.fill(known)
            return tomlkit.dumps(document)
        known["tabs"] = [name for name in names if name not in here]
    entries.append(entry.as_table())
    return tomlkit.dumps(document)


def with_words(text: str, entry: IntakeEntry) -> str:
    """The settings with the entry's words of choices added to those of its tab. Raises SettingsChange."""
    try:
        document: Any = tomlkit.parse(text)
    except TOMLKitError as error:
        raise SettingsChange("settings_unchangeable", line=entry.to_toml()) from error
    for known in document.get("intake", ()):
        here = {folded(str(name)) for name in known.get("tabs", [tabs.INTAKE.name])}
        if folded(str(known.get("workbook", ""))) == folded(entry.workbook) and folded(entry.tab) in here:
            for name, words in entry.values.items():
                values = known.setdefault("values", tomlkit.table(is_super_table=True))
                values.setdefault(name, tomlkit.table()).update(words)
            break
    return tomlkit.dumps(document)

"""The zip container of a workbook: its parts, held as the file's bytes, within limits that no honest workbook meets."""

from __future__ import annotations

import hashlib
import io
import posixpath
import zipfile
import zlib
from pathlib import Path

from roadwright.domain.disk import special_kind
from roadwright.sheets.backend import WorkbookUnreadable
from roadwright.sheets.xlsx.markup import as_utf8

MAX_PARTS = 20_000
MAX_PART_SIZE = 512 << 20
"""Bytes of one part, unpacked: a tab of a million rows with twenty columns."""
MAX_TOTAL_SIZE = 2 << 30
"""Bytes of all parts together, unpacked."""
MAX_RATIO = 250
"""The XML of a real tab shrinks to a tenth, of an empty formatted one to a hundredth; deflate's limit is 1 : 1032."""
RATIO_MATTERS_FROM = 16 << 20
MAX_TAGS = 24_000_000
"""Start and end tags of one part: some five million cells, which take half a gigabyte of memory."""

_OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
"""The stream of an OLE file that holds an encrypted workbook ([MS-OFFCRYPTO] 2.3.4.4)."""
_LOCAL_HEADER_SIZE = 30


class Package:
    """The parts of one workbook, as the file held them when it was read."""

    def __init__(self, data: bytes, name: str) -> None:
        """Take the file's bytes. Raises WorkbookUnreadable when they are no zip file of a workbook's kind."""
        self.data = data
        self.name = name
        self.sha256 = hashlib.sha256(data).hexdigest()
        _refuse_other_kinds(data, name)
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                self.entries = archive.infolist()
                self.comment = archive.comment
        except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError) as error:
            raise WorkbookUnreadable(
                f"{name} is only a part of a workbook, or damaged ({error}). "
                "Get the file again, or let a spreadsheet program repair it and save it as .xlsx."
            ) from error
        _check_limits(self.entries, name)
        # Part names ignore case (OPC, ECMA-376 part 2, 9.1.1).
        self._by_name = {entry.filename.lower(): entry for entry in self.entries}
        if len(self._by_name) < len(self.entries):
            raise WorkbookUnreadable(
                f"{name} is damaged: it holds a part twice. Save it again in a spreadsheet program."
            )

    def has(self, part: str) -> bool:
        return part.lower() in self._by_name

    def entry_name(self, part: str) -> str:
        """The part's name in the file's own spelling."""
        return self.entry(part).filename

    def entry(self, part: str) -> zipfile.ZipInfo:
        entry = self._by_name.get(part.lower())
        if entry is None:
            raise WorkbookUnreadable(
                f"{self.name} is damaged: its part {part} is missing. Get the file again, or let a spreadsheet program "
                "repair it and save it."
            )
        return entry

    def compressed(self, entry: zipfile.ZipInfo) -> bytes:
        """The part's bytes as they lie in the file. Raises WorkbookUnreadable when the file ends before them."""
        at = entry.header_offset
        header = self.data[at : at + _LOCAL_HEADER_SIZE]
        if header[:4] != b"PK\x03\x04" or len(header) < _LOCAL_HEADER_SIZE:
            raise WorkbookUnreadable(f"{self.name} is damaged: its part {entry.filename} is not where it should be.")
        at += _LOCAL_HEADER_SIZE + int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
        body = self.data[at : at + entry.compress_size]
        if len(body) != entry.compress_size:
            raise WorkbookUnreadable(f"{self.name} is damaged: its part {entry.filename} is cut off.")
        return body

    def read(self, part: str) -> bytes:
        """The part's XML in UTF-8. Raises WorkbookUnreadable when it is missing, damaged or too much to read."""
        raw = as_utf8(self.unpacked(part), self.where(part))
        if raw.count(b"<") > MAX_TAGS:
            raise WorkbookUnreadable(
                f"{self.where(part)} holds more than {MAX_TAGS:,} tags, far more than a tab needs. Delete the rows and "
                "columns that hold nothing but formats, or split the tab over several workbooks."
            )
        return raw

    def where(self, part: str) -> str:
        """How messages name a part."""
        return f"{self.name} (part {posixpath.basename(part)})"

    def unpacked(self, part: str) -> bytes:
        """The part's content, whatever it is. Raises WorkbookUnreadable when it is missing or damaged."""
        entry = self.entry(part)
        if entry.flag_bits & 0x1:
            raise WorkbookUnreadable(f"{self.name} is encrypted. Save it without a password.")
        body = self.compressed(entry)
        if entry.compress_type == zipfile.ZIP_DEFLATED:
            try:
                # Never more than the header promises, whatever the stream holds.
                raw = zlib.decompressobj(-zlib.MAX_WBITS).decompress(body, entry.file_size + 1)
            except zlib.error as error:
                raise WorkbookUnreadable(f"{self.name} is damaged in its part {entry.filename} ({error}).") from error
        elif entry.compress_type == zipfile.ZIP_STORED:
            raw = body
        else:
            raise WorkbookUnreadable(f"{self.name} is packed in a way that no spreadsheet program uses. Save it again.")
        if len(raw) != entry.file_size or zlib.crc32(raw) != entry.CRC:
            raise WorkbookUnreadable(f"{self.name} is damaged: the checksum of its part {entry.filename} is wrong.")
        return raw


def _refuse_other_kinds(data: bytes, name: str) -> None:
    if not data:
        raise WorkbookUnreadable(f"{name} is empty (0 bytes). Put a workbook there, or remove the file.")
    if data.startswith(_OLE_MAGIC):
        if _ENCRYPTED in data:
            raise WorkbookUnreadable(f"{name} is protected by a password. Save it without one (File > Info).")
        raise WorkbookUnreadable(f"{name} is an old Office file, such as .xls. Save it as .xlsx.")
    if not data.startswith(b"PK"):
        raise WorkbookUnreadable(
            f"{name} is no .xlsx workbook but {_looks_like(data)}, whatever its name says. "
            "Open it in a spreadsheet program and save it as .xlsx."
        )


def _looks_like(data: bytes) -> str:
    start = data[:2000].removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"%PDF"):
        return "a PDF document"
    if start.startswith(b"<"):
        return "a web page or an XML file"
    if start and (b"\0" not in start or start.startswith((b"\xff\xfe", b"\xfe\xff"))):
        return "a text file, such as CSV"
    return "a file of another kind"


def _check_limits(entries: list[zipfile.ZipInfo], name: str) -> None:
    if len(entries) > MAX_PARTS:
        raise WorkbookUnreadable(f"{name} has {len(entries):,} parts; at most {MAX_PARTS:,} are accepted.")
    total = 0
    for entry in entries:
        total += entry.file_size
        swollen = entry.file_size > RATIO_MATTERS_FROM and entry.file_size > MAX_RATIO * entry.compress_size
        if entry.file_size > MAX_PART_SIZE or total > MAX_TOTAL_SIZE or swollen:
            raise WorkbookUnreadable(
                f"{name} would unpack to more than a workbook can need (part {entry.filename}: "
                f"{entry.file_size:,} bytes from {entry.compress_size:,}); refused."
            )


def load_package(path: Path) -> Package:
    """Read a workbook file. Raises WorkbookUnreadable in words for the person who named it."""
    try:
        if (kind := special_kind(path)) is not None:
            raise WorkbookUnreadable(f"{path} is {kind}, not a workbook.")
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise WorkbookUnreadable(f"There is no file {path}.") from error
    except PermissionError as error:
        raise WorkbookUnreadable(f"{path} can't be read: permission denied.") from error
    except OSError as error:
        raise WorkbookUnreadable(f"{path} can't be read: {error.strerror or error}.") from error
    return Package(data, path.name)

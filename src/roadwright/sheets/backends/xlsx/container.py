"""The zip container of a workbook: its parts, held as the file's bytes, within limits that no honest workbook meets."""

from __future__ import annotations

import hashlib
import io
import posixpath
import zipfile
import zlib
from pathlib import Path

from roadwright.domain.disk import special_kind
from roadwright.domain.messages import Message
from roadwright.sheets.backend import WorkbookUnreadable
from roadwright.sheets.backends.xlsx.markup import as_utf8

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
            raise WorkbookUnreadable("zip_damaged", workbook=name, why=str(error)) from error
        _check_limits(self.entries, name)
        # Part names ignore case (OPC, ECMA-376 part 2, 9.1.1).
        self._by_name = {entry.filename.lower(): entry for entry in self.entries}
        if len(self._by_name) < len(self.entries):
            raise WorkbookUnreadable("part_twice", workbook=name)

    def has(self, part: str) -> bool:
        return part.lower() in self._by_name

    def entry_name(self, part: str) -> str:
        """The part's name in the file's own spelling."""
        return self.entry(part).filename

    def entry(self, part: str) -> zipfile.ZipInfo:
        entry = self._by_name.get(part.lower())
        if entry is None:
            raise WorkbookUnreadable("part_missing", workbook=self.name, part=part)
        return entry

    def compressed(self, entry: zipfile.ZipInfo) -> bytes:
        """The part's bytes as they lie in the file. Raises WorkbookUnreadable when the file ends before them."""
        at = entry.header_offset
        header = self.data[at : at + _LOCAL_HEADER_SIZE]
        if header[:4] != b"PK\x03\x04" or len(header) < _LOCAL_HEADER_SIZE:
            raise WorkbookUnreadable("part_misplaced", workbook=self.name, part=entry.filename)
        at += _LOCAL_HEADER_SIZE + int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
        body = self.data[at : at + entry.compress_size]
        if len(body) != entry.compress_size:
            raise WorkbookUnreadable("part_cut_off", workbook=self.name, part=entry.filename)
        return body

    def read(self, part: str) -> bytes:
        """The part's XML in UTF-8. Raises WorkbookUnreadable when it is missing, damaged or too much to read."""
        raw = as_utf8(self.unpacked(part), self.where(part))
        if raw.count(b"<") > MAX_TAGS:
            raise WorkbookUnreadable("too_many_tags", where=self.where(part), most=MAX_TAGS)
        return raw

    def where(self, part: str) -> str:
        """How messages name a part."""
        return f"{self.name} (part {posixpath.basename(part)})"

    def unpacked(self, part: str) -> bytes:
        """The part's content, whatever it is. Raises WorkbookUnreadable when it is missing or damaged."""
        entry = self.entry(part)
        if entry.flag_bits & 0x1:
            raise WorkbookUnreadable("part_encrypted", workbook=self.name)
        body = self.compressed(entry)
        if entry.compress_type == zipfile.ZIP_DEFLATED:
            try:
                # Never more than the header promises, whatever the stream holds.
                raw = zlib.decompressobj(-zlib.MAX_WBITS).decompress(body, entry.file_size + 1)
            except zlib.error as error:
                raise WorkbookUnreadable(
                    "part_damaged", workbook=self.name, part=entry.filename, why=str(error)
                ) from error
        elif entry.compress_type == zipfile.ZIP_STORED:
            raw = body
        else:
            raise WorkbookUnreadable("unknown_packing", workbook=self.name)
        if len(raw) != entry.file_size or zlib.crc32(raw) != entry.CRC:
            raise WorkbookUnreadable("part_checksum", workbook=self.name, part=entry.filename)
        return raw


def _refuse_other_kinds(data: bytes, name: str) -> None:
    if not data:
        raise WorkbookUnreadable("file_empty", workbook=name)
    if data.startswith(_OLE_MAGIC):
        if _ENCRYPTED in data:
            raise WorkbookUnreadable("workbook_password", workbook=name)
        raise WorkbookUnreadable("old_office_file", workbook=name)
    if not data.startswith(b"PK"):
        raise WorkbookUnreadable("other_file", workbook=name, kind=_looks_like(data))


def _looks_like(data: bytes) -> Message:
    start = data[:2000].removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"%PDF"):
        return Message("kind_pdf")
    if start.startswith(b"<"):
        return Message("kind_markup")
    if start and (b"\0" not in start or start.startswith((b"\xff\xfe", b"\xfe\xff"))):
        return Message("kind_text")
    return Message("kind_other")


def _check_limits(entries: list[zipfile.ZipInfo], name: str) -> None:
    if len(entries) > MAX_PARTS:
        raise WorkbookUnreadable("too_many_parts", workbook=name, count=len(entries), most=MAX_PARTS)
    total = 0
    for entry in entries:
        total += entry.file_size
        swollen = entry.file_size > RATIO_MATTERS_FROM and entry.file_size > MAX_RATIO * entry.compress_size
        if entry.file_size > MAX_PART_SIZE or total > MAX_TOTAL_SIZE or swollen:
            raise WorkbookUnreadable(
                "unpacks_too_large",
                workbook=name,
                part=entry.filename,
                size=entry.file_size,
                packed=entry.compress_size,
            )


def load_package(path: Path) -> Package:
    """Read a workbook file. Raises WorkbookUnreadable."""
    try:
        if (kind := special_kind(path)) is not None:
            raise WorkbookUnreadable("not_a_file", path=str(path), kind=kind)
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise WorkbookUnreadable("no_file", path=str(path)) from error
    except PermissionError as error:
        raise WorkbookUnreadable("file_forbidden", path=str(path)) from error
    except OSError as error:
        raise WorkbookUnreadable("file_unreadable", path=str(path), why=error.strerror or str(error)) from error
    return Package(data, path.name)

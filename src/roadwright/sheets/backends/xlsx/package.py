"""A workbook file as a package of parts (ECMA-376 part 2): reading it, how parts name each other, writing it anew.

The file's bytes are held, within limits that no honest workbook meets. A new file takes over the parts that do not
change with their compressed bytes as they are: the standard library can't copy an entry without inflating and
deflating it again, which costs time and changes bytes. Record layouts: PKWARE APPNOTE 6.3.x, 4.3.7 (local header),
4.3.12 (central directory), 4.3.16 (end record).
"""

from __future__ import annotations

import hashlib
import io
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from roadwright.domain.machine import special_kind
from roadwright.domain.messages import Message
from roadwright.sheets.backend import SheetError, WorkbookUnreadable
from roadwright.sheets.backends.xlsx.markup import (
    RELATION_TYPES,
    Attributes,
    ElementPath,
    Splice,
    as_utf8,
    cut_elements,
    walk,
)

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
        return Message("looks_like_pdf")
    if start.startswith(b"<"):
        return Message("looks_like_markup")
    if start and (b"\0" not in start or start.startswith((b"\xff\xfe", b"\xfe\xff"))):
        return Message("looks_like_text")
    return Message("looks_like_other")


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


_VERSION_NEEDED = 20
_DATA_DESCRIPTOR = 0x8
_UTF8_NAME = 0x800
_LIMIT_32_BIT = 0xFFFF_0000
_LEVEL = 2
"""Of compression: three times as fast as the usual 6, for files that are a fifth larger."""


def packed(package: Package, changed: Mapping[str, bytes | None]) -> bytes:
    """The new file's bytes. ``changed`` maps parts, in the file's spelling, to new bytes or None to drop them.

    Raises SheetError when the result would need the 4 GB extension of the zip format.
    """
    out = io.BytesIO()
    central: list[bytes] = []
    position = 0
    for entry in package.entries:
        if entry.filename in changed:
            new = changed[entry.filename]
            if new is None:
                continue
            method, crc, size, body = zipfile.ZIP_DEFLATED, zlib.crc32(new), len(new), _deflate(new)
        else:
            method, crc, size = entry.compress_type, entry.CRC, entry.file_size
            body = package.compressed(entry)
        if max(position, size, len(body)) > _LIMIT_32_BIT:
            raise SheetError("workbook_too_large", workbook=package.name)
        name = entry.orig_filename.encode("utf-8" if entry.flag_bits & _UTF8_NAME else "cp437")
        # Sizes stand in the header, so there is no data descriptor behind the body.
        shared = struct.pack(
            "<HHHHHIIIHH",
            _VERSION_NEEDED,
            entry.flag_bits & ~_DATA_DESCRIPTOR,
            method,
            *_dos_time(entry),
            crc,
            len(body),
            size,
            len(name),
            0,
        )
        local = b"PK\x03\x04" + shared + name
        out.write(local)
        out.write(body)
        central.append(
            struct.pack("<4sBB", b"PK\x01\x02", _VERSION_NEEDED, entry.create_system)
            + shared
            + struct.pack("<HHHII", 0, 0, entry.internal_attr, entry.external_attr, position)
            + name
        )
        position += len(local) + len(body)
    directory = b"".join(central)
    count = len(central)
    end = (b"PK\x05\x06", 0, 0, count, count, len(directory), position, len(package.comment))
    out.write(directory + struct.pack("<4sHHHHIIH", *end) + package.comment)
    return out.getvalue()


def checked(package: Package, changed: Mapping[str, bytes | None], new: bytes) -> Package:
    """The new file's parts, once each of them is found to be what it should be.

    Raises SheetError when one is not; then the file must not replace anything.
    """
    result = Package(new, package.name)
    for entry in package.entries:
        content = changed.get(entry.filename)
        if entry.filename not in changed:
            same = result.compressed(result.entry(entry.filename)) == package.compressed(entry)
        elif content is None:
            same = not result.has(entry.filename)
        else:
            same = result.unpacked(entry.filename) == content
        if not same:
            raise SheetError("new_file_damaged", workbook=package.name, part=entry.filename)
    return result


def _deflate(raw: bytes) -> bytes:
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(raw) + packer.flush()


def _dos_time(entry: zipfile.ZipInfo) -> tuple[int, int]:
    year, month, day, hour, minute, second = entry.date_time
    return hour << 11 | minute << 5 | second // 2, (max(year, 1980) - 1980) << 9 | month << 5 | day


CONTENT_TYPES = "[Content_Types].xml"


_RELATION, _OVERRIDE = ("rel:Relationships", "rel:Relationship"), ("ct:Types", "ct:Override")


_PROPERTIES = ("custom-properties", "customProperties")
_PROPERTY = 2
"""How deep a property stands in its part: below the list of them."""


class Relation(NamedTuple):
    """One link from a part to another. ``kind`` is its type, in short (``worksheet``) for those of the standard."""

    id: str
    kind: str
    target: str


def _kind(attributes: Attributes) -> str:
    base, _, word = (full := attributes.get("Type", "")).rpartition("/")
    return word if base in RELATION_TYPES else full


def relations_part(part: str) -> str:
    """The part that holds the relationships of ``part`` (of the package itself for ``""``)."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def relations(package: Package, part: str) -> list[Relation]:
    """The part's links to other parts of the workbook; links to places outside are left out."""
    source = relations_part(part)
    if not package.has(source):
        return []
    folder = posixpath.dirname(part)
    found: list[Relation] = []

    def start(path: ElementPath, attributes: Attributes, _: int) -> None:
        if path != _RELATION or attributes.get("TargetMode") == "External":
            return
        target = attributes.get("Target", "")
        place = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
        found.append(Relation(attributes.get("Id", ""), _kind(attributes), place))

    walk(package.read(source), package.where(source), start)
    return found


def custom_property(package: Package, name: str) -> str:
    """The text of a custom property of the document; empty where it has none of this name, or can't be read."""
    part = next((link.target for link in relations(package, "") if link.kind in _PROPERTIES), None)
    if part is None or not package.has(part):
        return ""
    found: list[str] = []
    is_wanted = False

    def start(path: ElementPath, attributes: Attributes, _: int) -> None:
        nonlocal is_wanted
        if len(path) == _PROPERTY:
            is_wanted = attributes.get("name") == name

    def text(path: ElementPath, piece: str) -> None:
        if is_wanted and len(path) > _PROPERTY:
            found.append(piece)

    try:
        walk(package.read(part), package.where(part), start, text=text)
    except WorkbookUnreadable:  # nothing else depends on it
        return ""
    return "".join(found).strip()


def parts_of_types(package: Package, endings: tuple[str, ...]) -> list[str]:
    """The parts of the workbook whose content type ends so, as the content types list them."""
    found: list[str] = []

    def start(path: ElementPath, attributes: Attributes, _: int) -> None:
        part = attributes.get("PartName", "").lstrip("/")
        if path == _OVERRIDE and attributes.get("ContentType", "").endswith(endings) and package.has(part):
            found.append(part)

    walk(package.read(CONTENT_TYPES), package.where(CONTENT_TYPES), start)
    return found


def without_override(raw: bytes, where: str, part: str) -> list[Splice]:
    """Changes that take a part's own entry out of the content types."""
    name = f"/{part}".lower()
    return cut_elements(raw, where, lambda path, its: path == _OVERRIDE and its.get("PartName", "").lower() == name)


def without_kind(raw: bytes, where: str, kind: str) -> list[Splice]:
    """Changes that take the links of one kind out of a relationships part."""
    return cut_elements(raw, where, lambda path, its: path == _RELATION and _kind(its) == kind)

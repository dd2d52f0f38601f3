"""Writes small Outlook messages: an OLE file (MS-CFB) with streams of text, for tests of readers. No property but those that are read."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

SECTOR, MINI, END, FREE, NONE = 512, 64, 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFF


@dataclass
class _Entry:
    name: str
    kind: int  # 1 storage, 2 stream, 5 root
    data: bytes = b""
    children: list[int] = field(default_factory=list)
    start: int = END


def compound(tree: dict[str, bytes | dict]) -> bytes:
    """Return an OLE file; a dict in the tree is a folder. Streams lie in the mini stream when they are under 4096 bytes."""
    entries = [_Entry("Root Entry", 5)]
    _add(entries, 0, tree)
    mini, mini_fat, sectors, fat = bytearray(), [], bytearray(), []

    def store(data: bytes) -> int:
        if not data:
            return END
        first = len(fat)
        count = -(-len(data) // SECTOR)
        fat.extend([*range(first + 1, first + count), END])
        sectors.extend(data.ljust(count * SECTOR, b"\0"))
        return first

    for entry in entries[1:]:
        if entry.kind == 2 and len(entry.data) >= 4_096:
            entry.start = store(entry.data)
        elif entry.kind == 2 and entry.data:
            entry.start = len(mini_fat)
            count = -(-len(entry.data) // MINI)
            mini_fat.extend([*range(entry.start + 1, entry.start + count), END])
            mini.extend(entry.data.ljust(count * MINI, b"\0"))
    entries[0].data, entries[0].start = bytes(mini), store(bytes(mini))
    table = b"".join(_row(entry, entries) for entry in entries)
    directory = store(table.ljust(-(-len(table) // SECTOR) * SECTOR, b"\0"))
    mini_table = struct.pack(f"<{len(mini_fat)}I", *mini_fat)
    mini_start = store(mini_table.ljust(-(-len(mini_table) // SECTOR) * SECTOR, b"\xff"))
    fat_sectors = -(-(len(fat) + 1) // (SECTOR // 4 - 1))
    places = [len(fat) + number for number in range(fat_sectors)]
    fat.extend([0xFFFFFFFD] * fat_sectors)
    packed = struct.pack(f"<{len(fat)}I", *fat).ljust(fat_sectors * SECTOR, b"\xff")
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + struct.pack(
        "<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, fat_sectors, directory, 0, 4_096, mini_start, len(mini_table) // SECTOR + 1, END, 0
    )
    head += struct.pack("<109I", *places, *[FREE] * (109 - len(places)))
    return head + bytes(sectors) + packed


def _add(entries: list[_Entry], parent: int, tree: dict[str, bytes | dict]) -> None:
    for name, value in tree.items():
        number = len(entries)
        entries.append(_Entry(name, 1 if isinstance(value, dict) else 2, b"" if isinstance(value, dict) else value))
        entries[parent].children.append(number)
        if isinstance(value, dict):
            _add(entries, number, value)


def _row(entry: _Entry, entries: list[_Entry]) -> bytes:
    name = entry.name.encode("utf-16-le")
    ordered = sorted(entry.children, key=lambda number: (len(entries[number].name), entries[number].name.upper()))
    # children hang in one long branch to the right, which is a tree too
    parent = next((one for one in entries if entries.index(entry) in one.children), None)
    right = NONE
    if parent is not None:
        line = sorted(parent.children, key=lambda number: (len(entries[number].name), entries[number].name.upper()))
        place = line.index(entries.index(entry))
        right = line[place + 1] if place + 1 < len(line) else NONE
    child = ordered[0] if ordered else NONE
    return name.ljust(64, b"\0") + struct.pack("<HBBIII36xIQ", len(name) + 2, entry.kind, 1, NONE, right, child, entry.start, len(entry.data))


def message(*, subject: str = "", plain: str = "", html: bytes = b"", rtf: bytes = b"", attachments: dict[str, bytes | dict] | None = None) -> dict:
    """Return the tree of a message; an attachment that is a dict is a message itself."""
    tree: dict[str, bytes | dict] = {"__properties_version1.0": b"\0" * 32, "__substg1.0_0037001F": subject.encode("utf-16-le")}
    tree |= {"__substg1.0_1000001F": plain.encode("utf-16-le")} if plain else {}
    tree |= {"__substg1.0_10130102": html} if html else {}
    tree |= {"__substg1.0_10090102": rtf} if rtf else {}
    for number, (name, data) in enumerate((attachments or {}).items()):
        body = {"__substg1.0_3701000D": data} if isinstance(data, dict) else {"__substg1.0_37010102": data}
        tree[f"__attach_version1.0_#{number:08X}"] = {"__properties_version1.0": b"\0" * 8, "__substg1.0_3707001F": name.encode("utf-16-le"), **body}
    return tree


def msg(**parts: object) -> bytes:
    """Return an Outlook message as bytes; see `message`."""
    return compound({"__nameid_version1.0": {}, **message(**parts)})  # type: ignore[arg-type]

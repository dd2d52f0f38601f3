"""Members of archives, also of hostile ones."""

from __future__ import annotations

import io
import tarfile
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from clausescan.bulk.archives import Limits, Member, is_archive, unpack

LIMITS = Limits(entries=50, total=1_000_000, member=100_000, ratio=100)
FILES = Path(__file__).parents[1] / "files"


def packed(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def members(path: Path, limits: Limits = LIMITS) -> dict[str, bytes | str]:
    """The members of an archive: their bytes, or the code of their problem."""
    found = unpack(path, path.parent / "out", limits)
    assert found is not None
    return {one.name: one.problem.code if one.problem else _bytes(one) for one in found[0]}


def _bytes(member: Member) -> bytes:
    assert member.file
    assert member.file.parent.name == "out"
    return member.file.read_bytes()


@pytest.mark.parametrize(("name", "is_one"), [("a.zip", True), ("a.TAR.GZ", True), ("a.tgz", True), ("a.txz", True), ("a.docx", False), ("zip", False)])
def test_names_of_archives(name: str, is_one: bool):
    assert is_archive(name) is is_one


def test_members_nested_members_and_hidden_ones(tmp_path: Path):
    inner = packed({"c.txt": b"c"})
    (tmp_path / "a.zip").write_bytes(packed({"b.txt": b"b", "sub/in.zip": inner, ".git/b": b"x", "__MACOSX/._b": b"x", "d.docx": inner, ".x/e.txt": b"e"}))
    assert members(tmp_path / "a.zip") == {"b.txt": b"b", "sub/in.zip!c.txt": b"c", "d.docx": inner, ".x/e.txt": b"e"}
    found = unpack(tmp_path / "a.zip", tmp_path / "out", LIMITS)
    assert found
    assert found[1] == 2


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_tar_gives_regular_files_only(tmp_path: Path, mode: str):
    path = tmp_path / "a.tar"
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
        for name, kind, target in (
            ("a.txt", tarfile.REGTYPE, ""),
            ("link", tarfile.SYMTYPE, "/etc/passwd"),
            ("hard", tarfile.LNKTYPE, "a.txt"),
            ("fifo", tarfile.FIFOTYPE, ""),
            ("dev", tarfile.CHRTYPE, ""),
            ("../../up.txt", tarfile.REGTYPE, ""),
            ("/abs.txt", tarfile.REGTYPE, ""),
        ):
            info = tarfile.TarInfo(name)
            info.type, info.linkname, info.size = kind, target, 1 if kind == tarfile.REGTYPE else 0
            archive.addfile(info, io.BytesIO(b"x") if info.size else None)
    found = members(path)
    assert set(found.values()) == {b"x"}
    assert "a.txt" in found
    assert not {"link", "hard", "fifo", "dev"} & set(found)
    assert not (tmp_path.parent / "up.txt").exists()


def test_an_office_document_is_no_archive(tmp_path: Path):
    path = tmp_path / "renamed.zip"
    path.write_bytes((FILES / "docx" / "tables.docx").read_bytes())
    assert unpack(path, tmp_path / "out", LIMITS) is None


def test_limits(tmp_path: Path):
    path = tmp_path / "a.zip"
    path.write_bytes(packed({"big.txt": b"0" * 100_001, "ok.txt": b"1"}))
    assert members(path) == {"big.txt": "R005_too_large", "ok.txt": b"1"}
    assert members(path, replace(LIMITS, entries=1)) == {"big.txt": "R005_too_large", "": "R011_container"}
    path.write_bytes(packed({"a.txt": b"0" * 90_000, "b.txt": b"0" * 90_000, "c.txt": b"0"}))
    assert members(path, replace(LIMITS, total=100_000)) == {"a.txt": b"0" * 90_000, "": "R011_container"}


def test_a_bomb_is_refused_by_its_ratio(tmp_path: Path):
    path = tmp_path / "a.zip"
    path.write_bytes(packed({"bomb.txt": b"0" * 12_000_000, "ok.txt": b"1"}))
    assert members(path, replace(LIMITS, member=50_000_000, total=50_000_000)) == {"bomb.txt": "R011_container", "ok.txt": b"1"}


def test_a_member_that_lies_about_its_size_is_cut_off(tmp_path: Path):
    data = bytearray(packed({"a.txt": b"0" * 200_000}))
    size = (200_000).to_bytes(4, "little")
    while size in data:
        place = data.index(size)
        data[place : place + 4] = (10).to_bytes(4, "little")
    (tmp_path / "a.zip").write_bytes(data)
    assert members(tmp_path / "a.zip")["a.txt"] in ("R007_damaged", "R005_too_large")


def test_nesting_ends(tmp_path: Path):
    data = packed({"end.txt": b"x"})
    for _ in range(5):
        data = packed({"n.zip": data})
    (tmp_path / "a.zip").write_bytes(data)
    assert members(tmp_path / "a.zip") == {"n.zip!n.zip!n.zip": "R011_container"}


def test_one_damaged_member_does_not_take_the_others_along(tmp_path: Path):
    data = bytearray(packed({"a.txt": b"first" * 50, "b.txt": b"second" * 50}))
    data[data.index(b"a.txt") + 7] ^= 0xFF
    (tmp_path / "a.zip").write_bytes(data)
    assert members(tmp_path / "a.zip") == {"a.txt": "R007_damaged", "b.txt": b"second" * 50}


def test_encrypted_members_say_so(tmp_path: Path):
    data = bytearray(packed({"a.txt": b"x"}))
    data[6] |= 1
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "a.zip").write_bytes(data)
    assert members(tmp_path / "a.zip") == {"a.txt": "R008_encrypted"}


def test_chinese_names_of_windows_archives(tmp_path: Path):
    data = packed({"xxxxxxxx.txt": b"x"}).replace(b"xxxxxxxx.txt", "隐私政策.txt".encode("gb18030"))
    (tmp_path / "a.zip").write_bytes(data)
    assert members(tmp_path / "a.zip") == {"隐私政策.txt": b"x"}


@pytest.mark.parametrize("data", [None, b"", b"PK\x03\x04 cut off", b"no archive at all" * 100, packed({"a.txt": b"x" * 99})[:-30]])
def test_what_is_no_archive_is_damaged(tmp_path: Path, data: bytes | None):
    if data is not None:
        (tmp_path / "a.zip").write_bytes(data)
    assert members(tmp_path / "a.zip") == {"": "R007_damaged"}

"""What the arguments of a bulk scan stand for."""

from __future__ import annotations

import os
import sys
import zipfile
from pathlib import Path

import pytest

from clausescan.bulk.archives import Limits, unpack
from clausescan.bulk.sources import Sources
from clausescan.errors import UsageError
from clausescan.store import Listed

posix = pytest.mark.skipif(sys.platform == "win32", reason="such files cannot be made there")


def sources(tmp_path: Path, **changes: object) -> Sources:
    values = {"folder": tmp_path / "files", "unpack": lambda path, folder: unpack(path, folder, Limits())} | changes
    return Sources(**values)  # type: ignore[arg-type]


def names(found: list[Listed]) -> list[str]:
    return [one.name for one in found]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "policies"
    for name in ("b.txt", "a.html", "sub/c.txt", "sub/old/d.txt", ".hidden/e.txt", "sub/.f.txt", "drafts/g.txt"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("x")
    return root


@pytest.mark.parametrize(
    ("patterns", "left", "excluded"),
    [
        ((), ["a.html", "b.txt", "drafts/g.txt", "sub/c.txt", "sub/old/d.txt"], 0),
        (("old",), ["a.html", "b.txt", "drafts/g.txt", "sub/c.txt"], 1),
        (("old/", "drafts/*"), ["a.html", "b.txt", "sub/c.txt"], 2),
        (("*.txt",), ["a.html"], 4),
        (("sub/*.txt",), ["a.html", "b.txt", "drafts/g.txt"], 2),
        (("OLD", "txt"), ["a.html", "b.txt", "drafts/g.txt", "sub/c.txt", "sub/old/d.txt"], 0),
    ],
)
def test_a_folder_with_all_below_it(tmp_path: Path, folder: Path, patterns: tuple[str, ...], left: list[str], excluded: int):
    listing = sources(tmp_path, exclude=patterns)
    assert names(list(listing.of(str(folder), 0))) == left
    assert (listing.hidden, listing.excluded) == (2, excluded)


def test_patterns_are_expanded_and_one_without_a_match_is_a_missing_file(tmp_path: Path, folder: Path):
    found = list(sources(tmp_path).of(f"{folder}/**/*.txt", 0))
    assert [Path(name).relative_to(folder).as_posix() for name in names(found)] == ["b.txt", "drafts/g.txt", "sub/c.txt", "sub/old/d.txt"]
    assert [one.source["path"] for one in sources(tmp_path).of(f"{folder}/*.pdf", 0)] == [f"{folder}/*.pdf"]
    (folder / "odd[1].txt").write_text("x")
    assert len(list(sources(tmp_path).of(f"{folder}/odd[1].txt", 0))) == 1


@posix
def test_links_to_folders_are_counted_and_what_is_no_file_is_listed(tmp_path: Path, folder: Path):
    (folder / "loop").symlink_to(folder)
    (folder / "nowhere.txt").symlink_to(folder / "no such")
    os.mkfifo(folder / "pipe.txt")
    listing = sources(tmp_path, exclude=("sub", "drafts"))
    assert names(list(listing.of(str(folder), 0))) == ["a.html", "b.txt", "nowhere.txt", "pipe.txt"]
    assert listing.links == 1


def test_members_of_archives_stand_where_the_archive_stood(tmp_path: Path, folder: Path):
    with zipfile.ZipFile(folder / "b.zip", "w") as archive:
        archive.writestr("x/1.txt", "x")
        archive.writestr("x/old/2.txt", "x")
    listing = sources(tmp_path, exclude=("old",))
    assert names(list(listing.of(str(folder), 0))) == ["a.html", "b.txt", "b.zip!x/1.txt", "drafts/g.txt", "sub/c.txt"]
    assert listing.excluded == 2
    assert names(list(listing.of(str(folder / "b.zip"), 0))) == [f"{(folder / 'b.zip').as_posix()}!x/1.txt"]


LISTS = [
    ("list.csv", "app,path,version\n微信,a.html,8\n,b.txt,\n".encode()),
    ("list.csv", "\ufeffapp,path,version\n微信,a.html,8\n,b.txt,\n".encode()),
    ("list.csv", "app,path,version\n微信,a.html,8\n,b.txt,\n".encode("gb18030")),
    ("list.csv", "app;Path;version\n微信;a.html;8\n;b.txt\n".encode()),
    ("list.tsv", "app\t路径\tversion\n微信\ta.html\t8\n\tb.txt\t\n".encode()),
    ("list.jsonl", '{"app": "微信", "path": "a.html", "version": 8}\n\n{"app": null, "file": "b.txt", "version": ""}\n'.encode()),
]


@pytest.mark.parametrize(("name", "data"), LISTS)
def test_lists_name_documents_and_their_other_columns_go_through(tmp_path: Path, folder: Path, name: str, data: bytes):
    (folder / name).write_bytes(data)
    found = list(sources(tmp_path).of_list(folder / name, 0))
    assert names(found) == ["a.html", "b.txt"]
    assert [Path(one.source["path"]) for one in found] == [folder / "a.html", folder / "b.txt"]
    assert [one.carried for one in found] == [(("app", "微信"), ("version", "8")), (("app", ""), ("version", ""))]


def test_rows_without_a_document_are_problems_and_addresses_need_fetch(tmp_path: Path):
    path = tmp_path / "list.csv"
    path.write_text("app,url,path\na,https://example.com/p,\nb,,\nc,https://example.com/q,local.txt\n")
    found = list(sources(tmp_path, fetch=True).of_list(path, 0))
    assert [(one.name, *one.source) for one in found] == [("https://example.com/p", "url"), ("list.csv:3", "problem"), ("local.txt", "path")]
    assert found[2].carried == (("app", "c"), ("url", "https://example.com/q"))
    with pytest.raises(UsageError, match="--fetch"):
        list(sources(tmp_path).of_list(path, 0))
    with pytest.raises(UsageError, match="--fetch"):
        list(sources(tmp_path).of("https://example.com/", 0))


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.csv", b"app,version\nx,1\n", "a column named path or url; it has app, version"),
        ("a.csv", b"", "it has none"),
        ("a.jsonl", b"{]\n", "line 1 is not JSON"),
        ("a.jsonl", b"[1]\n", "line 1 is not a JSON object"),
        ("a.csv", b"path\n\xff\xff\xff\n", "not a list that can be read"),
        ("a.csv", b"path\n" + b"x" * 1_000_001 + b"\n", "not a list that can be read"),
    ],
)
def test_what_is_no_list_is_one_sentence(tmp_path: Path, name: str, data: bytes, words: str):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(UsageError, match=words):
        list(sources(tmp_path).of_list(tmp_path / name, 0))


@pytest.mark.parametrize(("name", "passed"), [("a.txt", False), ("a.DOCX", False), ("协议.7z", False), ("a.xlsx", False), ("a.bin", True), ("Makefile", True)])
def test_only_what_is_not_called_a_document_is_passed_over(tmp_path: Path, name: str, passed: bool):
    (tmp_path / name).write_bytes(b"\0\1\2")
    (listed,) = sources(tmp_path).of(str(tmp_path), 0)
    assert listed.walked is passed

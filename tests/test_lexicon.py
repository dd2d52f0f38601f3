"""Every entry of the lexicon proves itself; a wrong file is refused by name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest

from clausescan import lexicon
from clausescan.analyse.view import attribute_table, role_table, subject_table
from clausescan.errors import DataError
from clausescan.folding import fold
from clausescan.lexicon import Entry, Lexicon
from clausescan.types import ATTRIBUTES, Language

LANGUAGES: tuple[Language, ...] = get_args(Language)
ENTRIES = [entry for language in LANGUAGES for entry in lexicon.load(language).entries]
NAMES = [entry.source for entry in ENTRIES]
Load = Callable[[str], Lexicon]

GOOD = """
[macros]
FACE = ["人脸", "面部"]

[[entry]]
id = "subject.face"
role = "subject"
tier = "face_direct"
pattern = ["<FACE>(?:图像|信息)"]
flag = ["采集人脸图像"]
pass = ["采集指纹"]
"""


def hits(entry: Entry, sentence: str) -> bool:
    """Return whether the matcher of its role finds `entry` in `sentence`, after the masks; a mask has no masks above it."""
    text = fold(sentence).text
    if entry.role == "mask":
        return entry.search(text) is not None
    table = {"subject": subject_table, "attribute": attribute_table}.get(entry.role, role_table)(entry.language)
    return any(hit.entry is entry for hit in table.over(text).scan(0, len(text)))


@pytest.mark.parametrize("entry", ENTRIES, ids=NAMES)
def test_an_entry_finds_what_it_says_it_finds(entry: Entry):
    assert entry.flag, "an entry without an example proves nothing"
    assert [words for words in entry.flag if not hits(entry, words)] == []


@pytest.mark.parametrize("entry", ENTRIES, ids=NAMES)
def test_an_entry_passes_over_what_it_says_it_passes_over(entry: Entry):
    assert entry.passes, "an entry without a counter-example proves nothing"
    assert [words for words in entry.passes if hits(entry, words)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_attributes_are_the_four_and_each_has_strong_words(language: Language):
    entries = lexicon.load(language).by_role("attribute")
    assert {entry.attribute for entry in entries} == set(ATTRIBUTES)
    assert {entry.attribute for entry in entries if entry.strength == "strong"} == set(ATTRIBUTES)
    assert {entry.strength for entry in entries} == {"strong", "weak"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_mask_names_something_that_exists(language: Language):
    entries = lexicon.load(language).entries
    known = {name for entry in entries for name in (entry.role, entry.attribute, entry.tier, entry.id) if name}
    masks = [entry for entry in entries if entry.role == "mask"]
    assert [entry.id for entry in masks if not entry.masks] == []
    assert {entry.id: unknown for entry in masks if (unknown := set(entry.masks) - known)} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_subjects_have_a_tier_that_the_analysis_knows(language: Language):
    entries = lexicon.load(language).by_role("subject")
    assert {entry.tier for entry in entries} <= {"face_direct", "biometric", "likeness", "generic"}
    assert {entry.id for entry in entries if not entry.tier} == set()


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    """A function that loads a lexicon of one file with the given text, and of a second one with the good text."""

    def one(text: str, more: str = "") -> Lexicon:
        folder = tmp_path / "zh"
        folder.mkdir()
        (folder / "words.toml").write_text(text, encoding="utf-8")
        if more:
            (folder / "more.toml").write_text(more, encoding="utf-8")
        monkeypatch.setattr(lexicon, "files", lambda package: tmp_path)
        return lexicon.load.__wrapped__("zh")

    return one


def test_a_macro_is_replaced(load: Load):
    (entry,) = load(GOOD).entries
    assert (entry.id, entry.source) == ("subject.face", "lexicon/zh/subject.face")
    assert [found[0] for words in ("采集人脸图像", "采集面部信息") if (found := entry.search(words))] == ["人脸图像", "面部信息"]
    assert entry.search("采集手部信息") is None


@pytest.mark.parametrize(
    ("gap", "found", "missed"),
    [
        ("<4>", "人脸甲,乙丙图像", "人脸甲乙丙丁戊图像"),
        ("<4>", "人脸图像", "人脸甲。图像"),
        ("<4,>", "人脸甲乙图像", "人脸甲,乙图像"),
        ("<4!>", "人脸甲,乙图像", "人脸不是图像"),
        ("<4,!>", "人脸甲乙图像", "人脸未留图像"),
    ],
)
def test_a_gap_ends_where_it_says(load: Load, gap: str, found: str, missed: str):
    (entry,) = load(GOOD.replace("<FACE>(?:图像|信息)", f"人脸{gap}图像")).entries
    assert entry.search(found)
    assert not entry.search(missed)


def test_the_version_follows_the_words(load: Load, tmp_path: Path):
    load(GOOD)
    first = lexicon.version.__wrapped__("zh")
    (tmp_path / "zh" / "words.toml").write_text(GOOD.replace("面部", "脸部"), encoding="utf-8")
    assert lexicon.version.__wrapped__("zh") != first


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            'tier = "face_direct"',
            'teir = "face_direct"',
            r"subject\.face: unknown keys \['teir'\]; known keys are \['attribute', .*'tier'\]",
        ),
        ("[macros]", "[marcos]", r"words\.toml: unknown keys \['marcos'\]; known keys are \['entry', 'macros'\]"),
        ("<FACE>", "<FAECS>", r"unknown macro <FAECS>; known macros are \['FACE'\]"),
        ('tier = "face_direct"', 'kind = "sideways"', r"unknown kind sideways; known kinds are \['', 'adj', .*'withdraw_hard'\]"),
        ('role = "subject"', 'role = "subjekt"', r"a role of \['anonymised', .*'to_user'\] are needed"),
        ('pattern = ["<FACE>(?:图像|信息)"]', "pattern = []", "id, pattern and a role"),
        (
            'role = "subject"',
            'role = "attribute"\nattribute = "endless"\nstrength = "strong"',
            r"one of \['unlimited_duration', 'irrevocable'",
        ),
        ('role = "subject"', 'role = "attribute"\nattribute = "irrevocable"', r"strength \(strong or weak\)"),
        ('FACE = ["人脸", "面部"]', 'FACE = ["<SKIN>"]\nSKIN = ["<FACE>"]', "macros refer to each other in a circle"),
        ("[[entry]]", "[[entry", r"words\.toml"),
    ],
)
def test_a_wrong_file_is_refused(load: Load, old: str, new: str, message: str):
    assert old in GOOD
    with pytest.raises(DataError, match=message):
        load(GOOD.replace(old, new, 1))


def test_one_name_for_two_entries_is_refused(load: Load):
    with pytest.raises(DataError, match=r"lexicon/zh: two entries are called subject\.face"):
        load(GOOD, more=GOOD.replace("FACE", "VISAGE"))


def test_one_name_for_two_macros_is_refused(load: Load):
    with pytest.raises(DataError, match="macro FACE is defined twice"):
        load(GOOD, more=GOOD.replace('id = "subject.face"', 'id = "subject.other"'))


def test_a_pattern_that_is_none_is_refused_at_the_latest_when_it_is_used(load: Load):
    with pytest.raises(DataError, match="does not compile"):
        load(GOOD.replace("(?:图像|信息)", "(?:图像|信息")).entries[0].search("采集人脸图像")

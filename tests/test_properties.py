"""What must hold for any text at all."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from clausescan import api
from clausescan.errors import ReadError
from clausescan.folding import fold
from clausescan.readers.attachments import joined
from clausescan.readers.decoding import repair
from clausescan.readers.garble import garbled_share
from clausescan.readers.ocr_confusions import mended
from clausescan.segment.numbering import parse

WORDS = ["人", "脸", "不可撤销", "renlian", "r e n l i a n", "f a c e", "f.a.c.e", "fаce", "*", "/", "-\n", "\u200b", "\u0301", "ﬁ", "㈠", "永久", " "]
TEXTS = st.one_of(st.text(), st.lists(st.sampled_from(WORDS)).map("".join), st.lists(st.one_of(st.text(max_size=3), st.sampled_from(WORDS))).map("".join))
QUICK = settings(deadline=None, max_examples=200)


@QUICK
@given(TEXTS)
def test_every_place_of_the_view_has_a_place_in_the_text(text: str):
    view = fold(text)
    last = 0
    for pos in range(len(view.text)):
        start, end = view.to_source(pos, pos + 1)
        assert 0 <= start < end <= len(text)
        assert end >= last
        last = end
        assert view.from_source(start) <= pos
    assert all(0 <= start < end <= len(text) for start, end in view.disguises)


NUMBERS = ["第", "一", "十", "条", "款", "1", "2.3", ".", "(", "a", ")", "（", "三", "）", "、", "①", "Section ", "Article ", "IV", " ", "\u3000", "x"]


@QUICK
@given(st.text(max_size=20), st.one_of(st.text(max_size=40), st.lists(st.sampled_from(NUMBERS), max_size=8).map("".join)))
def test_a_number_is_printed_where_the_provision_begins(before: str, line: str):
    found = parse(before + line, len(before))
    if found is not None:
        assert "".join(line.split()).startswith("".join(found.text.split()))
        assert found.values


@settings(deadline=None, max_examples=60)
@given(TEXTS)
def test_quotes_are_verbatim_and_nothing_crashes(text: str):
    report = api.scan_text(text + "您授予我们永久使用您的人脸信息的权利，且不可撤销。")
    assert "R040_internal" not in [problem.code for problem in report.problems]
    for finding in report.findings:
        assert report.document.text[finding.place.start : finding.place.end] == finding.quote


@QUICK
@given(st.binary(max_size=400), st.sampled_from(["a.txt", "a.html", "a.pdf", "a.docx", "a.rtf", "a.eml", "a.md", "a.odt", "a.msg", "a.json", "a.mhtml"]))
def test_any_bytes_are_read_or_refused(data: bytes, name: str):
    codes = [problem.code for problem in api.scan(data, name=name).problems]
    assert "R040_internal" not in codes


@QUICK
@given(TEXTS, TEXTS, st.text(min_size=1, max_size=20))
def test_blocks_of_an_attachment_keep_their_words(body: str, attached: str, name: str):
    try:
        one, other = (api.text_document(text, language="zh") for text in (body, attached))
    except ReadError:  # nothing but control characters
        return
    both = joined(one, name, other)
    moved = [block for block in both.blocks if block.anchor.startswith(f"attachment {name}: ")]
    assert [both.text[block.start : block.end] for block in moved] == [other.text[block.start : block.end] for block in other.blocks]
    assert all(0 <= block.start <= block.end <= len(both.text) for block in both.blocks)


@QUICK
@given(st.text(alphabet="人脸信息授权永久使用您我们不可撤销，。", min_size=20), st.sampled_from(["utf-8", "gb18030"]))
def test_what_was_read_as_latin_comes_back_whole(text: str, encoding: str):
    wrong = text.encode(encoding).decode("latin-1")
    turned = repair(wrong)
    assert turned is None or turned[0].encode(turned[1]) == wrong.encode("latin-1")  # every byte is accounted for


@QUICK
@given(TEXTS)
def test_scores_and_repairs_of_any_text(text: str):
    assert 0.0 <= garbled_share(text) <= 1.0
    assert len(mended(text)) == len(text)


JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=20), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)


@QUICK
@given(JSON)
def test_a_string_of_json_is_read_whatever_stands_around_it(value: object):
    chinese = {"a": [value, "您授予我们 永久使用"]}
    document = api.read(json.dumps(chinese).encode("utf-8", "replace"), name="a.json")
    assert "您授予我们 永久使用" in document.text

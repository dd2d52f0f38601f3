"""The components as spaCy sees them: entry points, order, serialisation, spans."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc

import clausescan
from clausescan import nlp
from clausescan.analyse.facts import clause_facts, clauses_of
from clausescan.annotations import CLAUSES, CUES, FACTS, UNITS

ROOT = Path(__file__).parents[1]
ZH = "三、面部图像\n住户同意物业永久、不可撤销地使用其面部图像。\n物业不会转授权他人。\n"
EN = (
    "3. Face images\nResidents irrevocably authorise the manager to use their face images in perpetuity.\n"
    "The manager will not sublicense them.\n"
)
TEXTS = {"zh": ZH, "en": EN}


@pytest.fixture(params=["zh", "en"])
def pipeline(request: pytest.FixtureRequest) -> Language:
    return clausescan.load(request.param)


def roles(doc: Doc) -> list[tuple[str, str]]:
    return sorted({(span.label_, span.text) for span in doc.spans[CUES]})


@pytest.mark.parametrize("language", ["zh", "en"])
def test_spacy_finds_the_components_by_their_entry_points(language: str):
    code = (
        "import sys, spacy\n"
        f"nlp = spacy.blank({language!r})\n"
        "nlp.add_pipe('clausescan_clauses')\n"
        "nlp.add_pipe('clausescan_analysis')\n"
        "facts = nlp(sys.argv[1])._.clausescan_facts\n"
        "print([[item[0] for item in fact['attributes']] for fact in facts if fact['attributes']])\n"
    )
    run = subprocess.run([sys.executable, "-c", code, TEXTS[language]], capture_output=True, check=True, cwd="/", text=True)
    assert run.stdout.strip() == "[['unlimited_duration', 'irrevocable']]"


def test_a_doc_survives_its_bytes(pipeline: Language):
    doc = pipeline(TEXTS[pipeline.lang])
    again = Doc(pipeline.vocab).from_bytes(doc.to_bytes())
    assert again.text == doc.text
    assert clauses_of(again) == clauses_of(doc)
    assert clause_facts(again) == clause_facts(doc)
    assert clause_facts(again)
    assert roles(again) == roles(doc)


def test_a_pipeline_survives_its_bytes_and_its_directory(pipeline: Language, tmp_path: Path):
    text = TEXTS[pipeline.lang]
    expected = clause_facts(pipeline(text))
    assert clause_facts(clausescan.load(pipeline.lang).from_bytes(pipeline.to_bytes())(text)) == expected
    plain = spacy.blank(pipeline.lang)
    for name in nlp.ORDER:
        plain.add_pipe(name)
    plain.to_disk(tmp_path / "model")
    assert clause_facts(spacy.load(tmp_path / "model")(text)) == expected


def test_pipe_gives_what_a_call_gives(pipeline: Language):
    texts = [TEXTS[pipeline.lang], "Nothing here.", TEXTS[pipeline.lang] * 2]
    piped = [clause_facts(doc) for doc in pipeline.pipe(texts, n_process=1, batch_size=2)]
    assert piped == [clause_facts(pipeline(text)) for text in texts]
    assert [len(facts) for facts in piped] == [len(piped[0]), 0, len(piped[2])]


def test_span_groups(pipeline: Language):
    doc = pipeline(TEXTS[pipeline.lang])
    lines = TEXTS[pipeline.lang].split("\n")[:3]
    assert [span.text for span in doc.spans[CLAUSES]] == lines
    assert [span.id_ for span in doc.spans[CLAUSES]] == [clause["id"] for clause in doc._.get(CLAUSES)]
    found = {label for label, _ in roles(doc)}
    assert found >= {"subject", "unlimited_duration", "irrevocable", "right"}
    assert all(span.text in lines[1] for span in doc.spans[CUES] if span.label_ == "irrevocable")


def test_a_doc_without_a_face_has_empty_results(pipeline: Language):
    doc = pipeline("Open daily.\n每日开放。\n")
    assert doc._.get(FACTS) == []
    assert list(doc.spans[CUES]) == []
    assert len(doc._.get(UNITS)) == 2


@pytest.mark.parametrize("language", ["zh", "en"])
def test_our_order_meets_every_requirement(language: str):
    found = clausescan.load(language).analyze_pipes()
    assert found["problems"] == {"clausescan_clauses": [], "clausescan_analysis": []}


def test_a_wrong_order_is_named():
    wrong = spacy.blank("zh")
    wrong.add_pipe("clausescan_analysis")
    wrong.add_pipe("clausescan_clauses")
    assert sorted(wrong.analyze_pipes()["problems"]["clausescan_analysis"]) == [f"doc._.{CLAUSES}", f"doc._.{UNITS}"]


@pytest.mark.parametrize("text", [ZH, "ＡＢ　c\n\n🙂e\u0301\u200b永\r\n久\t。", " ", "", "刷脸\u2028入馆"])
def test_chinese_is_one_token_per_character(text: str):
    doc = clausescan.load("zh").make_doc(text)
    assert [token.text for token in doc] == list(text)
    assert doc.text == text


@pytest.mark.parametrize("text", [EN, "Face  ID\n\n\tis “off”. 人脸 关闭。", " ", ""])
def test_english_keeps_the_text(text: str):
    assert clausescan.load("en").make_doc(text).text == text


def test_the_tokens_make_no_difference_in_chinese():
    ours, blank = clausescan.load("zh"), spacy.blank("zh")
    for name in nlp.ORDER:
        blank.add_pipe(name)
    assert clause_facts(ours(ZH)) == clause_facts(blank(ZH))

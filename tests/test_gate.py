"""The gate loses nothing: with it and without it the analysis says the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from spacy.tokens import Doc

from clausescan import api, nlp
from clausescan.analyse.facts import Analyser
from clausescan.readers.text import blocks_of
from clausescan.types import Document, Language

CORPUS = Path(__file__).parents[1] / "corpus"
CLAUSES = sorted((CORPUS / "clauses").glob("*/*.jsonl"))
SAMPLES = sorted(path for path in (CORPUS / "samples").iterdir() if path.suffix != ".toml")


def facts(document: Document) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the facts with attributes, with the gate and without it, from the same clauses."""
    pipeline = nlp.load(document.language or "en")
    doc = pipeline.get_pipe("clausescan_clauses")(nlp.make_doc(document))

    def given(doc: Doc) -> list[dict[str, Any]]:
        # `denied` may hold more without the gate: attribute words that no subject can reach.
        return [{key: value for key, value in fact.items() if key != "denied"} for fact in doc._.clausescan_facts if fact["attributes"]]

    gated = given(Analyser(pipeline, "gated", gate=True, model="none")(doc))
    return gated, given(Analyser(pipeline, "open", gate=False, model="none")(doc))


def units_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def text_document(text: str, language: Language) -> Document:
    blocks, title = blocks_of(text)
    return Document(name="text", sha256="", media_type="text/plain", text=text, title=title, blocks=tuple(blocks), language=language)


@pytest.mark.parametrize("path", CLAUSES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_the_gate_loses_no_labelled_clause(path: Path):
    differing = []
    found = 0
    for unit in units_of(path):
        text = "\n\n".join([*unit["context"], unit["text"], *unit.get("context_after", [])])
        gated, ungated = facts(text_document(text, unit["lang"]))
        found += len(ungated)
        if gated != ungated:
            differing.append(unit["id"])
    assert differing == []
    assert found


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_the_gate_loses_nothing_in_a_document(path: Path):
    gated, ungated = facts(api.read(path))
    assert gated == ungated
    assert ungated or path.stem == "clean-policy.zh"


@pytest.mark.parametrize(("language", "article"), [("zh", "第{}条 {}"), ("en", "Article {}: {}")])
def test_the_gate_loses_nothing_in_one_long_contract(language: Language, article: str):
    units = [unit for path in CLAUSES if path.parent.name == language for unit in units_of(path)]
    contract = "\n\n".join(article.format(number % 900 + 1, unit["text"]) for number, unit in enumerate(units))
    gated, ungated = facts(text_document(contract, language))
    assert gated == ungated
    assert len(ungated) > len(units) / 10

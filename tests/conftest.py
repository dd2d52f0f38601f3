"""What several test files share: a report made by hand, without reader, pipeline or judge."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest

from clausescan import law, rules
from clausescan.types import (
    AttributeFact,
    Block,
    Clause,
    Coverage,
    Document,
    DocumentContext,
    Element,
    Evidence,
    Finding,
    Line,
    NearMiss,
    Note,
    Page,
    Problem,
    RelatedFinding,
    Report,
    Step,
)

TEXT = "示例刷脸协议\n第一条 授权\n用户在此不可撤回地许可本公司永久使用其人脸图像。\n我们不会向任何第三方出售人脸图像。\n"


def make_document(text: str = TEXT, name: str = "agreement.pdf") -> Document:
    starts = [0, *(index + 1 for index, char in enumerate(text) if char == "\n")]
    ranges = [(start, text.index("\n", start)) for start in starts if start < len(text)]
    return Document(
        name=name,
        sha256=sha256(text.encode()).hexdigest(),
        media_type="application/pdf",
        text=text,
        language="zh",
        title=text.split("\n")[0],
        blocks=tuple(Block(kind="paragraph", start=start, end=end, anchor=f"p[{number}]") for number, (start, end) in enumerate(ranges)),
        pages=(Page(number=1, start=0, end=len(text), width=595, height=842),),
        lines=tuple(
            Line(
                start=start,
                end=end,
                page=1,
                number=number,
                low=20.0 * number,
                high=20.0 * number + 12,
                edges=tuple(10.123 * i for i in range(end - start + 1)),
            )
            for number, (start, end) in enumerate(ranges, 1)
        ),
        coverage=Coverage(characters=len(text), pages=1, tables=2),
    )


def evidence(document: Document, role: str, words: str) -> Evidence:
    start = document.text.index(words)
    return Evidence(
        role=role,
        start=start,
        end=start + len(words),
        text=words,
        source=f"lexicon/zh/{role}",
        place=document.place(start, start + len(words)),
    )


def make_finding(document: Document, quote: str = "用户在此不可撤回地许可本公司永久使用其人脸图像。", **changes: Any) -> Finding:
    start = document.text.index(quote)
    attributes = (
        AttributeFact(
            name="unlimited_duration", strength="weak", cured_from="strong", evidence=(evidence(document, "unlimited_duration", "永久"),)
        ),
        AttributeFact(name="irrevocable", strength="strong", evidence=(evidence(document, "irrevocable", "不可撤回"),)),
    )
    case = rules.Case(
        grade="candidate", subject="face_direct", attribute=("unlimited_duration", "irrevocable"), strong_attribute=("irrevocable",)
    )
    rule = rules.rule("ART11")
    values: dict[str, Any] = {
        "id": "ART11-0123456789ab",
        "rule": "ART11",
        "grade": "candidate",
        "score": 5.0,
        "confidence": "high",
        "clause": Clause(id="1/1", number="第一条", start=start, end=start + len(quote), level=2, kind="paragraph", heading=("授权",)),
        "quote": quote,
        "place": document.place(start, start + len(quote)),
        "subject": "face_direct",
        "face_context": True,
        "attributes": attributes,
        "right": "grant",
        "direction": "user_to_processor",
        "counterparty": "natural_person",
        "composite": False,
        "ambiguous_reference": False,
        "evidence": (evidence(document, "subject", "人脸图像"), evidence(document, "right", "许可")),
        "against": (Note(code="cured", text="The duration is bounded in part.", text_zh="期限部分受限。"),),
        "legal_basis": (law.basis("FRJI-11"), law.basis("CC-497-3", tentative=True)),
        "related": ("RF-11",),
        "counter_arguments": rules.applicable(rule.counter_arguments, case),
        "missing_facts": rules.applicable(rule.missing_facts, case),
        "steps": (Step(name="matrix", grade="candidate", reason="A strong attribute is granted.", reason_zh="授予了强属性。"),),
        "summary": rule.summary(case),
        "contract_status": "agreement",
        "prominence": ("bold",),
        "elements": (
            Element(
                code="E6", status="found", name=Note(code="E6", text="face information", text_zh="人脸信息"),
                reason=Note(code="direct", text="Named.", text_zh="写明。"), evidence=(evidence(document, "subject", "人脸图像"),),
            ),
            Element(
                code="E2", status="ask", name=Note(code="E2", text="standard term", text_zh="格式条款"),
                reason=Note(code="denied", text="Ask for a record.", text_zh="查记录。"),
            ),
        ),
        "suggestion": "仅在取得您单独同意后处理。",
        "plain": Note(code="plain", text="It may be kept for good.", text_zh="可以一直保留。"),
    }  # fmt: skip
    return Finding(**(values | changes))


def make_related(document: Document) -> RelatedFinding:
    quote = "用户在此不可撤回地许可本公司永久使用其人脸图像。"
    start = document.text.index(quote)
    return RelatedFinding(
        id="related-1", rule="RF-18",
        clause=Clause(id="1/1", number="第一条", start=start, end=start + len(quote), level=2, kind="paragraph"),
        quote=quote, place=document.place(start, start + len(quote)), evidence=(evidence(document, "irrevocable", "不可撤回"),),
        legal_basis=(law.basis("CC-466"),), summary=Note(code="only_zh", text="Only in Chinese.", text_zh="仅见于中文。"),
        advice=Note(code="align", text="Align the texts.", text_zh="统一文本。"),
    )  # fmt: skip


def make_near_miss(document: Document) -> NearMiss:
    quote = "我们不会向任何第三方出售人脸图像。"
    start = document.text.index(quote)
    return NearMiss(
        id="near-1",
        clause=Clause(id="1/2", number="", start=start, end=start + len(quote), level=2, kind="paragraph"),
        quote=quote,
        place=document.place(start, start + len(quote)),
        gate="G4",
        reason=Note(code="G4", text="The clause is a promise of the processor.", text_zh="本条是处理者的承诺。"),
        evidence=(evidence(document, "negation", "不会"),),
    )


@pytest.fixture
def make_report() -> Callable[..., Report]:
    """A function that returns a complete report; keyword arguments replace its fields."""

    def make(text: str = TEXT, name: str = "agreement.pdf", **changes: Any) -> Report:
        document = make_document(text, name)
        complete = text == TEXT
        values: dict[str, Any] = {
            "versions": (("rules", "r"), ("clausescan", "0.1.0"), ("law", "l")),
            "document": document,
            "context": DocumentContext(
                kind="user_agreement", date="2024-05-01", counterparty="natural_person", collects_faces=True, governing_law=None,
                setting="platform", contract_status="agreement", era="later", standard_term_signs=("click_through",),
                evidence=(evidence(document, "kind", "协议"),) if complete else (),
                notes=(Note(code="contract_status", text="An agreement.", text_zh="为协议。"),),
            ),
            "clauses": 2,
            "findings": (make_finding(document),) if complete else (),
            "near_misses": (make_near_miss(document),) if complete else (),
            "problems": (),
        }
        return Report(**(values | changes))

    return make


@pytest.fixture
def full_report(make_report: Callable[..., Report]) -> Report:
    """A report whose finding has severable parts, and with a related finding."""
    report = make_report()
    document = report.document
    cut = (evidence(document, "severable", "不可撤回地"), evidence(document, "severable", "永久"))
    return replace(report, findings=(replace(report.findings[0], severable=cut),), related=(make_related(document),))


@pytest.fixture
def unread() -> Problem:
    return Problem(code="R020_no_text", severity="inconclusive", message="No text.", message_zh="没有文字。", where="page 1")

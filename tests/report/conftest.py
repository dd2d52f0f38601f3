"""Records for the writers of tables and pages: a usual one, and one whose every text tries to be something else."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from clausescan.report.records import record_of
from clausescan.types import Problem, Report

Record = dict[str, Any]
HOSTILE = '=cmd|\'/c calc\'!A1 </script><script>window.broken=1</script><img src=x onerror="window.broken=1"> <!-- ]]> & \u2028\u202e\x00\x1b[31m𠮷'


@pytest.fixture
def found(make_report: Callable[..., Report]) -> Record:
    """A document with one finding."""
    return record_of(make_report(), "zh", carried={"app": "示例", "package": "com.example"})


@pytest.fixture
def unreadable(make_report: Callable[..., Report], unread: Problem) -> Record:
    """A document that could not be read."""
    return record_of(make_report("x\n", "scan.pdf", problems=(unread,)), "zh")


@pytest.fixture
def nothing(make_report: Callable[..., Report]) -> Record:
    """A document without findings or problems."""
    return record_of(make_report("没有内容。\n", "clean.txt"), "zh")


@pytest.fixture
def hostile(found: Record) -> Record:
    """A document whose name, texts and carried columns are made to break out of a format."""
    record = copy.deepcopy(found)
    record["document"] |= {"name": HOSTILE + "\udce5", "title": HOSTILE}
    record["carried"] = {"app": HOSTILE, "=package": "+1"}
    finding = record["findings"][0]
    finding["clause"] |= {"number": "=1+1", "heading": [HOSTILE]}
    finding["quote"] = HOSTILE + finding["quote"][len(HOSTILE) :]
    finding["summary"] = finding["context"]["before"] = HOSTILE
    finding["context"]["summary"] = {"text": HOSTILE, "text_zh": HOSTILE}
    finding["evidence"][0]["text"] = HOSTILE
    finding["against"][0]["text_zh"] = HOSTILE
    return record


@pytest.fixture
def later(found: Record) -> Record:
    """A document with what newer rules add: a related finding, elements, severable parts, a suggestion."""
    record = copy.deepcopy(found)
    finding = record["findings"][0]
    finding |= {
        "elements": [
            {
                "code": "E6",
                "status": "found",
                "name": {"code": "E6", "text": "face information", "text_zh": "人脸信息"},
                "reason": {"code": "E6", "text": "It is named.", "text_zh": "条款直接写明。"},
                "evidence": finding["evidence"][:1],
            }
        ],
        "severable": [finding["evidence"][0] | {"role": "severable"}],
        "suggestion": "自授权之日起十二个月",
        "plain": {"code": "plain", "text": "They may keep your face.", "text_zh": "对方可以一直保留您的人脸。"},
        "contract_status": "agreement",
        "prominence": ["bold"],
    }
    finding["legal_basis"][1] |= {"verified": False, "on_document_date": "not_yet", "instead": ["CC-498"]}
    record["related"] = [
        {
            "id": "RF-11-1",
            "rule": "RF-11",
            "clause": None,
            "quote": None,
            "place": None,
            "evidence": [],
            "legal_basis": finding["legal_basis"][:1],
            "summary": {"text": "No period of storage is named.", "text_zh": "未写明保存期限。"},
            "advice": {"code": "RF-11", "text": "name a period", "text_zh": "写明期限"},
            "document_level": True,
        }
    ]
    return record

"""Mail with attachments, as .eml and as .msg: what is attached is read too, and what is not read is told."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

import pytest

from clausescan import api
from clausescan.readers.msg import decompressed
from clausescan.settings import Settings
from tests.files.make_msg import message, msg

CLAUSE = "您授予我们永久使用您的人脸信息的权利，且不可撤销。"
PDF = (Path(__file__).parents[1] / "files" / "pdf" / "one_column.pdf").read_bytes()
ENCRYPTED = (Path(__file__).parents[1] / "files" / "pdf" / "encrypted.pdf").read_bytes()
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


def eml(text: str, attachments: dict[str, bytes]) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@example.com", "b@example.com", "政策"
    mail.set_content(text)
    for name, data in attachments.items():
        mail.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return mail.as_bytes()


def outlook(text: str, attachments: dict[str, bytes]) -> bytes:
    return msg(subject="政策", plain=text, attachments=attachments)


@pytest.mark.parametrize(("make", "name"), [(eml, "a.eml"), (outlook, "a.msg")])
def test_a_clause_in_an_attachment_is_found_where_it_stands(make, name: str):
    report = api.scan(make("请看附件。", {"条款.txt": CLAUSE.encode(), "说明.pdf": PDF}), name=name)
    assert report.problems == ()
    assert report.grade == "candidate"
    found = report.findings[0]
    assert report.document.text[found.place.start : found.place.end] == found.quote
    assert found.place.anchor.startswith("attachment 条款.txt: line 1")
    assert [block.kind for block in report.document.blocks if "条款.txt" in report.document.text[block.start : block.end]] == ["heading"]


@pytest.mark.parametrize(("make", "name"), [(eml, "a.eml"), (outlook, "a.msg")])
@pytest.mark.parametrize(
    ("attached", "told"),
    [({"a.pdf": ENCRYPTED}, "a.pdf (R008_encrypted)"), ({"a.zip": b"PK\x05\x06" + b"\0" * 18}, "a.zip"), ({"a.docx": b"PK\x03\x04cut"}, "a.docx")],
)
def test_an_attachment_that_is_not_read_keeps_the_message_from_being_clean(make, name: str, attached: dict[str, bytes], told: str):
    report = api.scan(make("请看附件。", attached), name=name)
    assert report.inconclusive
    assert [told in problem.message for problem in report.problems if problem.code == "R053_attachment_unread"] == [True]


def test_a_logo_in_the_body_is_only_named():
    mail = EmailMessage()
    mail["From"] = "a@example.com"
    mail.set_content("正文。")
    mail.add_alternative("<p>正文。</p><img src='cid:x'>", subtype="html")
    mail.get_payload()[1].add_related(PNG, "image", "png", cid="<x>", filename="logo.png")
    report = api.scan(mail.as_bytes(), name="a.eml")
    assert [problem.code for problem in report.problems] == ["R033_attachment"]


def test_messages_in_messages_are_read_up_to_a_depth():
    inner = eml(CLAUSE, {})
    mail = EmailMessage()
    mail["From"] = "a@example.com"
    mail.set_content("转发。")
    mail.add_attachment(inner, maintype="application", subtype="octet-stream", filename="inner.eml")
    assert api.scan(mail.as_bytes(), name="a.eml").grade == "candidate"
    tree = message(plain=CLAUSE)
    for _ in range(6):
        tree = message(plain="转发。", attachments={"x": tree})
    from tests.files.make_msg import compound

    report = api.scan(compound({"__nameid_version1.0": {}, **tree}), name="a.msg")
    assert report.grade == "none"
    assert report.inconclusive


def test_a_message_of_fifty_attachments_is_read_and_the_rest_is_told():
    report = api.scan(eml("x", {f"{number}.txt": b"text" for number in range(60)}), name="a.eml")
    assert "(10)" in next(problem.message for problem in report.problems if problem.code == "R053_attachment_unread")


def test_bodies_of_outlook_messages():
    assert api.scan(msg(html=f"<p>{CLAUSE}</p>".encode()), name="a.msg").grade == "candidate"
    # the example of the specification of the compression (MS-OXRTFCP 4.1)
    example = "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
    assert decompressed(bytes.fromhex(example), 1_000) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    assert api.read(msg(rtf=bytes.fromhex(example)), name="a.msg").text.strip() == "hello world"


@pytest.mark.parametrize("data", [msg(subject="x"), msg(plain=CLAUSE)[:700], msg(rtf=b"LZFu"), msg(rtf=b"\0" * 8 + b"LZFu" + b"\xff" * 9)])
def test_damaged_messages_are_refused_or_told(data: bytes):
    report = api.scan(data, name="a.msg", settings=Settings())
    assert report.inconclusive
    assert "R040_internal" not in [problem.code for problem in report.problems]

"""Forms that draw each other without end are refused; the same resources without the drawing are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from clausescan import api
from clausescan.errors import ReadError
from clausescan.readers import pdf_guard
from tests.robustness import pdf_objects

PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 99 99] /Resources << /XObject << /X 4 0 R >> >> /Contents 5 0 R >>"


def document(content: bytes, levels: int = 1) -> bytes:
    """Return a PDF with `levels` forms, each naming the next one, the last naming itself."""
    forms = []
    for level in range(levels):
        following = 6 + level if level + 1 < levels else (4 if levels == 1 else 5 + level)
        forms.append(
            b"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X %d 0 R >> >> /Length %d >>\nstream\n%s\nendstream"
            % (following, len(content), content)
        )
    return pdf_objects(
        b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>", PAGE, forms[0],
        b"<< /Length 5 >>\nstream\n/X Do\nendstream", *forms[1:],
    )  # fmt: skip


@pytest.mark.parametrize(("content", "levels"), [(b"/X Do", 1), (b"/X Do /X Do", 1), (b"/X Do /X Do", 30)])
def test_endless_drawing_is_refused(content: bytes, levels: int):
    with pytest.raises(ReadError) as caught:
        pdf_guard.check(document(content, levels))
    assert caught.value.problem.code == "R011_container"


@pytest.mark.parametrize(("content", "levels"), [(b"0 0 9 9 re f", 1), (b"0 0 9 9 re f", 4)])
def test_shared_resources_are_usual(content: bytes, levels: int):
    pdf_guard.check(document(content, levels))


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7 /Subtype /Form", b"/ObjStm" * 100])
def test_what_cannot_be_opened_is_left_to_the_reader(data: bytes):
    pdf_guard.check(data)


HOSTILE = Path(__file__).parents[1] / "files" / "hostile"


@pytest.mark.parametrize(
    "data",
    [(HOSTILE / "xrefstream.pdf").read_bytes(), b"%PDF-1.7\n1 0 obj\n<< /Filter [/FlateDecode /FlateDecode] /Length 1 >>\nstream\nx\nendstream\nendobj\n"],
    ids=["table without room", "compressed twice"],
)
def test_bombs_are_refused_before_a_parser_sees_them(data: bytes):
    assert [problem.code for problem in api.scan(data, name="a.pdf").problems] == ["R011_container"]

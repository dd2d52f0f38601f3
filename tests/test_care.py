"""The language of care: nothing that users read says void, illegal, compliant, safe or passed as a verdict, or weighs chances.

Read are the texts of the data files, the string constants of every module that writes to users, what text and JSON say of the
samples without the words of the documents themselves, what every format, the memo and the annotated copies say of documents whose
own words hold none of the forbidden ones, and the help of the command line. What statutes say, and our own sentences that say what
we never claim, are allowed by their exact words; an allowance that nothing uses fails.
"""

from __future__ import annotations

import ast
import html
import io
import json
import re
import tomllib
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pikepdf
import pyarrow.parquet
import pytest
from click.testing import CliRunner

import clausescan
from clausescan import annotate, law, memo, rules
from clausescan.annotate.options import Options as Notes
from clausescan.cli import COMMANDS, main
from clausescan.memo import docx as memo_docx
from clausescan.memo import html as memo_html
from clausescan.report import BINARY, FORMATS, writer
from clausescan.report.fanout import Fanout
from clausescan.report.options import Options
from clausescan.types import Language, Note, Report

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "clausescan"
SAMPLES = sorted(path for path in (ROOT / "corpus" / "samples").iterdir() if path.suffix in (".txt", ".docx"))

FORBIDDEN = re.compile(
    r"\b(?:null and )?void(?:ness|ed|able)?\b|\binvalid\b|\billegal\w*|\bunlawful\w*|\blawful\w*|\binfring\w*|\b(?:non-?)?complian\w*|\bcompl(?:y|ies)\b"
    r"|\bsafe\b|\bpassed\b|\bguarantee\w*|\b(?:chance|probability|odds) of\b|\bwill (?:win|succeed|prevail)\b|\b\d{1,3} ?% (?:likely|sure|void|chance)"
    r"|无效|违法|非法|合法|侵权|合规|胜诉|败诉|概率|必然|安全可靠|(?<!审核)通过(?!于|“|单独|【|$)",
    re.IGNORECASE,
)

# exact words in which a forbidden one may stand
ALLOWED = (
    # what PIPL 15(2) leaves untouched, and words of clauses that manuals describe
    "the remark that earlier processing stays lawful",
    "any purpose, every lawful purpose",
    "任何目的、一切合法用途",
    "符合法律、行政法规规定的其他情形",
    # what we never claim, and who decides
    "Only a court declares a term void",
    "That a clause is void or unlawful; that a document complies; a chance of winning",
    "某条款无效或违法；某文件合规；胜诉可能",
    "条款是否无效，只能由人民法院认定",
    "or is void is for the court on all the facts",
    "a marked term is not thereby void",
    "是否无效，须由人民法院结合全部事实认定",
    "被标记不代表无效",
    "this does not mean the document is lawful",
    "这不表示文件合法或有效",
    "This does not mean that a document is lawful",
    "这不表示文件合法",
    '(never: "the document is lawful")',
    # the claim that a person may bring, in the words of the provisions
    "请求确认无效的候选条款",
    "there is no contract term to declare void",
    "无合同条款可供确认无效",
)

# keys of the data files that hold what statutes say or what contracts in examples say
STATUTE_KEYS = frozenset({"operative", "instrument", "instrument_zh", "document_number"})
DOCUMENT_KEYS = frozenset({"quote", "heading", "title", "name", "number", "anchor", "id"})
EXAMPLE_KEYS = frozenset({"flag", "pass"})
# modules whose constants are patterns over documents, not sentences for users
PATTERNS = {"benchmark.py", "context.py", "evaluate.py", "severable.py", "bilingual.py", "redraft.py"}


def texts_of(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            if key not in EXAMPLE_KEYS:
                yield from texts_of(item)
    elif isinstance(value, list):
        for item in value:
            yield from texts_of(item)


def data_texts() -> Iterator[tuple[str, str]]:
    for folder in ("rules", "sentences"):
        for path in sorted((PACKAGE / folder).rglob("*.toml")):
            if path.parent.name == "examples":  # clauses of other people
                continue
            table = tomllib.loads(path.read_text(encoding="utf-8"))
            if path.name in ("common.toml", "situations.toml"):  # patterns, and beside them what may be pleaded
                table = {key: value.get("plea", {}) for key, value in table.items()}
            yield from ((path.name, text) for text in texts_of({key: value for key, value in table.items() if key not in ("loose", "cue")}))
    for item in law.provisions().values():
        yield from ((f"law {item.code}", text) for text in (item.note, item.note_zh))


def constants() -> Iterator[tuple[str, str]]:
    """Yield the string constants of the package without docstrings; those of commands are read as help."""
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).parts
        if parts[0] in ("analyse", "lexicon", "segment", "readers") or path.name in PATTERNS:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        notes = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in notes:
                yield "/".join(parts), node.value


def spoken(value: Any, key: str = "") -> Iterator[str]:
    """Yield the strings of a JSON report that are ours: not the words of the document, nor what a statute says."""
    if isinstance(value, str):
        if key not in DOCUMENT_KEYS | STATUTE_KEYS or key == "suggestion":
            yield value
    elif isinstance(value, dict):
        for name, item in value.items():
            if not (name == "text" and "role" in value) and not (name.startswith("summary") and "article" in value):
                yield from spoken(item, name)
    elif isinstance(value, list):
        for item in value:
            yield from spoken(item, key)


def printed(shown: str, report: Report) -> str:
    """Return a text report on one line, without quotes, cues, titles and the summaries of statutes."""
    ours = [line for line in shown.split("\n") if not line.startswith("  | ")]
    flat = re.sub(r"(?<=[^\x00-\x7f])\s+(?=[^\x00-\x7f])", "", " ".join(" ".join(ours).split()))
    for item in law.provisions().values():
        flat = flat.replace(item.summary, "").replace(item.summary_zh, "").replace(item.of.en, "").replace(item.of.zh, "")
    for title in {report.document.title or "", *(name for finding in report.findings for name in finding.clause.heading)}:
        flat = flat.replace(title, "")
    return re.sub(r"“[^”]*”|「[^」]*」|\"[^\"]*\"", "", flat)


def offences(text: str, used: set[str] | None = None) -> list[str]:
    """Return the forbidden words in a text that no allowance covers."""
    clean = " ".join(text.split())
    for words in ALLOWED:
        if words in clean and used is not None:
            used.add(words)
        clean = clean.replace(words, "")
    return [clean[max(0, match.start() - 40) : match.end() + 20] for match in FORBIDDEN.finditer(clean)]


def test_the_data_files():
    assert {f"{name}: {words}" for name, text in data_texts() for words in offences(text)} == set()


def test_the_constants_of_the_modules():
    assert {f"{name}: {words}" for name, text in constants() for words in offences(text)} == set()


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_what_the_writers_write(path: Path, language: Any):
    report = clausescan.scan(path)
    for name in ("text", "json"):  # the other formats hand over the same sentences
        out = io.StringIO()
        writer(name).write(report, out, Options(language=language, why_not=True))
        said = list(spoken(json.loads(out.getvalue()))) if name == "json" else [printed(out.getvalue(), report)]
        assert [words for text in said for words in offences(text)] == [], name


# Clauses with findings of many kinds whose own words hold none of the forbidden ones: what is found in an output is ours.
CLEAR: dict[Language, str] = {
    "zh": """刷脸服务协议

第一条 您授予我们永久、不可撤销、可任意转授权的权利，以任何目的使用您的人脸信息。本条系双方协商，不属于格式条款。
第二条 我们将长期保存您的面部特征，并可提供给合作伙伴。账号注销后，已采集的人脸我们仍会继续使用，删除请求一概不予受理。
第三条 您继续使用即视为同意本协议，我们有权随时变更本协议，并享有最终解释权。
第四条 未录入人脸不得进入。人脸数据泄露的，我们不承担任何责任，您不得起诉。
第五条 您放弃肖像权，面部数据归我们所有。未满十四周岁的学生刷脸签到。撤回同意仅能注销账号。
第六条 我们不会要求您永久授权人脸信息。因公共卫生事件处理人脸的，另行告知。
""",
    "en": """Face service agreement

1. You grant us a perpetual, irrevocable and sublicensable right to use your face images for any purpose. This is not a standard term.
2. We keep your facial features for as long as we see fit and share them with partners. After your account is closed we may go on
using face images already collected; requests to delete them will not be entertained.
3. Your continued use means that you accept these terms, which we may change at any time, and our interpretation is final.
4. Nobody enters without a face scan. We are not liable for any leak of face data, and you may not sue.
5. You waive all personality rights, and your face data become our property. You can withdraw only by closing your account.
6. We will never ask you for a perpetual licence over your face. Children under 14 check in by face.
""",
}
DATE = datetime(2026, 1, 2)
_STATUTES = sorted(
    {text for item in law.provisions().values() for text in (item.summary, item.summary_zh, item.operative, item.of.en, item.of.zh, item.of.short, item.of.short_zh) if text},
    key=len,
    reverse=True,
)


def without_statutes(text: str) -> str:
    """Return the text on one line, without what statutes say and how they are called."""
    flat = " ".join(text.split())
    for words in _STATUTES:
        flat = flat.replace(" ".join(words.split()), "")
    return flat


def of_html(data: bytes) -> str:
    """Return what a page shows: its text, its labels, and what its script shows of its data; no styles."""
    text = re.sub(r"<style\b.*?</style>", " ", data.decode("utf-8"), flags=re.DOTALL)
    labels = " ".join(re.findall(r'(?:title|alt|placeholder|aria-label)="([^"]*)"', text))
    return html.unescape(re.sub(r"</?(?:mark|b|em|i|span|strong|code|a)\b[^>]*>", "", text + " " + labels))


def of_xlsx(data: bytes) -> str:
    book = openpyxl.load_workbook(io.BytesIO(data))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    notes = [cell.comment.text for cell in cells if cell.comment is not None]
    return "\n".join([*book.sheetnames, *(str(cell.value) for cell in cells if cell.value is not None), *notes])


def of_parquet(data: bytes) -> str:
    return json.dumps(pyarrow.parquet.read_table(io.BytesIO(data)).to_pylist(), ensure_ascii=False, default=str)


def of_docx(data: bytes) -> str:
    """Return the paragraphs of all parts of a Word file: body, notes, headers, proposed wording."""
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        xml = [parts.read(name).decode("utf-8") for name in parts.namelist() if name.startswith("word/") and name.endswith(".xml")]
    paragraphs = [paragraph for part in xml for paragraph in re.split(r"</w:p>", part)]
    return "\n".join("".join(re.findall(r"<w:t[ >][^<]*?>?([^<]*)</w:t>", paragraph)) for paragraph in paragraphs)


def of_pdf(data: bytes) -> str:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        notes = [str(note.get("/Contents", "")) for page in pdf.pages for note in page.get("/Annots", [])]
        with pdf.open_outline() as outline:
            entries = [entry.title for entry in outline.root]
    return "\n".join([*notes, *entries])


READ: dict[str, Callable[[bytes], str]] = {"html": of_html, "xlsx": of_xlsx, "parquet": of_parquet}


def written(name: str, report: Report, options: Options) -> bytes:
    """Return what a format writes of a report."""
    out: Any = io.BytesIO() if name in BINARY else io.StringIO(newline="")
    with Fanout([(name, out, options)]) as formats:
        formats.add(report)
    return out.getvalue() if name in BINARY else out.getvalue().encode("utf-8")  # type: ignore[no-any-return]


@pytest.fixture(scope="module", params=["zh", "en"])
def clear(request: pytest.FixtureRequest) -> Report:
    report = clausescan.scan_text(CLEAR[request.param])
    assert offences(report.document.text) == []
    assert len(report.findings) >= 3
    assert len({item.rule for item in report.related}) >= 8
    return report


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", FORMATS)
def test_what_every_format_says(clear: Report, name: str, language: Language):
    # one long line: the title of a statute must not be cut
    shown = written(name, clear, Options(language=language, why_not=True, width=100_000))
    text = READ.get(name, bytes.decode)(shown)
    assert text.strip()
    assert offences(without_statutes(text)) == []


def planted(report: Report) -> Report:
    """Return the report with a verdict in every finding."""
    verdict = Note(code="planted", text="This clause is void.", text_zh="本条无效。")
    return replace(report, findings=tuple(replace(item, summary=verdict, plain=verdict, counter_arguments=(verdict,)) for item in report.findings))


@pytest.mark.parametrize("name", FORMATS)
def test_a_verdict_would_be_found_in_every_format(clear: Report, name: str):
    shown = written(name, planted(clear), Options(language=clear.document.language, width=100_000))
    assert offences(without_statutes(READ.get(name, bytes.decode)(shown)))


def test_a_verdict_would_be_found_in_memo_and_notes(clear: Report):
    language, report = clear.document.language or "en", planted(clear)
    told = memo.content.memo(report, language, DATE)
    notes = annotate.annotate_file(report.document.text.encode("utf-8"), report, Notes(language=language, date=DATE), as_text=True)
    for text in (of_docx(memo_docx.write(told, DATE)), of_html(memo_html.write(told).encode("utf-8")), of_docx(notes.data)):
        assert offences(without_statutes(text))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_the_memo_says(clear: Report, language: Language):
    told = memo.content.memo(clear, language, DATE)
    for text in (of_docx(memo_docx.write(told, DATE)), of_html(memo_html.write(told).encode("utf-8"))):
        assert clear.findings[0].quote[:20] in " ".join(text.split())
        assert offences(without_statutes(text)) == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_the_notes_in_an_annotated_copy_say(clear: Report, language: Language):
    notes = annotate.annotate_file(clear.document.text.encode("utf-8"), clear, Notes(language=language, date=DATE, suggest=True), as_text=True)
    assert len(list(docx.Document(io.BytesIO(notes.data)).comments)) > 3
    assert offences(without_statutes(of_docx(notes.data))) == []


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("path", sorted((ROOT / "corpus" / "samples").glob("*.pdf")), ids=lambda path: path.name)
def test_what_the_notes_in_a_pdf_say(path: Path, language: Language):
    data = path.read_bytes()
    report = clausescan.scan(data, name=path.name)
    text = of_pdf(annotate.annotate_file(data, report, Notes(language=language, date=DATE)).data)
    assert len(text) > 200
    assert offences(without_statutes(text)) == []


def test_the_help_of_the_command_line():
    for name in COMMANDS:
        assert offences(CliRunner().invoke(main, [name, "--help"]).output) == []
    assert offences(CliRunner().invoke(main, ["--help"]).output) == []


def test_every_allowance_is_used():
    used: set[str] = set()
    for _, text in (*data_texts(), *constants()):
        offences(text, used)
    assert set(ALLOWED) - used == set()


def test_the_disclaimer_goes_with_every_report():
    for language in ("zh", "en"):
        for name in ("text", "json"):
            out = io.StringIO()
            writer(name).write(clausescan.scan_text("没有内容。"), out, Options(language=language))  # type: ignore[arg-type]
            assert re.sub(r"\s+", "", rules.rule("ART11").disclaimer[language]) in re.sub(r"\s+", "", out.getvalue())  # type: ignore[index]


@pytest.mark.parametrize(
    "sentence",
    ["This clause is void.", "The policy is compliant.", "The scan passed.", "本条无效。", "该文件合规。", "There is an 80 % chance of success.", "胜诉概率较高。", "It is safe to sign."],
)
def test_a_verdict_would_be_found(sentence: str):
    assert offences(sentence)

"""The language of care: nothing that users read says void, illegal, compliant, safe or passed as a verdict, or weighs chances.

Read are the texts of the data files, the string constants of every module that writes to users, and what the writers and the
command line print for the samples, without the words of the documents themselves. What statutes say, and our own sentences that
say what we never claim, are allowed by their exact words; an allowance that nothing uses fails.
"""

from __future__ import annotations

import ast
import io
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import clausescan
from clausescan import law, rules
from clausescan.cli import COMMANDS, main
from clausescan.report import writer
from clausescan.report.options import Options
from clausescan.types import Report

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

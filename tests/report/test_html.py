from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from lxml import html as lxml_html

from clausescan.report import html
from clausescan.report.options import DEFAULT, Options

Record = dict[str, Any]
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chrome")
browser = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here")


def page(*records: Record, options: Options = DEFAULT) -> str:
    out = io.StringIO()
    html.write(records, out, options)
    return out.getvalue()


def data(text: str, name: str) -> list[Any]:
    tree = lxml_html.document_fromstring(text)
    return [json.loads(node.text_content()) for node in tree.xpath(f'//script[@data-name="{name}"]')]


def drawn(text: str, folder: Path) -> Any:
    """The page after its script has run, in a browser."""
    path = folder / "report.html"
    path.write_text(text, encoding="utf-8")
    command = [str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder / 'profile'}", "--dump-dom"]
    result = subprocess.run([*command, path.as_uri()], capture_output=True, timeout=120, check=True)
    return lxml_html.document_fromstring(result.stdout.decode("utf-8", "replace"))


def text_of(tree: Any, path: str) -> list[str]:
    return [" ".join(node.text_content().split()) for node in tree.xpath(path)]


def test_the_data_holds_documents_findings_and_what_speaks_for_and_against(found: Record, unreadable: Record):
    text = page(found, unreadable)
    ((first, second),) = data(text, "block")
    ((sentences),) = data(text, "sentences")
    (finding,) = first["findings"]
    assert "".join(piece for piece, _ in finding["quote"]) == found["findings"][0]["quote"]
    assert ["不可撤回", "irrevocable"] in finding["quote"]
    assert [sentences[number][1] for number in finding["against"]] == ["期限部分受限。"]
    assert finding["around"] == ["示例刷脸协议\n第一条 授权\n", "\n我们不会向任何第三方出售人脸图像。\n"]
    assert (first["carried"]["app"], second["conclusion"], second["problems"][0][0]) == ("示例", "inconclusive", "R020_no_text")


def test_sentences_are_kept_once_and_not_for_ever(found: Record, monkeypatch: pytest.MonkeyPatch):
    (once,) = data(page(found), "sentences")
    assert data(page(*[found] * 5), "sentences") == [once]
    monkeypatch.setattr(html, "_SENTENCES", 2)
    text = page(found)
    assert len(data(text, "sentences")[0]) == 2
    assert [pair[1] for pair in data(text, "block")[0][0]["findings"][0]["against"]] == ["期限部分受限。"]


def test_clauses_one_step_from_a_finding_are_there_on_request(found: Record):
    def grades(options: Options) -> list[str]:
        return [item["grade"] for item in data(page(found, options=options), "block")[0][0]["findings"]]

    assert grades(DEFAULT) == ["candidate"]
    assert grades(Options(why_not=True)) == ["candidate", "near"]


def test_records_stand_in_blocks(nothing: Record, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(html, "_BLOCK", 3)
    assert [len(block) for block in data(page(*[nothing] * 7), "block")] == [3, 3, 1]


def test_the_page_is_one_file_under_a_policy_that_allows_its_own_script_alone(found: Record):
    text = page(found)
    tree = lxml_html.document_fromstring(text)
    (policy,) = tree.xpath('//meta[@http-equiv="Content-Security-Policy"]/@content')
    scripts = tree.xpath("//script[not(@type)]")
    allowed = ["sha256-" + b64encode(sha256(node.text.encode()).digest()).decode() for node in (*scripts, *tree.xpath("//style"))]
    assert policy == f"default-src 'none'; script-src '{allowed[0]}'; style-src '{allowed[1]}'; base-uri 'none'; form-action 'none'"
    assert tree.xpath("//@src | //link | //iframe | //img | //@style | //@onclick") == []
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", text)
    assert not re.search(r"innerHTML|insertAdjacent|document\.write|\beval\b|new Function", html.asset("report.js"))


def test_hostile_text_cannot_leave_its_block(hostile: Record):
    text = page(hostile)
    tree = lxml_html.document_fromstring(text)
    assert len(tree.xpath("//script")) == 6  # block, sentences, law, groups, meta, ours
    assert tree.xpath("//img") == []
    (((document,),)) = data(text, "block")
    assert document["findings"][0]["around"][0] == hostile["findings"][0]["context"]["before"]
    assert document["name"].endswith("\ufffd")
    assert "\u2028" not in text
    text.encode()


def test_the_language_of_the_page(found: Record):
    assert page(found).startswith('<!DOCTYPE html>\n<html lang="zh">')
    assert page(found, options=Options(language="en")).startswith('<!DOCTYPE html>\n<html lang="en">')
    assert "法律意见" in page(found)
    assert "1 份有结果" in page(found)


def test_the_same_records_give_the_same_bytes(found: Record):
    assert page(found, found) == page(found, found)


@browser
def test_a_browser_draws_findings_overview_and_marks(found: Record, unreadable: Record, nothing: Record, later: Record, tmp_path: Path):
    tree = drawn(page(found, unreadable, nothing, later), tmp_path)
    assert text_of(tree, '//*[@class="tile"]') == ["4份文件", "2份有结果", "1份未发现", "1份无法得出结论", "8个条款已读"]
    assert text_of(tree, '//*[@class="status"]/b') == ["共 3 条，显示 3 条"]
    assert [node.get("class") for node in tree.xpath('//details[contains(@class, "finding")]')] == [
        "finding candidate", "finding candidate", "finding related",
    ]  # fmt: skip
    assert text_of(tree, '(//*[@class="excerpt"])[1]//mark[@class="attribute"]') == ["不可撤回", "永久"]
    assert tree.xpath('(//*[@class="excerpt"])[2]//mark[contains(@class, "severable")]/text()') == ["人脸图像"]
    assert "RF-11" in text_of(tree, "(//details)[3]")[0]
    assert "未写明保存期限。" in text_of(tree, "(//details)[3]")[0]


@browser
def test_clauses_that_documents_share_come_first(found: Record, nothing: Record, tmp_path: Path):
    tree = drawn(page(found, nothing, found, found), tmp_path)
    (group,) = text_of(tree, '//*[contains(@class, "group")]')
    assert group.startswith("3 份文件共用本条 候选")
    assert "永久使用其人脸图像" in group
    order = [node.get("class") for node in tree.xpath('//main/*')]
    assert order.index("chart shared") < order.index("charts")


@browser
def test_a_click_on_a_shared_clause_shows_its_findings(found: Record, later: Record, tmp_path: Path):
    text = re.sub(r"<meta http-equiv[^>]*>", "", page(found, later, found)) + "<script>document.querySelector('.group').click()</script>"
    tree = drawn(text, tmp_path)
    assert text_of(tree, '//*[@class="status"]/b') == ["共 4 条，显示 3 条"]  # the fourth is a related finding
    assert len(tree.xpath('//details[contains(@class, "finding")]')) == 3


def test_one_document_shares_nothing(found: Record):
    assert data(page(found, options=Options(several=False)), "groups") == [[]]
    assert data(page(found), "groups") == [[]]


@browser
def test_a_browser_shows_hostile_text_as_text(hostile: Record, tmp_path: Path):
    tree = drawn(page(hostile), tmp_path)
    assert tree.xpath("//img | //*[@onerror]") == []
    (name,) = text_of(tree, '//*[@class="doc"]')
    assert "</script><script>window.broken=1</script><img src=x" in name
    assert text_of(tree, '(//*[@class="doc"])/*[@class="odd"]') == ["202E", "0000", "001B"]


@browser
def test_a_page_without_findings_does_not_praise(nothing: Record, tmp_path: Path):
    tree = drawn(page(nothing, options=Options(language="en")), tmp_path)
    assert text_of(tree, '//*[@class="empty"]') == ["No clause was pointed at. This does not mean that a document is lawful."]

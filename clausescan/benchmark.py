"""How fast: `python -m clausescan.benchmark` measures on this machine, on one core, with texts that it writes itself.

`--bulk` measures scans of many documents instead, on all cores: one worker against two, documents a second, memory.
`--adversarial` measures texts made to hurt: the time for a character must be the same however long the text is.

    text -> findings, 20,000 characters, 6 % about faces      412 ms
    PDF  end to end / pdfplumber extract_text                1.31 x
    ...

Times are the best of several runs (the others measure what else the machine did); a ratio compares two of them.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import click

_PLAIN = (
    "我们通过本政策向您说明信息处理的规则，请您在使用服务前仔细阅读。",
    "您在注册账号时需要提供手机号码，我们向该号码发送验证短信。",
    "为了向您配送商品，我们会处理您的收货地址、联系人和联系电话。",
    "您可以在设置中修改昵称、头像和个人简介。",
    "我们采用加密传输、访问控制、日志审计等措施保护信息安全。",
    "发生安全事件的，我们会及时告知您事件的基本情况和补救措施。",
    "订单信息在交易完成后保存三年，期限届满后删除或者匿名化处理。",
    "您可以随时关闭个性化推荐，关闭后您看到的内容将不再与您的兴趣相关。",
    "我们委托具名的服务商发送短信，服务商仅能按照我们的指令处理号码。",
    "未成年人使用本服务的，应当取得监护人的同意。",
    "您有权查阅、复制、更正、删除您的个人信息。",
    "您注销账号后，我们停止为您提供服务并删除您的个人信息。",
    "当本政策发生重大变更时，我们会以弹窗方式提示您。",
    "我们授予您一项可撤销的、不可转让的许可，供您使用本软件。",
    "对于违反社区规则的账号，我们可以永久封禁。",
    "为了修复故障，我们会收集设备型号、操作系统版本和崩溃日志。",
    "您可以通过客服电话或者电子邮箱与我们联系，我们在十五个工作日内答复。",
    "本协议的解释和争议解决适用中华人民共和国法律。",
)
_FACES = (
    "为完成实名认证，我们会在您单独同意后采集您的人脸图像，核验完成后立即删除。",
    "您同意我们永久使用您的人脸图像，且该项同意不可撤销。",
    "人脸特征值只存储在您的设备上，我们无法读取。",
    "除非您单独同意，我们不会把人脸信息交给其他任何人。",
    "您可以随时撤回人脸识别授权，撤回不影响此前已经完成的核验。",
    "我们可以将您的面部特征转授权给合作伙伴使用，无需另行取得您的同意。",
    "门禁系统采集的人脸照片在您离职后三日内删除。",
    "刷脸支付由支付机构提供，我们只接收支付结果。",
)
CHARACTERS = 20_000
LONG_CHARACTERS = 350_000
_SEED = 11
BULK_CHARACTERS = 8_000
_UPLOADS, _SENDERS = 60, 20
_WARM = 20  # documents after which all workers are at work


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measured figure."""

    name: str
    value: float
    unit: str


def policy(characters: int, face_share: float, seed: int = _SEED) -> str:
    """Return a Chinese policy of about that length, in which that share of the sentences speaks of faces; the same for a seed."""
    choose = random.Random(seed)
    parts = ["某某服务隐私政策\n\n"]
    length = article = written = 0
    while length < characters:
        article += 1
        parts.append(f"第{article}条 处理规则\n\n")
        for item in range(1, 6):
            numbers = range(written, written := written + 3)
            about_faces = (int((number + 1) * face_share) > int(number * face_share) for number in numbers)
            parts.append(f"{article}.{item} {''.join(choose.choice(_FACES if faces else _PLAIN) for faces in about_faces)}\n\n")
        length = sum(map(len, parts))
    return "".join(parts)


def pdf(text: str, lines_per_page: int = 38, characters_per_line: int = 40) -> bytes:
    """Return a PDF of the text in a Chinese font that readers know without embedding."""
    rows = [
        line[start : start + characters_per_line] for line in text.split("\n") if line for start in range(0, len(line), characters_per_line)
    ]
    pages = [rows[start : start + lines_per_page] for start in range(0, len(rows), lines_per_page)]
    font = (
        b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [ << /Type /Font "
        b"/Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> /DW 1000 "
        b"/FontDescriptor << /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 "
        b"/Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >> >> ] >>"
    )
    kids = b" ".join(b"%d 0 R" % (4 + 2 * number) for number in range(len(pages)))
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(pages)), font]
    for number, page in enumerate(pages):
        drawn = (
            b"BT /F1 11 Tf 18 TL 72 780 Td\n" + b"".join(b"<%s> Tj T*\n" % row.encode("utf-16-be").hex().encode() for row in page) + b"ET"
        )
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> /Contents %d 0 R >>"
            % (5 + 2 * number)
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn))
    return _assemble(objects)


def _assemble(objects: list[bytes]) -> bytes:
    body, offsets = b"%PDF-1.7\n", []
    for number, item in enumerate(objects, 1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, item)
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return body + table + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(body))


def docx(text: str, path: Path) -> None:
    """Write a DOCX of the text, a paragraph for each line."""
    from docx import Document

    document = Document()
    for line in text.split("\n"):
        if line:
            document.add_paragraph(line)
    document.save(str(path))


def measure(repeat: int = 5) -> Iterator[Figure]:
    """Yield the figures one by one, as they are measured."""
    yield from _texts(repeat)
    with tempfile.TemporaryDirectory() as folder:
        yield from _files(Path(folder), repeat)
        yield from _annotated()
        yield from _cold(Path(folder), repeat)


def _texts(repeat: int) -> Iterator[Figure]:
    from clausescan import api

    for name, share in (("6 % about faces", 0.06), ("nearly all about faces", 0.95)):
        text = policy(CHARACTERS, share)
        seconds = best(lambda text=text: api.scan_text(text, "zh"), repeat)  # type: ignore[misc]
        yield Figure(name=f"text -> findings, {CHARACTERS:,} characters, {name}", value=seconds * 1000, unit="ms")


def _files(folder: Path, repeat: int) -> Iterator[Figure]:
    import pdfplumber
    from docx import Document

    from clausescan import api

    text = policy(CHARACTERS, 0.06)
    pdf_path, docx_path = folder / "policy.pdf", folder / "policy.docx"
    pdf_path.write_bytes(pdf(text))
    docx(text, docx_path)

    def plumb() -> int:
        with pdfplumber.open(pdf_path) as opened:
            return sum(bool(page.extract_text()) for page in opened.pages)

    def paragraphs() -> int:
        return len("\n".join(paragraph.text for paragraph in Document(str(docx_path)).paragraphs))

    pages = plumb()
    bare, whole, reading = best(plumb, repeat), best(lambda: api.scan(pdf_path), repeat), best(lambda: api.read(pdf_path), repeat)
    least = best(lambda: bare_extraction(pdf_path), repeat)
    yield Figure(name="PDF, file -> findings", value=whole * 1000, unit="ms")
    yield Figure(name="PDF, bare extraction of characters and boxes", value=least * 1000, unit="ms")
    yield Figure(name="PDF, file -> findings / bare extraction", value=whole / least, unit="x")
    yield Figure(name="PDF, reading / bare extraction", value=reading / least, unit="x")
    yield Figure(name="PDF, file -> findings / pdfplumber extract_text", value=whole / bare, unit="x")
    yield Figure(name="PDF, pages read with boxes", value=pages / reading, unit="pages/s")
    yield Figure(name="PDF, pages with pdfplumber extract_text", value=pages / bare, unit="pages/s")
    yield Figure(name="PDF, reading speed / pdfplumber extract_text", value=bare / reading, unit="x")
    bare, whole = best(paragraphs, repeat), best(lambda: api.scan(docx_path), repeat)
    yield Figure(name="DOCX, file -> findings", value=whole * 1000, unit="ms")
    yield Figure(name="DOCX, file -> findings / python-docx paragraphs", value=whole / bare, unit="x")


def _annotated() -> Iterator[Figure]:
    """Yield what highlights on a long PDF cost beside its scan, reading them back included."""
    from clausescan import api
    from clausescan.annotate import annotate_file
    from clausescan.annotate.check import check
    from clausescan.annotate.options import Options

    data = pdf(policy(LONG_CHARACTERS, 0.072))
    options = Options(language="zh", date=datetime(2026, 1, 1))
    report = api.scan(data, name="policy.pdf")
    scanning = best(lambda: api.scan(data, name="policy.pdf"), 1)
    writing = best(lambda: check(annotate_file(data, report, options), report, options), 1)
    name = f"PDF, {len(report.document.pages)} pages, {len(report.findings)} findings"
    yield Figure(name=f"{name}: scan", value=scanning, unit="s")
    yield Figure(name=f"{name}: scan and annotate / scan", value=(scanning + writing) / scanning, unit="x")


def bare_extraction(path: Path) -> list[tuple[int, float, float, float, float, float]]:
    """Return code, box and font size of every character of a PDF, asked of PDFium one by one: what any reader must do at least."""
    import pypdfium2.raw as raw

    data = path.read_bytes()
    document = raw.FPDF_LoadMemDocument64(data, len(data), None)
    found = []
    box = raw.FS_RECTF()
    for number in range(raw.FPDF_GetPageCount(document)):
        page = raw.FPDF_LoadPage(document, number)
        text = raw.FPDFText_LoadPage(page)
        for index in range(raw.FPDFText_CountChars(text)):
            code = raw.FPDFText_GetUnicode(text, index)
            raw.FPDFText_GetLooseCharBox(text, index, box)
            found.append((code, box.left, box.top, box.right, box.bottom, raw.FPDFText_GetFontSize(text, index)))
        raw.FPDFText_ClosePage(text)
        raw.FPDF_ClosePage(page)
    raw.FPDF_CloseDocument(document)
    return found


def _cold(folder: Path, repeat: int) -> Iterator[Figure]:
    path = folder / "policy.txt"
    path.write_text(policy(2_000, 0.06), encoding="utf-8")
    helped = best(lambda: _run("-m", "clausescan", "--help"), repeat)
    scanned = best(lambda: _run("-m", "clausescan", "scan", str(path)), repeat)
    spacy = best(lambda: _run("-c", "import spacy"), repeat)
    yield Figure(name="command, --help, cold", value=helped * 1000, unit="ms")
    yield Figure(name="command, one text file, cold", value=scanned * 1000, unit="ms")
    yield Figure(name="command, one text file, cold / python -c 'import spacy'", value=scanned / spacy, unit="x")


def _run(*words: str) -> None:
    subprocess.run([sys.executable, *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)


def best(work: Callable[[], object], repeat: int) -> float:
    """Return the seconds of the fastest of `repeat` runs, after one that warms up."""
    work()
    times = []
    for _ in range(repeat):
        begin = time.perf_counter()
        work()
        times.append(time.perf_counter() - begin)
    return min(times)


def measure_bulk(samples: Path, documents: int) -> Iterator[Figure]:
    """Yield the figures of bulk scans over that many documents: the samples again and again, no two of the same bytes."""
    with tempfile.TemporaryDirectory() as folder:
        short, long = Path(folder) / "samples", Path(folder) / "policies"
        _copies(samples, short, documents)
        _policies(long, documents)
        for name, place in (("HTML and TXT samples", short), (f"policies of {BULK_CHARACTERS:,} characters", long)):
            alone, together = (_bulk(place, jobs, Path(folder) / f"{place.name}{jobs}.db") for jobs in (1, 2))
            yield Figure(name=f"bulk, {name}, 1 job", value=documents / alone.seconds, unit="documents/s")
            yield Figure(name=f"bulk, {name}, 2 jobs", value=documents / together.seconds, unit="documents/s")
            yield Figure(name=f"bulk, {name}, 2 jobs / 1 job", value=alone.seconds / together.seconds, unit="x")
            yield Figure(name=f"bulk, {name}, CPU time per document, workers and parent", value=together.cpu * 1000, unit="ms")
            yield Figure(name=f"bulk, {name}, highest memory of a worker", value=together.worker / 1e6, unit="MB")
            yield Figure(name=f"bulk, {name}, parent, growth per document", value=together.growth / 1e3, unit="kB")
            yield Figure(name=f"bulk, {name}, parent", value=together.parent / 1e6, unit="MB")


def measure_desk(samples: Path) -> Iterator[Figure]:
    """Yield how the desk answers a reader while twenty people send it contracts."""
    import re
    from concurrent.futures import ThreadPoolExecutor
    from statistics import median

    import httpx

    pages, kinds = [], sorted(path for path in samples.iterdir() if path.suffix in (".pdf", ".docx", ".html", ".txt", ".md"))
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "clausescan", "serve", "--port", "0", "--run", f"{folder}/desk.db"]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, encoding="utf-8") as process:
            assert process.stderr is not None
            address = re.search(r"http://\S+/", process.stderr.readline())
            assert address is not None
            accept = {"accept": "application/json"}
            with httpx.Client(base_url=address[0], timeout=60, headers=accept) as client, ThreadPoolExecutor(_SENDERS) as people:
                token = re.search(r'csrf-token" content="(\w+)"', client.get("/").text)
                assert token is not None
                client.headers["X-CSRF-Token"] = token[1]

                def send(number: int) -> None:
                    path = kinds[number % len(kinds)]
                    files = {"files": (f"{number}-{path.name}", path.read_bytes())}
                    client.post("/documents", files=files, data={"apart": "1"}).raise_for_status()

                send(0)
                while client.get("/status").json()["waiting"]:
                    time.sleep(0.05)
                begin = time.perf_counter()
                sent = [people.submit(send, number) for number in range(1, _UPLOADS + 1)]
                while not all(future.done() for future in sent) or client.get("/status").json()["waiting"]:
                    asked = time.perf_counter()
                    client.get("/documents/1").raise_for_status()
                    pages.append(time.perf_counter() - asked)
                seconds = time.perf_counter() - begin
                for future in sent:
                    future.result()
            process.terminate()
            process.stderr.read()
    yield Figure(name=f"desk, {_UPLOADS} contracts from {_SENDERS} senders: until all are read", value=seconds, unit="s")
    yield Figure(name="desk, a document page meanwhile, median", value=median(pages) * 1000, unit="ms")
    yield Figure(name="desk, a document page meanwhile, slowest", value=max(pages) * 1000, unit="ms")


def _copies(samples: Path, folder: Path, documents: int) -> None:
    """Write the HTML and text samples until there are so many, each with a line that no other has."""
    folder.mkdir()
    kinds = [path for path in sorted(samples.iterdir()) if path.suffix in (".html", ".txt")]
    for number in range(documents):
        path = kinds[number % len(kinds)]
        text = path.read_text(encoding="utf-8")
        line = f"文件编号 {number}"
        text = text.replace("</body>", f"<p>{line}</p></body>") if path.suffix == ".html" else f"{text}\n{line}\n"
        (folder / f"{number:06}{path.suffix}").write_text(text, encoding="utf-8")


def _policies(folder: Path, documents: int) -> None:
    folder.mkdir()
    for number in range(documents):
        (folder / f"{number:06}.txt").write_text(policy(BULK_CHARACTERS, 0.06, seed=number), encoding="utf-8")


@dataclass(frozen=True, slots=True, kw_only=True)
class _BulkRun:
    """What one bulk scan took: seconds, and CPU seconds per document; memory in bytes; growth in bytes per document."""

    seconds: float
    cpu: float
    worker: int
    parent: int
    growth: float


def _bulk(folder: Path, jobs: int, path: Path) -> _BulkRun:
    import psutil

    from clausescan.bulk import Arguments, Bulk, Tick, hello
    from clausescan.bulk.limits import Limits
    from clausescan.bulk.pool import Pool
    from clausescan.settings import DEFAULT
    from clausescan.store import Store

    ticks: list[tuple[float, int, int, float]] = []
    here = psutil.Process()

    def watch(tick: Tick) -> None:
        if tick.done in (0, _WARM, tick.total) or tick.done == tick.total // 2:
            ticks.append((time.perf_counter(), tick.done, here.memory_info().rss, time.process_time() + pool.cpu_seconds()))

    limits = Limits()
    with Store(path) as store, Pool(jobs=jobs, hello=hello(DEFAULT, limits, store.files), limits=limits) as pool:
        bulk = Bulk(store=store, runner=pool, settings=DEFAULT, limits=limits, watch=watch)
        bulk.scan(Arguments(paths=(str(folder),)))
        peak = pool.peak
    # the start of the workers is left out: how long it takes does not depend on the number of documents
    (begin, first, _, cpu), *_, (_, halfway, then, _), (end, last, now, cpu_end) = ticks[1:]
    return _BulkRun(
        seconds=(end - begin) * last / (last - first), cpu=(cpu_end - cpu) / (last - first), worker=peak, parent=now,
        growth=(now - then) / max(last - halfway, 1),
    )  # fmt: skip


_ADVERSARIAL: dict[str, str] = {
    "one clause again and again": "您授予我们永久使用您的人脸信息的权利，且不可撤销。",
    "no mark at all": "我们永久使用您的人脸信息且不可撤销并可转授权",
    "digits": "1",
    "spaces": "人脸 \t",
    "letters": "a",
    "one letter a word": "f a c e ",
    "pinyin": "r e n l i a n ",
    "brackets": "（(",
    "opening quotes": "“《",
    "dashes": "人-",
    "marks over letters": "人\u0301",
    "invisible characters": "人\u200b脸",
    "negations": "不得不",
    "reports": "您同意我们确认您知悉",
    "the any such": "the any such other ",
    "no and not": "may not never no longer ",
    "numbers": "第一条 1.1 (a) ",
    "lines": "1. 我们保护您的信息。\n",
    "definitions": "以下简称“人脸信息”",
}  # fmt: skip
_ADVERSARIAL_CHARACTERS, _LONGER, _ADVERSARIAL_PART = 40_000, 4, 3_000


def measure_adversarial() -> Iterator[Figure]:
    """Yield, for texts made to hurt, how many characters a second are scanned, and how much fewer when the text is longer."""
    from clausescan import api

    api.scan_text(_FACES[1])
    for name, unit in _ADVERSARIAL.items():
        speeds = []
        for characters in (_ADVERSARIAL_CHARACTERS, _ADVERSARIAL_CHARACTERS * _LONGER):
            part = _FACES[1] + unit * (_ADVERSARIAL_PART // len(unit))  # without a face nothing would be looked at
            text = part * (characters // len(part))
            begin = time.perf_counter()
            api.scan_text(text)
            speeds.append(len(text) / (time.perf_counter() - begin))
        yield Figure(name=f"adversarial, {name}, {_ADVERSARIAL_CHARACTERS:,} characters", value=speeds[0], unit="characters/s")
        yield Figure(name=f"adversarial, {name}, time per character at {_LONGER} times the length", value=speeds[0] / speeds[1], unit="x")


def _one_core() -> None:
    """Keep this process and its children on one core, where the system can do that."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


@click.command()
@click.option("--repeat", default=5, show_default=True, type=click.IntRange(min=1), help="Runs of each measurement.")
@click.option("--format", type=click.Choice(["text", "json"]), default="text", show_default=True, help="Form of the output.")
@click.option("--bulk", is_flag=True, help="Measure scans of many documents instead.")
@click.option("--desk", is_flag=True, help="Measure the answers of the desk under load instead.")
@click.option("--adversarial", is_flag=True, help="Measure texts made to hurt instead: the speed must not fall with their length.")
@click.option("--documents", default=1_000, show_default=True, type=click.IntRange(min=50), help="With --bulk: how many.")
@click.option(
    "--samples", default=Path(__file__).parents[1] / "corpus" / "samples", type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="With --bulk and --desk: the folder of the samples [default: that of the checkout].",
)  # fmt: skip
def main(repeat: int, format: str, bulk: bool, desk: bool, adversarial: bool, documents: int, samples: Path) -> None:
    """Measure how fast clausescan is on this machine."""
    if not (bulk or desk):
        _one_core()
    figures = []
    if desk:
        measured = measure_desk(samples)
    elif bulk:
        measured = measure_bulk(samples, documents)
    else:
        measured = measure_adversarial() if adversarial else measure(repeat)
    for figure in measured:
        figures.append({**asdict(figure), "value": round(figure.value, 3)})
        if format == "text":
            click.echo(f"{figure.name:66s} {figure.value:10,.2f} {figure.unit}")
    if format == "json":
        click.echo(json.dumps({"figures": figures}, ensure_ascii=False, indent=2))


if __name__ == "__main__":
    main()

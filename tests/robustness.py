"""What hostile input does to the readers: `python -m tests.robustness [COPIES [CLASS...]]` makes it, reads it, prints a table.

Read: a report came back. Refused: one clear sentence. Silent: a clause that stands in the file as plain text was not found, and nothing
says so. Crashed; hung and over memory: stopped at the limits of the command, which then says so. Those four must be 0.
"""

from __future__ import annotations

import io
import json
import random
import struct
import sys
import tempfile
import time
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from clausescan import api
from clausescan.benchmark import pdf
from clausescan.bulk.limits import Limits
from clausescan.cli import isolated
from clausescan.settings import Settings
from tests.files.make_msg import message, msg

SAMPLES = Path(__file__).parent.parent / "corpus" / "samples"
LIMITS = Limits()  # those of the commands: 30 s and one more for each 100 kB, 1 GB
CLAUSE = "您授予我们永久使用您的人脸信息的权利，且不可撤销。"
Case = tuple[str, str, bytes]


def _zip(**parts: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name.replace("__", "/"), data)
    return stream.getvalue()


_TYPES = (
    b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/>'
    b'<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>'
    b"</Types>"
)


def _docx(document: bytes, **more: bytes) -> bytes:
    return _zip(**{"[Content_Types].xml": _TYPES, "word__document.xml": document, **more})


def _body(inner: str) -> bytes:
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    return f'<w:document xmlns:w="{space}"><w:body>{inner}</w:body></w:document>'.encode()


def pdf_objects(*objects: bytes) -> bytes:
    body = b"%PDF-1.7\n" + b"".join(b"%d 0 obj\n%s\nendobj\n" % item for item in enumerate(objects, 1))
    return body + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n0\n%%%%EOF\n" % (len(objects) + 1)


def _page(content: bytes, filters: bytes = b"", font: bytes = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>") -> bytes:
    """Return a PDF of one page with that content."""
    return pdf_objects(
        b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F 4 0 R >> >> /Contents 5 0 R >>",
        font, b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(content), filters, content),
    )  # fmt: skip


def _looped(data: bytes) -> bytes:
    """Return an OLE file whose directory leads back to itself."""
    changed = bytearray(data)
    place = changed.find("__substg1.0_1000001F".encode("utf-16-le"))
    changed[place + 72 : place + 76] = (1).to_bytes(4, "little")
    changed[place + 68 : place + 72] = (1).to_bytes(4, "little")
    return bytes(changed)


def hostile() -> Iterator[Case]:
    """Yield the files in tests/files/hostile: each once made something fall, or stands for a class of such files."""
    for path in sorted((Path(__file__).parent / "files" / "hostile").iterdir()):
        yield "kept files", path.name, path.read_bytes()


def made() -> Iterator[Case]:
    """Yield (class, name, bytes) of what is written on purpose."""
    entities = b'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">' + b"".join(
        b'<!ENTITY a%d "%s">' % (i, b"&a%d;" % (i - 1) * 10 if i > 1 else b"&a;" * 10) for i in range(1, 10)
    ) + b"]>"  # fmt: skip
    outside = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    paragraph = _body(f"<w:p><w:r><w:t>{CLAUSE}&x;</w:t></w:r></w:p>")
    yield "zip bomb", "bomb.docx", _docx(_body("<w:p/>") + b" " * 300_000_000)
    yield "zip bomb", "media.docx", _docx(_body(f"<w:p><w:r><w:t>{CLAUSE}</w:t></w:r></w:p>"), word__media__a=b"\0" * 300_000_000)
    yield "zip bomb", "bomb.odt", _zip(mimetype=b"application/vnd.oasis.opendocument.text", **{"content.xml": b" " * 300_000_000})
    yield "zip bomb", "many.docx", _docx(_body("<w:p/>"), **{f"word__x{number}.xml": b"" for number in range(5_000)})
    yield "xml entities", "laughs.docx", _docx(entities + paragraph.replace(b"&x;", b"&a9;"))
    yield "xml entities", "outside.docx", _docx(outside + paragraph)
    yield "xml entities", "laughs.odt", _zip(mimetype=b"application/vnd.oasis.opendocument.text", **{"content.xml": entities + b"<a>&a9;</a>"})
    yield "xml entities", "outside.xml", outside + b"<a>&x;</a>"
    yield "long", "line.txt", ((CLAUSE + "我们采取措施保护您的信息安全，并定期检查。" * 20) * 7_500).encode()  # 10 MB
    yield "long", "dense.txt", (CLAUSE * 40_000).encode()
    yield "long", "line_en.txt", b"a" * 10_000_000
    yield "long", "line.md", ("**a" * 1_000_000).encode()
    yield "long", "clauses.txt", "\n".join(f"{number}. 我们保护您的信息。" for number in range(1, 100_001)).encode()
    yield "long", "attributes.html", b"<p " + b"a=1 " * 300_000 + b">x</p>"
    yield "nested", "deep.html", b"<div>" * 100_000 + CLAUSE.encode()
    yield "nested", "lists.html", b"<ul><li>" * 20_000 + CLAUSE.encode()
    yield "nested", "tables.html", b"<table><tr><td>" * 3_000 + CLAUSE.encode()
    yield "nested", "deep.docx", _docx(_body("<w:sdt><w:sdtContent>" * 5_000 + "<w:p/>" + "</w:sdtContent></w:sdt>" * 5_000))
    yield "nested", "deep.rtf", b"{\\rtf1 " + b"{" * 100_000 + b"a" + b"}" * 100_001
    yield "nested", "deep.json", b"[" * 100_000
    yield "characters", "nul.txt", ("人\0脸" * 10_000).encode()
    yield "characters", "surrogates.txt", ("人\ud800脸" * 10_000).encode("utf-8", "surrogatepass")
    yield "characters", "marks.txt", ("人" + "\u0301" * 200_000 + "脸").encode()
    yield "characters", "zero_width.txt", "\u200b".join(CLAUSE * 5_000).encode()
    yield "characters", "turned.txt", ("\u202e" * 100_000 + CLAUSE).encode()
    yield "characters", "spelt.txt", ("r e n l i a n " * 50_000).encode()
    yield "characters", "letters.txt", ("f a c e " * 100_000).encode()
    yield "characters", "dashes.txt", ("人-" * 300_000).encode()
    yield "pdf loops", "pages.pdf", pdf_objects(b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>")
    yield "pdf loops", "root.pdf", pdf_objects(b"1 0 R")
    font = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 99 99] /Resources << /Font << /F 4 0 R >> >> /Contents 5 0 R >>"
    yield (
        "pdf loops", "font.pdf",
        pdf_objects(
            b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>", font,
            b"<< /Type /Font /Subtype /Type0 /BaseFont /A /Encoding 4 0 R /DescendantFonts [4 0 R] /ToUnicode 4 0 R >>",
            b"<< /Length 21 >>\nstream\nBT /F 9 Tf (abc) Tj ET\nendstream",
        ),
    )  # fmt: skip
    yield "pdf loops", "form.pdf", pdf_objects(
        b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 99 99] /Resources << /XObject << /X 4 0 R >> >> /Contents 5 0 R >>",
        b"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 4 0 R >> >> /Length 11 >>\nstream\n/X Do /X Do\nendstream",
        b"<< /Length 5 >>\nstream\n/X Do\nendstream",
    )  # fmt: skip
    yield "pictures", "huge.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (60_000).to_bytes(4, "big") * 2 + b"\x08\x02\0\0\0\0\0\0\0"
    yield "pdf loops", "xrefstream.pdf", (
        b"%PDF-1.5\n1 0 obj\n<< /Type /XRef /Size 9999999 /W [0 0 0] /Index [0 9999999] /Root 2 0 R /Length 0 >>\nstream\n\nendstream\nendobj\n"
        b"startxref\n9\n%%EOF\n"
    )
    yield "pdf loops", "prev.pdf", b"%PDF-1.4\nxref\n0 1\n0000000000 65535 f \ntrailer\n<< /Size 1 /Root 1 0 R /Prev 9 >>\nstartxref\n9\n%%EOF\n"
    yield "pdf bombs", "flate.pdf", _page(zlib.compress(b"BT /F 9 Tf (a) Tj ET " + b" " * 300_000_000, 9), b"/Filter /FlateDecode")
    yield "pdf bombs", "twice.pdf", _page(zlib.compress(zlib.compress(b" " * 500_000_000, 9), 9), b"/Filter [/FlateDecode /FlateDecode]")
    yield "pdf bombs", "string.pdf", _page(b"BT /F 9 Tf (" + b"a" * 3_000_000 + b") Tj ET")
    yield "pdf bombs", "operators.pdf", _page(b"0 0 1 1 re f " * 300_000)
    yield "pdf bombs", "widths.pdf", _page(b"BT /F 9 Tf (a) Tj ET", font=b"<< /Type /Font /Subtype /Type0 /BaseFont /A /Encoding /Identity-H /DescendantFonts "
        b"[<< /Type /Font /Subtype /CIDFontType2 /BaseFont /A /CIDSystemInfo << >> /W [0 99999999 500] >>] >>")  # fmt: skip
    yield "zip bomb", "quine.docx", _docx(_body("<w:p/>"), word__embeddings__a=_zip(a=_zip(b=b"\0" * 9_000_000)))
    yield "zip bomb", "overlap.docx", _docx(_body(f"<w:p><w:r><w:t>{CLAUSE}</w:t></w:r></w:p>"))[:-30] + b"PK\x05\x06" + b"\xff" * 18
    yield "xml entities", "doctype.xhtml", outside + b"<html><body>&x;</body></html>"
    yield "xml entities", "quadratic.docx", _docx(b'<!DOCTYPE a [<!ENTITY q "' + b"q" * 100_000 + b'">]>' + _body("&q;" * 10_000))
    yield "long", "cell.csv", ("a," * 2_000_000).encode()
    yield "long", "words.html", b"<p>" + b"x " * 6_000_000
    yield "long", "select.html", (b"<option>" * 200_000) + CLAUSE.encode()
    yield "json", "strings.json", json.dumps([CLAUSE] * 3_000).encode()
    yield "json", "deep_keys.json", b'{"a":' * 50_000 + b"1" + b"}" * 50_000
    yield "json", "one.json", json.dumps({"text": "我们保护您的信息" * 600_000}, ensure_ascii=False).encode()
    yield "msg", "loop.msg", _looped(msg(plain=CLAUSE))
    yield "msg", "nested.msg", msg(plain="x", attachments={"a": message(plain="x", attachments={"b": message(plain=CLAUSE)})})
    yield "msg", "rtf.msg", msg(rtf=struct.pack("<III", 99, 0xFFFFFFF0, 0x75465A4C) + b"\0" * 99)
    yield "msg", "many.msg", msg(plain="x", attachments={f"{number}.txt": b"text" for number in range(120)})
    yield "mail", "deep.eml", b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (i, i) for i in range(2_000))
    yield "mail", "headers.eml", b"From: a\n" + b"X: y\n" * 300_000 + b"\n" + CLAUSE.encode()
    yield "patterns", "digits.txt", ("您授予我们永久使用您的人脸信息" + "1" * 2_000_000).encode()
    yield "patterns", "blanks.txt", (CLAUSE + (" " * 50_000 + "\t第") * 40).encode()
    yield "patterns", "no_marks.txt", ("我们永久使用您的人脸信息且不可撤销并可转授权" * 4_000).encode()
    yield "patterns", "words.txt", ("irrevocable license over your face data to the any such other " * 20_000).encode()
    yield "patterns", "dashes.md", ("| --- " * 100_000 + "\n" + "-" * 500_000).encode()
    yield "mail", "empty.eml", b"From: a\nTo: b\n\n"
    yield "mail", "parts.eml", b"From: a\nContent-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 20_000


def planted() -> Iterator[Case]:
    """Yield files that show the clause to somebody in a place or a writing where a search of the page does not find it.

    Each stands for a cause of silent misses in a collection of 2,500 made files.
    """
    text = "请您仔细阅读本协议的全部内容。我们采取合理的措施保护您的账户安全。"
    page = "<!doctype html><meta charset=utf-8><p>" + text + "</p>"
    for place, inner in (
        ("alt", f'<img src=x alt="{CLAUSE}">'), ("title", f'<p title="{CLAUSE}">x</p>'), ("button", f'<input type=submit value="{CLAUSE}">'),
        ("label", f'<a aria-label="{CLAUSE}">x</a>'), ("option", f'<select><option label="{CLAUSE}"></select>'),
        ("inline", "".join(f'<div style="display:inline">{char}</div>' for char in CLAUSE)), ("drawn", f"<style>p:after{{content:'{CLAUSE}'}}</style>"),
        ("math", f"<math><mtext>{CLAUSE}</mtext></math>"), ("comment first", "<!--" + "x" * 70_000 + "-->" + f"<p>{CLAUSE}</p>"),
    ):  # fmt: skip
        yield "places", f"{place}.html", (inner + page if place == "comment first" else page + inner).encode()
    drawing = "http://schemas.openxmlformats.org/drawingml/2006/"
    inline = f'<w:p><w:r><w:drawing><p:inline xmlns:p="{drawing}wordprocessingDrawing">%s</p:inline></w:drawing></w:r></w:p>'
    vml = '<w:p><w:r><w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml"%s</v:shape></w:pict></w:r></w:p>'
    control = "<w:p><w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent><w:r><w:t>%s</w:t></w:r></w:sdtContent></w:sdt></w:p>"
    for place, inner in (
        ("alt", inline % f'<p:docPr id="1" name="a" descr="{CLAUSE}"/>'), ("wordart", vml % f'><v:textpath string="{CLAUSE}"/>'),
        ("shape", inline % f'<a:p xmlns:a="{drawing}main"><a:r><a:t>{CLAUSE}</a:t></a:r></a:p>'), ("vml alt", vml % f' alt="{CLAUSE}">'),
        ("prompt", control % CLAUSE),
    ):  # fmt: skip
        yield "places", f"{place}.docx", _docx(_body(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>{inner}"))
    inner_docx = _docx(_body(f"<w:p><w:r><w:t>{CLAUSE}</w:t></w:r></w:p>"))
    yield "places", "embedded.docx", _docx(_body(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"), **{"word__embeddings__a.docx": inner_docx})
    encoded = "".join(f"\\u{ord(char)}?" for char in CLAUSE)
    for group in ("\\header ", "\\footer ", "\\footnote ", "\\shp{\\*\\shpinst{\\shptxt ", "\\upr{x}{\\*\\ud{"):
        closing = "}" * group.count("{")
        yield "places", f"{group.split(chr(92))[1].strip('{} ')}.rtf", f"{{\\rtf1\\ansi welcome\\par x{{{group}{encoded}{closing}}}}}".encode()
    for place, line in (
        ("note", f"[^1]: {CLAUSE}"), ("link", f'[x](http://x.y "{CLAUSE}")'), ("reference", f'[r]: http://x.y "{CLAUSE}"'),
        ("tag", f'<img src=x alt="{CLAUSE}">'),
    ):  # fmt: skip
        yield "places", f"{place}.md", f"# 协议\n\n{text}\n\n{line}\n".encode()
    yield "places", "inner.json", json.dumps({"a": json.dumps({"b": CLAUSE}), "t": text}).encode()
    yield "places", "twice.json", f'{{"t": "{text}", "a": "{CLAUSE}", "a": "x"}}'.encode()
    plain, other = f"Content-Type: text/plain; charset=utf-8\n\n{CLAUSE}", f"Content-Type: text/html; charset=utf-8\n\n{page}"
    head = "From: a@b\nMIME-Version: 1.0\nContent-Type: multipart/{}; boundary=b\n\n--b\n{}\n--b\n{}\n--b--\n"
    yield "places", "other form.eml", head.format("alternative", plain, other).encode()
    yield "places", "second part.eml", head.format("mixed", other.replace("html", "plain"), plain).encode()
    yield "places", "frame.mhtml", head.format("related", other, other.replace(text, CLAUSE + "x")).encode()
    office = 'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0"'
    yield "places", "alt.odt", _zip(mimetype=b"application/vnd.oasis.opendocument.text", **{
        "content.xml": f"<a {office}><text:p>{text}<b><svg:desc>{CLAUSE}</svg:desc></b></text:p></a>".encode()
    })  # fmt: skip
    for name, changed in (
        ("quote", CLAUSE.replace("人脸", "人”脸")), ("quoted", CLAUSE.replace("人脸", "“人”“脸”")), ("at", "@".join(CLAUSE)),
        ("brackets", "".join(f"[{char}]" for char in CLAUSE)), ("tones", CLAUSE.replace("人脸", "rén liǎn")),
        ("half", CLAUSE.replace("人脸", "人lian")), ("english", CLAUSE.replace("人脸", "face")), ("wrap", CLAUSE.replace("人脸", "人\n脸")),
        ("column", "\n".join(CLAUSE)), ("escapes", CLAUSE.encode("ascii", "backslashreplace").decode()), ("arrow", CLAUSE.replace("人脸", "人→脸")),
    ):  # fmt: skip
        yield "disguises", f"{name}.txt", f"{changed if name == 'escapes' else text + chr(10) * 2 + changed}".encode()
    yield "disguises", "utf7.txt", (text + CLAUSE).encode("utf-7")
    english = "You grant us a perpetual and irrevocable right to use your facial data."
    small = dict(zip(map(ord, "abcdefghijklmnoprtuvwyz"), "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀᴛᴜᴠᴡʏᴢ", strict=True))
    for name, changed in (
        ("small", english.translate(small)), ("leet", english.replace("facial", "f4cial").replace("irrevocable", "irrev0cable")),
        ("dots", " ".join("·".join(word) for word in english.split())), ("tags", english.replace("facial", "fa<b>ci</b>al")),
        ("circled", "".join(chr(0x24D0 + ord(char) - 97) if char.islower() else char for char in english)),
    ):  # fmt: skip
        yield "disguises", f"{name}.txt", f"Please read these terms before you use the service.\n\n{changed}".encode()


def damaged(per_format: int) -> Iterator[Case]:
    """Yield truncated and bit-flipped copies of a file of every format."""
    chance = random.Random(3)
    rtf = b"{\\rtf1\\ansi\\ansicpg936 " + b"".join(b"\\'%02x" % byte for byte in CLAUSE.encode("gb18030")) * 20 + b"}"
    mail = b"From: a@b\nSubject: x\nContent-Type: text/plain; charset=utf-8\n\n" + CLAUSE.encode() * 20
    odt = _zip(mimetype=b"application/vnd.oasis.opendocument.text", **{
        "content.xml": f'<a xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><text:p>{CLAUSE}</text:p></a>'.encode()
    })  # fmt: skip
    files = {"pdf": pdf(CLAUSE * 20), "rtf": rtf, "eml": mail, "odt": odt}
    files.update({path.suffix[1:]: path.read_bytes() for path in sorted(SAMPLES.glob("face-app-agreement.zh.*")) if path.suffix != ".pdf"})
    for suffix, data in files.items():
        for number in range(per_format):
            yield "cut off", f"cut{number}.{suffix}", data[: chance.randrange(1, len(data))]
            flipped = bytearray(data)
            for _ in range(chance.choice((1, 8, 64))):
                flipped[chance.randrange(len(flipped))] ^= 1 << chance.randrange(8)
            yield "bits flipped", f"flip{number}.{suffix}", bytes(flipped)


def tried(path: Path, *, must: bool = False) -> tuple[str, str]:
    """Return how the scan of a file ends, as the command reads it, and the sentence of a refusal; `must`: the clause is in it."""
    # the fork has the lexicons and models loaded, and shares nothing that it writes
    report = isolated.scan(path, name=path.name, settings=Settings(ocr=False), limits=LIMITS)
    errors = [problem for problem in report.problems if problem.severity == "error"]
    codes = {problem.code for problem in errors}
    for ended, code in (("crashed", "R040_internal"), ("crashed", "R052_crashed"), ("hung", "R050_timeout"), ("over memory", "R051_memory")):
        if code in codes:
            return ended, errors[0].message
    if errors:
        return "refused", errors[0].message
    lost = report.grade == "none" and not report.inconclusive
    silent = lost and (must or CLAUSE.encode() in path.read_bytes())
    return ("silent" if silent else "read"), "the clause was lost without a word" if silent else ""


def main() -> None:
    """Print the table; exit code 1 when something crashed, hung or took too much memory."""
    per_format = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    chosen = sys.argv[2:]
    api.scan_text(CLAUSE)
    counts: dict[str, Counter[str]] = {}
    slowest: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        for kind, name, data in chain(made(), hostile(), planted(), damaged(per_format)):
            if chosen and kind not in chosen:
                continue
            path = Path(folder, name)
            path.write_bytes(data)
            start = time.perf_counter()
            ended, sentence = tried(path, must=kind in ("places", "disguises"))
            slowest[kind] = max(slowest.get(kind, 0.0), time.perf_counter() - start)
            counts.setdefault(kind, Counter())[ended] += 1
            if ended not in ("read", "refused"):
                print(f"{ended}: {name} {sentence}", file=sys.stderr)
            path.unlink()
    columns = ("read", "refused", "silent", "crashed", "hung", "over memory")
    print(f"{'class':<14}{'tried':>7}" + "".join(f"{column:>13}" for column in columns) + f"{'slowest s':>11}")
    for kind, found in counts.items():
        print(f"{kind:<14}{found.total():>7}" + "".join(f"{found[column]:>13}" for column in columns) + f"{slowest[kind]:>11.1f}")
    total = sum(counts.values(), Counter[str]())
    print(f"{'all':<14}{total.total():>7}" + "".join(f"{total[column]:>13}" for column in columns) + f"{max(slowest.values()):>11.1f}")
    sys.exit(any(total[column] for column in columns[2:]))


if __name__ == "__main__":
    main()

"""Makes the PDF samples of `tests/readers/test_pdf.py`; run it by hand when a layout changes.

    python tests/files/make_pdf.py

It needs weasyprint, pikepdf, python-docx, fontTools, Pillow, pypdfium2, LibreOffice and the Noto CJK fonts; the tests
need none of them. All text is invented. `clauses.json` names for each file the clauses that must stand whole in one block.
"""

from __future__ import annotations

import io
import json
import subprocess
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

import docx
import pikepdf
import pypdfium2
import weasyprint
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Pt
from fontTools import subset
from fontTools.ttLib import TTCollection
from PIL import Image

HERE = Path(__file__).parent / "pdf"
FONT = Path("/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc")
BOLD = Path("/usr/share/fonts/opentype/noto/NotoSerifCJK-Bold.ttc")

TITLE = "云杉影像工作室拍摄与素材使用合同"
INTRO = (
    "甲方云杉影像工作室与乙方（以下统称“双方”）经平等协商，就乙方参加2026年春季棉麻服装画册的拍摄事宜订立本合同。"
    "乙方在签字之前已经逐条阅读，并就不明白的地方得到了说明。"
)
SECTIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "第一条　拍摄安排",
        (
            "1.1 拍摄地点为甲方位于城东的摄影棚，时间为2026年3月14日至3月16日，每日上午九时开始，下午六时以前结束，中间安排不少于一小时的用餐与休息。",
            "1.2 甲方提供服装、化妆与往返交通。乙方对化妆品过敏的，应当在化妆之前告知造型师，造型师应当改用乙方自带的产品。",
            "1.3 因天气、设备故障等原因需要改期的，甲方应当提前二十四小时通知乙方；临时取消的，甲方仍应当支付当日报酬的一半。",
        ),
    ),
    (
        "第二条　报酬与支付",
        (
            "2.1 甲方就本次拍摄向乙方支付报酬人民币六千元整，于拍摄结束后十日内汇入乙方指定的账户，逾期按照每日万分之五支付违约金。",
            "2.2 前款报酬已经包括乙方的交通、住宿与误餐费用。拍摄超过约定时间的，每满半小时另行支付二百元，不满半小时的按照半小时计算。",
        ),
    ),
    (
        "第三条　素材的使用",
        (
            "3.1 甲方可以在画册、门店灯箱与本公司网站上使用拍摄所得的照片，期限为自首次发布之日起两年，期满后撤下，不再用于任何新的发布。",
            "3.2 乙方同意，甲方为制作虚拟试衣功能，可以从照片中提取乙方的面部特征并生成数字形象；该数字形象可以由甲方及其指定的第三方使用，"
            "使用的期限、地域与方式均不受限制，乙方今后不得撤回此项同意，也不得要求甲方停止使用或者另行支付费用。",
            "3.3 除前款约定以外，甲方不得把照片提供给本合同以外的人。甲方委托印刷、设计等单位处理照片的，应当与受托人约定在完成工作之后删除。",
            "3.4 乙方对照片中不满意的画面，可以在收到样片之后五日内提出，甲方应当在两轮之内完成修改；因修改产生的合理费用由双方各自承担一半。",
        ),
    ),
    (
        "第四条　个人信息",
        (
            "4.1 甲方为签约、付款与报税收集乙方的姓名、身份证件号码、银行账户与联系方式，除法律另有规定以外，合同履行完毕满三年后予以删除。",
            "4.2 摄影棚入口设有监控摄像头，录像保存三十日，仅用于防火防盗，不用于识别特定个人；保存期满，系统自动覆盖。",
            "4.3 乙方可以随时向甲方查询、复制、更正自己的个人信息。甲方应当在收到请求之日起十五日内答复，并说明处理的情况与理由。",
        ),
    ),
    (
        "第五条　违约与争议",
        (
            "5.1 任何一方违反本合同，给对方造成损失的，应当赔偿对方因此受到的直接损失以及为制止违约行为支付的合理开支。",
            "5.2 因本合同发生争议的，双方应当先行协商；协商不成的，任何一方可以向甲方住所地有管辖权的人民法院提起诉讼。",
            "5.3 本合同一式两份，双方各执一份，自双方签字或者盖章之日起生效。合同的修改须采用书面形式，口头约定不发生效力。",
        ),
    ),
)
TABLE_HEAD = ("用途", "载体", "期限", "能否转交")
TABLE = (
    ("画册印刷", "纸质画册，印数不超过三千册", "自首次发布之日起两年", "仅可以交给承印的印刷厂"),
    ("门店陈列", "城内四家门店的灯箱与橱窗", "自首次发布之日起两年，换季即撤下", "不得转交"),
    ("网站展示", "本公司网站及小程序的商品页面", "商品在售期间", "不得转交"),
    ("虚拟试衣", "由照片中的脸部生成的数字形象", "长期，由甲方自行决定何时停止", "甲方认为合适的任何合作方，包括从事虚拟试衣、数字人制作、广告投放与素材交易的单位，合作方还可以再交给它们各自的客户使用"),
    ("内部存档", "加密硬盘一份", "五年", "不得转交"),
    ("参赛评奖", "每年一次的行业影展", "当届影展期间", "影展主办方"),
)
ENGLISH_TITLE = "Harbour Lane Studio Contributor Terms"
ENGLISH = (
    "1. These terms are an agreement between Harbour Lane Studio Limited (the “Studio”) and the person who signs below (the “Contributor”). "
    "They cover every recording made at the Studio during the residency and nothing that the Contributor made before it.",
    "2. The Contributor keeps the copyright in all contributions. The Studio receives a non-exclusive, royalty-free licence to show them in its "
    "exhibition programme for twelve months after the opening, with attribution wherever that is customary.",
    "3. The Contributor agrees that recordings of the Contributor's face may be turned into a three-dimensional model, and that the Studio and its "
    "successors may reproduce, modify and sub-licence that model worldwide for as long as they wish, notwithstanding the termination of these terms.",
    "4. The Studio will not publish the Contributor's home address, telephone number or electronic mail address. Unauthorised disclosure entitles "
    "the Contributor to terminate the residency immediately and to receive the outstanding instalments of the stipend.",
    "5. Equipment remains the responsibility of the Studio. The Contributor will nevertheless handle it carefully, follow the instructions displayed "
    "in the workshop and report any malfunctioning apparatus to the technician without unreasonable delay.",
    "6. These terms are governed by the law of Scotland. Disagreements are first discussed with the residency coordinator; if that conversation "
    "is unsuccessful, either party may refer the matter to the sheriff court of the district in which the Studio is situated.",
)

CLAUSES: dict[str, list[str]] = {}


def all_clauses() -> list[str]:
    """Return the introduction and every clause of the Chinese contract."""
    return [INTRO, *(clause for _, clauses in SECTIONS for clause in clauses)]


def font_face(text: str, folder: Path) -> str:
    """Return CSS for the serif font cut down to the characters of `text`: whole CJK fonts would make the files large."""
    rules = []
    for source, weight in ((FONT, "normal"), (BOLD, "bold")):
        font = next(one for one in TTCollection(source).fonts if one["name"].getDebugName(1).startswith("Noto Serif CJK SC"))
        options = subset.Options(
            layout_features=[], notdef_outline=True, hinting=False, drop_tables=["vhea", "vmtx", "VORG", "GSUB", "GPOS", "BASE"]
        )
        cutter = subset.Subsetter(options)
        cutter.populate(text=text + "0123456789 .-‐第页共/")
        cutter.subset(font)
        target = folder / f"{weight}.otf"
        font.save(target)
        rules.append(f"@font-face {{font-family: Sample; font-weight: {weight}; src: url({target.as_uri()})}}")
    return "\n".join(rules)


def render(body: str, css: str = "", **options: object) -> bytes:
    """Return the PDF that weasyprint makes of the HTML body."""
    with tempfile.TemporaryDirectory() as folder:
        base = "@page {size: A5; margin: 18mm 16mm} body {font: 10pt/1.6 Sample} h1 {font-size: 15pt; text-align: center} h2 {font-size: 11.5pt} p {margin: 0 0 4pt}"
        html = f"<html><head><style>{font_face(body + css, Path(folder))}\n{base}\n{css}</style></head><body>{body}</body></html>"
        return bytes(weasyprint.HTML(string=html).write_pdf(**options))


def contract(indent: bool = False) -> str:
    """Return the Chinese contract as HTML."""
    style = " style='text-indent: 2em'" if indent else ""
    parts = [f"<h1>{TITLE}</h1><p{style}>{INTRO}</p>"]
    for heading, clauses in SECTIONS:
        parts.append(f"<h2>{heading}</h2>")
        parts += [f"<p{style}>{clause}</p>" for clause in clauses]
    return "".join(parts)


RUNNING = "@page {@top-center {content: '云杉影像工作室·合同范本 YS-0314'; font: 8pt Sample} @bottom-center {content: '第 ' counter(page) ' 页 共 ' counter(pages) ' 页'; font: 8pt Sample}}"


def one_column() -> bytes:
    cells = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in TABLE)
    head = "<tr>" + "".join(f"<th>{cell}</th>" for cell in TABLE_HEAD) + "</tr>"
    table = f"<h2>附件　使用范围明细</h2><p>下表为第三条的明细，与正文不一致的，以正文为准。</p><table><thead>{head}</thead>{cells}</table>"
    css = (
        RUNNING
        + " table {border-collapse: collapse; width: 100%} td, th {border: 0.6pt solid black; padding: 14pt 4pt}"
    )
    return render(contract(indent=True) + table, css)


def two_columns() -> bytes:
    return render(f"<div style='columns: 2; column-gap: 7mm; font-size: 8.5pt; text-align: justify'>{contract()}</div>", RUNNING)


def by_line() -> bytes:
    """Two columns whose lines are drawn across the page, left, right, left, right."""
    width = 20
    columns: list[list[str]] = [[], []]
    clauses = all_clauses()
    for number, clause in enumerate(clauses):
        column = columns[0] if number < len(clauses) // 2 else columns[1]
        column += [clause[start : start + width] for start in range(0, len(clause), width)]
    lines = []
    for row in range(max(map(len, columns))):
        for side, column in enumerate(columns):
            if row < len(column):
                lines.append(
                    f"<div style='position: absolute; left: {side * 62}mm; top: {row * 3.4}mm; white-space: nowrap'>{column[row]}</div>"
                )
    return render(f"<div style='font-size: 8pt; position: relative'>{''.join(lines)}</div>", "@page {margin: 10mm}")


def rotated(data: bytes, angle: int = 90) -> bytes:
    return changed(data, lambda pdf: [page.rotate(angle, relative=False) for page in pdf.pages])


def drawn_sideways(data: bytes) -> bytes:
    """The content turned by 90 degrees on a landscape sheet, and /Rotate to bring it upright again."""

    def turn(pdf: pikepdf.Pdf) -> None:
        for page in pdf.pages:
            width, height = float(page.mediabox[2]), float(page.mediabox[3])
            page.contents_add(f"q 0 1 -1 0 {height} 0 cm".encode(), prepend=True)
            page.contents_add(b"Q")
            page.mediabox = [0, 0, height, width]
            page.rotate(90, relative=False)

    return changed(data, turn)


def watermark() -> bytes:
    css = RUNNING + " .mark {position: fixed; top: 70mm; left: 0; font-size: 30pt; color: #ccc; transform: rotate(-35deg)}"
    return render(contract() + "<div class='mark'>仅供内部审阅 严禁外传</div>", css)


def letter_spaced() -> bytes:
    return render(contract(), RUNNING + " body {letter-spacing: 0.3em; line-height: 1.8}")


def libreoffice() -> bytes:
    document = docx.Document()
    style = document.styles["Normal"]
    style.font.name = "Noto Serif CJK SC"
    style.element.rPr.rFonts.set(qn("w:eastAsia"), "Noto Serif CJK SC")
    document.sections[0].header.paragraphs[0].text = "云杉影像工作室·合同范本"
    title = document.add_paragraph()
    title.add_run(TITLE).font.size = Pt(18)
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    document.add_paragraph(INTRO)
    for heading, clauses in SECTIONS[:3]:
        document.add_paragraph().add_run(heading).font.size = Pt(14)
        for clause in clauses:
            document.add_paragraph(clause)
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "contract.docx"
        document.save(str(source))
        subprocess.run(["soffice", "--headless", "--convert-to", "pdf", "--outdir", folder, str(source)], check=True, capture_output=True)
        return source.with_suffix(".pdf").read_bytes()


def english() -> bytes:
    css = "@page {size: A6; margin: 14mm} body {font: 9pt/1.4 'Liberation Serif', 'DejaVu Serif', serif; hyphens: auto; text-align: justify} p {text-indent: 1em; margin: 0}"
    body = f"<h1>{ENGLISH_TITLE}</h1>" + "".join(f"<p>{clause}</p>" for clause in ENGLISH)
    html = f"<html lang='en'><head><style>{css}</style></head><body>{body}</body></html>"
    return bytes(weasyprint.HTML(string=html).write_pdf())


def form() -> bytes:
    body = "<p>乙方在下面填写同意使用的范围。</p><p><input name='scope' style='width: 90mm' value='同意甲方永久使用本人面部照片'></p><p><input type='checkbox' name='agree' checked> 已阅读</p>"
    return render(body, pdf_forms=True)


def annotated() -> bytes:
    def note(pdf: pikepdf.Pdf) -> None:
        def entry(kind: str, text: str, rectangle: list[int]) -> pikepdf.Object:
            fields = {"/Type": pikepdf.Name.Annot, "/Subtype": pikepdf.Name(kind), "/Rect": rectangle, "/Contents": text}
            if kind == "/FreeText":
                fields["/DA"] = "/Helv 10 Tf 0 g"
            return pdf.make_indirect(pikepdf.Dictionary(fields))

        pdf.pages[0].Annots = pikepdf.Array(
            [
                entry("/FreeText", "补充约定：人脸照片可以转给任何关联公司。", [60, 60, 360, 90]),
                entry("/Text", "请法务确认这一句。", [20, 300, 40, 320]),
            ]
        )

    return changed(render(f"<p>{all_clauses()[1]}</p>"), note)


def scan(pages: int = 1) -> bytes:
    """Pages that are pictures of text."""
    with pypdfium2.PdfDocument(render(f"<h1>{TITLE}</h1><p>{INTRO}</p>")) as pdf:
        image = pdf[0].render(scale=1.2).to_pil().convert("1")
    target = io.BytesIO()
    copies: list[Image.Image] = [image] * (pages - 1)
    image.save(target, "PDF", save_all=True, append_images=copies)
    return target.getvalue()


def partly_scanned() -> bytes:
    def add(pdf: pikepdf.Pdf) -> None:
        with pikepdf.open(io.BytesIO(scan())) as other:
            pdf.pages.append(other.pages[0])
        pdf.add_blank_page(page_size=(420, 595))

    return changed(render(f"<p>{INTRO}</p>"), add)


def garbled() -> bytes:
    """Glyph numbers without a way back to characters."""

    def forget(pdf: pikepdf.Pdf) -> None:
        for item in pdf.objects:
            if isinstance(item, pikepdf.Dictionary) and "/ToUnicode" in item:
                del item["/ToUnicode"]

    return changed(render(f"<p>{INTRO}</p><p>{all_clauses()[1]}</p>"), forget)


def encrypted(user: str) -> bytes:
    target = io.BytesIO()
    with pikepdf.open(io.BytesIO(render(f"<p>{INTRO}</p>"))) as pdf:
        pdf.save(target, encryption=pikepdf.Encryption(owner="owner", user=user))
    return target.getvalue()


def changed(data: bytes, change: Callable[[pikepdf.Pdf], object]) -> bytes:
    """Return the PDF after `change` was applied to it."""
    target = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        change(pdf)
        pdf.save(target)
    return target.getvalue()


def write(name: str, data: bytes, clauses: Iterable[str]) -> None:
    """Write one sample and remember its clauses."""
    target = io.BytesIO()
    if not name.startswith(("encrypted", "locked")):
        with pikepdf.open(io.BytesIO(data)) as pdf:
            pdf.save(target, object_stream_mode=pikepdf.ObjectStreamMode.generate, compress_streams=True, recompress_flate=True)
        data = target.getvalue()
    (HERE / f"{name}.pdf").write_bytes(data)
    CLAUSES[name] = list(clauses)
    print(f"{name:20} {len(data):7}")


def main() -> None:
    """Write all samples and clauses.json."""
    HERE.mkdir(exist_ok=True)
    every = all_clauses()
    column = one_column()
    write("one_column", column, every)
    write("two_columns", two_columns(), every)
    write("columns_by_line", by_line(), every)
    write("rotated", rotated(render(contract(), RUNNING)), every)
    write("drawn_sideways", drawn_sideways(render(contract(), RUNNING)), every)
    write("watermark", watermark(), every)
    write("letter_spaced", letter_spaced(), every)
    write("libreoffice", libreoffice(), [INTRO, *(clause for _, clauses in SECTIONS[:3] for clause in clauses)])
    write("english", english(), ENGLISH)
    write("form", form(), [])
    write("annotated", annotated(), every[1:2])
    write("scan", scan(2), [])
    write("partly_scanned", partly_scanned(), [INTRO])
    write("garbled", garbled(), [])
    write("encrypted", encrypted("secret"), [])
    write("locked_owner", encrypted(""), [INTRO])
    (HERE / "clauses.json").write_text(json.dumps(CLAUSES, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

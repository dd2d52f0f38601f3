"""What a file is, by its content; the name only settles what the content leaves open."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib

TEXT, MARKDOWN, HTML, MHTML = "text/plain", "text/markdown", "text/html", "multipart/related"
PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
OLE, ENCRYPTED, ZIP, BROKEN_ZIP = "application/x-ole-storage", "application/encrypted", "application/zip", "application/x-damaged-zip"
XML = "application/xml"
RTF, ODT, EPUB = "application/rtf", "application/vnd.oasis.opendocument.text", "application/epub+zip"
DOC, MAIL, MSG, JSON = "application/msword", "message/rfc822", "application/vnd.ms-outlook", "application/json"

# what people call the types; everything else is told by `describe`
LABELS = {
    TEXT: "text",
    MARKDOWN: "Markdown",
    HTML: "HTML",
    MHTML: "a web archive (MHTML)",
    PDF: "PDF",
    DOCX: "DOCX",
    OLE: "an Office 97-2003 file",
    ENCRYPTED: "an encrypted Office file",
    ZIP: "a ZIP archive",
    BROKEN_ZIP: "a damaged ZIP or Office file",
    XML: "XML data",
    "application/msword": "a Word 97-2003 document (.doc)",
    MAIL: "a mail message (.eml)",
    MSG: "an Outlook message (.msg)",
    JSON: "JSON",
    "application/vnd.ms-excel": "an Excel 97-2003 workbook (.xls)",
    "application/rtf": "an RTF document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "an Excel workbook (.xlsx)",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "a PowerPoint presentation (.pptx)",
    "application/vnd.oasis.opendocument.text": "an OpenDocument text (.odt)",
    "application/vnd.oasis.opendocument.spreadsheet": "an OpenDocument spreadsheet (.ods)",
    "application/epub+zip": "an EPUB book",
}
_EXTENSIONS = {
    "pdf": PDF, "docx": DOCX, "docm": DOCX, "dotx": DOCX, "html": HTML, "htm": HTML, "xhtml": HTML, "shtml": HTML,
    "txt": TEXT, "text": TEXT, "md": MARKDOWN, "markdown": MARKDOWN, "mht": MHTML, "mhtml": MHTML, "doc": "application/msword",
    "wps": DOC, "eml": MAIL, "msg": MSG, "json": JSON, "jsonl": JSON, "ndjson": JSON, "odt": ODT, "epub": EPUB, "rtf": RTF,
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip
# kinds that clausescan does not read and in which people keep documents all the same
_KEPT_IN = frozenset(
    ("xls", "ppt", "pptx", "pps", "ppsx", "odp", "ods", "fodt", "ott", "wpd", "xps", "oxps", "ofd", "ceb", "caj", "djvu", "mobi", "azw",
     "azw3", "chm", "pages", "numbers", "key", "one", "pub", "vsd", "7z", "rar", "gz", "bz2", "xz", "xml", "p7m")
)  # fmt: skip
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"{\\rtf", "application/rtf"),
    (b"\x1f\x8b", "application/gzip"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/x-rar"),
    (b"BZh", "application/x-bzip2"),
    (b"\xfd7zXZ\0", "application/x-xz"),
    (b"\x7fELF", "application/x-executable"),
    (b"MZ\x90", "application/x-executable"),
    (b"SQLite format 3\0", "application/x-sqlite3"),
    (b"ID3", "audio/mpeg"),
    (b"OggS", "audio/ogg"),
    (b"%!PS", "application/postscript"),
)
_ZIP_PARTS = (
    ("word/document.xml", DOCX),
    ("word/document2.xml", DOCX),
    ("xl/workbook.xml", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("ppt/presentation.xml", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
)
_HEAD = 65_536
_PDF_WITHIN = 1_024
_PAGE = re.compile(r"\s*+(?:<\?xml[^>]{0,400}\?>\s*+)?(?:<!--(?:(?!-->).)*+-->\s*+)*+<(?:!doctype\s+html|html|head|body|meta|title|link|base)\b", re.IGNORECASE | re.DOTALL)  # fmt: skip # noqa: E501
_PAGE_ANYWHERE = re.compile(r"<(?:!doctype\s+html|html|body)\b[^<>]*>", re.IGNORECASE)
_OPENING = re.compile(r"<(p|div|span|h[1-6]|table|t[rdh]|[ou]l|li|br|hr|section|article|b|strong|font|center|a|dl|dt|dd|pre|script|style)\b[^<>]*>", re.IGNORECASE)  # fmt: skip # noqa: E501
_CLOSING = re.compile(r"</(p|div|span|h[1-6]|table|t[rdh]|[ou]l|li|section|article|b|strong|font|center|a|dl|dt|dd|pre)>", re.IGNORECASE)
_JSON = re.compile(r'\s*+(?:\[\s*+)?\{\s*+"[^"\n]{1,200}"\s*+:')
_MD_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+\S", re.MULTILINE)
_MD_STRONG = re.compile(r"\*\*[^\s*][^*\n]*\*\*|__[^\s_][^_\n]*__")
_MD_LINK = re.compile(r"\[[^\]\[\n]{1,400}\]\([^)\s]{1,2000}\)")
_MD_TABLE = re.compile(r"^[ \t]{0,9}\|?(?:[ \t]{0,40}:?-{2,200}:?[ \t]{0,40}\|){1,60}", re.MULTILINE)
_MD_OTHER = re.compile(r"^ {0,3}(?:[-*+>]|\d+\.)[ \t]+\S|^ {0,3}(?:=+|-{3,}|```)[ \t]*$", re.MULTILINE)
_MANY = 3


def sniff(data: bytes, name: str) -> str:
    """Return the media type of `data`. `name` decides between text and Markdown and breaks ties, nothing more."""
    body = data.lstrip(b"\xef\xbb\xbf \t\r\n\0") if data[:1] in b"\xef \t\r\n\0" else data
    for signature, kind in _SIGNATURES:
        if body.startswith(signature):
            return kind
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "image/webp"
    if data.startswith(b"BM") and len(data) > 26 and data[6:10] == b"\0\0\0\0":
        return "image/bmp"
    if data[4:8] == b"ftyp":
        return "image/heic" if data[8:12] in (b"heic", b"heix", b"mif1", b"avif") else "video/mp4"
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):  # before PDF: one may lie inside
        return _ole(data)
    if _is_pdf(data):
        return PDF
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")) or (extension(name) in ("docx", "zip") and b"PK\x03\x04" in data[:_PDF_WITHIN]):
        return _zip(data)
    return _text(_head(data), name)


def extension(name: str) -> str:
    """Return the extension of a file name, lower case and without the dot, or ""."""
    stem, dot, last = name.replace("\\", "/").rpartition("/")[2].rpartition(".")
    return last.lower() if dot and stem else ""


def named_type(name: str) -> str | None:
    """Return the media type that the extension of `name` stands for, or None when it says nothing."""
    return _EXTENSIONS.get(extension(name))


def promises_text(name: str) -> bool:
    """Tell whether people keep documents in files that are called so: what is in one and cannot be read must not go without a word."""
    said = extension(name)
    return said in _EXTENSIONS or said in _KEPT_IN


def describe(kind: str) -> str:
    """Return what people call a media type ("PDF", "a PNG image")."""
    if kind in LABELS:
        return LABELS[kind]
    group, _, name = kind.partition("/")
    if group in ("image", "audio", "video"):
        return f"{'an' if group != 'video' else 'a'} {group} file ({name.upper()})"
    return f"{name.removeprefix('x-').removeprefix('vnd.')} data"


def _is_pdf(data: bytes) -> bool:
    """The header may stand after junk; a text that only mentions %PDF- is none."""
    place = data.find(b"%PDF-", 0, _PDF_WITHIN)
    if place <= 0:
        return place == 0
    return not data[:place].strip() or b"%%EOF" in data[-2_048:] or re.search(rb"\d+ \d+ obj\b", data[place : place + _HEAD]) is not None


def _ole(data: bytes) -> str:
    """Tell Office files of before 2007 and encrypted ones of today by the names of their streams (UTF-16)."""
    if all(stream.encode("utf-16-le") in data for stream in ("__properties_version1.0", "__nameid_version1.0")):
        return MSG
    for stream, kind in (
        ("EncryptedPackage", ENCRYPTED),
        ("WordDocument", "application/msword"),
        ("Workbook", "application/vnd.ms-excel"),
        ("PowerPoint Document", "application/vnd.ms-powerpoint"),
    ):
        if stream.encode("utf-16-le") in data:
            return kind
    return OLE


def _zip(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = {each.filename.replace("\\", "/").lstrip("/") for each in archive.infolist()}
            said = _mimetype(archive) if "mimetype" in names else ""
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, struct.error):
        return DOCX if b"word/document.xml" in data or b"word/" in data[:_HEAD] else BROKEN_ZIP
    for part, kind in _ZIP_PARTS:
        if part in names:
            return kind
    if said:
        return said
    if "META-INF/container.xml" in names:
        return EPUB
    if "[Content_Types].xml" in names and any(each.startswith("word/") and each.endswith(".xml") for each in names):
        return DOCX
    return ZIP


def _mimetype(archive: zipfile.ZipFile) -> str:
    """Return what an OpenDocument file or a book says it is; it should lie there as it is, but who packs it again compresses it."""
    try:
        with archive.open("mimetype") as part:
            found = re.match(rb"\s*(application/[\w.+-]{1,100})", part.read(200))
    except (KeyError, RuntimeError, NotImplementedError, zipfile.BadZipFile, zlib.error, EOFError, OSError):
        return ""
    return found.group(1).decode("ascii") if found else ""


def _head(data: bytes) -> str:
    """Return the start of a file as text in which tags and marks are visible, whatever the encoding."""
    start = data[:_HEAD]
    if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return start.decode("utf-16", "replace")
    if b"\0" in start[:64] and start[:2] != b"\0\0":
        return start.replace(b"\0", b"").decode("latin-1")
    return start.decode("latin-1").removeprefix("ï»¿")


def _text(text: str, name: str) -> str:
    said = extension(name)
    if said == "eml" and re.match(r"(?:[A-Za-z][\w-]*: ?.*\r?\n(?:[ \t].*\r?\n)*){2}", text):
        return MAIL
    if re.match(r"(?:MIME-Version|From|Content-Type):", text, re.IGNORECASE) and "multipart/related" in text[:4_000].lower():
        return MHTML
    if _JSON.match(text) or (said in ("json", "jsonl", "ndjson") and text.lstrip()[:1] in ("{", "[", '"')):
        return JSON
    marked = _markdown_marks(text)
    if said in ("md", "markdown"):
        return HTML if _PAGE.match(text) and not marked else MARKDOWN if marked else TEXT
    if _is_html(text, said):
        return HTML
    if text.lstrip().startswith("<?xml") or re.match(r"\s*+<[\w:]++[^<>]*xmlns", text):
        return XML
    return MARKDOWN if marked >= _MANY and said not in ("py", "csv", "json", "xml") else TEXT


def _is_html(text: str, said: str) -> bool:
    if "<" not in text:
        return False
    if _PAGE.match(text):
        return True
    if _PAGE_ANYWHERE.search(text) and (said in ("html", "htm") or "</html>" in text.lower() or "<p" in text.lower()):
        return True
    opening, closing = _OPENING.findall(text), _CLOSING.findall(text)
    if said in ("html", "htm", "xhtml", "shtml"):
        return bool(opening) or text.lstrip().startswith("<!--")  # its tags stand behind a long comment
    # a fragment without <html>: it begins with a tag, or has many closed ones; a text that mentions a tag has few
    starts = _OPENING.match(text.lstrip()) is not None
    return (starts and len(closing) >= 1) or (len(closing) >= _MANY and len(opening) * 400 >= len(text))


def _markdown_marks(text: str) -> int:
    """Return how strongly a text is marked up: the number of headings, bold runs, links and tables (lists count little)."""
    strong = 0
    for sign, pattern in (("#", _MD_HEADING), ("**", _MD_STRONG), ("__", _MD_STRONG), ("](", _MD_LINK), ("--", _MD_TABLE)):
        if sign in text:
            strong += len(pattern.findall(text))
    return strong or int(_MD_OTHER.search(text) is not None)

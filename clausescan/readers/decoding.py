"""Bytes to text without silent guesses: what decided the encoding is certain, or a problem says so.

Order: byte order mark; NUL pattern of UTF-16; strict UTF-8; the declared encoding if it decodes strictly; the better of
GB18030, Big5 and Western by what the characters are; charset-normalizer as a last opinion.
UTF-8 goes before a declaration because a long text of another encoding is practically never valid UTF-8, while pages
that declare gb2312 and are sent as UTF-8 are common.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from clausescan.errors import ReadError, problem
from clausescan.types import Problem

# the characters that make up about half of any Chinese text, contracts included, in both scripts
FREQUENT = frozenset(
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主"
    "样理心她本前开但因只从想实款条合甲乙息信数据私隐意授权使服务用户您协议政策账号提供第三相关处收集按照应责任内容平台名单式保护取包括及或与"
    "這個們來為國說時會對裡裏過發後動還進開從實條務權據號與種經麼學現當沒點樣關應責內單護協議帳戶集處收點隱資訊臉"
    "，。、；：《》“”（）「」\u3000"
)
_WIDENED = {
    "gb2312": "gb18030", "gb_2312-80": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "gb18030": "gb18030", "cp936": "gb18030",
    "big5": "big5hkscs", "big5-hkscs": "big5hkscs", "x-x-big5": "big5hkscs", "cn-big5": "big5hkscs",
    "iso-8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252", "us-ascii": "cp1252", "ascii": "cp1252",
    "windows-1252": "cp1252", "unicode": "utf-16", "utf8": "utf-8",
}  # fmt: skip
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
_BIG5 = ("big5hkscs", "cp950")
_MULTIBYTE = ("gb18030", *_BIG5)
CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_LINE_MARKS = {0x0C: "\n", 0x85: "\n", 0x2028: "\n", 0x2029: "\n"}
_HIGH = re.compile(rb"[\x80-\xff]+")
# curly quotes, dashes, §, © and the letters of West European names: what a Western file really holds
_WESTERN = re.compile("[\u2018-\u201e\u2013\u2014\u2022\u2026\u2122\u20ac\xa0-\xae\xb0\xb4\xb7\xba-\xbf\xc0-\xff]")
_WESTERN_LETTER = re.compile("[\x80-\xff]")
_MOJIBAKE_LETTERS, _MOJIBAKE_SHARE = 12, 0.5
_UTF7 = re.compile(rb"\+[A-Za-z0-9+/]{8,2000}-")
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})")
_BINARY_SHARE = 0.1
_UNDECODED_SHARE = 0.3
_FOREIGN_SHARE = 0.3
_OBVIOUS, _SURE, _PLAUSIBLE = 0.4, 0.2, 0.1
_SAMPLE = 10_000
_MEANINGLESS = ("bytes without a meaning in any known encoding", "在任何已知编码中都没有意义的字节")


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A decoding: its text, how many bytes did not fit and how much it reads like a text (0 to 1)."""

    text: str
    encoding: str
    bad: int
    score: float
    cut: bool = False


def decode(data: bytes, *, declared: str | None = None) -> tuple[str, str, list[Problem]]:
    """Return the text of `data`, the name of its encoding and what a reader must know about it.

    Line ends become line feeds, control characters spaces (R034), lone surrogates U+FFFD (R035). `declared` is what
    a header or a <meta> says. Bytes that do not fit give R024, an unsure decision R023, a cut last character R037.
    Raises ReadError (R010) when the bytes are no text.
    """
    best, certain = _decide(data, declared)
    text, problems = best.text, []
    mended = None if best.encoding == "ascii" or best.bad else repair(text)
    if mended is not None:
        text = mended[0]
        problems.append(problem("R048_mojibake", encoding=mended[1]))
    if best.bad and best.bad > _UNDECODED_SHARE * max(1, len(text)):
        raise ReadError(problem("R010_binary", detail=(f"{best.bad} {_MEANINGLESS[0]}", f"{best.bad} 个{_MEANINGLESS[1]}")))
    if best.bad:
        problems.append(problem("R024_decode_errors", count=best.bad, encoding=best.encoding))
    if best.cut:
        problems.append(problem("R037_cut_end"))
    if not certain:
        problems.append(problem("R023_encoding_uncertain", encoding=best.encoding))
    text, more = clean(text)
    return text, best.encoding, problems + more


def repair(text: str) -> tuple[str, str] | None:
    """Return the Chinese text and its encoding when `text` is that text read as a Western one ("ÄúÊÚÈ¨" is 您授权), else None.

    The proof: every character goes back to its byte, all bytes decode strictly, and what comes out reads like Chinese while
    the text as it stands holds hardly any.
    """
    foreign = _WESTERN_LETTER.findall(text[:_SAMPLE])
    if len(foreign) < _MOJIBAKE_LETTERS or len(foreign) < _MOJIBAKE_SHARE * len("".join(text[:_SAMPLE].split())):
        return None
    for western in ("latin-1", "cp1252"):
        try:
            data = text.encode(western)
        except UnicodeEncodeError:
            continue
        for encoding in ("utf-8", "gb18030", "big5hkscs"):
            try:
                candidate = data.decode(encoding)
            except UnicodeDecodeError:
                continue
            if _score(candidate, 0) >= _OBVIOUS:
                return candidate, encoding
    return None


def unescaped(text: str) -> str | None:
    """Return an ASCII text whose letters are written as \\u4eba\\u8138 with the characters themselves, None for any other."""
    if not text.isascii() or text.count("\\u") * 6 * 4 < len(text):
        return None
    found, count = _ESCAPE.subn(lambda match: chr(int(match.group(1), 16)), text)
    return found.replace("\\n", "\n") if count * 6 * 3 > len(text) and _score(found, 0) >= _SURE else None


def clean(text: str) -> tuple[str, list[Problem]]:
    """Return `text` with line feeds only, without control characters and surrogates, and the problems of that.

    Raises ReadError (R010) when a tenth of the text is control characters.
    """
    problems = []
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.isascii() or "\f" in text:
        text = text.translate(_LINE_MARKS) if any(chr(mark) in text for mark in _LINE_MARKS) else text
    if _SURROGATE.search(text):
        pairs = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        text, count = pairs, pairs.count("\ufffd") - text.count("\ufffd")
        if count > 0:
            problems.append(problem("R035_surrogates", count=count))
    if CONTROL.search(text):
        text, count = CONTROL.subn(" ", text)
        if count > max(8, _BINARY_SHARE * len(text)):
            raise ReadError(problem("R010_binary", detail=(f"{count} control characters", f"{count} 个控制字符")))
        problems.append(problem("R034_nul_bytes", count=count))
    return text, problems


def normal_name(declared: str | None) -> str | None:
    """Return the Python codec for a declared encoding, widened as browsers do (gb2312 to gb18030), or None."""
    if not declared:
        return None
    name = declared.strip().strip("\"'").lower()
    name = _WIDENED.get(name, name)
    try:
        info = codecs.lookup(name)
    except (LookupError, ValueError):
        return None
    return name if info._is_text_encoding else None


def _decide(data: bytes, declared: str | None) -> tuple[_Candidate, bool]:
    """Return the best decoding and whether it is beyond doubt."""
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _lenient(data[len(bom) :], encoding), True
    if b"\0" in data:
        wide = _utf16_by_nul(data)
        if wide:
            return wide, True
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return _not_utf8(data, declared, error)
    old = None
    if data.isascii():  # ways to write Chinese in seven bits
        old = _seven_bit(data, "hz") if b"~{" in data else _seven_bit(data, "utf-7") if _UTF7.search(data) else None
    return (old, True) if old else (_Candidate(text, "ascii" if data.isascii() else "utf-8", 0, 1.0), True)


def _not_utf8(data: bytes, declared: str | None, error: UnicodeDecodeError) -> tuple[_Candidate, bool]:
    if error.end >= len(data) and error.reason == "unexpected end of data" and error.start:
        return _Candidate(data[: error.start].decode("utf-8") + "\ufffd", "utf-8", 0, 1.0, cut=True), True
    mended = _mostly_utf8(data)
    if mended:
        return mended, True
    name = normal_name(declared)
    for encoding in ("gb18030", "big5hkscs"):  # the usual case, without trying the rest
        usual = _lenient(data, encoding)
        if not usual.bad and usual.score >= _OBVIOUS:
            return usual, True
    candidates = _candidates(data)
    if name and not name.startswith("utf"):
        said = next((each for each in candidates if each.encoding == name), None) or _lenient(data, name)
        # a single-byte declaration fits anything: believe it only if nothing reads better
        unrivalled = _best(candidates).score <= max(said.score, _PLAUSIBLE)
        if not said.bad and (unrivalled or (name in _MULTIBYTE and said.score >= _PLAUSIBLE)):
            return said, True
    best = _best(candidates)
    kin = _BIG5 if best.encoding in _BIG5 else (best.encoding,)
    rivals = [each.score for each in candidates if each.encoding not in kin]
    if best.score >= _SURE and best.score >= 2 * max(rivals, default=0.0):
        return best, True
    if best.score >= _PLAUSIBLE:
        return best, False
    opinion = _second_opinion(data)
    if opinion is None and sum(map(len, _HIGH.findall(data[:_SAMPLE]))) > _FOREIGN_SHARE * len(data[:_SAMPLE]):
        raise ReadError(problem("R010_binary", detail=_MEANINGLESS))
    return opinion or _lenient(data, "cp1252"), False


def _best(candidates: list[_Candidate]) -> _Candidate:
    return max(candidates, key=lambda each: (each.score, -each.bad))


def _candidates(data: bytes) -> list[_Candidate]:
    found = [_lenient(data, encoding) for encoding in _MULTIBYTE]
    western = _western(data)
    if western:
        found.append(western)
    if len(data) % 2 == 0:
        found += [_scored(data, "utf-16-le"), _scored(data, "utf-16-be")]
    return found


def _lenient(data: bytes, encoding: str) -> _Candidate:
    """Decode, put U+FFFD where bytes do not fit and count them; a character cut at the end is no fault of the encoding."""
    try:
        return _Candidate(text := data.decode(encoding), encoding, 0, _score(text, 0))
    except UnicodeDecodeError as error:
        cut = error.start > 0 and len(data) - error.start <= 3
    if encoding.startswith("utf-16"):  # lone surrogates are told apart from other damage in `clean`
        text = data[: len(data) // 2 * 2].decode(encoding, "surrogatepass") + "\ufffd" * (len(data) % 2)
        return _Candidate(text, encoding, 0, _score(text, 0), cut=len(data) % 2 == 1)
    text = data.decode(encoding, "replace")
    bad = 0 if cut else text.count("\ufffd")
    return _Candidate(text, encoding, bad, _score(text, bad), cut)


def _scored(data: bytes, encoding: str) -> _Candidate:
    text = data.decode(encoding, "replace")
    bad = text.count("\ufffd")
    return _Candidate(text, encoding, bad, _score(text, bad))


def _score(text: str, bad: int) -> float:
    """Return the share of frequent Chinese characters among all that are not ASCII, less what did not decode."""
    foreign = [char for char in text[:_SAMPLE] if char > "\x7f"]
    if not foreign:
        return 0.0
    hits = sum(map(FREQUENT.__contains__, foreign))
    return max(0.0, (hits - 5 * bad) / len(foreign))


def _western(data: bytes) -> _Candidate | None:
    """Decode as Windows-1252 when the high bytes stand alone among ASCII, as é and curly quotes do; Chinese ones come in pairs."""
    runs = [len(run) for run in _HIGH.findall(data[:_SAMPLE])]
    single = sum(size == 1 for size in runs)
    if not runs or single < 0.7 * len(runs) or sum(runs) > 0.25 * len(data):
        return None
    text = data.decode("cp1252", "replace")
    bad = text.count("\ufffd")
    foreign = [char for char in text[:_SAMPLE] if char > "\x7f"]
    usual = sum(_WESTERN.match(char) is not None for char in foreign)
    return _Candidate(text, "cp1252", bad, max(0.0, (usual - 5 * bad) / len(foreign)) * single / len(runs))


def _utf16_by_nul(data: bytes) -> _Candidate | None:
    """Decode as UTF-16 when the NULs stand on one side of the pairs and the result reads like text."""
    even, odd = data[::2].count(0), data[1::2].count(0)  # both sides have some: 一 is U+4E00
    candidate = _lenient(data, "utf-16-le" if odd >= even else "utf-16-be")
    other = _lenient(data, "utf-16-be" if odd >= even else "utf-16-le")
    return next((each for each in (candidate, other) if _reads_as_text(each.text[:_SAMPLE])), None)


def _reads_as_text(sample: str) -> bool:
    common = sum(" " <= char <= "~" or char in "\n\r\t" or char in FREQUENT for char in sample)
    han = sum("\u4e00" <= char <= "\u9fff" and char not in FREQUENT for char in sample)
    return common + han >= 0.7 * len(sample) and common >= 0.25 * len(sample)


def _mostly_utf8(data: bytes) -> _Candidate | None:
    """Decode as UTF-8 with holes when the valid sequences by far outnumber the broken bytes (mixed or damaged files)."""
    try:
        text = data.decode("utf-8", "surrogatepass")
        return _Candidate(text, "utf-8", 0, 1.0)
    except UnicodeDecodeError:
        text = data.decode("utf-8", "replace")
    bad = text.count("\ufffd") - data.count(b"\xef\xbf\xbd")
    valid = sum(char > "\x7f" for char in text) - text.count("\ufffd")
    return _Candidate(text, "utf-8", bad, 1.0) if valid > 8 * bad else None


def _seven_bit(data: bytes, encoding: str) -> _Candidate | None:
    """Decode HZ (~{ ... ~}) or UTF-7 (+...-), old mail Chinese in ASCII, when that gives Chinese text."""
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return None
    candidate = _Candidate(text, encoding, 0, _score(text, 0))
    return candidate if candidate.score >= _SURE else None


def _second_opinion(data: bytes) -> _Candidate | None:
    """Ask charset-normalizer; its answer counts only if the whole text decodes strictly."""
    from charset_normalizer import from_bytes

    match = from_bytes(data[:50_000]).best()
    if match is None:
        return None
    candidate = _lenient(data, match.encoding)
    return candidate if not candidate.bad else None

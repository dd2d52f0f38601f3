"""The error tree and the catalogue of problem codes.

ClausescanError
├── UsageError        the command or the call asks for something impossible (exit code 2)
├── StoreError        the database of a run cannot be read or written (exit code 2)
├── DataError         a rule, lexicon or law file of ours is wrong; raised when it is loaded
└── ReadError         a document cannot be read; carries the Problem that the report shows

A problem is for a person: one sentence that says what is wrong and what to do, in English and Chinese.
Codes with R are about reading, those with W about writing a document again.
Severity: "error" nothing was read; "inconclusive" something was read but "nothing found" would mislead;
"warning" worth knowing; "info" a fact about the source.
"""

from __future__ import annotations

from clausescan.types import Problem, Severity


class ClausescanError(Exception):
    """Base of all errors that are meant for the user."""


class UsageError(ClausescanError):
    """The command line or the call is wrong."""


class StoreError(ClausescanError):
    """The database of a run cannot be opened, read or written."""


class DataError(ClausescanError):
    """A data file of clausescan itself is wrong."""


class ReadError(ClausescanError):
    """A document cannot be read."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


# code: (severity, English, Chinese); fields in braces are filled by `problem`
CATALOGUE: dict[str, tuple[Severity, str, str]] = {
    "R001_missing": ("error", "The file does not exist; check the path.", "文件不存在，请检查路径。"),
    "R002_not_a_file": ("error", "This is not a regular file; give a file or a directory.", "这不是普通文件，请给出文件或目录。"),
    "R003_no_permission": ("error", "The file cannot be opened: {detail}. Check its permissions.", "无法打开文件：{detail}。请检查权限。"),
    "R004_empty": ("error", "The file is empty (0 bytes); ask for a complete copy.", "文件为空（0 字节），请索取完整副本。"),
    "R005_too_large": (
        "error",
        "The file is too large ({size} bytes, limit {limit}); split it or raise the limit.",
        "文件过大（{size} 字节，上限 {limit}），请拆分或提高上限。",
    ),
    "R006_unsupported": (
        "error",
        "The content is {detail}, which clausescan does not read; convert it to PDF, DOCX, HTML or text.",
        "内容为 {detail}，暂不支持；请转换为 PDF、DOCX、HTML 或文本。",
    ),
    "R007_damaged": (
        "error",
        "The file is damaged or cut off ({detail}); ask for a complete copy.",
        "文件损坏或不完整（{detail}），请索取完整副本。",
    ),
    "R008_encrypted": ("error", "The file is protected by a password; save a copy without it.", "文件有密码保护，请另存为无密码副本。"),
    "R009_no_files": ("error", "The directory or list holds no file that clausescan can read.", "目录或清单中没有可读取的文件。"),
    "R010_binary": ("error", "The content is not text (it holds {detail}); check the file.", "内容不是文本（含有 {detail}），请检查文件。"),
    "R011_container": ("error", "The container is refused: {detail}.", "拒绝处理该容器文件：{detail}。"),
    "R012_list_row": (
        "error",
        "Row {row} of the list names neither a path nor an address; fill the column in.",
        "清单第 {row} 行既没有路径也没有网址，请补充。",
    ),
    "R020_no_text": (
        "inconclusive",
        "No text could be read (scan or images only); install the extra for OCR (pip install 'clausescan[ocr]') or run OCR, and scan again.",
        "未读取到文字（扫描件或纯图片），请安装文字识别组件（pip install 'clausescan[ocr]'）或先做文字识别，再重新检查。",
    ),
    "R021_pages_without_text": (
        "inconclusive",
        "Pages without readable text: {pages}; their content was not checked. The extra clausescan[ocr] reads scanned pages.",
        "以下页面没有可读文字，其内容未检查：{pages}。安装 clausescan[ocr] 可识别扫描页。",
    ),
    "R022_garbled": (
        "inconclusive",
        "{share} of the characters are unreadable glyphs; the text cannot be trusted, run OCR on the pages.",
        "{share} 的字符为无法识别的字形，文字不可信，请对页面做文字识别。",
    ),
    "R023_encoding_uncertain": (
        "warning",
        "The encoding was decided as {encoding} with low certainty; check that quotes read well.",
        "编码判定为 {encoding}，把握不大，请核对引文是否通顺。",
    ),
    "R024_decode_errors": (
        "inconclusive",
        "{count} bytes do not fit the encoding {encoding}; parts of the text may be lost.",
        "有 {count} 个字节不符合编码 {encoding}，部分文字可能丢失。",
    ),
    "R025_truncated": (
        "inconclusive",
        "Only a part was read ({detail}); the rest was not checked.",
        "只读取了一部分（{detail}），其余未检查。",
    ),
    "R026_text_differs": (
        "warning",
        "Two readers disagree about the text of page {page}; compare with the original.",
        "两种读取方式对第 {page} 页的文字结果不一致，请对照原件。",
    ),
    "R027_script_page": (
        "warning",
        "The page shows little text and much script; its content may be loaded by a browser only.",
        "网页可见文字很少而脚本很多，内容可能只在浏览器中加载。",
    ),
    "R030_extension": (
        "info",
        "The name says {named}, the content is {found}; it was read as {found}.",
        "文件名显示为 {named}，实际内容为 {found}，已按 {found} 读取。",
    ),
    "R031_tracked_changes": (
        "info",
        "The file holds {count} tracked changes; the {view} text was read.",
        "文件含 {count} 处修订，读取的是{view}文本。",
    ),
    "R032_hidden_text": (
        "warning",
        "{count} passages are hidden from view; they were read and marked.",
        "有 {count} 处隐藏文字，已读取并标明。",
    ),
    "R033_attachment": ("warning", "The file holds embedded files that were not read: {detail}.", "文件内嵌的附件未读取：{detail}。"),
    "R034_nul_bytes": ("warning", "{count} NUL or control characters were replaced by spaces.", "{count} 个空字符或控制字符已替换为空格。"),
    "R035_surrogates": (
        "warning",
        "{count} broken characters (lone surrogates) were replaced.",
        "{count} 个残缺字符（孤立代理项）已替换。",
    ),
    "R036_zero_width": (
        "info",
        "{count} invisible characters stand inside the text; matching ignores them.",
        "文字中含 {count} 个不可见字符，匹配时已忽略。",
    ),
    "R037_cut_end": ("warning", "The file ends inside a character; its end may be missing.", "文件在一个字符中间结束，末尾可能缺失。"),
    "R038_slanted_text": (
        "info",
        "{count} slanted characters (watermarks) stand on pages {pages}; of them only sentences were read.",
        "第 {pages} 页有 {count} 个斜排字符（水印），其中只读入了句子。",
    ),
    "R039_second_reader": (
        "warning",
        "The usual PDF reader failed ({detail}), a second one was used; compare with the original.",
        "常用的 PDF 读取方式失败（{detail}），已改用备用方式，请对照原件。",
    ),
    "R040_internal": (
        "error",
        "clausescan failed on this file ({detail}); please report it.",
        "处理该文件时程序出错（{detail}），请反馈。",
    ),
    "R041_language": (
        "inconclusive",
        "The language seems to be neither Chinese nor English; the result means nothing. If it is one of them, say so with --lang.",
        "文件语言似乎既非中文也非英文，检查结果没有意义。如果其实是中文或英文，请用 --lang 指明。",
    ),
    "R042_direction_controls": (
        "warning",
        "{count} characters that turn the direction of writing stand in the text ({samples}): it may read otherwise than it is stored; compare with a print.",
        "文字中含 {count} 个改变书写方向的控制字符（{samples}），所见顺序可能与实际内容不同，请对照打印件。",
    ),
    "R043_lookalikes": (
        "warning",
        "{count} words mix Latin letters with look-alikes of another alphabet or style ({samples}); a search for the word does not find them.",
        "有 {count} 个词混用其他字母表或字体样式的形近字符（{samples}），一般检索无法找到。",
    ),
    "R044_split_words": (
        "warning",
        "{count} key words are cut up, spelt out or filled with invisible characters ({samples}); they were read as the words.",
        "有 {count} 处关键词被分隔、拼写替代或夹入不可见字符（{samples}），已按原词识别。",
    ),
    "R045_combining_marks": (
        "warning",
        "{count} characters carry marks that no language writes there ({samples}); matching ignores them.",
        "有 {count} 个字符带有不合文字规范的附加符号（{samples}），匹配时已忽略。",
    ),
    "R046_ocr": (
        "warning",
        "Pages read by OCR: {pages} ({share} of the characters, certainty {certainty}); compare quotes with the picture.",
        "以下页面经文字识别（OCR）读取：{pages}（占字符的 {share}，识别把握 {certainty}），引文请对照图像核实。",
    ),
    "R047_ocr_uncertain": (
        "inconclusive",
        "OCR is not sure of what stands on pages {pages}; their content may have been missed.",
        "第 {pages} 页的文字识别把握不足，其内容可能有遗漏。",
    ),
    "R048_mojibake": (
        "warning",
        "The text had been decoded wrongly ({encoding} read as a Western encoding); it was turned back, compare quotes with the original.",
        "文字曾被错误解码（{encoding} 被当作西文编码），已还原；引文请对照原件。",
    ),
    "R049_office_missing": (
        "error",
        "This is a Word 97-2003 or WPS document; install LibreOffice (soffice on the path) to have it read, or save it as DOCX.",
        "这是 Word 97-2003 或 WPS 文档；请安装 LibreOffice（soffice 在路径中）以便读取，或另存为 DOCX。",
    ),
    "W001_signed": (
        "warning",
        "The original is digitally signed; the annotated copy keeps the signature but no longer matches it. Keep the original as evidence.",
        "原件带有数字签名；批注副本保留签名，但内容已与签名不符，请保留原件作为证据。",
    ),
    "W002_read_only": (
        "warning",
        "The original is protected against editing; the annotated copy keeps that protection.",
        "原件设有编辑保护（只读）；批注副本保留该保护。",
    ),
    "W003_no_annotations": (
        "error",
        "The owner of this PDF does not allow annotations; ask for a copy that does, or use --text to annotate its text in a DOCX.",
        "该 PDF 的权限设置不允许添加批注；请索取允许批注的副本，或用 --text 将其文字输出为带批注的 DOCX。",
    ),
    "W004_damaged_pdf": (
        "error",
        "The PDF can be read but not written again ({detail}); use --text to annotate its text in a DOCX.",
        "该 PDF 可读取但无法重新写出（{detail}）；请用 --text 将其文字输出为带批注的 DOCX。",
    ),
    "B001_known": (
        "info",
        "Findings that the baseline knows and that are not shown: {count}.",
        "基线中已有、未再列出的结果：{count} 条。",
    ),
    "B002_decided": (
        "info",
        "Findings that a reviewer dismissed or found not applicable and that are not shown: {count}.",
        "经复核排除或认定不适用、未再列出的结果：{count} 条。",
    ),
    "W005_misplaced": (
        "warning",
        "Notes that do not stand exactly on their words: {count}; compare them with the quotes.",
        "有 {count} 条批注未能准确落在所涉文字上，请与引文核对。",
    ),
    "R050_timeout": (
        "error",
        "Reading took longer than {seconds} seconds and was stopped; raise --timeout or look at the file by hand.",
        "处理超过 {seconds} 秒，已中止；请提高 --timeout 或人工查看该文件。",
    ),
    "R051_memory": (
        "error",
        "Reading needed more memory than {limit} and was stopped; raise --max-memory or look at the file by hand.",
        "处理所需内存超过{limit}，已中止；请提高 --max-memory 或人工查看该文件。",
    ),
    "R052_crashed": (
        "error",
        "The process that read the file ended abruptly ({detail}); look at the file by hand.",
        "读取该文件的进程异常终止（{detail}），请人工查看该文件。",
    ),
    "R053_attachment_unread": (
        "inconclusive",
        "Attached files that were not checked: {detail}; save and scan each by itself.",
        "以下附件未检查：{detail}；请另存后单独检查。",
    ),
    "R054_turned_text": (
        "inconclusive",
        "{count} passages are stored backwards and shown forwards ({samples}); read them in a print, they were not checked.",
        "有 {count} 处文字倒序存储而正序显示（{samples}），未能检查；请阅读打印件。",
    ),
    "R055_pictures": (
        "warning",
        "{count} larger pictures stand between the text ({places}); text in them was not checked, look at them.",
        "文字之间有 {count} 幅较大的图片（{places}），其中的文字未检查，请人工查看。",
    ),
    "R060_not_fetched": ("error", "The address could not be fetched: {detail}.", "无法获取该网址：{detail}。"),
    "R061_address_refused": (
        "error",
        "The address is refused: {detail}. Only public http and https addresses are fetched.",
        "拒绝访问该网址：{detail}。只获取公开的 http、https 网址。",
    ),
}


def first_characters(count: int) -> tuple[str, str]:
    """Return "the first N characters" in English and Chinese."""
    return f"the first {count} characters", f"前 {count} 个字符"


def revision_view(view: str) -> tuple[str, str]:
    """Return the name of a view of tracked changes ("final", "original") in English and Chinese."""
    return view, "修订后" if view == "final" else "修订前"


def problem(code: str, where: str | None = None, **fields: object) -> Problem:
    """Return the Problem of `code` with its sentences filled in; a field in words is a pair, English and Chinese.

    Raises KeyError for an unknown code or field.
    """
    severity, english, chinese = CATALOGUE[code]
    one, other = ({name: value[side] if isinstance(value, tuple) else value for name, value in fields.items()} for side in (0, 1))
    return Problem(code=code, severity=severity, message=english.format(**one), message_zh=chinese.format(**other), where=where)

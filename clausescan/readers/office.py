"""Word 97-2003 and WPS documents (.doc, .wps): LibreOffice, when installed, turns them into DOCX in a process that can be killed."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path

from clausescan import patience
from clausescan.errors import ReadError, problem
from clausescan.readers import docx
from clausescan.readers.decoding import FREQUENT
from clausescan.settings import Settings
from clausescan.types import Document

MEDIA_TYPE = "application/msword"
TIME_LIMIT = 90.0
_LETTERS = re.compile(r"[^\W\d_]+")
_HAN_RUN = re.compile("[\u4e00-\u9fff，。、；：“”（）]{12,400}")
_LATIN_RUN, _LATIN_WIDE = re.compile(rb"[A-Za-z ,.;'()-]{60,400}"), re.compile("[A-Za-z ,.;'()-]{60,400}")
_SPACES = 8


def read(data: bytes, *, name: str, settings: Settings) -> Document:
    """Return the Document of a .doc or .wps. Raises ReadError: R049 without LibreOffice, R007 when it cannot convert the file."""
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        raise ReadError(problem("R049_office_missing"))
    document = docx.read(_converted(office, data), name=name, settings=settings)
    problems = document.problems
    revised = document.coverage.tracked_changes or document.coverage.annotations  # what is deleted or noted is in the file too
    missing = 0 if revised else _unshown(data, document.text)
    if missing:
        told = (f"sentences of the file that LibreOffice does not show: {missing}", f"LibreOffice 未显示文件中的 {missing} 处语句")
        problems = (*problems, problem("R025_truncated", detail=told))
    return replace(document, media_type=MEDIA_TYPE, sha256=hashlib.sha256(data).hexdigest(), problems=problems)


def _unshown(data: bytes, text: str) -> int:
    """Return how many runs of letters in the bytes of the file, where it keeps its text as it is, are not in what was read."""
    shown = "".join(_LETTERS.findall(text))
    wide = [run for start in (0, 1) for run in _HAN_RUN.findall(data[start:].decode("utf-16-le", "replace"))]
    runs = [run for run in wide if sum(char in FREQUENT for char in run) * 4 >= len(run)]
    runs += [run.decode("ascii") for run in _LATIN_RUN.findall(data)]
    runs += [run for start in (0, 1) for run in _LATIN_WIDE.findall(data[start:].decode("utf-16-le", "replace"))]
    return sum("".join(_LETTERS.findall(run)) not in shown for run in dict.fromkeys(runs) if not run.isascii() or run.count(" ") >= _SPACES)


def _converted(office: str, data: bytes) -> bytes:
    """Return the DOCX. The profile is new each time: no macros, extensions or settings of the user, no waiting for another window."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "source.doc")
        source.write_bytes(data)
        command = [
            office, f"-env:UserInstallation={Path(folder, 'profile').as_uri()}", "--headless", "--norestore", "--nolockcheck",
            "--convert-to", "docx:MS Word 2007 XML", "--outdir", folder, str(source),
        ]  # fmt: skip
        # a session of its own: the wrapper starts further processes, and all of them must end with it
        patience.ask(TIME_LIMIT)
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        try:
            child.wait(timeout=TIME_LIMIT)
        except subprocess.TimeoutExpired as error:
            limit = (f"LibreOffice did not finish within {TIME_LIMIT:.0f} s", f"LibreOffice 未在 {TIME_LIMIT:.0f} 秒内完成")
            raise ReadError(problem("R007_damaged", detail=limit)) from error
        finally:
            if child.poll() is None:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()
        target = source.with_suffix(".docx")
        if not target.is_file():
            raise ReadError(problem("R007_damaged", detail=("LibreOffice cannot open it", "LibreOffice 无法打开")))
        return target.read_bytes()

"""A document with the findings written into it: Word comments, PDF highlights, or an annotated DOCX of its text.

The original is never written to; what comes back is a copy in which nothing else has changed.
"""

from __future__ import annotations

from importlib import import_module

from clausescan.annotate.options import Annotated, Options
from clausescan.errors import UsageError
from clausescan.types import Report

# media type: the module that annotates files of it in their own format; all others become a DOCX of the text
ANNOTATORS = {
    "application/pdf": "clausescan.annotate.pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "clausescan.annotate.docx",
}


def annotate_file(data: bytes, report: Report, options: Options, *, as_text: bool = False) -> Annotated:
    """Return the file in `data` with the findings of `report`, which was made from it with `options.settings`.

    `as_text` asks for a DOCX of the text whatever the format. Raises ReadError (R008, W003, W004) when the file cannot
    be written again, UsageError when the report is about another file.
    """
    from hashlib import sha256

    if sha256(data).hexdigest() != report.document.sha256:
        raise UsageError("the report is not about this file; scan it again")
    module = None if as_text else ANNOTATORS.get(report.document.media_type)
    if module is None:
        from clausescan.annotate.text import annotate

        return annotate(report, options)
    annotated: Annotated = import_module(module).annotate(data, report, options)
    return annotated

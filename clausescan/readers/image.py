"""Pictures of paper: PNG, JPEG, TIFF, WebP, BMP, GIF, and HEIC with pillow-heif. Needs the extra `clausescan[ocr]`."""

from __future__ import annotations

from clausescan.errors import problem
from clausescan.readers import ocr, pdf
from clausescan.readers.assemble import assemble
from clausescan.readers.sniffing import sniff
from clausescan.settings import Settings
from clausescan.types import Document


def read(data: bytes, *, name: str, settings: Settings) -> Document:
    """Return the Document of a picture, a page for each frame; without OCR, or without text, one that says so (R020)."""
    kind = sniff(data, name)
    pages = ocr.recognise_picture(data, min(settings.max_ocr_pages, settings.max_pages)) if settings.ocr and ocr.is_available() else []
    if not any(page["text"] for page in pages):
        return assemble((), data=data, name=name, media_type=kind, problems=(problem("R020_no_text"),))
    return pdf.read_pages(pages, data, name=name, media_type=kind)

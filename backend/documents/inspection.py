"""What a file is, told by its bytes alone, and the harmless form in which it is kept.

Pictures are decoded and encoded anew, without EXIF, profiles or comments. PDFs are kept as they
are, once they have been looked through: no password, no script, no form that sends, no file inside.
One file at a time in a process, so that many large ones cannot fill its memory together.
"""

import hashlib
import io
import logging
import re
import struct
import threading
import warnings
import zlib
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageOps
from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from backend.documents.errors import (
    DocumentNotRead,
    DocumentTooLarge,
    PdfActive,
    PdfLocked,
    PdfTooLong,
    PictureTooLarge,
)
from backend.documents.rules import BYTES_MAX

PIXELS_MAX = 40_000_000
PAGES_MAX = 100
OBJECTS_MAX = 20_000
PARTS_MAX = 500_000  # values looked at in one PDF
JPEG_QUALITY = 88
HEAD_BYTES = 1_024  # within which a PDF begins, as readers have it

# Keys and names of what acts by itself, sends, or carries something along [ISO 32000-2].
ACTIVE_KEYS = frozenset(
    {"/JS", "/JavaScript", "/AA", "/XFA", "/EmbeddedFiles", "/EF", "/RichMedia"}
)
ACTIVE_ACTIONS = frozenset(
    {
        *("/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/Rendition", "/Sound"),
        *("/Movie", "/GoToR", "/GoToE", "/RichMediaExecute"),
    }
)
ACTIVE_SUBTYPES = frozenset({"/RichMedia", "/3D", "/Screen", "/FileAttachment", "/Movie", "/Sound"})
# The same in the raw bytes, for readers who find objects that ours does not. Long names alone:
# short ones stand in compressed data by chance.
RAW_ACTIVE = re.compile(rb"/(?:JavaScript|SubmitForm|ImportData|EmbeddedFile|RichMedia|Launch)\b")
RAW_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")

DAMAGED_PICTURE = (
    *(OSError, SyntaxError, ValueError, EOFError, ArithmeticError, LookupError, TypeError),
    *(struct.error, zlib.error),
)
DAMAGED_PDF = (
    *(PyPdfError, OSError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError),
    *(EOFError, RecursionError, AssertionError, NotImplementedError, struct.error, zlib.error),
)

# It warns of damage in the words of the file, which belong in no log.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)

_one_at_a_time = threading.Lock()


@dataclass(frozen=True)
class Inspected:
    """What is kept of a file."""

    media_type: str
    content: bytes
    sha256: bytes


def inspect(data: bytes) -> Inspected:
    """The file as it is kept. Refuses: DocumentTooLarge, DocumentNotRead and what they stand for.

    Refuses besides: PictureTooLarge, PdfLocked, PdfActive, PdfTooLong.
    """
    if len(data) > BYTES_MAX:
        raise DocumentTooLarge
    with _one_at_a_time:
        media_type, content = _read(data)
    if len(content) > BYTES_MAX:
        raise DocumentTooLarge
    return Inspected(media_type, content, hashlib.sha256(content).digest())


def _read(data: bytes) -> tuple[str, bytes]:
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg", _encode_anew(data, "JPEG")
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png", _encode_anew(data, "PNG")
    if data.startswith(b"%PDF-"):
        _look_through(data)
        return "application/pdf", data
    raise DocumentNotRead


def _encode_anew(data: bytes, form: str) -> bytes:
    try:
        # A picture that says it is too large is one whether it lies or not.
        with warnings.catch_warnings(action="error", category=Image.DecompressionBombWarning):
            picture: Image.Image = Image.open(io.BytesIO(data), formats=[form])
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise PictureTooLarge from None
    except DAMAGED_PICTURE:
        raise DocumentNotRead from None
    if picture.width * picture.height > PIXELS_MAX:
        raise PictureTooLarge
    out = io.BytesIO()
    try:
        ImageOps.exif_transpose(picture, in_place=True)
        bare = picture.convert("L" if picture.mode in ("1", "L") else "RGB")
        # Pixels alone: what else the file held stays behind.
        bare.info.clear()
        bare.save(out, form, **({"quality": JPEG_QUALITY} if form == "JPEG" else {}))
    except DAMAGED_PICTURE:
        raise DocumentNotRead from None
    except Image.DecompressionBombError:
        raise PictureTooLarge from None
    return out.getvalue()


def _look_through(data: bytes) -> None:
    if b"%%EOF" not in data[-HEAD_BYTES:]:
        raise DocumentNotRead
    plain = RAW_ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), data)
    if RAW_ACTIVE.search(plain):
        raise PdfActive
    try:
        _read_pdf(PdfReader(io.BytesIO(data), strict=False))
    # What a damaged file makes a lenient reader run into.
    except DAMAGED_PDF:
        raise DocumentNotRead from None


def _read_pdf(reader: PdfReader) -> None:
    if reader.is_encrypted:
        raise PdfLocked
    known = [(number, place) for place, each in reader.xref.items() for number in each]
    known += [(number, 0) for number in reader.xref_objStm]
    if len(known) > OBJECTS_MAX or len(reader.pages) > PAGES_MAX:
        raise PdfTooLong
    if not len(reader.pages):
        raise DocumentNotRead
    left: list[Any] = [reader.trailer]
    left += [IndirectObject(*each, reader).get_object() for each in known]
    looked_at = 0
    while left:
        looked_at += 1
        if looked_at > PARTS_MAX:
            raise PdfTooLong
        part = left.pop()
        if isinstance(part, DictionaryObject):
            _refuse_active(part)
            left.extend(part.values())
        elif isinstance(part, ArrayObject):
            left.extend(part)


def _refuse_active(part: DictionaryObject) -> None:
    named = {_plain(part, "/S"), _plain(part, "/Subtype")}
    if named & (ACTIVE_ACTIONS | ACTIVE_SUBTYPES) or not ACTIVE_KEYS.isdisjoint(part):
        raise PdfActive


def _plain(part: DictionaryObject, key: str) -> str | None:
    value = part.get(key)
    # A name may stand elsewhere in the file, too.
    found = value.get_object() if isinstance(value, IndirectObject) else value
    return found if isinstance(found, str) else None

"""What a file is, told by its bytes alone, and the harmless form in which it is kept.

Pictures are decoded and encoded anew, without EXIF, profiles or comments. PDFs are kept as they
are, once they have been looked through: no password, no script, no form that sends, no file inside.
What it may cost is bounded by `apart`, which runs it in a process of its own.
"""

import hashlib
import io
import logging
import re
import struct
import warnings
import zlib
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
from backend.documents.rules import BYTES_MAX, Inspected

PIXELS_MAX = 40_000_000
PAGES_MAX = 100
OBJECTS_MAX = 20_000
UNPACKED_MAX = 20_000_000  # bytes of objects that are packed into streams
PARTS_MAX = 500_000  # values looked at in one PDF
JPEG_QUALITY = 88
DEEP_GREY = frozenset({"I", "I;16", "I;16B", "I;16L", "I;16N"})
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


def inspect(data: bytes) -> Inspected:
    """The file as it is kept. Refuses: DocumentTooLarge, DocumentNotRead and what they stand for.

    Refuses besides: PictureTooLarge, PdfLocked, PdfActive, PdfTooLong.
    """
    if len(data) > BYTES_MAX:
        raise DocumentTooLarge
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
        bare = _on_paper(picture)
        # Pixels alone: what else the file held stays behind.
        bare.info.clear()
        bare.save(out, form, **({"quality": JPEG_QUALITY} if form == "JPEG" else {}))
    except DAMAGED_PICTURE:
        raise DocumentNotRead from None
    except Image.DecompressionBombError:
        raise PictureTooLarge from None
    return out.getvalue()


def _on_paper(picture: Image.Image) -> Image.Image:
    """As it is seen on white paper, in eight bits: what else a conversion does, blots words out."""
    is_clear = "transparency" in picture.info
    if picture.mode in DEEP_GREY and not is_clear:
        return picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if picture.mode in ("LA", "PA", "RGBA") or (
        is_clear and picture.mode in ("1", "L", "P", "RGB")
    ):
        paper = Image.new("RGBA", picture.size, "white")
        return Image.alpha_composite(paper, picture.convert("RGBA")).convert("RGB")
    if picture.mode in ("1", "L"):
        return picture.convert("L")
    if picture.mode in ("P", "RGB", "CMYK", "YCbCr"):
        return picture.convert("RGB")
    raise DocumentNotRead


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
    if len(known) > OBJECTS_MAX:
        raise PdfTooLong
    _weigh_packed(reader)
    if len(reader.pages) > PAGES_MAX:
        raise PdfTooLong
    if not len(reader.pages):
        raise DocumentNotRead
    parts: list[Any] = [IndirectObject(*each, reader).get_object() for each in known]
    _look_into([reader.trailer, *parts])


def _look_into(left: list[Any]) -> None:
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


def _weigh_packed(reader: PdfReader) -> None:
    """Refuse what would unpack to too much, before the reader unpacks any of it."""
    packed = dict(reader.xref_objStm)
    # So that it need not unpack one to find another.
    reader.xref_objStm.clear()
    left = UNPACKED_MAX
    for number in {stream for stream, _ in packed.values()}:
        left -= _unpacked_size(IndirectObject(number, 0, reader).get_object(), most=left)
        if left < 0:
            raise PdfTooLong
    reader.xref_objStm.update(packed)


def _unpacked_size(stream: Any, *, most: int) -> int:
    data: bytes = stream._data
    filters = stream.get("/Filter", [])
    named = filters if isinstance(filters, ArrayObject) else [filters] if filters else []
    if not named:
        return len(data)
    if list(named) != ["/FlateDecode"]:
        raise DocumentNotRead
    return len(zlib.decompressobj().decompress(data, most + 1))


def _refuse_active(part: DictionaryObject) -> None:
    named = {_plain(part, "/S"), _plain(part, "/Subtype")}
    if named & (ACTIVE_ACTIONS | ACTIVE_SUBTYPES) or not ACTIVE_KEYS.isdisjoint(part):
        raise PdfActive


def _plain(part: DictionaryObject, key: str) -> str | None:
    value = part.get(key)
    # A name may stand elsewhere in the file, too.
    found = value.get_object() if isinstance(value, IndirectObject) else value
    return found if isinstance(found, str) else None

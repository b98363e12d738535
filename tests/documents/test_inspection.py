"""What a file is, is told by its bytes; what is kept of it, harms and betrays nobody."""

import io
import struct
import zlib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    TextStringObject,
)

from backend.documents import inspection
from backend.documents.errors import (
    DocumentNotRead,
    DocumentTooLarge,
    PdfActive,
    PdfLocked,
    PdfTooLong,
    PictureTooLarge,
)
from backend.documents.inspection import inspect
from backend.documents.rules import BYTES_MAX
from tests.factories.documents import pdf, picture


def written(writer: PdfWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def one_page() -> PdfWriter:
    return PdfWriter(clone_from=PdfReader(io.BytesIO(pdf())))


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_a_picture_loses_all_but_what_is_seen(form):
    exif = Image.Exif()
    exif[0x010F] = "Maker Secret"
    more = {"exif": exif, "icc_profile": b"profile of secret"}
    if form == "PNG":
        info = PngInfo()
        info.add_text("Comment", "where I live: secret")
        more["pnginfo"] = info
    else:
        more["comment"] = b"where I live: secret"
    data = picture(form, **more)
    assert b"ecret" in data
    kept = inspect(data)
    assert kept.media_type == f"image/{form.lower()}"
    assert b"ecret" not in kept.content
    with Image.open(io.BytesIO(kept.content)) as shown:
        assert (shown.size, dict(shown.getexif())) == ((8, 8), {})


def test_a_photo_taken_sideways_stands_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    kept = inspect(picture("JPEG", size=(8, 4), exif=exif))
    with Image.open(io.BytesIO(kept.content)) as shown:
        assert shown.size == (4, 8)


def test_the_same_file_is_kept_as_the_same_bytes():
    data = picture("JPEG")
    assert inspect(data).sha256 == inspect(data).sha256


def test_what_follows_a_picture_in_its_file_is_dropped():
    kept = inspect(picture() + b"<script>alert(1)</script>PK\x03\x04")
    assert b"script" not in kept.content


def bomb(width: int, height: int) -> bytes:
    """A PNG that promises that many pixels in few bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        whole = kind + data
        return struct.pack("!L", len(data)) + whole + struct.pack("!L", zlib.crc32(whole))

    head = struct.pack("!LLBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 100_000)
    parts = chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


@pytest.mark.parametrize("size", [(7_000, 7_000), (10_000, 10_000), (60_000, 60_000)])
def test_a_bomb_is_refused_before_it_is_unpacked(size):
    with pytest.raises(PictureTooLarge):
        inspect(bomb(*size))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"%PDF",
        b"GIF89a" + b"\0" * 100,
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"MZ\x90\0",
        b"PK\x03\x04",
        b"%!PS-Adobe",
        b"\n%PDF-1.7 %%EOF",
        b"%PDF-1.7\n%%EOF",
        b"\xff\xd8\xff\xe0 no picture",
        b"\x89PNG\r\n\x1a\n no picture",
        pdf()[:200],
        picture("JPEG")[:100],
        picture()[:50],
    ],
)
def test_what_is_none_of_the_three_is_not_read(data):
    with pytest.raises(DocumentNotRead):
        inspect(data)


def test_a_pdf_is_kept_as_it_is():
    assert inspect(pdf()).content == pdf()
    assert inspect(pdf()).media_type == "application/pdf"


def test_a_large_file_is_not_even_looked_at():
    with pytest.raises(DocumentTooLarge):
        inspect(b"%PDF-" + b"0" * BYTES_MAX)


def test_a_locked_pdf_is_refused():
    writer = one_page()
    writer.encrypt("word", algorithm="RC4-128")
    with pytest.raises(PdfLocked):
        inspect(written(writer))


def test_a_long_pdf_is_refused(monkeypatch):
    with pytest.raises(PdfTooLong):
        inspect(pdf(inspection.PAGES_MAX + 1))
    monkeypatch.setattr(inspection, "PARTS_MAX", 5)
    with pytest.raises(PdfTooLong):
        inspect(pdf())


def act(kind: str, **more) -> DictionaryObject:
    made = DictionaryObject({NameObject("/S"): NameObject(kind)})
    made.update({NameObject(f"/{name}"): value for name, value in more.items()})
    return made


def with_open_action(action) -> bytes:
    writer = one_page()
    writer._root_object[NameObject("/OpenAction")] = writer._add_object(action)
    return written(writer)


@pytest.mark.parametrize("kind", sorted(inspection.ACTIVE_ACTIONS))
def test_a_pdf_that_acts_is_refused(kind):
    with pytest.raises(PdfActive):
        inspect(with_open_action(act(kind)))


def test_a_script_hidden_behind_a_reference_and_in_a_chain_is_found():
    writer = one_page()
    name = writer._add_object(NameObject("/JavaScript"))
    hidden = writer._add_object(DictionaryObject({NameObject("/S"): name}))
    chain = act("/GoTo", Next=ArrayObject([hidden]))
    writer._root_object[NameObject("/OpenAction")] = writer._add_object(chain)
    with pytest.raises(PdfActive):
        inspect(written(writer))


def test_a_script_spelt_with_escapes_is_found():
    data = with_open_action(act("/JavaScript", JS=TextStringObject("x")))
    spelt = data.replace(b"/JavaScript", b"/J#61vaScript").replace(b"/JS ", b"/#4AS ")
    with pytest.raises(PdfActive):
        inspect(spelt)


def test_a_script_that_only_other_readers_would_find_is_found():
    extra = b"9 0 obj<</S/JavaScript/JS(x)>>endobj\n"
    with pytest.raises(PdfActive):
        inspect(pdf().replace(b"startxref", extra + b"startxref"))


def test_a_file_in_a_pdf_is_refused():
    writer = one_page()
    writer.add_attachment("notes.txt", b"words")
    with pytest.raises(PdfActive):
        inspect(written(writer))


def test_a_pdf_that_opens_at_a_page_or_links_to_one_is_fine():
    writer = one_page()
    to_page = ArrayObject([NumberObject(0), NameObject("/Fit")])
    writer._root_object[NameObject("/OpenAction")] = to_page
    assert inspect(written(writer)).media_type == "application/pdf"


@given(
    st.sampled_from([pdf(2), picture("JPEG"), picture("PNG")]),
    st.lists(st.tuples(st.integers(0, 2_000), st.integers(0, 255)), max_size=20),
)
def test_whatever_is_damaged_is_read_or_refused_in_our_words(data, changes):
    broken = bytearray(data)
    for place, value in changes:
        broken[place % len(broken)] = value
    with suppress(DocumentNotRead, PdfActive, PdfLocked, PdfTooLong, PictureTooLarge):
        assert inspect(bytes(broken)).content

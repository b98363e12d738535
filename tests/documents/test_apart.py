"""A file that would cost us memory or time costs it elsewhere, and little of it."""

import io
import time
import zlib

import pytest
from PIL import Image

from backend.documents import apart
from backend.documents.apart import inspect_apart
from backend.documents.errors import DocumentNotRead, PdfActive, PdfTooLong
from backend.documents.inspection import inspect
from tests.factories.documents import pdf, picture, send


def packed(unpacked: bytes, *, streams: int) -> bytes:
    """A PDF whose objects 1000.. stand in that many streams, each unpacking to this."""
    squeezed = zlib.compress(unpacked, 9)
    out = b"%PDF-1.7\n"
    places = []
    plain = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>",
    ]
    stream = b"<< /Type /ObjStm /N 1 /First 7 /Filter /FlateDecode /Length %d >>\nstream\n" % len(
        squeezed
    )
    for number, body in enumerate(
        [*plain, *[stream + squeezed + b"\nendstream"] * streams], start=1
    ):
        places.append(b"\1" + len(out).to_bytes(4, "big") + b"\0\0")
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    inside = [b"\2" + (4 + each).to_bytes(4, "big") + b"\0\0" for each in range(streams)]
    table = zlib.compress(b"".join([b"\0" * 7, *places, *inside]))
    index = b"[0 %d 1000 %d]" % (4 + streams, streams)
    head = (
        b"<< /Type /XRef /Size 2000 /Root 1 0 R /W [1 4 2] /Index %s /Filter /FlateDecode" % index
    )
    end = b" /Length %d >>\nstream\n" % len(table) + table + b"\nendstream\nendobj\n"
    return out + b"900 0 obj\n" + head + end + b"startxref\n%d\n%%%%EOF\n" % len(out)


def test_what_a_pdf_unpacks_to_is_bounded():
    small = packed(b"1000 0 " + b" " * 1_000 + b"<<>>", streams=2)
    assert inspect_apart(small).content == small
    started = time.monotonic()
    with pytest.raises((DocumentNotRead, PdfTooLong)):
        inspect_apart(packed(b"1000 0 " + b" " * (60 << 20) + b"<<>>", streams=140))
    with pytest.raises((DocumentNotRead, PdfTooLong)):
        inspect_apart(packed(b"1000 0 " + b" " * (8 << 20) + b"<<>>", streams=140))
    assert time.monotonic() - started < 8


def test_what_takes_too_long_is_given_up(monkeypatch):
    monkeypatch.setattr(apart, "CPU_SECONDS", 1)
    with pytest.raises(DocumentNotRead):
        inspect_apart(pdf().replace(b"%%EOF", b"%" + b"1 0 obj " * 1_000_000 + b"\n%%EOF"))


def test_it_answers_as_if_it_were_looked_at_here():
    for data in (pdf(), picture("JPEG"), picture("PNG")):
        assert inspect_apart(data) == inspect(data)
    with pytest.raises(PdfActive):
        inspect_apart(pdf().replace(b"startxref", b"9 0 obj<</S/JavaScript>>endobj\nstartxref"))


def test_who_would_wait_for_long_is_asked_to_come_again(desk, monkeypatch):
    monkeypatch.setattr(apart, "WAIT_SECONDS", 0.05)
    with apart._one_at_a_time:
        told = send(desk.own, picture())
    assert (told.status_code, told.json["code"]) == (503, "documents-busy")
    assert int(told.headers["Retry-After"]) > 0
    assert send(desk.own, picture()).status_code == 201


def shown(made: Image.Image) -> Image.Image:
    out = io.BytesIO()
    made.save(out, "PNG")
    return Image.open(io.BytesIO(inspect(out.getvalue()).content))


@pytest.mark.parametrize(
    ("mode", "paper", "ink"),
    [("I;16", 60_000, 2_000), ("RGBA", (0, 0, 0, 0), (0, 0, 0, 255)), ("LA", (0, 0), (0, 255))],
)
def test_words_stay_words_on_deep_and_on_clear_paper(mode, paper, ink):
    made = Image.new(mode, (9, 9), paper)
    made.putpixel((5, 5), ink)
    kept = shown(made).convert("L")
    assert kept.getpixel((0, 0)) > 200
    assert kept.getpixel((5, 5)) < 20

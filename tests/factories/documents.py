"""Files as borrowers send them, and documents that are there."""

import io
from functools import cache
from typing import Any
from uuid import UUID

from PIL import Image
from pypdf import PdfWriter
from sqlalchemy import update
from sqlalchemy.orm import Session
from urllib3 import encode_multipart_formdata

from backend.documents import service
from backend.documents.inspection import inspect
from backend.documents.models import Document
from backend.documents.rules import Kind, Scan
from backend.documents.service import Upload
from tests.clock import NOW, TODAY
from tests.fixtures.api import Api


def picture(form: str = "PNG", *, shade: int = 7, size: tuple[int, int] = (8, 8), **more) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (shade % 256, shade // 256 % 256, 90)).save(out, form, **more)
    return out.getvalue()


@cache
def pdf(pages: int = 1) -> bytes:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(200, 200)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def send(api: Api, data: bytes, *, kind: str = "proof_of_income", name: str = "p.png", **form: Any):
    """As an app uploads a file."""
    # Put together here: the test client leaves large ones in files that it does not close.
    body, content_type = encode_multipart_formdata({"file": (name, data), "kind": kind} | form)
    return api.post("/v1/me/documents", data=body, content_type=content_type)


def make_document(
    session: Session,
    borrower_id: UUID,
    *,
    shade: int = 7,
    kind: Kind = Kind.PROOF_OF_INCOME,
    scan: Scan = Scan.CLEAN,
) -> UUID:
    """Received and, unless said otherwise, scanned."""
    document_id = service.add_document(
        session,
        borrower_id=borrower_id,
        upload=Upload(kind=kind),
        file=inspect(picture(shade=shade)),
        now=NOW,
    )
    session.execute(update(Document).where(Document.id == document_id).values(scan=scan))
    return document_id


def make_suspicion(
    session: Session, borrower_id: UUID, document_id: UUID, *, suspected_by: UUID
) -> UUID:
    """Asked today."""
    return service.suspect(
        session,
        borrower_id=borrower_id,
        document_id=document_id,
        grounds="The stamp looks odd.",
        suspected_by=suspected_by,
        today=TODAY,
        now=NOW,
    )

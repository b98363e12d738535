"""A borrower sends documents, sees what became of them, and answers a question about one."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast
from uuid import UUID

from flask import request
from flask.views import MethodView
from marshmallow import ValidationError

from backend.borrowers.errors import BorrowerNotFound
from backend.documents import queries, service
from backend.documents.apart import inspect_apart
from backend.documents.errors import (
    DocumentConsentNeeded,
    DocumentInUse,
    DocumentLimit,
    DocumentMoveRefused,
    DocumentNotRead,
    DocumentsBusy,
    DocumentSentBefore,
    DocumentTooLarge,
    DocumentUnknown,
    PdfActive,
    PdfLocked,
    PdfTooLong,
    PictureTooLarge,
    ReplyNotOpen,
)
from backend.documents.rules import BYTES_MAX, Kind
from backend.documents.schemas import (
    DocumentPageSchema,
    DocumentSchema,
    ReplySchema,
    UploadSchema,
)
from backend.documents.service import Upload
from backend.documents.wording import in_words
from backend.kit import clock
from backend.kit.audience import Audience, blueprint, caller
from backend.kit.db import reading, transaction
from backend.kit.http import locale, refuses
from backend.kit.idempotency import idempotent
from backend.kit.paging import Page, PageArgs
from backend.kit.parsing import invalid_from
from backend.kit.problems import FieldError, Invalid, UnsupportedMediaType
from backend.kit.texts import Text

MULTIPART = "multipart/form-data"
FORM_BYTES = 64 * 1024  # beside the file
UPLOAD_IN = {
    "required": True,
    "content": {
        MULTIPART: {
            "schema": {
                "type": "object",
                "required": ["file", "kind"],
                "additionalProperties": False,
                "properties": {
                    "file": {
                        "type": "string",
                        "contentMediaType": "application/octet-stream",
                        "description": "PDF, JPEG or PNG of at most 10 MB, told by its bytes.",
                    },
                    "kind": {"type": "string", "enum": [str(kind) for kind in Kind]},
                    "issuer": {"type": "string", "minLength": 1, "maxLength": 200},
                    "period_from_on": {"type": "string", "format": "date"},
                    "period_to_on": {"type": "string", "format": "date"},
                },
            }
        }
    },
}

View = TypeVar("View", bound=Callable[..., Any])

blp = blueprint(
    "documents",
    __name__,
    audience=Audience.BORROWER,
    url_prefix="/v1/me/documents",
    description="Proofs that borrowers send, and what was found when somebody checked them.",
)
_UPLOAD = UploadSchema()


def _takes_a_file(view: View) -> View:
    """Outermost: says how much may be read before anything is."""

    @wraps(view)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        request.max_content_length = BYTES_MAX + FORM_BYTES
        # Told before it is read, where the client says so; else while it is read.
        if (request.content_length or 0) > BYTES_MAX + FORM_BYTES:
            raise DocumentTooLarge
        if request.mimetype != MULTIPART:
            raise UnsupportedMediaType(Text(f"Send {MULTIPART}.", f"请发送 {MULTIPART}。"))
        return view(*args, **kwargs)

    return cast(View, wrapper)


def _read_form() -> Upload:
    try:
        said = _UPLOAD.load(request.form.to_dict())
    except ValidationError as error:
        raise invalid_from(error.messages_dict) from None
    return Upload(**(said | {"kind": Kind(said["kind"])}))


def _read_file() -> bytes:
    files = request.files.getlist("file")
    if len(files) != 1 or len(request.files) != 1:
        raise Invalid(errors=[FieldError("#/file", "Send exactly one file.")])
    # One byte more than may be tells that there is too much.
    return files[0].stream.read(BYTES_MAX + 1)


@blp.route("")
class OwnDocuments(MethodView):
    @blp.arguments(PageArgs, location="query")
    @blp.response(200, DocumentPageSchema)
    def get(self, args: dict[str, Any]) -> Page:
        """What you sent, newest first, and what became of it."""
        with reading() as session:
            found = queries.page_own(session, borrower_id=caller().id, args=args)
            ids = [row.id for row in found.items]
            asked = queries.list_suspicions(session, borrower_id=caller().id, document_ids=ids)
        shown = [in_words(row, suspicions=asked, locale=locale()) for row in found.items]
        return Page(shown, found.next_cursor)

    @_takes_a_file
    @refuses(BorrowerNotFound, DocumentConsentNeeded, DocumentSentBefore, DocumentLimit)
    @refuses(DocumentTooLarge, DocumentNotRead, PictureTooLarge, PdfLocked, PdfActive, PdfTooLong)
    @refuses(Invalid, DocumentsBusy)
    @blp.doc(requestBody=UPLOAD_IN)
    @blp.response(201, DocumentSchema)
    def post(self) -> dict[str, Any]:
        """Send a proof: PDF, JPEG or PNG, 10 MB at most.

        It is kept sealed and scanned before anybody opens it; pictures lose everything but what is
        seen. The same file again is the same document.
        """
        upload, data = _read_form(), _read_file()
        # Before the transaction: reading a large picture takes its time.
        file = inspect_apart(data)
        with transaction() as session:
            document_id = service.add_document(
                session, borrower_id=caller().id, upload=upload, file=file, now=clock.now()
            )
            return _own(session, document_id)


def _own(session: Any, document_id: UUID) -> dict[str, Any]:
    me = caller().id
    row = queries.get_document(session, borrower_id=me, document_id=document_id)
    asked = queries.list_suspicions(session, borrower_id=me, document_ids=[document_id])
    return in_words(row, suspicions=asked, locale=locale())


@blp.route("/<uuid:document_id>")
class OwnDocument(MethodView):
    @refuses(DocumentUnknown)
    @blp.response(200, DocumentSchema)
    def get(self, document_id: UUID) -> dict[str, Any]:
        """One of yours."""
        with reading() as session:
            return _own(session, document_id)

    @refuses(DocumentUnknown, DocumentInUse)
    @blp.response(204)
    def delete(self, document_id: UUID) -> None:
        """Take it back, while nobody works with it."""
        with transaction() as session:
            service.delete_document(session, borrower_id=caller().id, document_id=document_id)


@blp.route("/<uuid:document_id>/reply")
class Reply(MethodView):
    @idempotent
    @refuses(DocumentUnknown, DocumentMoveRefused, ReplyNotOpen)
    @blp.arguments(ReplySchema)
    @blp.response(200, DocumentSchema)
    def post(self, args: dict[str, Any], document_id: UUID) -> dict[str, Any]:
        """Answer what we asked about it, with more documents if you like."""
        with transaction() as session:
            service.reply(
                session,
                borrower_id=caller().id,
                document_id=document_id,
                words=args["text"],
                document_ids=args["document_ids"],
                now=clock.now(),
            )
            return _own(session, document_id)

"""`/console/borrowers/<id>/documents`: what she sent, to be saved and never shown in place."""

from uuid import UUID

from flask import Response

from backend.borrowers import queries as borrowers
from backend.borrowers.page_looks import asks_why, looking_at, query_of
from backend.borrowers.page_words import TABS
from backend.documents import staff_view
from backend.documents.saving import saved
from backend.kit.console import page_blueprint, render
from backend.kit.http import locale
from backend.kit.paging import PageArgs
from backend.kit.rate_limit import LOOK_UP
from backend.kit.texts import Text

TITLE = Text("Documents", "证明材料")
WORDS = {
    "kind": Text("Document", "材料"),
    "state": Text("Standing", "状态"),
    "issuer": Text("Issued by", "出具方"),
    "sent": Text("Sent", "提交时间"),
    "checks": Text("Checks", "核查"),
    "file": Text("File", "文件"),
    "save": Text("Save the file", "下载文件"),
    "not_shown": Text(
        "Not released: it is not scanned yet, or not clean.", "未放行：尚未扫描或不安全。"
    ),
    "none": Text("She has sent nothing.", "客户未提交材料。"),
    "hint": Text(
        "A file is saved, never opened here. Each opening is written down.",
        "文件只能下载，不在此打开；每次下载都会记录。",
    ),
}

blp = page_blueprint(
    "documents",
    __name__,
    url_prefix="/console/borrowers",
    permission="documents.read",
    rate=LOOK_UP,
)
asks_why(blp)


@blp.get("/<uuid:borrower_id>/documents")
def show(borrower_id: UUID) -> Response:
    """What she sent, newest first, with every check. The look is logged."""
    args = query_of(PageArgs)
    with looking_at(borrower_id, what="documents") as session:
        person = borrowers.get_profile(session, borrower_id=borrower_id)
        found = staff_view.page_documents(
            session, borrower_id=borrower_id, args=args, locale=locale()
        )
    own = f"/console/borrowers/{borrower_id}/documents"
    return render(
        "documents/page.html",
        title=TITLE,
        texts=WORDS,
        tabs=TABS,
        borrower_id=borrower_id,
        person=person,
        documents=found.items,
        next_url=f"{own}?cursor={found.next_cursor}" if found.next_cursor else None,
        first_url=own if args["cursor"] else None,
    )


@blp.get("/<uuid:borrower_id>/documents/<uuid:document_id>/content")
def content(borrower_id: UUID, document_id: UUID) -> Response:
    """The file, as an attachment. The look is logged with its name."""
    with looking_at(borrower_id, what=f"document {document_id}") as session:
        return saved(session, borrower_id=borrower_id, document_id=document_id)

"""How borrowers are written to."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, case, func, null, select
from sqlalchemy.orm import Session

from backend.borrowers.models import Borrower
from backend.borrowers.queries import EMAIL, PHONE, open_field
from backend.kit import crypto
from backend.kit.logs import get_logger
from backend.kit.texts import Locale

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Reach:
    """In what language, by which number and at which address she is written to."""

    locale: Locale
    phone: str | None
    email: str | None


def reach() -> Select[*tuple[Any, ...]]:
    """Everybody's id, the zone in which she probably is, and what there is of hers: `reach`.

    A number; an address of which nobody has said that it is none.
    """
    return select(
        Borrower.id.label("borrower_id"),
        func.coalesce(Borrower.own_timezone, Borrower.timezone).label("zone"),
        Borrower.phone_cipher.is_not(None).label("has_phone"),
        and_(Borrower.email_cipher.is_not(None), Borrower.email_refused_at.is_(None)).label(
            "has_email"
        ),
    )


def list_reach(
    session: Session,
    *,
    borrower_ids: Sequence[UUID],
    with_phones: bool = False,
    with_emails: bool = False,
) -> dict[UUID, Reach]:
    """How these are written to; numbers and addresses are opened only where they are wanted."""
    refused = Borrower.email_refused_at.is_not(None)
    rows = session.execute(
        select(
            Borrower.id,
            Borrower.locale,
            Borrower.phone_cipher,
            case((refused, null()), else_=Borrower.email_cipher).label("email_cipher"),
        ).where(Borrower.id.in_(borrower_ids))
    )
    return {
        row.id: Reach(
            "zh-CN" if row.locale == "zh-CN" else "en",
            _open(row.id, row.phone_cipher, context=PHONE) if with_phones else None,
            _open(row.id, row.email_cipher, context=EMAIL) if with_emails else None,
        )
        for row in rows
    }


def _open(borrower_id: UUID, sealed: bytes | None, *, context: str) -> str | None:
    # What no key opens any more must not keep all others from their messages.
    try:
        return open_field(sealed, context=context)
    except crypto.UnreadableError:
        log.warning("reach_unreadable", borrower_id=str(borrower_id), what=context)
        return None

"""What became of mail to her address."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, DateTime, Uuid, func, literal, update
from sqlalchemy.orm import Session

from backend.borrowers.models import Borrower
from backend.borrowers.queries import lock


def refuse_emails(session: Session, *, sent_at: Mapping[UUID, datetime], now: datetime) -> int:
    """Nobody takes mail at these borrowers' addresses, to which something was sent then.

    One that the core system has changed since is let be. How many addresses are given up.
    """
    if not sent_at:
        return 0
    lock(session, borrower_ids=sent_at)
    told = (
        func.unnest(
            literal(list(sent_at), ARRAY(Uuid)),
            literal(list(sent_at.values()), ARRAY(DateTime(timezone=True))),
        )
        .table_valued("borrower_id", "sent_at", name="told")
        .render_derived()
    )
    refused = session.execute(
        update(Borrower)
        .where(
            Borrower.id == told.c.borrower_id,
            Borrower.updated_at <= told.c.sent_at,
            Borrower.email_cipher.is_not(None),
            Borrower.email_refused_at.is_(None),
        )
        .values(email_refused_at=now)
        .returning(Borrower.id)
        .execution_options(synchronize_session=False)
    )
    return len(refused.all())

"""Applications with all that belongs to them, for their borrower and for staff."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from backend.documents import queries as documents
from backend.hardship import queries, rules
from backend.hardship.wording import in_words
from backend.kit.paging import Page
from backend.kit.texts import Locale


def page_applications(
    session: Session, *, borrower_id: UUID, args: Mapping[str, Any], locale: Locale
) -> Page:
    """Hers, newest first."""
    found = queries.page_own(session, borrower_id=borrower_id, args=args)
    shown = _shown(session, borrower_id=borrower_id, rows=found.items, locale=locale)
    return Page(shown, found.next_cursor)


def get_application(
    session: Session, *, borrower_id: UUID, application_id: UUID, locale: Locale
) -> dict[str, Any]:
    """One. Refuses: ApplicationUnknown."""
    row = queries.get_application(session, borrower_id=borrower_id, application_id=application_id)
    (shown,) = _shown(session, borrower_id=borrower_id, rows=[row], locale=locale)
    return shown


def get_for_staff(
    session: Session, *, borrower_id: UUID, application_id: UUID, locale: Locale
) -> dict[str, Any]:
    """One, with who decided and what the fund gives. Refuses: ApplicationUnknown."""
    row = queries.get_application(session, borrower_id=borrower_id, application_id=application_id)
    shown = get_application(
        session, borrower_id=borrower_id, application_id=application_id, locale=locale
    )
    grant = queries.find_fund_grant(session, borrower_id=borrower_id, application_id=application_id)
    return shown | {"decided_by": row.decided_by, "fund_grant": grant}


def _shown(
    session: Session, *, borrower_id: UUID, rows: Sequence[Any], locale: Locale
) -> list[dict[str, Any]]:
    ids = [row.id for row in rows]
    referrals = queries.list_referrals(session, borrower_id=borrower_id, application_ids=ids)
    used = documents.map_used_for(
        session, borrower_id=borrower_id, used_for=[rules.hold_cause(each) for each in ids]
    )
    return [
        in_words(
            row,
            documents=used.get(rules.hold_cause(row.id), []),
            referrals=[each for each in referrals if each.application_id == row.id],
            locale=locale,
        )
        for row in rows
    ]

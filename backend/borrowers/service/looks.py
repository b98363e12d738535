"""The one gate between staff and borrowers: who may look, what for, and that it is known."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from backend.borrowers import queries
from backend.borrowers.errors import BorrowerNotFound, PurposeMissing
from backend.borrowers.models import AccessLog
from backend.borrowers.rules import AccessPurpose, Viewer, role_of_look, sees_everybody
from backend.kit.ids import new_id
from backend.kit.problems import FieldError


def look(
    session: Session,
    *,
    who: Viewer,
    borrower_ids: Sequence[UUID],
    purpose: str | None,
    what: str,
    now: datetime,
    act: AccessPurpose | None = None,
) -> None:
    """Let a member of staff see these borrowers' data, and write down that she did.

    Her own assigned borrowers she sees without saying why (`account_care`). Who sees everybody
    says why, also where nobody was found; unless it is an `act`, which says it by itself.
    Refuses: BorrowerNotFound (not there, or not hers), PurposeMissing.
    """
    assigned = queries.list_assigned_among(session, who=who, borrower_ids=borrower_ids)
    are_all_hers = all(borrower_id in assigned for borrower_id in borrower_ids)
    if act is not None and sees_everybody(who) and not (borrower_ids and are_all_hers):
        purpose = purpose or str(act)
    _refuse(who, borrower_ids, assigned=assigned, purpose=purpose)
    if len(assigned) < len(set(borrower_ids)):
        queries.check_there_are(session, borrower_ids=borrower_ids)
    rows = [
        {
            "borrower_id": borrower_id,
            "id": new_id(),
            "staff_id": who.id,
            "purpose": purpose or str(AccessPurpose.ACCOUNT_CARE),
            "what": what,
            "at": now,
            "role": role_of_look(who, is_assigned=borrower_id in assigned),
        }
        for borrower_id in borrower_ids
    ]
    if rows:
        session.execute(insert(AccessLog), rows)


def look_by_act(
    session: Session,
    *,
    who: Viewer,
    borrower_ids: Sequence[UUID],
    what: str,
    now: datetime,
    act: AccessPurpose = AccessPurpose.RISK_REVIEW,
) -> None:
    """As `look`, of an act that is its own reason. Refuses: BorrowerNotFound."""
    look(
        session,
        who=who,
        borrower_ids=borrower_ids,
        purpose=None,
        what=what,
        now=now,
        act=act,
    )


def log_delivery(
    session: Session, *, who: Viewer, borrower_ids: Sequence[UUID], now: datetime
) -> None:
    """Write down that somebody saw to what these borrowers chose.

    Who packs gifts may see no borrower at large, so this asks for no sight of them: the caller
    has found each by a thing that she asked us to bring her.
    """
    rows = [
        {
            "borrower_id": borrower_id,
            "id": new_id(),
            "staff_id": who.id,
            "purpose": str(AccessPurpose.ACCOUNT_CARE),
            "what": "delivery",
            "at": now,
            "role": role_of_look(who, is_assigned=False),
        }
        for borrower_id in dict.fromkeys(borrower_ids)
    ]
    if rows:
        session.execute(insert(AccessLog), rows)


def purpose_missing() -> PurposeMissing:
    """The refusal, with the purposes that there are."""
    detail = f"Must be one of: {', '.join(AccessPurpose)}."
    return PurposeMissing(errors=[FieldError("#/X-Access-Purpose", detail)])


def _refuse(
    who: Viewer,
    borrower_ids: Collection[UUID],
    *,
    assigned: Collection[UUID],
    purpose: str | None,
) -> None:
    are_all_hers = all(borrower_id in assigned for borrower_id in borrower_ids)
    if not sees_everybody(who):
        if not are_all_hers:
            raise BorrowerNotFound
        return
    if purpose is None and not (borrower_ids and are_all_hers):
        raise purpose_missing()

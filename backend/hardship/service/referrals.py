"""Introductions to partners: suggested by staff, made by her word alone. Nothing is sent."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from backend.benefits import service as benefits
from backend.benefits.models import BenefitGrant
from backend.benefits.rules import OPEN as BENEFIT_OPEN
from backend.benefits.rules import Kind
from backend.benefits.rules import State as BenefitState
from backend.consents import queries as consents
from backend.consents.rules import Purpose
from backend.hardship import queries
from backend.hardship.errors import (
    ApplicationMoveRefused,
    PartnerUnknown,
    ReferralConsentNeeded,
    ReferralSettled,
    ReferralSuggested,
)
from backend.hardship.models import AidPartner, HardshipReferral
from backend.hardship.rules import PartnerKind, ReferralState
from backend.hardship.service.fund import CAUSE, MAY_BE_HELPED
from backend.kit.db import AnyRow
from backend.kit.ids import new_id
from backend.kit.problems import FieldError, Invalid

PURPOSES = {
    PartnerKind.TRAINING: Purpose.TRAINING_REFERRAL,
    PartnerKind.AID: Purpose.AID_REFERRAL,
}


def put_partner(
    session: Session,
    *,
    code: str,
    values: Mapping[str, Any],
    changed_by: UUID | None,
    now: datetime,
) -> None:
    """Store a partner whole. One that is not active any more stays, and is suggested to nobody."""
    row = {**values, "changed_by": changed_by, "changed_at": now}
    session.execute(
        upsert(AidPartner)
        .values(code=code, **row)
        .on_conflict_do_update(index_elements=["code"], set_=row)
    )


def suggest(
    session: Session,
    *,
    borrower_id: UUID,
    application_id: UUID,
    partner_code: str,
    course: str | None,
    suggested_by: UUID,
    now: datetime,
) -> UUID:
    """Show her a partner.

    Refuses: ApplicationUnknown, ApplicationMoveRefused, PartnerUnknown, Invalid (a course where
    there is none to name), ReferralSuggested.
    """
    application = queries.get_for_update(
        session, borrower_id=borrower_id, application_id=application_id
    )
    if application.state not in MAY_BE_HELPED:
        raise ApplicationMoveRefused
    partner = queries.get_partner(session, code=partner_code)
    if not partner.is_active:
        raise PartnerUnknown
    if (partner.kind == PartnerKind.TRAINING) != (course is not None):
        detail = "A training partner's course is named, and no other partner's."
        raise Invalid(errors=[FieldError("#/course", detail)])
    made = session.execute(
        upsert(HardshipReferral)
        .values(
            borrower_id=borrower_id,
            id=new_id(),
            application_id=application_id,
            partner_code=partner_code,
            course=course,
            state=ReferralState.SUGGESTED,
            suggested_by=suggested_by,
            suggested_at=now,
        )
        .on_conflict_do_nothing()
        .returning(HardshipReferral.id)
    ).scalar_one_or_none()
    if made is None:
        raise ReferralSuggested
    return made


def agree(
    session: Session, *, borrower_id: UUID, application_id: UUID, referral_id: UUID, now: datetime
) -> None:
    """Her word for this partner, beside her consent to the purpose, makes it a grant.

    Refuses: ReferralUnknown, ReferralSettled, ReferralConsentNeeded.
    """
    row = _lock_suggested(
        session, borrower_id=borrower_id, application_id=application_id, referral_id=referral_id
    )
    kind = PartnerKind(row.partner_kind)
    if not consents.is_granted(session, borrower_id=borrower_id, purpose=PURPOSES[kind]):
        raise ReferralConsentNeeded(purpose=str(PURPOSES[kind]))
    is_training = kind is PartnerKind.TRAINING
    terms = {"partner": row.partner_name} | ({"course": row.course} if is_training else {})
    grant_id = benefits.grant_benefit(
        session,
        borrower_id=borrower_id,
        kind=Kind.TRAINING_REFERRAL if is_training else Kind.AID_REFERRAL,
        terms=terms,
        cause=CAUSE,
        now=now,
        state=BenefitState.ACTIVATED,
        occasion=f"hardship_referral:{referral_id}",
    )
    _write(
        session,
        row,
        state=ReferralState.AGREED,
        answered_at=now,
        benefit_grant_id=grant_id,
    )


def decline(
    session: Session, *, borrower_id: UUID, application_id: UUID, referral_id: UUID, now: datetime
) -> None:
    """She does not want it, which changes nothing else.

    Refuses: ReferralUnknown, ReferralSettled.
    """
    row = _lock_suggested(
        session, borrower_id=borrower_id, application_id=application_id, referral_id=referral_id
    )
    _write(session, row, state=ReferralState.DECLINED, answered_at=now)


def list_unconsented(session: Session, *, limit: int) -> Sequence[AnyRow]:
    """Agreed ones whose consent she took back: borrower_id, application_id, id."""
    lacking = [
        (AidPartner.kind == kind)
        & ~consents.granted_to(HardshipReferral.borrower_id, purpose=purpose)
        for kind, purpose in PURPOSES.items()
    ]
    return session.execute(
        select(HardshipReferral.borrower_id, HardshipReferral.application_id, HardshipReferral.id)
        .join(AidPartner, AidPartner.code == HardshipReferral.partner_code)
        .join(
            BenefitGrant,
            (BenefitGrant.borrower_id == HardshipReferral.borrower_id)
            & (BenefitGrant.id == HardshipReferral.benefit_grant_id),
        )
        .where(
            HardshipReferral.state == ReferralState.AGREED,
            BenefitGrant.state.in_(BENEFIT_OPEN),
            or_(*lacking),
        )
        .order_by(HardshipReferral.borrower_id, HardshipReferral.id)
        .limit(limit)
    ).all()


def withdraw_referral(
    session: Session, *, borrower_id: UUID, application_id: UUID, referral_id: UUID, now: datetime
) -> None:
    """Take back a grant that is not fulfilled, since she took her consent back."""
    row = queries.get_referral_for_update(
        session, borrower_id=borrower_id, application_id=application_id, referral_id=referral_id
    )
    purpose = PURPOSES[PartnerKind(row.partner_kind)]
    if row.state != ReferralState.AGREED or consents.is_granted(
        session, borrower_id=borrower_id, purpose=purpose
    ):
        return
    benefits.revoke(session, borrower_id=borrower_id, grant_id=row.benefit_grant_id, now=now)
    _write(session, row, state=ReferralState.WITHDRAWN)


def _lock_suggested(
    session: Session, *, borrower_id: UUID, application_id: UUID, referral_id: UUID
) -> AnyRow:
    row = queries.get_referral_for_update(
        session, borrower_id=borrower_id, application_id=application_id, referral_id=referral_id
    )
    if row.state != ReferralState.SUGGESTED:
        raise ReferralSettled
    return row


def _write(session: Session, row: AnyRow, **values: Any) -> None:
    session.execute(
        update(HardshipReferral)
        .where(HardshipReferral.borrower_id == row.borrower_id, HardshipReferral.id == row.id)
        .values(**values)
    )

"""Reads of applications, the fund, partners and introductions."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.benefits.reasons import SENSITIVE
from backend.borrowers import queries as borrowers
from backend.borrowers.rules import Viewer
from backend.hardship.errors import (
    ApplicationUnknown,
    FundGrantUnknown,
    PartnerUnknown,
    ReferralUnknown,
    TopUpUnknown,
)
from backend.hardship.models import (
    AidPartner,
    HardshipApplication,
    HardshipBudget,
    HardshipFundEntry,
    HardshipFundGrant,
    HardshipReferral,
    HardshipTopUp,
)
from backend.hardship.rules import OPEN
from backend.kit.db import AnyRow
from backend.kit.paging import Page, page

MONTHS_SHOWN = 24


def page_own(session: Session, *, borrower_id: UUID, args: Mapping[str, Any]) -> Page:
    """Her applications, newest first."""
    query = select(HardshipApplication.__table__).where(
        HardshipApplication.borrower_id == borrower_id
    )
    return page(session, query, keys=(HardshipApplication.id,), descending=True, args=args)


def get_application(session: Session, *, borrower_id: UUID, application_id: UUID) -> AnyRow:
    """One of hers. Refuses: ApplicationUnknown."""
    row = session.execute(_one(borrower_id, application_id)).first()
    if row is None:
        raise ApplicationUnknown
    return row


def get_for_update(session: Session, *, borrower_id: UUID, application_id: UUID) -> AnyRow:
    """The same, locked. Refuses: ApplicationUnknown."""
    row = session.execute(_one(borrower_id, application_id).with_for_update()).first()
    if row is None:
        raise ApplicationUnknown
    return row


def _one(borrower_id: UUID, application_id: UUID) -> Any:
    return select(HardshipApplication.__table__).where(
        HardshipApplication.borrower_id == borrower_id, HardshipApplication.id == application_id
    )


def page_queue(session: Session, *, who: Viewer, args: Mapping[str, Any]) -> Page:
    """Open applications that she may see, the one promised first first."""
    query = select(HardshipApplication.__table__).where(
        HardshipApplication.state.in_(OPEN),
        borrowers.visible_to(who, HardshipApplication.borrower_id),
    )
    keys = (HardshipApplication.decide_by_on, HardshipApplication.id)
    return page(session, query, keys=keys, args=args)


def is_relieved(session: Session, *, borrower_id: UUID) -> bool:
    """Whether relief of any application of hers is running."""
    found = session.execute(
        select(HardshipApplication.id)
        .where(
            HardshipApplication.borrower_id == borrower_id,
            HardshipApplication.relief_from_on.is_not(None),
            HardshipApplication.relief_ended_at.is_(None),
        )
        .limit(1)
    )
    return found.first() is not None


def had_first_relief(session: Session, *, borrower_id: UUID, since_on: date) -> bool:
    """Whether relief for a reason that needs no document began since then, whatever ended it."""
    found = session.execute(
        select(HardshipApplication.id)
        .where(
            HardshipApplication.borrower_id == borrower_id,
            HardshipApplication.reason.in_(SENSITIVE),
            HardshipApplication.relief_from_on > since_on,
        )
        .limit(1)
    )
    return found.first() is not None


def find_fund_grant(session: Session, *, borrower_id: UUID, application_id: UUID) -> AnyRow | None:
    """The newest grant from the fund that was proposed for an application."""
    return session.execute(
        select(HardshipFundGrant.__table__)
        .where(
            HardshipFundGrant.borrower_id == borrower_id,
            HardshipFundGrant.application_id == application_id,
        )
        .order_by(HardshipFundGrant.id.desc())
        .limit(1)
    ).first()


def get_fund_grant_for_update(
    session: Session, *, borrower_id: UUID, fund_grant_id: UUID
) -> AnyRow:
    """One, locked. Refuses: FundGrantUnknown."""
    row = session.execute(
        select(HardshipFundGrant.__table__)
        .where(HardshipFundGrant.borrower_id == borrower_id, HardshipFundGrant.id == fund_grant_id)
        .with_for_update()
    ).first()
    if row is None:
        raise FundGrantUnknown
    return row


def list_budgets(session: Session) -> Sequence[AnyRow]:
    """Months of the fund, newest first."""
    return session.execute(
        select(HardshipBudget.__table__)
        .order_by(HardshipBudget.month.desc(), HardshipBudget.currency)
        .limit(MONTHS_SHOWN)
    ).all()


def page_entries(session: Session, *, currency: str, month: date, args: Mapping[str, Any]) -> Page:
    """A month's entries, newest first."""
    query = select(HardshipFundEntry.__table__).where(
        HardshipFundEntry.currency == currency, HardshipFundEntry.month == month
    )
    return page(session, query, keys=(HardshipFundEntry.id,), descending=True, args=args)


def get_top_up(session: Session, *, top_up_id: UUID, lock: bool = False) -> AnyRow:
    """One. Refuses: TopUpUnknown."""
    query = select(HardshipTopUp.__table__).where(HardshipTopUp.id == top_up_id)
    row = session.execute(query.with_for_update() if lock else query).first()
    if row is None:
        raise TopUpUnknown
    return row


def page_top_ups(session: Session, *, args: Mapping[str, Any]) -> Page:
    """All that was ever asked for, newest first."""
    query = select(HardshipTopUp.__table__)
    return page(session, query, keys=(HardshipTopUp.id,), descending=True, args=args)


def count_partners(session: Session) -> int:
    """How many there are, active or not."""
    return session.execute(select(func.count()).select_from(AidPartner)).scalar_one()


def page_partners(session: Session, *, args: Mapping[str, Any]) -> Page:
    """All partners by their code."""
    return page(session, select(AidPartner.__table__), keys=(AidPartner.code,), args=args)


def get_partner(session: Session, *, code: str) -> AnyRow:
    """One. Refuses: PartnerUnknown."""
    row = session.execute(select(AidPartner.__table__).where(AidPartner.code == code)).first()
    if row is None:
        raise PartnerUnknown
    return row


def list_referrals(
    session: Session, *, borrower_id: UUID, application_ids: Sequence[UUID]
) -> Sequence[AnyRow]:
    """Partners suggested for these applications, with what each partner is."""
    return session.execute(
        select(
            *HardshipReferral.__table__.c,
            AidPartner.kind.label("partner_kind"),
            AidPartner.name.label("partner_name"),
            AidPartner.about.label("partner_about"),
            AidPartner.is_synthetic.label("partner_is_synthetic"),
        )
        .join(AidPartner, AidPartner.code == HardshipReferral.partner_code)
        .where(
            HardshipReferral.borrower_id == borrower_id,
            HardshipReferral.application_id.in_(application_ids),
        )
        .order_by(HardshipReferral.id)
    ).all()


def get_referral_for_update(
    session: Session, *, borrower_id: UUID, application_id: UUID, referral_id: UUID
) -> AnyRow:
    """One, locked, with its partner. Refuses: ReferralUnknown."""
    row = session.execute(
        select(
            *HardshipReferral.__table__.c,
            AidPartner.kind.label("partner_kind"),
            AidPartner.name.label("partner_name"),
        )
        .join(AidPartner, AidPartner.code == HardshipReferral.partner_code)
        .where(
            HardshipReferral.borrower_id == borrower_id,
            HardshipReferral.application_id == application_id,
            HardshipReferral.id == referral_id,
        )
        .with_for_update(of=HardshipReferral)
    ).first()
    if row is None:
        raise ReferralUnknown
    return row

"""The proof of the benefits' books: budgets count what was granted, waivers are booked."""

from collections.abc import Iterator

from sqlalchemy import BigInteger, and_, func, select
from sqlalchemy.orm import Session

from backend.benefits.models import (
    BenefitGrant,
    BenefitGrantLookup,
    BenefitNegotiation,
    BenefitPackVersion,
    WaiverRequest,
)
from backend.benefits.rules import Kind
from backend.benefits.waiver_rules import State
from backend.kit.wiring import Audit
from backend.loans.models import Adjustment


def run(session: Session) -> Iterator[str]:
    """One line for each difference."""
    granted = func.count(BenefitGrant.id)
    versions = session.execute(
        select(
            BenefitPackVersion.pack_code,
            BenefitPackVersion.version,
            BenefitPackVersion.used,
            granted.label("granted"),
        )
        .outerjoin(
            BenefitGrant,
            (BenefitGrant.pack_code == BenefitPackVersion.pack_code)
            & (BenefitGrant.pack_version == BenefitPackVersion.version),
        )
        .group_by(BenefitPackVersion.pack_code, BenefitPackVersion.version)
        .having(granted != BenefitPackVersion.used)
    )
    for row in versions:
        yield (
            f"pack {row.pack_code} version {row.version}: {row.granted} grants,"
            f" {row.used} counted in its budget"
        )
    unfound = session.execute(
        select(BenefitGrant.id)
        .outerjoin(
            BenefitGrantLookup,
            (BenefitGrantLookup.grant_id == BenefitGrant.id)
            & (BenefitGrantLookup.borrower_id == BenefitGrant.borrower_id),
        )
        .where(BenefitGrantLookup.grant_id.is_(None))
    )
    for grant_id in unfound.scalars():
        yield f"grant {grant_id} cannot be found by the core system"
    yield from _waivers(session)


def _waivers(session: Session) -> Iterator[str]:
    terms = BenefitGrant.terms
    booked = and_(
        Adjustment.borrower_id == BenefitGrant.borrower_id,
        Adjustment.external_id == terms["adjustment_external_id"].astext,
        Adjustment.kind == "waiver",
        Adjustment.amount_minor == terms["amount_minor"].astext.cast(BigInteger),
    )
    unbooked = session.execute(
        select(BenefitGrant.id)
        .outerjoin(Adjustment, booked)
        .where(
            BenefitGrant.kind == Kind.FEE_WAIVER,
            terms.has_key("adjustment_external_id"),
            Adjustment.id.is_(None),
        )
    )
    for grant_id in unbooked.scalars():
        yield f"grant {grant_id} tells of a waiver that is not in the books"
    unclaimed = session.execute(
        select(WaiverRequest.id)
        .outerjoin(
            BenefitNegotiation,
            and_(
                BenefitNegotiation.borrower_id == WaiverRequest.borrower_id,
                BenefitNegotiation.loan_id == WaiverRequest.loan_id,
            ),
        )
        .where(WaiverRequest.state == State.APPROVED, BenefitNegotiation.loan_id.is_(None))
    )
    for request_id in unclaimed.scalars():
        yield f"waiver request {request_id} is approved and its loan counts as not negotiated"


AUDITS = (Audit(name="benefits", run=run),)

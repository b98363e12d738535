"""The proof of the benefits' books: budgets count what was granted, proofs are used once."""

from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.benefits.models import BenefitGrant, BenefitGrantLookup, BenefitPackVersion
from backend.kit.wiring import Audit


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


AUDITS = (Audit(name="benefits", run=run),)

"""The proof that somebody looks at each unmasking."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from backend.kit import clock
from backend.kit.wiring import Audit
from community import wall
from community.unmasking import service
from community.unmasking.rules import LOOKED_AT_WITHIN


def run(_product: Session) -> Iterable[str]:
    """Unmaskings that nobody has looked at for a day."""
    overdue = clock.now() - LOOKED_AT_WITHIN
    with wall.reading() as session:
        rows = service.list_open(session)
    for row in rows:
        if row.at < overdue:
            yield f"unmasking {row.id}: nobody looked at it within 24 hours"


AUDITS = (Audit(name="unmaskings", run=run),)

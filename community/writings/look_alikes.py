"""The same words under several names: what sellers do, and hardly anybody else."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import BigInteger, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from community.detectors import similarity
from community.writings.models import Writing
from community.writings.rules import LOOK_ALIKE_DAYS, LOOK_ALIKES_READ_MAX


def bands_of(text: str) -> list[int]:
    """By what a text is found among alike ones; nothing for a short one."""
    return list(similarity.fingerprint(text))


def is_there(session: Session, *, author_id: UUID, text: str, now: datetime) -> bool:
    """Whether another member wrote nearly the same of late, whatever became of that."""
    bands = bands_of(text)
    if not bands:
        return False
    whole = func.concat(func.coalesce(Writing.title, ""), "\n", Writing.body)
    others = (
        select(whole)
        .where(
            Writing.bands.op("&&")(literal(bands, ARRAY(BigInteger))),
            Writing.author_id != author_id,
            Writing.created_at > now - timedelta(days=LOOK_ALIKE_DAYS),
        )
        .limit(LOOK_ALIKES_READ_MAX)
    )
    return any(
        similarity.likeness(text, other) >= similarity.ALIKE_MIN
        for other in session.execute(others).scalars()
    )

"""Her word on what is sent where. It acts at once: sending asks again."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from backend.borrowers import queries as borrowers
from backend.contacts import service as contacts
from backend.contacts.service import EntryKind
from backend.events.contacts import Channel, Purpose
from notifications.preferences import queries
from notifications.preferences.errors import SecurityAlwaysSent
from notifications.preferences.models import NotificationChoice, NotificationPreference
from notifications.preferences.rules import ALWAYS, CHANNELS, cells_of, channels_off

Said = tuple[Purpose, Channel, bool]


def put(
    session: Session,
    *,
    borrower_id: UUID,
    said: Sequence[Said],
    personalised: bool | None = None,
    now: datetime,
) -> None:
    """Set these cells; what is not named stays as it is. The last word counts for each.

    Refuses: BorrowerNotFound, SecurityAlwaysSent.
    """
    if any(purpose in ALWAYS and not allowed for purpose, _, allowed in said):
        raise SecurityAlwaysSent
    borrowers.lock(session, borrower_ids=[borrower_id])
    _store(session, borrower_id=borrower_id, said=said, now=now)
    if personalised is not None:
        statement = upsert(NotificationChoice).values(
            borrower_id=borrower_id, personalised=personalised, changed_at=now
        )
        session.execute(
            statement.on_conflict_do_update(
                index_elements=["borrower_id"],
                set_={"personalised": personalised, "changed_at": now},
            )
        )


def opt_out(
    session: Session,
    *,
    borrower_id: UUID,
    now: datetime,
    channel: Channel | None = None,
    purpose: Purpose | None = None,
) -> None:
    """Switch a channel, a purpose, or one cell off in one tap.

    Refuses: BorrowerNotFound, SecurityAlwaysSent.
    """
    if purpose in ALWAYS:
        raise SecurityAlwaysSent
    borrowers.lock(session, borrower_ids=[borrower_id])
    said = [(each, by, False) for each, by in cells_of(channel=channel, purpose=purpose)]
    _store(session, borrower_id=borrower_id, said=said, now=now)


def _store(session: Session, *, borrower_id: UUID, said: Sequence[Said], now: datetime) -> None:
    before = queries.get_table(session, borrower_id=borrower_id)
    _write(session, borrower_id=borrower_id, said=said, now=now)
    after = queries.get_table(session, borrower_id=borrower_id)
    off_before, off_after = channels_off(before), channels_off(after)
    # A whole channel that goes off, or comes on again, is a word about contact: people heed it too.
    for channel in CHANNELS:
        if (channel in off_before) != (channel in off_after):
            kind = EntryKind.OPT_OUT if channel in off_after else EntryKind.OPT_IN
            contacts.say_word(session, borrower_id=borrower_id, channel=channel, kind=kind, now=now)


def _write(session: Session, *, borrower_id: UUID, said: Sequence[Said], now: datetime) -> None:
    # The last of each cell, in one order, so that two devices of hers never wait in a circle.
    last = {(purpose, channel): allowed for purpose, channel, allowed in said}
    rows = [
        {
            "borrower_id": borrower_id,
            "purpose": purpose,
            "channel": channel,
            "allowed": allowed,
            "changed_at": now,
        }
        for (purpose, channel), allowed in sorted(last.items())
        if purpose not in ALWAYS
    ]
    if not rows:
        return
    statement = upsert(NotificationPreference).values(rows)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["borrower_id", "purpose", "channel"],
            set_={
                "allowed": statement.excluded.allowed,
                "changed_at": statement.excluded.changed_at,
            },
        )
    )

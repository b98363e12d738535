"""The wall: how community code reaches its own tables, and the few words that it lets out.

Community code opens sessions here and nowhere else: another pool, another login role, a schema
that no other role sees. Of the product it sees `neighbour`; to the product it says what `announce`
takes, which the database checks name by name and field by field.
"""

from collections.abc import Iterable

from sqlalchemy import Boolean, Text, Uuid, column, make_url, table, text
from sqlalchemy.orm import Session

from backend.kit import db, outbox, walled
from backend.kit.idempotency import idempotent_walled
from backend.kit.outbox import Event

Base = db.WalledBase
idempotent = idempotent_walled
transaction = db.WALLED.transaction
joining = db.WALLED.joining
reading = db.WALLED.reading

_ANNOUNCE = text(
    "SELECT community_announce(CAST(:events AS json), CAST(:route_names AS text[]),"
    " CAST(:route_handlers AS text[]))"
)


# A borrower as the community may see her. A view: nothing else of the product is open.
neighbour = table(
    "community_borrower",
    column("borrower_id", Uuid),
    column("locale", Text),
    column("sanctioned", Boolean),
)


def announce(session: Session, event: Event) -> None:
    """Let one word out, in the caller's transaction; the database refuses any other event."""
    session.execute(_ANNOUNCE, outbox.announcing([event]))


def audit(session: Session) -> Iterable[str]:
    """Why the product's role sees through the wall, where it does."""
    role = make_url(db.WALLED.get_database().url).username
    breach = walled.find_breach(session.connection(), role=str(role))
    if breach is not None:
        yield f"the role in DATABASE_URL {breach}"

"""Machine clients as they stand in the database."""

from uuid import UUID

from sqlalchemy.orm import Session

from backend.auth.models import ApiClient
from backend.auth.rules import CLIENT_SCOPES
from backend.kit.ids import new_id
from tests.clock import NOW


def make_client(session: Session) -> UUID:
    """One that may do everything, without a secret: its tokens are made by the test."""
    client_id = new_id()
    session.add(
        ApiClient(
            id=client_id, name=f"core-{client_id}", scopes=sorted(CLIENT_SCOPES), created_at=NOW
        )
    )
    # For good in tests that commit, a savepoint in others.
    session.commit()
    return client_id

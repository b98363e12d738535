"""Places on status lists, drawn at random so that nobody reads an order out of them."""

import random
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from rewards.credentials.models import CredentialStatusList
from rewards.credentials.rules import DRAWS, PLACES

FIRST_REVISION = 1
# A new list has room for whatever is drawn first.
LISTS_TRIED = 3

_chance = random.SystemRandom()

_TAKE = text(
    """
    INSERT INTO credential_place (list_number, place, credential_id)
    SELECT :number, drawn.place, :credential_id
      FROM unnest(CAST(:places AS bigint[])) WITH ORDINALITY AS drawn(place, nth)
     WHERE NOT EXISTS (SELECT FROM credential_place AS taken
                        WHERE taken.list_number = :number AND taken.place = drawn.place)
     ORDER BY drawn.nth
     LIMIT 1
    ON CONFLICT (list_number, place) DO NOTHING
    RETURNING place
    """
)


class NoPlaceError(RuntimeError):
    """Lists were begun, and none had room: the table is not as it should be."""


def take_place(session: Session, *, credential_id: UUID) -> tuple[int, int]:
    """A place that nobody had before: list and index. No lock is taken on the list."""
    number = session.execute(select(func.max(CredentialStatusList.number))).scalar_one() or 0
    for tried in range(number, number + LISTS_TRIED):
        place = _draw(session, number=tried, credential_id=credential_id) if tried else None
        if place is not None:
            return tried, place
        _begin(session, number=tried + 1)
    raise NoPlaceError


def _draw(session: Session, *, number: int, credential_id: UUID) -> int | None:
    places = _chance.sample(range(PLACES), DRAWS)
    given = {"number": number, "places": places, "credential_id": credential_id}
    return session.execute(_TAKE, given).scalar()


def _begin(session: Session, *, number: int) -> None:
    times = {"created_at": func.clock_timestamp(), "changed_at": func.clock_timestamp()}
    session.execute(
        insert(CredentialStatusList)
        .values(number=number, revision=FIRST_REVISION, **times)
        .on_conflict_do_nothing()
    )

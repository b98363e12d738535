"""Facts that the lender declares: data, not code."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from backend.kit.predicates import FactType
from backend.kit.problems import FieldError, Invalid, NotFound, PreconditionFailed
from backend.kit.texts import Text
from backend.profile import queries
from backend.profile.catalogue import FACTS
from backend.profile.errors import FactNameTaken
from backend.profile.models import ExtraFact, Profile

EXTRA_FACTS_MAX = 50
# Scores in policies, and kept values: in the history of facts a name is one thing.
RESERVED_NAMES = frozenset({"capacity", "willingness", "value", *Profile.__table__.columns.keys()})


def declare_fact(
    session: Session, *, values: Mapping[str, Any], staff_id: UUID, now: datetime
) -> None:
    """Let the core system send a new fact. Refuses: FactNameTaken, Invalid (too many)."""
    name = values["name"]
    existing = queries.list_extra_facts(session)
    taken = name in FACTS or name in RESERVED_NAMES
    if taken or queries.find_extra_fact(session, name=name) is not None:
        raise FactNameTaken
    if len(existing) >= EXTRA_FACTS_MAX:
        detail = f"At most {EXTRA_FACTS_MAX} facts may be declared."
        raise Invalid(errors=[FieldError("#/name", detail)])
    FactType(values["type"])
    session.execute(
        insert(ExtraFact).values(
            **_with_texts(values), version=1, created_by=staff_id, created_at=now
        )
    )


def _with_texts(values: Mapping[str, Any]) -> dict[str, Any]:
    # As they were read from the wire into names of ours, and as they are kept.
    said = {k: v for k, v in values.items() if k in ("labels", "action_texts") and v is not None}
    return {**values, **{k: Text(en=v["en"], zh_cn=v["zh_cn"]).as_json() for k, v in said.items()}}


def edit_fact(session: Session, *, name: str, version: int, changes: Mapping[str, Any]) -> None:
    """Change its words; name and type stay. Refuses: NotFound, PreconditionFailed."""
    _change_fact(session, name=name, version=version, changes=_with_texts(changes))


def retire_fact(session: Session, *, name: str, version: int, now: datetime) -> None:
    """No new policy may name it; published ones go on. Refuses: NotFound, PreconditionFailed."""
    _change_fact(session, name=name, version=version, changes={"retired_at": now})


def _change_fact(session: Session, *, name: str, version: int, changes: Mapping[str, Any]) -> None:
    current = queries.find_extra_fact(session, name=name)
    if current is None or current.retired_at is not None:
        raise NotFound
    done = session.execute(
        update(ExtraFact)
        .where(ExtraFact.name == name, ExtraFact.version == version)
        .values(**changes, version=version + 1)
        .returning(ExtraFact.name)
    ).first()
    if done is None:
        raise PreconditionFailed

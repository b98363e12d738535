"""Looks of pages: each opens one transaction in which what is seen is written down.

A page that needs a purpose and has none asks for it, and goes on where it was.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from flask import Response, request
from marshmallow import Schema, ValidationError
from sqlalchemy.orm import Session

from backend.borrowers import service
from backend.borrowers.errors import PurposeMissing
from backend.borrowers.page_words import PURPOSES, SEARCH
from backend.borrowers.rules import AccessPurpose, sees_everybody
from backend.kit import clock
from backend.kit.audience import caller
from backend.kit.console import PageBlueprint, purpose, render
from backend.kit.db import transaction
from backend.kit.parsing import invalid_from
from backend.kit.problems import Problem
from backend.kit.texts import Text


@contextmanager
def looking_at(
    borrower_id: UUID, *, what: str, act: AccessPurpose | None = None
) -> Iterator[Session]:
    """A transaction that begins with the look. Refuses: BorrowerNotFound, PurposeMissing."""
    with transaction() as session:
        service.look(
            session,
            who=caller(),
            borrower_ids=[borrower_id],
            purpose=kept_purpose(borrower_id),
            what=what,
            now=clock.now(),
            act=act,
        )
        yield session


def if_sent(why: AccessPurpose) -> AccessPurpose | None:
    """What a form that is shown again was sent for; None where somebody only looks."""
    return why if request.method == "POST" else None


def kept_purpose(borrower_id: UUID) -> str | None:
    """What she said that she looks for, if she did. Refuses: PurposeMissing (no such purpose)."""
    said = purpose(borrower_id)
    if said is not None and said not in AccessPurpose.__members__.values():
        raise service.purpose_missing()
    return said


def look_at_queue(session: Session, borrower_ids: Sequence[UUID], *, what: str, why: str) -> None:
    """Write down that a queue showed these. Who sees everybody looks for what the queue is of."""
    service.look(
        session,
        who=caller(),
        borrower_ids=list(dict.fromkeys(borrower_ids)),
        purpose=why if sees_everybody(caller()) else None,
        what=what,
        now=clock.now(),
    )


def asks_why(blp: PageBlueprint) -> None:
    """Where a purpose is missing, ask for it instead of refusing."""

    def ask(problem: PurposeMissing) -> Response:
        borrower_id: UUID | None = (request.view_args or {}).get("borrower_id")
        if borrower_id is None:
            return render("console/problem.html", title=problem.title, problem=problem)
        then = request.full_path.rstrip("?") if request.method == "GET" else None
        return ask_why(borrower_id, then=then)

    blp.register_error_handler(PurposeMissing, ask)


def ask_why(borrower_id: UUID, *, then: str | None, problem: Problem | None = None) -> Response:
    """The form that asks for the purpose; nothing of her is on it."""
    return render(
        "borrowers/purpose.html",
        title=Text("Why do you look?", "请说明查看目的"),
        texts=SEARCH,
        purposes=PURPOSES,
        action=f"/console/borrowers/{borrower_id}/purpose",
        then=then or f"/console/borrowers/{borrower_id}",
        problem=problem,
    )


def query_of(schema: type[Schema]) -> dict[str, Any]:
    """The address's arguments; what a form left empty was not said. Refuses: Invalid."""
    said = {name: value for name, value in request.args.items() if value.strip()}
    try:
        loaded: dict[str, Any] = schema().load(said)
    except ValidationError as error:
        raise invalid_from(error.messages_dict) from None
    return loaded

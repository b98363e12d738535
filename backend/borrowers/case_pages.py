"""What every page of a case has: who it is about, what to decide, and how it is sent once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask import Response, request
from sqlalchemy.orm import Session

from backend.borrowers import queries, service
from backend.borrowers.case_words import CASE, LANGUAGES, STATES
from backend.borrowers.page_looks import kept_purpose, look_at_queue, query_of
from backend.borrowers.page_words import TABS
from backend.borrowers.rules import AccessPurpose
from backend.kit import clock
from backend.kit.audience import caller
from backend.kit.console import done, once, render
from backend.kit.db import transaction
from backend.kit.paging import Page, PageArgs
from backend.kit.problems import Problem
from backend.kit.programme_zone import programme_day
from backend.kit.texts import Text

NOT_FOUND = 404
Say = Text | str


@dataclass(frozen=True)
class Choices:
    """What may be decided: outcomes, what they rest on, and one thing more that some need.

    `more` is a field of the decision: its name, label and type of input.
    """

    outcomes: Mapping[str, Text]
    grounds: Mapping[Any, Text]
    more: tuple[str, Text, str] | None = None


@dataclass(frozen=True)
class CaseView:
    """One case as its page shows it. `steps`: who said what and when."""

    title: Text
    state: str
    facts: Sequence[tuple[Text, Any]]
    told: str
    words: str | None = None
    steps: Sequence[Mapping[str, Any]] = ()
    lists: Sequence[tuple[Text, Sequence[Say]]] = ()
    acts: frozenset[str] = field(default_factory=frozenset)  # take, ask, decide


def show_case(
    person: queries.Profile,
    view: CaseView,
    choices: Choices,
    *,
    url: str,
    problem: Problem | None = None,
) -> Response:
    """The page of a case, with the forms that it takes now."""
    return render(
        "borrowers/case.html",
        title=view.title,
        texts=CASE,
        tabs=TABS,
        states=STATES,
        language=LANGUAGES.get(person.locale, person.locale),
        borrower_id=person.id,
        person=person,
        view=view,
        choices=choices,
        url=url,
        form=request.form,
        picked=request.form.getlist("grounds"),
        problem=problem,
    )


def act_once(
    borrower_id: UUID,
    act: Callable[[Session], None],
    *,
    what: str,
    why: AccessPurpose,
    then: str,
    said: Text,
    otherwise: Callable[[Problem], Response],
) -> Response:
    """Look, act and write both down in one transaction; what does not fit is shown where it was.

    Refuses: NotFound, which has no page of its own to be shown on.
    """

    def whole(session: Session) -> None:
        service.look(
            session,
            who=caller(),
            borrower_ids=[borrower_id],
            purpose=kept_purpose(borrower_id),
            what=what,
            now=clock.now(),
            act=why,
        )
        act(session)

    try:
        once(whole)
    except Problem as problem:
        if problem.status == NOT_FOUND:
            raise
        return otherwise(problem)
    return done(then, said)


@dataclass(frozen=True)
class Waiting:
    """A case of a queue: where its page is, what it is about, by when it is promised."""

    url: str
    name: Text
    due_on: date
    asked_at: datetime
    state: str


def show_queue(
    title: Text,
    page_of: Callable[[Session, Mapping[str, Any]], Page],
    case_of: Callable[[Any], Waiting],
    *,
    url: str,
    what: str,
    why: AccessPurpose,
) -> Response:
    """Cases that wait, what is due first, first. The look at those on the page is written down."""
    args = query_of(PageArgs)
    with transaction() as session:
        found = page_of(session, args)
        look_at_queue(session, [row.borrower_id for row in found.items], what=what, why=why)
    return render(
        "borrowers/queue.html",
        title=title,
        texts=CASE,
        states=STATES,
        rows=[case_of(row) for row in found.items],
        today=programme_day(clock.now()),
        next_url=f"{url}?cursor={found.next_cursor}" if found.next_cursor else None,
        first_url=None if args["cursor"] is None else url,
    )

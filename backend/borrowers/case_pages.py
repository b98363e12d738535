"""What every page of a case has: who it is about, what to decide, and how it is sent once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from flask import Response, request
from sqlalchemy.orm import Session

from backend.borrowers import queries, service
from backend.borrowers.case_words import CASE, LANGUAGES, STATES
from backend.borrowers.page_looks import kept_purpose
from backend.borrowers.page_words import TABS
from backend.borrowers.rules import AccessPurpose
from backend.kit import clock
from backend.kit.audience import caller
from backend.kit.console import done, once, render
from backend.kit.problems import Problem
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


def show_queue(
    title: Text,
    rows: Sequence[Mapping[str, Any]],
    *,
    url: str,
    next_cursor: str | None,
    first: bool,
) -> Response:
    """Cases that wait, what is due first, first."""
    return render(
        "borrowers/queue.html",
        title=title,
        texts=CASE,
        states=STATES,
        rows=rows,
        next_url=f"{url}?cursor={next_cursor}" if next_cursor else None,
        first_url=None if first else url,
    )

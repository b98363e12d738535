"""`/console/borrowers/<id>/contacts`: may she be reached now, and how it went."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Response, request
from marshmallow import fields, validate
from sqlalchemy.orm import Session

from backend.borrowers import queries as borrowers
from backend.borrowers import service as looks
from backend.borrowers.page_looks import asks_why, if_sent, kept_purpose, looking_at, query_of
from backend.borrowers.page_words import TABS
from backend.borrowers.rules import AccessPurpose
from backend.contacts import queries, service
from backend.contacts.page_words import (
    EFFECTS,
    HINTS,
    KINDS,
    MADE_BY,
    PAGE,
    PURPOSES,
    RESULTS,
    list_results,
)
from backend.contacts.rules import LABEL_PATTERN, Approach, EntryKind, Judgement, Outcome
from backend.contacts.schemas import LABEL_LENGTH_MAX, NOTE_LENGTH_MAX
from backend.contacts.wording import CHANNELS
from backend.events.contacts import Channel
from backend.kit import clock
from backend.kit.audience import caller, permits
from backend.kit.console import done, fields_of, once, page_blueprint, render
from backend.kit.fields import LongText, Pattern, StrictSchema
from backend.kit.paging import PageArgs
from backend.kit.problems import Problem
from backend.kit.rate_limit import LOOK_UP
from backend.loans import queries as loans

HERE = "/console/borrowers"
NOT_FOUND = 404
SECONDS_A_MINUTE = 60
LOCAL = "%Y-%m-%dT%H:%M"

blp = page_blueprint(
    "contacts", __name__, url_prefix=HERE, permission="contacts.read", rate=LOOK_UP
)
asks_why(blp)


class ContactPageArgs(PageArgs):
    """What somebody is about to do, beside where in the ledger she reads."""

    channel = fields.String(load_default="", validate=validate.OneOf(["", *Channel]))
    about = fields.String(load_default="", validate=validate.OneOf(["", *PURPOSES]))
    loan = fields.String(load_default="")
    purpose = fields.String(load_default=None)


class ContactForm(StrictSchema):
    """How it went: kind and outcome in one word, the time as her clock shows it."""

    channel = fields.String(required=True, validate=validate.OneOf(list(Channel)))
    what = fields.String(required=True, validate=validate.OneOf(list(list_results())))
    at = fields.NaiveDateTime(required=True, format=LOCAL)
    loan_id = fields.UUID(load_default=None)
    contact = fields.String(
        load_default=None,
        validate=[
            validate.Length(1, LABEL_LENGTH_MAX),
            Pattern(LABEL_PATTERN, error="Must be a label, such as m1, not a number."),
        ],
    )
    note = LongText(1, NOTE_LENGTH_MAX, load_default=None)


@blp.get("/<uuid:borrower_id>/contacts")
def show(borrower_id: UUID) -> Response:
    """The ledger with notes, and what is allowed now. The look is logged."""
    return _page(borrower_id, query_of(ContactPageArgs))


def _page(borrower_id: UUID, args: dict[str, Any], *, problem: Problem | None = None) -> Response:
    now = clock.now()
    may_check = "contacts.write" in caller().permissions
    with looking_at(
        borrower_id, what="contacts", act=if_sent(AccessPurpose.ACCOUNT_CARE)
    ) as session:
        person = borrowers.get_profile(session, borrower_id=borrower_id)
        zone = person.own_timezone or person.timezone
        today = borrowers.get_day(session, borrower_id=borrower_id, now=now)
        owed = loans.list_panel(session, borrower_id=borrower_id, now=now)
        shown: dict[str, Any] = {
            "entries": queries.page_entries(
                session,
                borrower_id=borrower_id,
                args={"limit": args["limit"], "cursor": args["cursor"]},
                with_notes=True,
            ),
            "holds": queries.list_holds(session, borrower_id=borrower_id, today=today),
            "table": _table(session, borrower_id, now, zone) if may_check else None,
            "verdict": _verdict(session, borrower_id, args, now, zone) if may_check else None,
        }
    own = f"{HERE}/{borrower_id}/contacts"
    cursor = shown["entries"].next_cursor
    return render(
        "contacts/page.html",
        title=PAGE["title"],
        texts=PAGE,
        tabs=TABS,
        borrower_id=borrower_id,
        person=person,
        zone=zone,
        local_now=_local(now, zone),
        channels=CHANNELS,
        purposes=PURPOSES,
        kinds=KINDS,
        results=RESULTS,
        all_results=list_results(),
        made_by=MADE_BY,
        effects=EFFECTS,
        loans={str(each["id"]): each["product_code"] for each in owed},
        args=args,
        form=request.form,
        at_default=now.astimezone(ZoneInfo(zone)).strftime(LOCAL),
        next_url=f"{own}?cursor={cursor}" if cursor else None,
        first_url=own if args["cursor"] else None,
        problem=problem,
        local=lambda at: _local(at, zone),
        **shown,
    )


def _local(at: datetime, zone: str) -> str:
    return at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")


def _table(session: Session, borrower_id: UUID, now: datetime, zone: str) -> list[Any]:
    """Every channel for every purpose, judged now."""
    ways = [Approach(channel, purpose) for channel in Channel for purpose in PURPOSES]
    judged = service.answer_each(session, borrower_id=borrower_id, approaches=ways, at=now)
    cells = {
        (way.channel, way.purpose): _shown(found, ours_from, zone)
        for way, (found, ours_from) in zip(ways, judged, strict=True)
    }
    return [
        (CHANNELS[channel], [(PURPOSES[each], cells[channel, each]) for each in PURPOSES])
        for channel in Channel
    ]


def _shown(judged: Judgement, ours_from: datetime | None, zone: str) -> dict[str, Any]:
    standing = "blocked" if not judged.allowed else "later" if judged.rules else "allowed"
    # What the law forbids is possible when the law allows it; what we put off, when we would do it.
    from_at = ours_from if judged.allowed else judged.allowed_from
    return {
        "standing": standing,
        "rules": judged.rules,
        "from": None if from_at is None else _local(from_at, zone),
    }


def _verdict(
    session: Session, borrower_id: UUID, args: dict[str, Any], now: datetime, zone: str
) -> dict[str, Any] | None:
    """Of the one contact that somebody is about to make. Refuses: Invalid (a loan not hers)."""
    if not args["channel"] or not args["about"]:
        return None
    approach = Approach(Channel(args["channel"]), args["about"], debt=args["loan"] or None)
    question = service.Question(borrower_id, None, None, approach, now)
    judged = service.answer(session, question=question)
    [(_, ours_from)] = service.answer_each(
        session, borrower_id=borrower_id, approaches=[approach], at=now
    )
    return _shown(judged, ours_from, zone) | {"hints": HINTS[args["about"]]}


@blp.post("/<uuid:borrower_id>/contacts")
@permits("contacts.write")
def write_down(borrower_id: UUID) -> Response:
    """Into the ledger, as it happened."""
    try:
        form = fields_of(ContactForm)
        once(lambda session: _write(session, borrower_id, form))
    except Problem as problem:
        if problem.status == NOT_FOUND:
            raise
        empty = {"limit": 20, "cursor": None, "channel": "", "about": "", "loan": ""}
        return _page(borrower_id, empty, problem=problem)
    return done(f"{HERE}/{borrower_id}/contacts", PAGE["saved"])


def _write(session: Session, borrower_id: UUID, form: dict[str, Any]) -> None:
    now = clock.now()
    looks.look(
        session,
        who=caller(),
        borrower_ids=[borrower_id],
        purpose=kept_purpose(borrower_id),
        what="contacts",
        now=now,
        act=AccessPurpose.ACCOUNT_CARE,
    )
    person = borrowers.get_profile(session, borrower_id=borrower_id)
    kind, _, outcome = form["what"].partition(":")
    zone = ZoneInfo(person.own_timezone or person.timezone)
    at = form["at"].replace(tzinfo=zone).astimezone(UTC)
    contact = service.Contact(
        # Her clock shows minutes: what happened in this one is not ahead of us.
        at=min(at, now) if (at - now).total_seconds() < SECONDS_A_MINUTE else at,
        channel=Channel(form["channel"]),
        kind=EntryKind(kind),
        loan_id=form["loan_id"],
        contact=form["contact"],
        outcome=Outcome(outcome) if outcome else None,
        note=form["note"],
    )
    service.log_contact(
        session, borrower_id=borrower_id, contact=contact, staff_id=caller().id, now=now
    )

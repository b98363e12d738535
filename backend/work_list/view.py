"""All that one needs before one talks to somebody, in a fixed number of statements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from backend.contacts import queries as contacts
from backend.contacts.rules import WINDOW_DAYS, Outcome, is_off
from backend.events.contacts import Channel
from backend.kit.db import AnyRow
from backend.kit.ports import Urgency, WorkSource
from backend.kit.texts import Locale, Text
from backend.profile import queries as profile
from backend.work_list import queries, wording
from backend.work_list.rules import Step

LATEST_MAX = 10


@dataclass(frozen=True)
class Desk:
    """Who asks, where cases come from, and when."""

    staff_id: UUID
    sources: Sequence[WorkSource]
    locale: Locale
    now: datetime


def list_items(
    session: Session, *, desk: Desk, limit: int, skip: int = 0, urgency: Urgency | None = None
) -> dict[str, Any]:
    """The top of her list, or of what is of one urgency in it."""
    rows = queries.rank(
        session,
        staff_id=desk.staff_id,
        sources=desk.sources,
        now=desk.now,
        limit=limit,
        skip=skip,
        urgency=urgency,
    )
    people = queries.list_people(session, borrower_ids=[row.borrower_id for row in rows])
    return {
        "items": [_item(row, people[row.borrower_id], desk=desk) for row in rows],
        "waiting": rows[0].waiting if rows else 0,
    }


def _item(row: AnyRow, person: tuple[str, str | None], *, desk: Desk) -> dict[str, Any]:
    return {
        "borrower_id": row.borrower_id,
        "external_id": person[0],
        "name": person[1],
        "tier": row.tier,
        "case": show_case(row, desk=desk),
        "reasons": _reasons(row, locale=desk.locale),
        "open_cases": row.open_cases,
        "today": row.today,
        "timezone": row.timezone,
    }


def show_case(row: AnyRow, *, desk: Desk) -> dict[str, Any]:
    """A case in words, with where in the console it is worked on."""
    kind = queries.kind_of(desk.sources, row.source, row.kind)
    return {
        "source": row.source,
        "kind": row.kind,
        "text": kind.text.in_(desk.locale),
        "case_id": row.case_id,
        "due_on": row.due_on,
        "since": row.since,
        "page": kind.page.format(borrower_id=row.borrower_id, case_id=row.case_id),
    }


def _reasons(row: AnyRow, *, locale: Locale) -> list[dict[str, str]]:
    step = Step(row.step)
    found = [_reason(step.name.lower(), wording.REASONS[step], locale)]
    if row.has_priority:
        found.append(_reason("priority_service", wording.PRIORITY, locale))
    if row.tier is not None:
        found.append(_reason("tier", wording.TIER, locale))
    return found


def _reason(code: str, text: Text, locale: Locale) -> dict[str, str]:
    return {"code": code, "text": text.in_(locale)}


def get_next(session: Session, *, desk: Desk, skip: int) -> dict[str, Any]:
    """Whom to talk to next, and all that stands around it; `next` is None with nothing open."""
    top = list_items(session, desk=desk, limit=1, skip=skip)
    if not top["items"]:
        return {"next": None, "waiting": top["waiting"]}
    (item,) = top["items"]
    return {"next": get_around(session, item=item, desk=desk), "waiting": top["waiting"]}


def get_around(session: Session, *, item: Mapping[str, Any], desk: Desk) -> dict[str, Any]:
    """An item of the list with all that stands around it."""
    borrower_id = item["borrower_id"]
    cases = queries.list_cases(session, borrower_id=borrower_id, sources=desk.sources, now=desk.now)
    around = {
        "cases": [show_case(each, desk=desk) for each in cases],
        "facts": _facts(session, borrower_id=borrower_id, desk=desk),
        "overdue": queries.list_overdue(session, borrower_id=borrower_id, today=item["today"]),
        "options": _options(cases, borrower_id=borrower_id, desk=desk),
        "contact": _contact(session, item, is_resting=any(each.rests for each in cases), desk=desk),
    }
    return {**item, **around}


def _facts(session: Session, *, borrower_id: UUID, desk: Desk) -> list[dict[str, Any]]:
    """What is known of her, each with where it is from."""
    catalogue = profile.get_catalogue(session).facts
    facts = profile.get_facts(session, borrower_id=borrower_id, now=desk.now)
    return [
        {
            "fact": name,
            "label": catalogue[name].label.in_(desk.locale),
            "value": value if isinstance(value, (int, str, bool)) else str(value),
            "unit": catalogue[name].unit,
            "source": catalogue[name].source,
        }
        for name, value in facts.items()
        if value is not None and name in catalogue
    ]


def _options(cases: Sequence[AnyRow], *, borrower_id: UUID, desk: Desk) -> list[dict[str, str]]:
    """What can be done about each open case, and the word about it afterwards."""
    options = []
    for row in cases:
        kind = queries.kind_of(desk.sources, row.source, row.kind)
        places: Mapping[str, Any] = {"borrower_id": borrower_id, "case_id": row.case_id}
        options.append(
            {
                "code": row.kind,
                "text": kind.action.in_(desk.locale),
                "address": kind.address.format(**places),
                "page": kind.page.format(**places),
            }
        )
    page = f"/console/borrowers/{borrower_id}/contacts"
    written_at = f"POST /v1/staff/borrowers/{borrower_id}/contacts"
    words = wording.LOG_CONTACT.in_(desk.locale)
    return [*options, {"code": "log_contact", "text": words, "address": written_at, "page": page}]


def _contact(
    session: Session, item: Mapping[str, Any], *, is_resting: bool, desk: Desk
) -> dict[str, Any]:
    """What keeps her in peace, which channels are hers to be reached on, and what was said."""
    borrower_id, locale = item["borrower_id"], desk.locale
    held = contacts.list_holds(session, borrower_id=borrower_id, today=item["today"])
    since = desk.now - timedelta(days=WINDOW_DAYS)
    lines = contacts.list_lines(
        session, borrower_id=borrower_id, zone=item["timezone"], since=since
    )
    latest = contacts.list_latest(session, borrower_id=borrower_id, limit=LATEST_MAX)
    are_open = {channel: not is_off(lines, channel) for channel in Channel}
    why = [_reason("held", wording.HELD, locale)] if held else []
    why += [_reason("resting", wording.RESTING, locale)] if is_resting else []
    why += [
        _reason(f"{channel}_off", wording.SWITCHED_OFF[channel], locale)
        for channel, is_open in are_open.items()
        if not is_open
    ]
    said = (each["at"] for each in latest if each["outcome"] == Outcome.PROMISED)
    return {
        "may_reach_out": not held and not is_resting and any(are_open.values()),
        "reasons": why,
        "holds": held,
        "channels": [{"channel": each, "is_open": is_open} for each, is_open in are_open.items()],
        "latest": latest,
        "promised_at": next(said, None),
    }

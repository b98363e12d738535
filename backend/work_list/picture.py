"""The whole picture of one borrower, for the page that staff open about her."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.orm import Session

from backend.borrowers import queries as borrowers
from backend.contacts import queries as contacts
from backend.kit.ports import BorrowerPanel
from backend.kit.problems import NotFound
from backend.kit.programme_zone import programme_day
from backend.kit.texts import Locale
from backend.loans import queries as loans
from backend.profile import queries as profile
from backend.staff import queries as staff
from backend.tiers import own_tier, staff_view
from backend.tiers.wording import value_text
from backend.work_list import queries
from backend.work_list.view import Desk, show_case

MOVES_MAX = 10
# What the page shows in its own way, from the features themselves.
_APART = frozenset({"loans", "facts", "tier", "contacts"})


@dataclass(frozen=True)
class Reader:
    """Who reads the page, with what each feature brings to it."""

    desk: Desk
    panels: Mapping[str, BorrowerPanel]

    @property
    def locale(self) -> Locale:
        """Her language."""
        return self.desk.locale

    @property
    def now(self) -> datetime:
        """When."""
        return self.desk.now


def get_picture(session: Session, *, borrower_id: UUID, reader: Reader) -> dict[str, Any]:
    """Everything at once. Refuses: BorrowerNotFound."""
    person = borrowers.get_profile(session, borrower_id=borrower_id)
    today = borrowers.get_day(session, borrower_id=borrower_id, now=reader.now)
    cases = queries.list_cases(
        session, borrower_id=borrower_id, sources=reader.desk.sources, now=reader.now
    )
    return {
        "borrower_id": borrower_id,
        "person": asdict(person),
        "today": today,
        "manager": _find_manager(session, borrower_id),
        "cases": [show_case(row, desk=reader.desk) for row in cases],
        "holds": contacts.list_holds(session, borrower_id=borrower_id, today=today),
        "loans": loans.list_panel(session, borrower_id=borrower_id, now=reader.now),
        "tier": _tier(session, borrower_id=borrower_id, reader=reader),
        "facts": _facts(session, borrower_id=borrower_id, reader=reader),
        "panels": {
            name: panel(session, borrower_id=borrower_id, locale=reader.locale, now=reader.now)
            for name, panel in reader.panels.items()
            if name not in _APART
        },
    }


def _find_manager(session: Session, borrower_id: UUID) -> dict[str, Any] | None:
    found = borrowers.find_assignment(session, borrower_id=borrower_id)
    if found is None:
        return None
    account = staff.get_account_view(session, staff_id=found.staff_id)
    return {"staff_id": found.staff_id, "email": account.email, "since": found.since}


def _tier(session: Session, *, borrower_id: UUID, reader: Reader) -> dict[str, Any] | None:
    """As she reads it, and beside it what only staff see; None before the first evaluation."""
    today = programme_day(reader.now)
    try:
        told = own_tier.get_answer(
            session, borrower_id=borrower_id, locale=reader.locale, today=today, now=reader.now
        )
        behind = staff_view.get_staff_tier(session, borrower_id=borrower_id, today=today)
    except NotFound:
        return None
    moves = own_tier.get_history(
        session,
        borrower_id=borrower_id,
        locale=reader.locale,
        args={"limit": MOVES_MAX, "cursor": None},
    )
    return {"told": orjson.loads(told), "behind": behind, "moves": moves["items"]}


def _facts(session: Session, *, borrower_id: UUID, reader: Reader) -> list[dict[str, Any]]:
    """Every fact in words, what is known first, each with where it is from and how fresh it is."""
    catalogue = profile.get_catalogue(session).facts
    known = profile.get_facts(session, borrower_id=borrower_id, now=reader.now)
    changed = profile.list_changed(session, borrower_id=borrower_id)
    currency = profile.find_currency(session, borrower_id=borrower_id)
    shown = [
        {
            "label": catalogue[name].label,
            "definition": catalogue[name].definition,
            "value": value_text(
                value, fact=catalogue[name], currency=currency, locale=reader.locale
            ),
            "is_known": value is not None,
            "source": catalogue[name].source,
            "freshness": catalogue[name].freshness,
            "changed_at": changed.get(name),
        }
        for name, value in known.items()
        if name in catalogue
    ]
    return sorted(shown, key=lambda each: not each["is_known"])

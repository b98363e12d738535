"""Trying a policy on everybody, and the look at the samples that this is."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from backend.borrowers import service as borrowers
from backend.borrowers.rules import AccessPurpose, Viewer
from backend.kit.predicates import parse
from backend.kit.programme_zone import programme_day
from backend.kit.texts import Locale
from backend.profile import queries as profile
from backend.tiers import preview
from backend.tiers.policies import get_live
from backend.tiers.policy import read_policy

PREVIEW_SECONDS_MAX = 120  # a million borrowers, twice, and their attributes


def make_trial(
    session: Session,
    *,
    document: Mapping[str, Any],
    among: Mapping[str, Any] | None,
    now: datetime,
) -> preview.Trial:
    """A draft beside the live policy, among some. Refuses: Invalid, with pointers."""
    catalogue = profile.get_catalogue(session)
    policy = read_policy(document, facts=catalogue.types, pointer="#/policy")
    return preview.Trial(
        draft=preview.as_draft(policy, catalogue),
        live=get_live(session),
        among=None if among is None else parse(among, facts=catalogue.types, pointer="#/among"),
        today=programme_day(now),
        now=now,
    )


def look_at_trial(
    session: Session,
    trial: preview.Trial,
    *,
    who: Viewer,
    purpose: str | None,
    locales: Sequence[Locale],
    now: datetime,
) -> dict[str, Any]:
    """What the draft would do, and the look at its samples written down."""
    shown = preview.run_in(session, trial=trial, locales=locales)
    borrowers.look(
        session,
        who=who,
        borrower_ids=[each["borrower_id"] for each in shown["samples_in"][0]],
        purpose=purpose or AccessPurpose.RISK_REVIEW,
        what="preview",
        now=now,
    )
    return shown

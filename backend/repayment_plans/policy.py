"""The limits of automatic approval as data: what a version may say, checked and ready for use.

`{"automatic": [{"kind", "when": PREDICATE, "beyond": {"en", "zh-CN"}}], "holidays": [DAY]}`. A
request is agreed to by itself when a limit of its kind holds; else a person looks, and `beyond`
says why. Conditions read the facts of the profile and those of the case (`rules.limits`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.kit.db import AnyRow
from backend.kit.paging import Page, page
from backend.kit.predicates import FactType, Test, Value, compiled, parse, read_value
from backend.kit.problems import FieldError, Invalid
from backend.kit.texts import Text
from backend.plan_quotes.rules import Kind
from backend.profile import queries as profile
from backend.repayment_plans.models import PlanPolicy
from backend.repayment_plans.rules.limits import CASE_FACTS

LIMITS_MAX = 50
HOLIDAYS_MAX = 1_000
TEXT_LENGTH_MAX = 300
NO_LIMIT = Text("A person looks at every request of this kind.", "此类申请均由工作人员审核。")


@dataclass(frozen=True)
class Limit:
    """Within it a request of its kind is agreed to at once."""

    kind: str
    holds: Test
    beyond: Text


@dataclass(frozen=True)
class Policy:
    """One version in checked form."""

    version: int
    limits: tuple[Limit, ...]
    holidays: frozenset[date]

    def reasons_beyond(self, kind: str, facts: Mapping[str, Value | None]) -> list[Text]:
        """Why a person must look at it; nothing when it is within a limit."""
        own = [limit for limit in self.limits if limit.kind == kind]
        if any(limit.holds(facts) for limit in own):
            return []
        return [limit.beyond for limit in own] or [NO_LIMIT]


def get_live(session: Session) -> Policy:
    """The policy that counts now: the one published last."""
    row = session.execute(
        select(PlanPolicy.version, PlanPolicy.document)
        .where(PlanPolicy.state == "published")
        .order_by(PlanPolicy.published_at.desc(), PlanPolicy.version.desc())
        .limit(1)
    ).one()
    types = profile.get_catalogue(session, with_retired=True).types
    return read_policy(row.document, version=row.version, facts=types)


def page_policies(session: Session, *, args: Mapping[str, Any]) -> Page:
    """Versions of the limits, newest first."""
    return page(
        session,
        select(PlanPolicy.__table__),
        keys=(PlanPolicy.version,),
        descending=True,
        args=args,
    )


def get_policy_row(session: Session, *, version: int) -> AnyRow | None:
    """A version, draft or published."""
    return session.execute(
        select(PlanPolicy.__table__).where(PlanPolicy.version == version)
    ).first()


def read_policy(
    document: object, *, version: int, facts: Mapping[str, FactType], pointer: str = "#"
) -> Policy:
    """The document in checked form. Refuses: Invalid, every fault with its JSON pointer."""
    if not isinstance(document, Mapping) or set(document) != {"automatic", "holidays"}:
        detail = 'Must be an object with "automatic" and "holidays".'
        raise Invalid(errors=[FieldError(pointer, detail)])
    errors: list[FieldError] = []
    known = {**facts, **CASE_FACTS}
    limits = [
        _read_limit(raw, known, f"{pointer}/automatic/{place}", errors)
        for place, raw in _items(document, "automatic", LIMITS_MAX, pointer, errors)
    ]
    holidays = [
        _read_day(raw, f"{pointer}/holidays/{place}", errors)
        for place, raw in _items(document, "holidays", HOLIDAYS_MAX, pointer, errors)
    ]
    if errors:
        raise Invalid(errors=errors)
    return Policy(
        version,
        tuple(limit for limit in limits if limit is not None),
        frozenset(day for day in holidays if day is not None),
    )


def _items(
    document: Mapping[str, Any], name: str, most: int, pointer: str, errors: list[FieldError]
) -> list[tuple[int, Any]]:
    raw = document[name]
    if isinstance(raw, list) and len(raw) <= most:
        return list(enumerate(raw))
    errors.append(FieldError(f"{pointer}/{name}", f"Must be a list of at most {most}."))
    return []


def _read_limit(
    raw: object, facts: Mapping[str, FactType], pointer: str, errors: list[FieldError]
) -> Limit | None:
    if not isinstance(raw, Mapping) or set(raw) != {"kind", "when", "beyond"}:
        errors.append(FieldError(pointer, 'Must be an object of "kind", "when" and "beyond".'))
        return None
    before = len(errors)
    if raw["kind"] not in list(Kind):
        detail = f"Must be one of: {', '.join(Kind)}."
        errors.append(FieldError(f"{pointer}/kind", detail))
    beyond = _read_text(raw["beyond"], f"{pointer}/beyond", errors)
    try:
        holds = compiled(parse(raw["when"], facts=facts, pointer=f"{pointer}/when"))
    except Invalid as fault:
        errors += fault.errors
        return None
    if len(errors) > before or beyond is None:
        return None
    return Limit(str(raw["kind"]), holds, beyond)


def _read_text(raw: object, pointer: str, errors: list[FieldError]) -> Text | None:
    if isinstance(raw, Mapping) and set(raw) == {"en", "zh-CN"}:
        words = list(raw.values())
        if all(isinstance(w, str) and 0 < len(w.strip()) <= TEXT_LENGTH_MAX for w in words):
            return Text.from_json(raw)
    errors.append(FieldError(pointer, "Must hold a text in both languages."))
    return None


def _read_day(raw: object, pointer: str, errors: list[FieldError]) -> date | None:
    day = read_value(raw, FactType.DATE)
    if isinstance(day, date):
        return day
    errors.append(FieldError(pointer, "Must be a day, YYYY-MM-DD."))
    return None

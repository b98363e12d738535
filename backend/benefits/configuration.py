"""Benefit packs in the configuration bundle, without the month from which they count.

What is imported counts from the first month of the pack that is still open.
"""

from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from backend.benefits import service
from backend.benefits.models import BenefitPack, BenefitPackVersion
from backend.benefits.schemas import (
    PackDocumentSchema,
    PackInSchema,
    VersionInSchema,
    document_as_json,
)
from backend.kit.configuration import ConfigSource, Thing, Things, Writing, load_shape
from backend.kit.texts import Text

MONTHS_IN_YEAR = 12


def _export(session: Session, *, with_drafts: bool) -> Things:
    version = BenefitPackVersion
    rows = select(version.pack_code, version.document, version.budget).ext(
        distinct_on(version.pack_code)
    )
    if with_drafts:
        rows = rows.order_by(version.pack_code, version.version.desc())
    else:
        published = version.state == "published"
        rows = rows.where(published).order_by(version.pack_code, version.month.desc())
    return {row.pack_code: {"budget": row.budget, **row.document} for row in session.execute(rows)}


def _read(key: str, raw: Any) -> Thing:
    load_shape(PackInSchema(), {"code": key})
    given = dict(raw) if isinstance(raw, dict) else raw
    budget = {"budget": given.pop("budget", None)} if isinstance(given, dict) else {}
    document = document_as_json(load_shape(PackDocumentSchema(), given))
    return {**load_shape(VersionInSchema(only=("budget",)), budget), **document}


def _write(session: Session, key: str, thing: Thing, writing: Writing) -> None:
    known = session.execute(select(BenefitPack.code).where(BenefitPack.code == key)).first()
    if known is None:
        service.create_pack(session, code=key, created_by=writing.author_id, now=writing.now)
    service.write_draft(
        session,
        code=key,
        month=_first_open_month(session, code=key, today=writing.today),
        document={name: value for name, value in thing.items() if name != "budget"},
        budget=thing["budget"],
        author_id=writing.author_id,
        today=writing.today,
        now=writing.now,
    )


def _first_open_month(session: Session, *, code: str, today: date) -> date:
    published = (BenefitPackVersion.pack_code == code, BenefitPackVersion.state == "published")
    last = session.execute(select(func.max(BenefitPackVersion.month)).where(*published)).scalar()
    this = today.replace(day=1)
    return this if last is None or last < this else _next_month(last)


def _next_month(month: date) -> date:
    years, place = divmod(month.month, MONTHS_IN_YEAR)
    return month.replace(year=month.year + years, month=place + 1)


SOURCE = ConfigSource(
    name="benefit_packs",
    title=Text("Benefit packs", "权益包"),
    export=_export,
    read=_read,
    write=_write,
)

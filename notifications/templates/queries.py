"""Reads of templates: those that are shipped, and what staff wrote beside them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, select, tuple_
from sqlalchemy.orm import Session

from backend.events.contacts import Purpose
from backend.kit.paging import Page, page_of
from notifications.templates.errors import TemplateUnknown
from notifications.templates.models import MessageTemplate, MessageTemplateVersion
from notifications.templates.rules import CODE
from notifications.templates.shipped import SHIPPED
from notifications.templates.words import Kind, Template, Words

SHIPPED_VERSION = 1


@dataclass(frozen=True)
class Found:
    """A template as it stands: ours or staff's, with what it is for and its versions."""

    code: str
    like: Template
    live_version: int | None
    newest_version: int
    revision: int

    @property
    def is_shipped(self) -> bool:
        """Whether the product came with it."""
        return self.code in SHIPPED

    @property
    def purpose(self) -> Purpose:
        """What its messages are for."""
        return self.like.purpose

    @property
    def action_code(self) -> str:
        """Where its button leads."""
        return self.like.action_code

    @property
    def variables(self) -> Mapping[str, Kind]:
        """What its words may name."""
        return self.like.variables

    @property
    def samples(self) -> Mapping[str, str | int]:
        """Values for a preview."""
        return self.like.samples


def is_ours(code: str, version: int) -> bool:
    """Whether these are words that the product ships."""
    return code in SHIPPED and version == SHIPPED_VERSION


def current_versions(session: Session) -> Mapping[str, int]:
    """Each code that can be sent, with the version of it that is in force."""
    rows = session.execute(
        select(MessageTemplate.code, MessageTemplate.live_version).where(
            MessageTemplate.live_version.is_not(None)
        )
    )
    written = {row.code: row.live_version for row in rows if row.live_version is not None}
    return dict.fromkeys(SHIPPED, SHIPPED_VERSION) | written


def load_words(
    session: Session, *, wanted: Iterable[tuple[str, int]]
) -> Mapping[tuple[str, int], tuple[Template, Words]]:
    """(code, version) to the template it is like and its words; in one statement at most."""
    found: dict[tuple[str, int], tuple[Template, Words]] = {}
    written = []
    for code, version in set(wanted):
        if is_ours(code, version):
            found[code, version] = (SHIPPED[code], SHIPPED[code].words)
        else:
            written.append((code, version))
    if not written:
        return found
    version_of = MessageTemplateVersion
    rows = session.execute(
        select(version_of.code, version_of.version, version_of.words, MessageTemplate.like_code)
        .join(MessageTemplate, MessageTemplate.code == version_of.code)
        .where(tuple_(version_of.code, version_of.version).in_(written))
    )
    for row in rows:
        words = Words.from_json(row.words)
        found[row.code, row.version] = (SHIPPED[row.like_code], words)
    return found


def get_template(session: Session, *, code: str) -> Found:
    """A template, whether staff touched it or not. Refuses: TemplateUnknown."""
    for each in _all(session, code=code):
        if each.code == code:
            return each
    raise TemplateUnknown


def list_templates(session: Session) -> list[Found]:
    """All templates, those of ours and those that staff wrote."""
    return _all(session)


def page_templates(session: Session, *, args: Mapping[str, Any]) -> Page:
    """All templates by code."""
    return page_of(
        _all(session), keys=(MessageTemplate.code,), values=lambda each: (each.code,), args=args
    )


def list_words(session: Session, *, code: str, versions: Iterable[int]) -> Mapping[int, Words]:
    """The words of some versions of a template, those of ours among them."""
    found = load_words(session, wanted=[(code, version) for version in versions])
    return {version: words for (_, version), (_, words) in found.items()}


def get_version(session: Session, *, code: str, version: int) -> Row[Any]:
    """One version that staff wrote. Refuses: TemplateUnknown."""
    row = None
    if CODE.match(code) is not None:
        row = session.execute(
            select(MessageTemplateVersion.__table__).where(
                MessageTemplateVersion.code == code, MessageTemplateVersion.version == version
            )
        ).first()
    if row is None:
        raise TemplateUnknown
    return row


def _all(session: Session, code: str | None = None) -> list[Found]:
    if code is not None and CODE.match(code) is None:
        return []
    newest = (
        select(func.max(MessageTemplateVersion.version))
        .where(MessageTemplateVersion.code == MessageTemplate.code)
        .correlate(MessageTemplate)
        .scalar_subquery()
    )
    written = select(MessageTemplate.__table__, newest.label("newest_version"))
    if code is not None:
        written = written.where(MessageTemplate.code == code)
    rows = {row.code: row for row in session.execute(written)}
    ours = [
        Found(each.code, each, SHIPPED_VERSION, SHIPPED_VERSION, 0)
        for each in SHIPPED.values()
        if each.code not in rows
    ]
    return ours + [
        Found(
            row.code,
            SHIPPED[row.like_code],
            row.live_version or (SHIPPED_VERSION if row.code in SHIPPED else None),
            # A row of ours may be locked for its first draft already: ours is then the newest.
            row.newest_version or SHIPPED_VERSION,
            row.revision,
        )
        for row in rows.values()
    ]

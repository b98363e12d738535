"""Words of messages: said to a reader; written by one person and published by another."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from backend.evidence import service as evidence
from backend.kit.problems import FieldError, Invalid, PreconditionFailed
from backend.kit.texts import LOCALES, Locale
from backend.staff.errors import SecondPersonNeeded
from notifications.templates import queries
from notifications.templates.errors import (
    TemplateCodeTaken,
    TemplateNotDraft,
    TemplateSuperseded,
    TemplateUnknown,
)
from notifications.templates.models import MessageTemplate, MessageTemplateVersion
from notifications.templates.rendering import Values, render_words
from notifications.templates.rules import doorbell, find_errors, find_unkind_words, sms_segments
from notifications.templates.shipped import SHIPPED
from notifications.templates.words import FIELDS, Rendered, Template, Words


@dataclass(frozen=True)
class Book:
    """Versions that were fetched together, so that a page of an inbox costs one statement."""

    versions: Mapping[tuple[str, int], tuple[Template, Words]]

    def render(self, *, template: str, version: int, variables: Values, locale: Locale) -> Rendered:
        """One message. Refuses: TemplateUnknown. Raises ValueMissingError."""
        found = self.versions.get((template, version))
        if found is None:
            raise TemplateUnknown
        like, words = found
        return render_words(
            words,
            variables=like.variables,
            values=variables,
            locale=locale,
            action_code=like.action_code,
        )


def open_book(session: Session, *, wanted: Iterable[tuple[str, int]]) -> Book:
    """The words of these (code, version), for many messages at once."""
    return Book(queries.load_words(session, wanted=wanted))


def render(
    session: Session, *, template: str, version: int, variables: Values, locale: Locale
) -> Rendered:
    """One message in one language. Refuses: TemplateUnknown. Raises ValueMissingError."""
    book = open_book(session, wanted=[(template, version)])
    return book.render(template=template, version=version, variables=variables, locale=locale)


@dataclass(frozen=True)
class Preview:
    """One language of a template as its reader gets it, with the push and the text messages."""

    said: Rendered
    doorbell: tuple[str, str]
    sms_segments: int


def preview(
    session: Session, *, like: str, words: Words, values: Values | None = None
) -> Mapping[Locale, Preview]:
    """Words with values filled in, in both languages. Refuses: Invalid, TemplateUnknown."""
    template = queries.get_template(session, code=like).like
    check(words, template=template)
    filled = dict(template.samples) | dict(values or {})
    shown: dict[Locale, Preview] = {}
    for locale in LOCALES:
        said = render_words(
            words,
            variables=template.variables,
            values=filled,
            locale=locale,
            action_code=template.action_code,
        )
        shown[locale] = Preview(said, doorbell(template.purpose, locale), sms_segments(said.sms))
    return shown


def check(words: Words, *, template: Template) -> None:
    """Refuses: Invalid, each fault with its pointer and, of an unkind phrase, a better one."""
    errors = [FieldError(at, told) for at, told in find_errors(words, variables=template.variables)]
    for name in FIELDS:
        for locale in LOCALES:
            errors += [
                FieldError(f"#/words/{name}/{locale}", each.detail, each.members)
                for each in find_unkind_words(getattr(words, name).in_(locale))
            ]
    if errors:
        raise Invalid(errors=errors)


def write_first_draft(
    session: Session,
    *,
    code: str,
    like: str,
    words: Words,
    note: str,
    author_id: UUID,
    now: datetime,
) -> None:
    """A template of staff's own, with the variables and the button of a shipped one.

    Refuses: Invalid, TemplateCodeTaken.
    """
    if like not in SHIPPED:
        raise Invalid(errors=[FieldError("#/like", "There is no such template.")])
    check(words, template=SHIPPED[like])
    if code in SHIPPED or not _make(session, code=code, like=like, now=now):
        raise TemplateCodeTaken
    _insert(session, code=code, version=1, words=words, note=note, author_id=author_id, now=now)


def write_draft(
    session: Session,
    *,
    code: str,
    revision: int,
    words: Words,
    note: str,
    author_id: UUID,
    now: datetime,
) -> None:
    """The next version, for somebody else to publish; until then the live one counts.

    Refuses: TemplateUnknown, PreconditionFailed, Invalid.
    """
    if code in SHIPPED:
        _make(session, code=code, like=code, now=now)
    found = _lock(session, code=code)
    if found.revision != revision:
        raise PreconditionFailed
    check(words, template=found.like)
    version = found.newest_version + 1
    _insert(
        session, code=code, version=version, words=words, note=note, author_id=author_id, now=now
    )
    _edit(session, code=code)


def publish(
    session: Session, *, code: str, version: int, publisher_id: UUID, now: datetime
) -> None:
    """Let the newest version count from now on. What is in an inbox keeps its own.

    Refuses: TemplateUnknown, TemplateNotDraft, TemplateSuperseded, SecondPersonNeeded, Invalid.
    """
    found = _lock(session, code=code)
    row = queries.get_version(session, code=code, version=version)
    if row.published_at is not None:
        raise TemplateNotDraft
    if row.author_id == publisher_id:
        raise SecondPersonNeeded
    if version != found.newest_version:
        raise TemplateSuperseded
    check(Words.from_json(row.words), template=found.like)
    session.execute(
        update(MessageTemplateVersion)
        .where(MessageTemplateVersion.code == code, MessageTemplateVersion.version == version)
        .values(publisher_id=publisher_id, published_at=now)
    )
    _edit(session, code=code, live_version=version)
    record = {
        "policy": "message_template",
        "code": code,
        "version": version,
        "words": row.words,
        "author_id": row.author_id,
        "publisher_id": publisher_id,
    }
    evidence.record(
        session, type=evidence.Act.POLICY_PUBLISHED, borrower_id=None, record=record, now=now
    )


def _make(session: Session, *, code: str, like: str, now: datetime) -> bool:
    made = session.execute(
        upsert(MessageTemplate)
        .values(code=code, like_code=like, revision=0, live_version=None, created_at=now)
        .on_conflict_do_nothing()
        .returning(MessageTemplate.code)
    ).first()
    return made is not None


def _lock(session: Session, *, code: str) -> queries.Found:
    queries.get_template(session, code=code)
    session.execute(
        select(MessageTemplate.code).where(MessageTemplate.code == code).with_for_update()
    )
    # What was read before the lock may be old.
    return queries.get_template(session, code=code)


def _insert(
    session: Session,
    *,
    code: str,
    version: int,
    words: Words,
    note: str,
    author_id: UUID,
    now: datetime,
) -> None:
    session.execute(
        insert(MessageTemplateVersion).values(
            code=code,
            version=version,
            words=words.as_json(),
            note=note,
            author_id=author_id,
            created_at=now,
        )
    )


def _edit(session: Session, *, code: str, **values: int) -> None:
    session.execute(
        update(MessageTemplate)
        .where(MessageTemplate.code == code)
        .values(revision=MessageTemplate.revision + 1, **values)
    )

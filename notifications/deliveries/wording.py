"""What is sent: a doorbell with neutral words and ids, or the neutral texts of a template."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from backend.borrowers.reach_queries import Reach
from backend.events.contacts import Channel, Purpose
from backend.kit.db import AnyRow
from backend.kit.texts import LOCALES
from notifications.channels.rules import Mail, Message, Push, Sms
from notifications.deliveries.rules import WORDED, collapse_key
from notifications.preferences.rules import ALWAYS
from notifications.templates import queries as templates
from notifications.templates import service as words
from notifications.templates.errors import TemplateUnknown
from notifications.templates.rendering import ValueMissingError
from notifications.templates.rules import doorbell
from notifications.templates.words import Rendered


class Try(NamedTuple):
    """One try, as it was begun."""

    borrower_id: UUID
    delivery_id: UUID
    intent_id: UUID
    lease_id: UUID
    number: int  # of all
    tries: int  # since it was last asked for
    unknowns: int
    installation_id: str | None
    began_at: datetime
    expires_at: datetime


class Ready(NamedTuple):
    """A message that may go out now."""

    message: Message
    tried: Try
    until: datetime  # the lease's end, by the clock on the wall


def list_wordless(session: Session, rows: Sequence[AnyRow]) -> list[UUID]:
    """Deliveries whose words cannot be made: taken out of use, or a value is missing."""
    versions = templates.current_versions(session)
    wanted = {(row.template, versions[row.template]) for row in rows if row.template in versions}
    book = words.open_book(session, wanted=wanted)
    found = []
    for row in rows:
        try:
            # In both: a value may be there in one language and not in hers.
            for locale in LOCALES:
                book.render(
                    template=row.template,
                    version=versions.get(row.template, 0),
                    variables=row.variables,
                    locale=locale,
                )
        except (TemplateUnknown, ValueMissingError):
            found.append(row.id)
    return found


class Writer:
    """Writes the messages of one batch; of templates, each is fetched once."""

    def __init__(
        self,
        session: Session,
        *,
        channel: Channel,
        rows: Sequence[AnyRow],
        reach: Mapping[UUID, Reach],
        addresses: Mapping[UUID, str],
        ends: Mapping[UUID, datetime],
    ) -> None:
        self._channel = channel
        self._ends = ends
        self._addresses = addresses
        self._reach = reach
        self._versions: Mapping[str, int] = {}
        if channel in WORDED and rows:
            self._versions = templates.current_versions(session)
            wanted = {(row.template, self._versions[row.template]) for row in rows}
            self._book = words.open_book(session, wanted=wanted)

    def write(self, row: AnyRow, *, until: datetime, now: datetime) -> Ready:
        """The message of one delivery."""
        message = self._message(row, now=now)
        tried = Try(
            borrower_id=row.borrower_id,
            delivery_id=row.id,
            intent_id=row.intent_id,
            lease_id=row.lease_id,
            number=row.attempts + 1,
            tries=row.tries + 1,
            unknowns=row.unknowns,
            installation_id=row.installation_id,
            began_at=now,
            expires_at=row.expires_at,
        )
        return Ready(message, tried, until)

    def _message(self, row: AnyRow, *, now: datetime) -> Message:
        match self._channel:
            case Channel.PUSH:
                return self._push(row, now=now)
            case Channel.EMAIL:
                return self._mail(row)
            case _:
                return self._text_message(row)

    def _push(self, row: AnyRow, *, now: datetime) -> Push:
        purpose = Purpose(row.purpose)
        title, body = doorbell(purpose, self._reach[row.borrower_id].locale)
        return Push(
            address=self._addresses[row.id],
            address_kind=row.address_kind,
            title=title,
            body=body,
            # Ids alone: the app fetches the rest once she has unlocked it.
            data={"inbox_item_id": str(row.intent_id), "delivery_id": str(row.id)},
            tag=row.intent_id.hex,
            collapse_key=collapse_key(purpose),
            # A telephone that is off is not rung in the hours of peace when it comes back.
            ttl=min(row.expires_at, self._ends.get(row.id, row.expires_at)) - now,
        )

    def _text_message(self, row: AnyRow) -> Sms:
        reach = self._reach[row.borrower_id]
        text = self._said(row, reach).sms
        return Sms(number=reach.phone or "", text=text, locale=reach.locale, reference=str(row.id))

    def _mail(self, row: AnyRow) -> Mail:
        reach = self._reach[row.borrower_id]
        said = self._said(row, reach)
        return Mail(
            address=reach.email or "",
            subject=said.email_subject,
            text=said.email_body,
            locale=reach.locale,
            reference=str(row.id),
            may_be_switched_off=Purpose(row.purpose) not in ALWAYS,
        )

    def _said(self, row: AnyRow, reach: Reach) -> Rendered:
        return self._book.render(
            template=row.template,
            version=self._versions[row.template],
            variables=row.variables,
            locale=reach.locale,
        )
